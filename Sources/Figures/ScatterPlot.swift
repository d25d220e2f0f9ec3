import TerminalKit

/// Labelled points with intervals on two axes, and a line through those that nothing dominates.
public struct ScatterPlot: Sendable {
    /// One point.
    public struct Point: Sendable {
        /// What is written beside it.
        public var label: String
        /// Along the horizontal axis.
        public var x: Double
        /// Along the vertical axis.
        public var y: Double
        /// The ends of x's interval; nil where there is none.
        public var xInterval: ClosedRange<Double>?
        /// The ends of y's interval; nil where there is none.
        public var yInterval: ClosedRange<Double>?
        /// The point's colour.
        public var color: Color
        /// Whether it is drawn larger: the model that the others are compared with.
        public var isReference: Bool

        /// A point, without intervals unless they are given.
        public init(
            label: String, x: Double, y: Double, xInterval: ClosedRange<Double>? = nil,
            yInterval: ClosedRange<Double>? = nil, color: Color, isReference: Bool = false
        ) {
            self.label = label
            self.x = x
            self.y = y
            self.xInterval = xInterval
            self.yInterval = yInterval
            self.color = color
            self.isReference = isReference
        }
    }

    /// Words above the plot.
    public var title: String
    /// Words below the horizontal axis.
    public var xLabel: String
    /// Words beside the vertical axis.
    public var yLabel: String
    /// The points; those that are not finite are left out.
    public var points: [Point]
    /// Places that a dashed line joins in this order: a Pareto front.
    public var front: [(x: Double, y: Double)]
    /// A line of words below everything; empty for none.
    public var note: String

    /// A plot with every field given.
    public init(
        title: String, xLabel: String, yLabel: String, points: [Point],
        front: [(x: Double, y: Double)] = [], note: String = ""
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
        self.front = front.filter { $0.x.isFinite && $0.y.isFinite }
        self.note = note
    }

    /// Colours that are told apart by most eyes, for points that have none of their own.
    ///
    /// Reference: Okabe and Ito, "Color universal design", 2008.
    public static let palette = [
        Color(hex: 0x0072B2), Color(hex: 0xD55E00), Color(hex: 0x009E73), Color(hex: 0xCC79A7),
        Color(hex: 0xE69F00), Color(hex: 0x56B4E9), Color(hex: 0x8C6D1F), Color(hex: 0x6A3D9A),
    ]

    private static let ink = Color(hex: 0x1A202C)
    private static let pale = Color(hex: 0xE2E8F0)
    private static let grey = Color(hex: 0x718096)
    private static let labelSize = 13.0

    /// The plot as a figure of 860 by 640.
    public func drawn() -> Figure {
        var figure = Figure(width: 860, height: 640, background: Color(hex: 0xFFFFFF))
        let frame = Frame(
            left: 88, top: 56, right: 836, bottom: 544,
            xs: range(points.map(\.x), points.compactMap(\.xInterval)),
            ys: range(points.map(\.y), points.compactMap(\.yInterval)))
        figure.words(
            title, at: FigurePoint(x: 430, y: 34), size: 18, anchor: .middle, color: Self.ink)
        drawAxes(on: &figure, frame)
        for (a, b) in zip(front, front.dropFirst()) {
            figure.dashes(
                from: frame.place(a.x, a.y), to: frame.place(b.x, b.y), length: 5, width: 1.5,
                color: Self.grey)
        }
        for point in points { drawIntervals(of: point, on: &figure, frame) }
        for point in points {
            let radius = point.isReference ? 7.0 : 5.5
            let place = frame.place(point.x, point.y)
            figure.disc(place, radius: radius + 1.5, color: Color(hex: 0xFFFFFF))
            figure.disc(place, radius: radius, color: point.color)
        }
        drawLabels(on: &figure, frame)
        if !note.isEmpty {
            figure.words(note, at: FigurePoint(x: 88, y: 622), size: 12, color: Self.grey)
        }
        return figure
    }

    /// The values with a margin of a twelfth on either side; never empty.
    private func range(
        _ values: [Double], _ intervals: [ClosedRange<Double>]
    ) -> ClosedRange<Double> {
        let all =
            (values + intervals.flatMap { [$0.lowerBound, $0.upperBound] }).filter(\.isFinite)
        guard let low = all.min(), let high = all.max() else { return 0...1 }
        let margin = high > low ? (high - low) / 12 : max(abs(high), 1) / 12
        return (low - margin)...(high + margin)
    }

