import Foundation
import TerminalKit

/// Two measured quantities against each other: a point a contender, error bars, and the front of
/// those that no other beats in both.
public struct ScatterFigure: Sendable {
    /// What an axis measures.
    public struct Axis: Hashable, Sendable {
        /// What stands along it.
        public var label: String
        /// Which end is the better one; nil where neither is.
        public var better: Better?

        /// Names an axis.
        public init(label: String, better: Better? = nil) {
            self.label = label
            self.better = better
        }
    }

    /// Which end of an axis is the better one.
    public enum Better: Hashable, Sendable { case lower, higher }

    /// One contender.
    public struct Point: Hashable, Sendable {
        /// What is written beside it.
        public var label: String
        /// The first axis' value.
        public var x: Double
        /// The second axis' value.
        public var y: Double
        /// The interval about `x`; nil where there is none.
        public var xInterval: ClosedRange<Double>?
        /// The interval about `y`; nil where there is none.
        public var yInterval: ClosedRange<Double>?
        /// Its colour.
        public var color: Color
        /// Which of the shapes marks it; nil for the reference, which is a ring.
        public var shape: Int?

        /// A contender without intervals.
        public init(label: String, x: Double, y: Double, color: Color, shape: Int?) {
            self.label = label
            self.x = x
            self.y = y
            self.color = color
            self.shape = shape
        }
    }

    /// What stands above.
    public var title: String
    /// The horizontal axis.
    public var xAxis: Axis
    /// The vertical axis.
    public var yAxis: Axis
    /// The contenders; those without finite values are left out.
    public var points: [Point]
    /// Lines of small print below, such as what the intervals are.
    public var notes: [String]

    /// Makes a scatter figure.
    public init(
        title: String, xAxis: Axis, yAxis: Axis, points: [Point], notes: [String] = []
    ) {
        self.title = title
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
        self.notes = notes
    }

    /// The indices of the points that no other is at least as good as in both and better in one,
    /// in the order of their x; empty where an axis has no better end.
    public static func front(
        _ values: [(x: Double, y: Double)], _ xBetter: Better?, _ yBetter: Better?
    ) -> [Int] {
        guard let xBetter, let yBetter else { return [] }
        // Turned so that less is better.
        let costs = values.map { value in
            (
                x: xBetter == .lower ? value.x : -value.x,
                y: yBetter == .lower ? value.y : -value.y
            )
        }
        return values.indices.filter { index in
            let own = costs[index]
            guard own.x.isFinite, own.y.isFinite else { return false }
            return !costs.contains { other in
                other.x <= own.x && other.y <= own.y && (other.x < own.x || other.y < own.y)
            }
        }.sorted { values[$0].x < values[$1].x }
    }

