import TerminalKit

/// A line chart for papers: white ground, axes with labels, lines told apart by colour and dash,
/// and a legend below.
public struct LineFigure: Hashable, Sendable {
    /// One line of the chart.
    public struct Series: Hashable, Sendable {
        /// What the legend calls it.
        public var label: String
        /// The line; x ascends, y that is not finite is a gap.
        public var points: [ChartPoint]
        /// How far values reach at their x, drawn pale behind the line; may be empty.
        public var band: [Interval]
        /// The line's colour.
        public var color: Color
        /// Lengths of dash and gap in turn; empty draws it whole.
        public var dash: [Double]
        /// Whether every point has a dot, and every interval a bar of its own.
        public var isMarked: Bool

        /// Makes a line.
        public init(
            label: String, points: [ChartPoint], band: [Interval] = [], color: Color,
            dash: [Double] = [], isMarked: Bool = false
        ) {
            self.label = label
            self.points = points
            self.band = band
            self.color = color
            self.dash = dash
            self.isMarked = isMarked
        }
    }

    /// From where to where values reach at one x.
    public struct Interval: Hashable, Sendable {
        /// Where on the horizontal axis.
        public var x: Double
        /// The smallest value.
        public var low: Double
        /// The largest value.
        public var high: Double

        /// Makes an interval.
        public init(x: Double, low: Double, high: Double) {
            self.x = x
            self.low = low
            self.high = high
        }
    }

    /// What stands above the chart.
    public var title: String
    /// What the horizontal axis counts.
    public var xLabel: String
    /// What the vertical axis counts.
    public var yLabel: String
    /// The lines, the last on top.
    public var series: [Series]
    /// The x values shown; nil shows all.
    public var xRange: ClosedRange<Double>?
    /// The y values shown; nil shows all of the lines.
    public var yRange: ClosedRange<Double>?
    /// How x values are laid out.
    public var xScale = AxisScale.linear
    /// How y values are laid out.
    public var yScale = AxisScale.linear
    /// What the numbers of the horizontal axis are.
    public var xUnit = AxisUnit.number
    /// A value with a dashed line across the chart.
    public var level: Double?

