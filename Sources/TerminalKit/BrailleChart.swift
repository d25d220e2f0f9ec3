/// A line chart in braille dots, with axes and labels at the ends of the lines.
public struct BrailleChart: Drawing, Hashable, Sendable {
    /// The lines, the last on top.
    public var series: [ChartSeries]
    /// The x values shown; nil shows all.
    public var xRange: ClosedRange<Double>?
    /// The y values shown; nil fits the lines, and the raw values as far as they are near.
    public var yRange: ClosedRange<Double>?
    /// How x values are laid out.
    public var xScale = AxisScale.linear
    /// How y values are laid out; on a logarithmic axis values of 0 and less are gaps.
    public var yScale: AxisScale
    /// What the horizontal axis counts.
    public var xUnit = AxisUnit.number
    /// Whether x values are whole, as steps are: no tick stands between two of them.
    public var xIsWhole = false
    /// What the horizontal axis counts in words, set at its right end.
    public var xLabel: String
    /// Where to draw a vertical line, in x values.
    public var cursor: Double?
    /// Where to draw a horizontal line, in y values.
    public var level: Double?
    /// Axes, ticks and their texts.
    public var axisStyle: Style

    /// Where a chart's lines were drawn, and what the edges of that rectangle stand for.
    public struct Geometry: Hashable, Sendable {
        /// The cells of the lines.
        public let plot: Rect
        /// The values from left to right.
        public let x: ChartScale
        /// The values from bottom to top.
        public let y: ChartScale
    }

    /// Makes a chart.
    public init(
        series: [ChartSeries], xRange: ClosedRange<Double>? = nil,
        yRange: ClosedRange<Double>? = nil, yScale: AxisScale = .linear, xLabel: String = "",
        cursor: Double? = nil, axisStyle: Style = .plain
    ) {
        self.series = series
        self.xRange = xRange
        self.yRange = yRange
        self.yScale = yScale
        self.xLabel = xLabel
        self.cursor = cursor
        self.axisStyle = axisStyle
    }

    /// Draws the chart; without room for axes only the lines.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        _ = place(on: &canvas, in: rect)
    }

    /// Draws the chart and tells where its lines are; nil where there is no room at all.
    public func place(on canvas: inout Canvas, in rect: Rect) -> Geometry? {
        guard !rect.isEmpty else { return nil }
        let (x, y) = scales
        let layout = ChartLayout(chart: self, rect: rect, x: x, y: y)
        layout.drawVerticalAxis(on: &canvas)
        layout.drawHorizontalAxis(on: &canvas)
        reduced(to: x, columns: layout.plot.width * 2)
            .drawLines(on: &canvas, in: layout.plot, x: x, y: y)
        layout.drawEndLabels(on: &canvas)
        return Geometry(plot: layout.plot, x: x, y: y)
    }

    /// The axes as they are drawn: as told, or fitted to what the lines show.
    public var scales: (x: ChartScale, y: ChartScale) {
        let x = xScaleShown
        return (x, ChartScale(fittedY(in: x.range), yScale))
    }

    /// The chart with no more points than its dots can show.
    private func reduced(to x: ChartScale, columns: Int) -> BrailleChart {
        var chart = self
        for index in chart.series.indices {
            chart.series[index].points = ChartReduction.reduced(
                series[index].points, to: x, columns: columns,
                positiveOnly: yScale == .logarithmic)
            chart.series[index].raw = ChartReduction.reduced(
                series[index].raw, to: x, columns: columns, positiveOnly: yScale == .logarithmic)
        }
        return chart
    }

    private func drawLines(on canvas: inout Canvas, in plot: Rect, x: ChartScale, y: ChartScale) {
        guard !plot.isEmpty else { return }
        drawRules(on: &canvas, in: plot, x: x, y: y)
        let area = plot.width * plot.height
        // A cell has one colour: lines hide raw values, and the last line colours the cell.
        for isRaw in [true, false] {
            var masks = [UInt8](repeating: 0, count: area)
            var styles = [Style](repeating: axisStyle, count: area)
            for line in series {
                var dots = BrailleDots(columns: plot.width, rows: plot.height)
                let across = Double(dots.dotColumns - 1)
                let down = Double(dots.dotRows - 1)
                dots.drawLine(
                    (isRaw ? line.raw : line.points).lazy.map { point in
                        (
                            x: x.share(point.x) * across + 0.5,
                            y: (1 - y.share(point.y)) * down + 0.5
                        )
                    }, dash: isRaw ? .solid : line.dash)
                if isRaw, line.rawShape == .envelope { dots.keepEnvelope(every: 2) }
                let style = isRaw ? line.rawStyle ?? line.style.with(.dim) : line.style
                for index in 0..<area where dots.masks[index] != 0 {
                    masks[index] |= dots.masks[index]
                    styles[index] = style
                }
            }
            for index in 0..<area where masks[index] != 0 {
                canvas[plot.x + index % plot.width, plot.y + index / plot.width] = Cell(
                    BrailleDots.glyph(masks[index]), style: styles[index])
            }
        }
        for line in series { drawMarkers(of: line, on: &canvas, in: plot, x: x, y: y) }
    }

    private func drawRules(on canvas: inout Canvas, in plot: Rect, x: ChartScale, y: ChartScale) {
        if let level {
            let up = y.share(level)
            if up >= 0, up <= 1 {
                let row = Self.dot(1 - up, of: plot.height * 4) / 4
                canvas.fill(
                    Rect(x: plot.x, y: plot.y + row, width: plot.width, height: 1), "┈", axisStyle)
            }
        }
        if let cursor {
            let share = x.share(cursor)
            guard share.isFinite, share >= 0, share <= 1 else { return }
            let column = Self.dot(share, of: plot.width * 2) / 2
            canvas.fill(
                Rect(x: plot.x + column, y: plot.y, width: 1, height: plot.height), "┊", axisStyle)
        }
    }

    /// The dot at a share of the way, where lines have theirs.
    private static func dot(_ share: Double, of count: Int) -> Int {
        Int(min(max(share * Double(count - 1) + 0.5, 0), Double(max(count - 1, 0))))
    }

    private func drawMarkers(
        of line: ChartSeries, on canvas: inout Canvas, in plot: Rect, x: ChartScale, y: ChartScale
    ) {
        guard let marker = line.marker, line.points.count <= max(plot.width / 2, 2) else { return }
        for point in line.points {
            let (across, up) = (x.share(point.x), y.share(point.y))
            guard across >= 0, across <= 1, up >= 0, up <= 1 else { continue }
            let column = Self.dot(across, of: plot.width * 2) / 2
            let row = Self.dot(1 - up, of: plot.height * 4) / 4
            canvas[plot.x + column, plot.y + row] = Cell(marker, style: line.style)
        }
    }
}