    /// The values an axis has to reach, intervals included, with some air.
    public static func range(
        _ values: [Double], _ intervals: [ClosedRange<Double>?]
    ) -> ClosedRange<Double> {
        let all = values + intervals.flatMap { $0.map { [$0.lowerBound, $0.upperBound] } ?? [] }
        let finite = all.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return 0...1 }
        let room = high > low ? (high - low) * 0.08 : max(abs(low) * 0.1, 1e-3)
        guard room.isFinite else { return low...high }
        return (low - room)...(high + room)
    }

    private static let ink = Color(hex: 0x1A202C)
    private static let pale = Color(hex: 0xE2E8F0)
    private static let grey = Color(hex: 0x718096)

    private let left = 104.0
    private let top = 64.0
    private let width = 580.0
    private let height = 440.0

    /// The figure, drawn.
    public func drawn() -> Figure {
        let bottom = top + height
        var figure = Figure(
            width: 772, height: Int(bottom) + 84 + 22 * notes.count,
            background: Color(hex: 0xFFFFFF))
        figure.words(
            title, at: FigurePoint(x: left + width / 2, y: 40), size: 20, anchor: .middle,
            color: Self.ink)
        let x = Self.range(points.map(\.x), points.map(\.xInterval))
        let y = Self.range(points.map(\.y), points.map(\.yInterval))
        func place(_ px: Double, _ py: Double) -> FigurePoint {
            FigurePoint(
                x: left + (px - x.lowerBound) / (x.upperBound - x.lowerBound) * width,
                y: bottom - (py - y.lowerBound) / (y.upperBound - y.lowerBound) * height)
        }
        drawAxes(x, y, place, on: &figure)
        let front = Self.front(points.map { ($0.x, $0.y) }, xAxis.better, yAxis.better)
        if front.count > 1 {
            for (a, b) in zip(front, front.dropFirst()) {
                figure.dashes(
                    from: place(points[a].x, points[a].y), to: place(points[b].x, points[b].y),
                    length: 5, width: 1.5, color: Self.grey)
            }
        }
        for point in points { drawBars(of: point, place, on: &figure) }
        for (index, point) in points.enumerated() {
            let at = place(point.x, point.y)
            drawMarker(of: point, at: at, on: &figure)
            // Near the right edge words go to the left of their point.
            let isRight = at.x > left + width * 0.72
            figure.words(
                front.contains(index) && front.count > 1 ? point.label + " *" : point.label,
                at: FigurePoint(x: at.x + (isRight ? -11 : 11), y: at.y - 9), size: 14,
                anchor: isRight ? .end : .start, color: point.color)
        }
        for (row, note) in notes.enumerated() {
            figure.words(
                note, at: FigurePoint(x: left, y: bottom + 84 + 22 * Double(row)), size: 14,
                color: Self.ink)
        }
        return figure
    }

    private func drawAxes(
        _ x: ClosedRange<Double>, _ y: ClosedRange<Double>,
        _ place: (Double, Double) -> FigurePoint, on figure: inout Figure
    ) {
        let (right, bottom) = (left + width, top + height)
        let across = AxisTicks.linear(x, atMost: 7)
        for (value, label) in zip(across.values, across.labels) {
            let at = place(value, y.lowerBound).x
            figure.line(
                FigurePoint(x: at, y: top), FigurePoint(x: at, y: bottom), color: Self.pale)
            figure.words(
                label, at: FigurePoint(x: at, y: bottom + 22), size: 15, anchor: .middle,
                color: Self.ink)
        }
        let up = AxisTicks.linear(y, atMost: 7)
        for (value, label) in zip(up.values, up.labels) {
            let at = place(x.lowerBound, value).y
            figure.line(
                FigurePoint(x: left, y: at), FigurePoint(x: right, y: at), color: Self.pale)
            figure.words(
                label, at: FigurePoint(x: left - 10, y: at + 5), size: 15, anchor: .end,
                color: Self.ink)
        }
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        for (a, b) in zip(corners, corners.dropFirst()) {
            figure.line(
                FigurePoint(x: a.0, y: a.1), FigurePoint(x: b.0, y: b.1), width: 1.5,
                color: Self.ink)
        }
        figure.words(
            Self.label(xAxis), at: FigurePoint(x: left + width / 2, y: bottom + 50), size: 16,
            anchor: .middle, color: Self.ink)
        figure.words(
            Self.label(yAxis), at: FigurePoint(x: 30, y: top + height / 2), size: 16,
            anchor: .middle, isUpright: true, color: Self.ink)
    }

    private static func label(_ axis: Axis) -> String {
        switch axis.better {
        case .lower: axis.label + " (lower is better)"
        case .higher: axis.label + " (higher is better)"
        case nil: axis.label
        }
    }

    private func drawBars(
        of point: Point, _ place: (Double, Double) -> FigurePoint, on figure: inout Figure
    ) {
        let color = point.color.blended(with: Color(hex: 0xFFFFFF), 0.45)
        if let bar = point.xInterval, bar.lowerBound.isFinite, bar.upperBound.isFinite {
            let (a, b) = (place(bar.lowerBound, point.y), place(bar.upperBound, point.y))
            figure.line(a, b, width: 1.5, color: color)
            for end in [a, b] {
                figure.line(
                    FigurePoint(x: end.x, y: end.y - 4), FigurePoint(x: end.x, y: end.y + 4),
                    width: 1.5, color: color)
            }
        }
        if let bar = point.yInterval, bar.lowerBound.isFinite, bar.upperBound.isFinite {
            let (a, b) = (place(point.x, bar.lowerBound), place(point.x, bar.upperBound))
            figure.line(a, b, width: 1.5, color: color)
            for end in [a, b] {
                figure.line(
                    FigurePoint(x: end.x - 4, y: end.y), FigurePoint(x: end.x + 4, y: end.y),
                    width: 1.5, color: color)
            }
        }
    }

    private func drawMarker(of point: Point, at p: FigurePoint, on figure: inout Figure) {
        func corner(_ dx: Double, _ dy: Double) -> FigurePoint {
            FigurePoint(x: p.x + dx, y: p.y + dy)
        }
        guard let shape = point.shape else {
            figure.disc(p, radius: 7, color: point.color)
            figure.disc(p, radius: 4, color: Color(hex: 0xFFFFFF))
            return
        }
        // The shapes that lanes have on the screen, in the same order.
        switch shape % 4 {
        case 0: figure.disc(p, radius: 6, color: point.color)
        case 1:
            figure.polygon([corner(0, -7), corner(7, 6), corner(-7, 6)], color: point.color)
        case 2:
            figure.polygon(
                [corner(-6, -6), corner(6, -6), corner(6, 6), corner(-6, 6)], color: point.color)
        default:
            figure.polygon(
                [corner(0, -8), corner(8, 0), corner(0, 8), corner(-8, 0)], color: point.color)
        }
    }
}
