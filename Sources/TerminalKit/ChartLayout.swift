/// Where the parts of a chart stand, and the parts around the lines.
struct ChartLayout {
    let chart: BrailleChart
    let rect: Rect
    /// The cells of the lines.
    let plot: Rect
    private let x: ChartScale
    private let y: ChartScale
    private let ticks: AxisTicks

    init(chart: BrailleChart, rect: Rect, x: ChartScale, y: ChartScale) {
        self.chart = chart
        self.rect = rect
        self.x = x
        self.y = y
        ticks = y.ticks(atMost: max((rect.height - 1) / 2, 2))
        let tickWidth = (ticks.labels.map { TextLayout.columns($0) }.max() ?? 0) + 1
        let names = chart.series.map { TextLayout.columns($0.label, upTo: 16) }.max() ?? 0
        let endWidth = names == 0 ? 0 : names + 4
        // Lines come first: labels are left out where they would take too much of the width.
        let left = tickWidth * 3 <= rect.width && rect.height >= 2 ? tickWidth : 0
        let right = endWidth * 3 <= rect.width - left && rect.height >= 2 ? endWidth : 0
        plot = Rect(
            x: rect.x + left, y: rect.y, width: rect.width - left - right,
            height: rect.height - (rect.height >= 4 ? 1 : 0))
    }

    /// The row of a value, from the top of the plot; nil where it is not shown.
    private func row(_ value: Double) -> Int? {
        let share = y.share(value)
        guard share.isFinite, plot.height > 0 else { return nil }
        let dots = Double(plot.height * 4 - 1)
        let row = Int(((1 - min(max(share, -1), 2)) * dots + 0.5).rounded(.down)) / 4
        return share >= -1e-9 && share <= 1 + 1e-9 ? min(max(row, 0), plot.height - 1) : nil
    }

    func drawVerticalAxis(on canvas: inout Canvas) {
        let width = plot.x - rect.x - 1
        guard width > 0 else { return }
        var taken: Set<Int> = []
        for (value, label) in zip(ticks.values, ticks.labels) {
            guard let row = row(value), taken.insert(row).inserted else { continue }
            canvas.put(
                label, rightAlignedTo: plot.x - 1, y: plot.y + row, style: chart.axisStyle,
                maxWidth: width)
        }
    }

    func drawHorizontalAxis(on canvas: inout Canvas) {
        guard plot.height < rect.height, plot.width > 0 else { return }
        let line = rect.maxY - 1
        var free = plot.x
        var end = rect.maxX
        let name = TextLayout.columns(chart.xLabel)
        if name > 0, name * 3 <= plot.width {
            end = rect.maxX - name
            canvas.put(chart.xLabel, x: end, y: line, style: chart.axisStyle, maxWidth: name)
            end -= 1
        }
        let most = max(plot.width / 8, 2)
        let ticks =
            if x.kind != .linear {
                x.ticks(atMost: most)
            } else if chart.xUnit == .number {
                AxisTicks.linear(x.range, atMost: most, isWhole: chart.xIsWhole)
            } else {
                AxisTicks.times(x.range, chart.xUnit, atMost: most)
            }
        for (value, text) in zip(ticks.values, ticks.labels) {
            let share = x.share(value)
            let label =
                x.kind == .linear ? text : AxisTicks.text(value, chart.xUnit, step: 0)
            guard share >= -1e-9, share <= 1 + 1e-9 else { continue }
            let width = TextLayout.columns(label)
            let centre = plot.x + Int((share * Double(plot.width - 1)).rounded())
            let start = min(max(centre - width / 2, free), rect.maxX - width)
            guard start >= free, start + width <= end else { continue }
            canvas.put(label, x: start, y: line, style: chart.axisStyle, maxWidth: width)
            free = start + width + 1
        }
    }

    /// Sets each line's dash and name right of its last value, moved apart where they would meet.
    func drawEndLabels(on canvas: inout Canvas) {
        let width = rect.maxX - plot.maxX
        guard width > 0, plot.height > 0 else { return }
        var wanted: [(row: Int, series: ChartSeries)] = []
        for series in chart.series where !series.label.isEmpty {
            let shown = ChartReduction.visible(series.points, in: x.range)
            guard let last = shown.last(where: { $0.y.isFinite && x.range.contains($0.x) }) else {
                continue
            }
            let isAbove = y.share(last.y) > 0.5
            wanted.append((row(last.y) ?? (isAbove ? 0 : plot.height - 1), series))
        }
        wanted.sort { $0.row < $1.row }
        // Downwards each label goes below the one before, then upwards back into the plot.
        for index in wanted.indices.dropFirst() {
            wanted[index].row = max(wanted[index].row, wanted[index - 1].row + 1)
        }
        var limit = plot.height - 1
        for index in wanted.indices.reversed() {
            wanted[index].row = min(wanted[index].row, limit)
            limit = wanted[index].row - 1
        }
        for label in wanted where label.row >= 0 {
            let start = plot.maxX + 1
            let used = canvas.put(
                label.series.dash.sample + " ", x: start, y: plot.y + label.row,
                style: label.series.style, maxWidth: width - 1)
            canvas.put(
                label.series.label, x: start + used, y: plot.y + label.row,
                style: label.series.style, maxWidth: width - 1 - used)
        }
    }
}
