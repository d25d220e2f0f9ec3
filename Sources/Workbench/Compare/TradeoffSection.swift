import BenchProtocol
import Figures
import TerminalKit

/// The trade-off on the screen: two figures against each other, intervals as bars, the front dotted.
struct TradeoffSection: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard let scatter = model.tradeoff else {
            let text = "A trade-off needs two figures of two contenders: e evaluates them."
            for (row, line) in TextLayout.wrapped(text, to: rect.width).prefix(rect.height)
                .enumerated()
            {
                canvas.put(line, x: rect.x, y: rect.y + row, style: theme.style(for: .dim))
            }
            return
        }
        guard rect.width >= 16, rect.height >= 6 else { return }
        let x = ScatterFigure.range(scatter.points.map(\.x), scatter.points.map(\.xInterval))
        let y = ScatterFigure.range(scatter.points.map(\.y), scatter.points.map(\.yInterval))
        canvas.put(
            "↑ " + label(scatter.yAxis), x: rect.x, y: rect.y, style: theme.style(for: .axis),
            maxWidth: rect.width)
        canvas.put(
            "→ " + label(scatter.xAxis), x: rect.x, y: rect.maxY - 1,
            style: theme.style(for: .axis), maxWidth: rect.width)
        let plot = drawTicks(x, y, on: &canvas, in: rect.inset(horizontally: 0, vertically: 1))
        drawPoints(scatter, x, y, on: &canvas, in: plot)
    }

    private func label(_ axis: ScatterFigure.Axis) -> String {
        switch axis.better {
        case .lower: axis.label + ", lower is better"
        case .higher: axis.label + ", higher is better"
        case nil: axis.label
        }
    }

    private func drawTicks(
        _ x: ClosedRange<Double>, _ y: ClosedRange<Double>, on canvas: inout Canvas, in rect: Rect
    ) -> Rect {
        let style = theme.style(for: .axis)
        let up = AxisTicks.linear(y, atMost: max(rect.height / 3, 2))
        let gutter = min((up.labels.map { TextLayout.columns($0) }.max() ?? 0) + 1, rect.width / 3)
        let plot = Rect(
            x: rect.x + gutter, y: rect.y, width: rect.width - gutter,
            height: rect.height - 1)
        for (value, label) in zip(up.values, up.labels) {
            let share = (value - y.lowerBound) / (y.upperBound - y.lowerBound)
            guard (0...1).contains(share) else { continue }
            let row = min(Int((1 - share) * Double(plot.height)), plot.height - 1)
            canvas.put(
                label, rightAlignedTo: plot.x - 1, y: plot.y + row, style: style,
                maxWidth: gutter - 1)
        }
        let across = AxisTicks.linear(x, atMost: max(plot.width / 9, 2))
        var free = plot.x
        for (value, label) in zip(across.values, across.labels) {
            let share = (value - x.lowerBound) / (x.upperBound - x.lowerBound)
            guard (0...1).contains(share) else { continue }
            let width = TextLayout.columns(label)
            let centre = plot.x + Int(share * Double(plot.width - 1))
            let start = min(max(centre - width / 2, free), rect.maxX - width)
            guard start >= free else { continue }
            canvas.put(label, x: start, y: plot.maxY, style: style, maxWidth: rect.maxX - start)
            free = start + width + 1
        }
        return plot
    }

    private func drawPoints(
        _ scatter: ScatterFigure, _ x: ClosedRange<Double>, _ y: ClosedRange<Double>,
        on canvas: inout Canvas, in plot: Rect
    ) {
        guard plot.width > 1, plot.height > 1 else { return }
        func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
            let span = range.upperBound - range.lowerBound
            return span > 0 ? min(max((value - range.lowerBound) / span, 0), 1) : 0.5
        }
        func column(_ value: Double) -> Int {
            plot.x + Int(share(value, x) * Double(plot.width - 1))
        }
        func row(_ value: Double) -> Int {
            plot.y + Int((1 - share(value, y)) * Double(plot.height - 1))
        }
        let contenders = model.tradeoffContenders
        let front = ScatterFigure.front(
            scatter.points.map { ($0.x, $0.y) }, scatter.xAxis.better, scatter.yAxis.better)
        var line = DotLayer(plot)
        for (a, b) in zip(front, front.dropFirst()) {
            let from = (
                share(scatter.points[a].x, x) * Double(plot.width * 2 - 1),
                (1 - share(scatter.points[a].y, y)) * Double(plot.height * 4 - 1)
            )
            let to = (
                share(scatter.points[b].x, x) * Double(plot.width * 2 - 1),
                (1 - share(scatter.points[b].y, y)) * Double(plot.height * 4 - 1)
            )
            line.line(from: from, to: to, style: theme.style(for: .marker))
        }
        line.draw(on: &canvas)
        for (point, contender) in zip(scatter.points, contenders) {
            let bar = theme.faint(LaneMark.style(contender, theme))
            if let range = point.xInterval {
                for place in column(
                    range.lowerBound)...max(
                        column(range.lowerBound), column(range.upperBound))
                {
                    canvas[place, row(point.y)] = Cell("─", style: bar)
                }
            }
            if let range = point.yInterval {
                for place in row(
                    range.upperBound)...max(
                        row(range.upperBound), row(range.lowerBound))
                {
                    canvas[column(point.x), place] = Cell("│", style: bar)
                }
            }
        }
        for (index, (point, contender)) in zip(scatter.points, contenders).enumerated() {
            drawName(
                contender, isOnFront: front.count > 1 && front.contains(index),
                at: (column(point.x), row(point.y)), on: &canvas, in: plot)
        }
    }

    private func drawName(
        _ contender: Contender, isOnFront: Bool, at place: (x: Int, y: Int),
        on canvas: inout Canvas, in plot: Rect
    ) {
        let focused = contender.index == model.focusedLane && contender.index != nil
        let style = LaneMark.style(contender, theme).with(focused ? [.bold, .underline] : .bold)
        let glyph = contender.index.map(LaneMark.glyph) ?? "◇"
        canvas[place.x, place.y] = Cell(glyph, style: style)
        let number = contender.index.map { "\($0 + 1)" } ?? "base"
        let name = (isOnFront ? "*" : "") + number
        let long =
            contender.index == nil
            ? name : "\(name) \(model.name(of: contender, atMost: max(12, plot.width / 4)))"
        let text = plot.width >= 48 ? long : name
        let columns = TextLayout.columns(text)
        let fits = place.x + 1 + columns < plot.maxX
        canvas.put(
            text, x: fits ? place.x + 1 : max(plot.x, place.x - columns), y: place.y, style: style,
            maxWidth: fits ? plot.maxX - place.x - 1 : columns)
    }
}