    /// Makes a chart.
    public init(title: String, xLabel: String, yLabel: String, series: [Series]) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }

    /// A colour for the n-th series that is told from the others by every kind of colour vision.
    ///
    /// - Reference: Okabe and Ito, Color universal design, 2008.
    public static func color(_ index: Int) -> Color {
        let colors: [UInt32] = [
            0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xE69F00, 0x4D4D4D, 0x7A5195,
        ]
        return Color(hex: colors[((index % colors.count) + colors.count) % colors.count])
    }

    /// The dashes of the n-th series.
    public static func dash(_ index: Int) -> [Double] {
        let dashes: [[Double]] = [[], [9, 5], [2.5, 4], [10, 4, 2.5, 4]]
        return dashes[((index % dashes.count) + dashes.count) % dashes.count]
    }

    /// The chart as a figure of its own.
    public func drawn(width: Int = 960, height: Int = 600) -> Figure {
        LineFigure.page([self], title: title, columns: 1, panel: (Double(width), Double(height)))
    }

    /// Several charts as one figure, row by row, with one legend for all of them.
    ///
    /// - Parameters:
    ///   - panels: the charts; the legend names every label once.
    ///   - title: what stands above them.
    ///   - columns: charts in a row; 0 and less count as 1.
    public static func grid(_ panels: [LineFigure], title: String, columns: Int) -> Figure {
        page(panels, title: title, columns: max(1, columns), panel: (560, 380))
    }

    private static func page(
        _ panels: [LineFigure], title: String, columns: Int, panel: (width: Double, height: Double)
    ) -> Figure {
        let across = max(1, min(columns, panels.count))
        let down = max(1, (panels.count + across - 1) / across)
        let width = panel.width * Double(across)
        var legend = FigureLegend(width: width - 48)
        for series in panels.flatMap(\.series) { legend.add(series) }
        let head = 48.0
        var figure = Figure(
            width: Int(width), height: Int(head + panel.height * Double(down) + legend.height),
            background: Color(hex: 0xFFFFFF))
        figure.words(
            title, at: FigurePoint(x: width / 2, y: 32), size: 20, anchor: .middle,
            color: FigureAxes.ink)
        for (index, chart) in panels.enumerated() {
            let x = Double(index % across) * panel.width
            let y = head + Double(index / across) * panel.height
            chart.draw(
                on: &figure,
                in: FigureArea(
                    left: x + 88, top: y + (panels.count > 1 ? 30 : 8),
                    right: x + panel.width - 24, bottom: y + panel.height - 60),
                title: panels.count > 1 ? chart.title : nil)
        }
        legend.draw(on: &figure, x: 24, y: head + panel.height * Double(down))
        return figure
    }

    private func draw(on figure: inout Figure, in area: FigureArea, title: String?) {
        let x = ChartScale(xRange ?? extent(\.x), xScale)
        let y = ChartScale(yRange ?? extent(\.y), yScale)
        let axes = FigureAxes(area: area, x: x, y: y)
        if let title {
            figure.words(
                title, at: FigurePoint(x: area.left, y: area.top - 10), size: 16,
                color: FigureAxes.ink)
        }
        axes.drawGrid(on: &figure, unit: xUnit)
        for line in series { drawBand(of: line, on: &figure, axes) }
        if let level, y.share(level) >= 0, y.share(level) <= 1 {
            let row = axes.place(x: x.range.lowerBound, y: level).y
            figure.dashes(
                from: FigurePoint(x: area.left, y: row), to: FigurePoint(x: area.right, y: row),
                length: 5, color: FigureAxes.grey)
        }
        for line in series { draw(line, on: &figure, axes) }
        axes.drawFrame(on: &figure, xLabel: xLabel, yLabel: yLabel)
    }

    private func drawBand(of line: Series, on figure: inout Figure, _ axes: FigureAxes) {
        let pale = line.color.blended(with: Color(hex: 0xFFFFFF), 0.78)
        var previous: Interval?
        for interval in line.band {
            guard interval.low.isFinite, interval.high.isFinite else {
                previous = nil
                continue
            }
            defer { previous = interval }
            if line.isMarked {
                guard axes.holds(interval.x) else { continue }
                let (low, high) = (
                    axes.place(x: interval.x, y: interval.low),
                    axes.place(x: interval.x, y: interval.high)
                )
                figure.line(low, high, width: 1.2, color: line.color)
                continue
            }
            guard let before = previous, axes.holds(before.x), axes.holds(interval.x) else {
                continue
            }
            // A little overlap hides the seams between neighbours.
            let corners = [
                axes.place(x: before.x, y: before.low), axes.place(x: interval.x, y: interval.low),
                axes.place(x: interval.x, y: interval.high),
                axes.place(x: before.x, y: before.high),
            ]
            figure.polygon(
                corners.enumerated().map {
                    FigurePoint(x: $1.x + ($0 == 1 || $0 == 2 ? 0.4 : 0), y: $1.y)
                }, color: pale)
        }
    }

    private func draw(_ line: Series, on figure: inout Figure, _ axes: FigureAxes) {
        for run in axes.visibleRuns(of: line.points) {
            for piece in FigureDashes.pieces(of: run, dash: line.dash) {
                figure.line(through: piece, width: 2, color: line.color)
            }
        }
        guard line.isMarked else { return }
        for point in line.points where axes.holds(point.x) && point.y.isFinite {
            let share = axes.y.share(point.y)
            guard share >= 0, share <= 1 else { continue }
            figure.disc(axes.place(x: point.x, y: point.y), radius: 3.6, color: line.color)
        }
    }

    /// The values of the lines, with a little room.
    private func extent(_ value: KeyPath<ChartPoint, Double>) -> ClosedRange<Double> {
        let isX = value == \.x
        let kind = isX ? xScale : yScale
        var low = Double.infinity
        var high = -Double.infinity
        for line in series {
            for point in line.points where point.x.isFinite && point.y.isFinite {
                if !isX, let xRange, !xRange.contains(point.x) { continue }
                let number = point[keyPath: value]
                if kind == .logarithmic, number <= 0 { continue }
                low = min(low, number)
                high = max(high, number)
            }
        }
        let fitted = ChartScale.enclosing(low, high, kind)
        guard !isX else { return fitted }
        let scale = ChartScale(fitted, kind)
        let (under, over) = (scale.value(at: -0.04), scale.value(at: 1.04))
        return under.isFinite && over.isFinite && under < over ? under...over : fitted
    }
}