    private func drawAxes(on figure: inout Figure, _ frame: Frame) {
        let xs = AxisTicks.linear(frame.xs, atMost: 9)
        for (value, label) in zip(xs.values, xs.labels) {
            let x = frame.place(value, frame.ys.lowerBound).x
            figure.line(
                FigurePoint(x: x, y: frame.top), FigurePoint(x: x, y: frame.bottom),
                color: Self.pale)
            figure.words(
                label, at: FigurePoint(x: x, y: frame.bottom + 20), size: 13, anchor: .middle,
                color: Self.ink)
        }
        let ys = AxisTicks.linear(frame.ys, atMost: 9)
        for (value, label) in zip(ys.values, ys.labels) {
            let y = frame.place(frame.xs.lowerBound, value).y
            figure.line(
                FigurePoint(x: frame.left, y: y), FigurePoint(x: frame.right, y: y),
                color: Self.pale)
            figure.words(
                label, at: FigurePoint(x: frame.left - 8, y: y + 4), size: 13, anchor: .end,
                color: Self.ink)
        }
        figure.line(
            FigurePoint(x: frame.left, y: frame.top), FigurePoint(x: frame.left, y: frame.bottom),
            FigurePoint(x: frame.right, y: frame.bottom), width: 1.5, color: Self.ink)
        figure.words(
            xLabel, at: FigurePoint(x: (frame.left + frame.right) / 2, y: frame.bottom + 46),
            size: 14, anchor: .middle, color: Self.ink)
        figure.words(
            yLabel, at: FigurePoint(x: 24, y: (frame.top + frame.bottom) / 2), size: 14,
            anchor: .middle, isUpright: true, color: Self.ink)
    }

    private func drawIntervals(of point: Point, on figure: inout Figure, _ frame: Frame) {
        let color = point.color.blended(with: Color(hex: 0xFFFFFF), 0.45)
        if let x = point.xInterval {
            figure.line(
                frame.place(x.lowerBound, point.y), frame.place(x.upperBound, point.y), width: 1.6,
                color: color)
        }
        if let y = point.yInterval {
            figure.line(
                frame.place(point.x, y.lowerBound), frame.place(point.x, y.upperBound), width: 1.6,
                color: color)
        }
    }

    /// Writes each label at the first of twelve places around its point where it meets no other label,
    /// no point and no edge; where there is none, at the place that meets the fewest.
    private func drawLabels(on figure: inout Figure, _ frame: Frame) {
        var taken: [Box] = points.map { point in
            Box(centre: frame.place(point.x, point.y), width: 16, height: 16)
        }
        let inside = Box(
            left: frame.left + 2, top: frame.top - 14, right: frame.right + 20,
            bottom: frame.bottom - 2)
        for point in points {
            let place = frame.place(point.x, point.y)
            let width = Double(point.label.count) * Self.labelSize * 0.61
            let height = Self.labelSize
            let offsets: [(x: Double, y: Double)] = [
                (12, -10), (-12 - width, -10), (12, 14), (-12 - width, 14), (-width / 2, -16),
                (-width / 2, 22), (12, -26), (-12 - width, -26), (12, 30), (-12 - width, 30),
                (12, 46), (-12 - width, -42),
            ]
            let boxes = offsets.map { offset in
                Box(
                    left: place.x + offset.x, top: place.y + offset.y - height * 0.8,
                    right: place.x + offset.x + width, bottom: place.y + offset.y + height * 0.25)
            }
            let meetings = boxes.map { box in
                taken.filter { $0.meets(box) }.count + (inside.holds(box) ? 0 : 3)
            }
            let best = meetings.indices.min { meetings[$0] < meetings[$1] } ?? 0
            taken.append(boxes[best])
            figure.words(
                point.label,
                at: FigurePoint(x: place.x + offsets[best].x, y: place.y + offsets[best].y),
                size: Self.labelSize, color: point.color.blended(with: Self.ink, 0.35))
        }
    }
}

/// The rectangle that values are drawn in.
private struct Frame {
    let left: Double
    let top: Double
    let right: Double
    let bottom: Double
    let xs: ClosedRange<Double>
    let ys: ClosedRange<Double>

    func place(_ x: Double, _ y: Double) -> FigurePoint {
        func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
            let span = range.upperBound - range.lowerBound
            return min(max((value - range.lowerBound) / span, 0), 1)
        }
        return FigurePoint(
            x: left + share(x, xs) * (right - left), y: bottom - share(y, ys) * (bottom - top))
    }
}

/// A rectangle that something is written in.
private struct Box {
    let left: Double
    let top: Double
    let right: Double
    let bottom: Double

    init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    init(centre: FigurePoint, width: Double, height: Double) {
        self.init(
            left: centre.x - width / 2, top: centre.y - height / 2, right: centre.x + width / 2,
            bottom: centre.y + height / 2)
    }

    func meets(_ other: Box) -> Bool {
        left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }

    func holds(_ other: Box) -> Bool {
        left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom
    }
}
