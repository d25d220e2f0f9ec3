/// A point of a series.
public struct ChartPoint: Hashable, Sendable {
    /// Where it stands on the horizontal axis: a step, a time.
    public var x: Double
    /// Its value; not finite is a gap.
    public var y: Double

    /// Makes a point.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// One line of a chart, with the raw values behind it.
public struct ChartSeries: Hashable, Sendable {
    /// The text at the line's right end.
    public var label: String
    /// The line itself, smoothed as a rule; x ascends.
    public var points: [ChartPoint]
    /// The values before smoothing, drawn faint behind; may be empty.
    public var raw: [ChartPoint]
    /// The line's colour.
    public var style: Style
    /// The raw line's colour; nil is the line's own, dim.
    public var rawStyle: Style?
    /// The line's dashes.
    public var dash: LineDash

    /// Makes a series.
    public init(
        label: String, points: [ChartPoint], raw: [ChartPoint] = [], style: Style,
        rawStyle: Style? = nil, dash: LineDash = .solid
    ) {
        self.label = label
        self.points = points
        self.raw = raw
        self.style = style
        self.rawStyle = rawStyle
        self.dash = dash
    }

    /// Makes a series of raw values: the line is their debiased moving average.
    public init(
        label: String, raw: [ChartPoint], smoothing weight: Double, style: Style,
        rawStyle: Style? = nil, dash: LineDash = .solid
    ) {
        let smooth = emaSmoothed(raw.map(\.y), weight: weight)
        self.init(
            label: label,
            points: zip(raw, smooth).map { ChartPoint(x: $0.x, y: $1) },
            raw: weight > 0 ? raw : [], style: style, rawStyle: rawStyle, dash: dash)
    }
}

/// A line chart in braille dots, with axes and labels at the ends of the lines.
public struct BrailleChart: Drawing, Hashable, Sendable {
    /// The lines, the last on top.
    public var series: [ChartSeries]
    /// The x values shown; nil shows all.
    public var xRange: ClosedRange<Double>?
    /// The y values shown; nil fits the lines, and the raw values as far as they are near.
    public var yRange: ClosedRange<Double>?
    /// Whether the vertical axis is logarithmic; values of 0 and less are gaps then.
    public var isLogarithmic: Bool
    /// What the horizontal axis counts, set at its right end.
    public var xLabel: String
    /// Where to draw a vertical line, in x values.
    public var cursor: Double?
    /// Axes, ticks and their texts.
    public var axisStyle: Style

    /// Makes a chart.
    public init(
        series: [ChartSeries], xRange: ClosedRange<Double>? = nil,
        yRange: ClosedRange<Double>? = nil, isLogarithmic: Bool = false, xLabel: String = "",
        cursor: Double? = nil, axisStyle: Style = .plain
    ) {
        self.series = series
        self.xRange = xRange
        self.yRange = yRange
        self.isLogarithmic = isLogarithmic
        self.xLabel = xLabel
        self.cursor = cursor
        self.axisStyle = axisStyle
    }

    /// Draws the chart; without room for axes only the lines.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        let x = ChartScale(visibleX(), isLogarithmic: false)
        let y = ChartScale(visibleY(in: x.range), isLogarithmic: isLogarithmic)
        let layout = ChartLayout(chart: self, rect: rect, y: y)
        layout.drawVerticalAxis(on: &canvas)
        layout.drawHorizontalAxis(on: &canvas, x: x)
        drawLines(on: &canvas, in: layout.plot, x: x, y: y)
        layout.drawEndLabels(on: &canvas, x: x)
    }

    private func drawLines(
        on canvas: inout Canvas, in plot: Rect, x: ChartScale, y: ChartScale
    ) {
        guard !plot.isEmpty else { return }
        if let cursor {
            let column = Int((x.share(cursor) * Double(plot.width)).rounded(.down))
            if (0..<plot.width).contains(column) {
                canvas.fill(
                    Rect(x: plot.x + column, y: plot.y, width: 1, height: plot.height), "┊",
                    axisStyle)
            }
        }
        let area = plot.width * plot.height
        // A cell has one colour: lines hide raw values, and the last line colours the cell.
        for isRaw in [true, false] {
            var masks = [UInt8](repeating: 0, count: area)
            var styles = [Style](repeating: axisStyle, count: area)
            for line in series {
                var dots = BrailleDots(columns: plot.width, rows: plot.height)
                let across = Double(dots.dotColumns - 1)
                let down = Double(dots.dotRows - 1)
                let points = isRaw ? line.raw : line.points
                dots.drawLine(
                    ChartScale.visible(points, in: x.range).lazy.map { point in
                        (
                            x: x.share(point.x) * across + 0.5,
                            y: (1 - y.share(point.y)) * down + 0.5
                        )
                    }, dash: isRaw ? .solid : line.dash)
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
    }

    private func visibleX() -> ClosedRange<Double> {
        if let xRange { return xRange }
        var low = Double.infinity
        var high = -Double.infinity
        for line in series {
            for points in [line.points, line.raw] {
                for point in points where point.x.isFinite {
                    low = min(low, point.x)
                    high = max(high, point.x)
                }
            }
        }
        return low < high
            ? ChartScale.enclosing(low, high, isLogarithmic: false)
            : low.isFinite ? low...(low + 1) : 0...1
    }

    private func visibleY(in range: ClosedRange<Double>) -> ClosedRange<Double> {
        if let yRange { return yRange }
        func extent(_ choose: (ChartSeries) -> [ChartPoint]) -> (Double, Double) {
            var low = Double.infinity
            var high = -Double.infinity
            for line in series {
                for point in ChartScale.visible(choose(line), in: range)
                where point.y.isFinite && (!isLogarithmic || point.y > 0) {
                    low = min(low, point.y)
                    high = max(high, point.y)
                }
            }
            return (low, high)
        }
        let line = extent(\.points)
        let raw = extent(\.raw)
        guard line.0 <= line.1 else {
            return ChartScale.enclosing(raw.0, raw.1, isLogarithmic: isLogarithmic)
        }
        let fitted = ChartScale.enclosing(line.0, line.1, isLogarithmic: isLogarithmic)
        guard raw.0 <= raw.1, !isLogarithmic else { return fitted }
        // One wild raw value must not flatten the lines: it may add half their span at most.
        let room = (fitted.upperBound - fitted.lowerBound) / 2
        return ChartScale.enclosing(
            min(fitted.lowerBound, max(raw.0, fitted.lowerBound - room)),
            max(fitted.upperBound, min(raw.1, fitted.upperBound + room)), isLogarithmic: false)
    }
}

extension ChartScale {
    /// The points in a range of x and one neighbour on either side, found by bisection.
    static func visible(
        _ points: [ChartPoint], in range: ClosedRange<Double>
    ) -> ArraySlice<ChartPoint> {
        func firstIndex(_ isPast: (Double) -> Bool) -> Int {
            var low = 0
            var high = points.count
            while low < high {
                let middle = (low + high) / 2
                if isPast(points[middle].x) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let first = max(firstIndex { $0 >= range.lowerBound } - 1, 0)
        let end = min(firstIndex { $0 > range.upperBound } + 1, points.count)
        return first < end ? points[first..<end] : []
    }
}
