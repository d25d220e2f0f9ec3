import Alignment
import Figures
import Foundation
import TerminalKit

/// A gradient field as a figure: arrows of descent over X1 and X2 on log axes, and points on top.
struct FieldFigure {
    let title: String
    let field: GradientField
    /// (ln X1, ln X2) of the points marked.
    let points: [(l1: Double, l2: Double)]

    private static let side = 17
    private static let ink = Color(hex: 0x1A202C)
    private static let pale = Color(hex: 0xE2E8F0)
    private static let grey = Color(hex: 0x718096)
    private static let winner = Color(hex: 0x2B6CB0)
    private static let loser = Color(hex: 0xC05621)

    private let left = 96.0
    private let top = 64.0
    private let span = 646.0

    /// The axes' decades: two either way, and as many more as the points need.
    private var decades: Double {
        let farthest = points.flatMap { [abs($0.l1), abs($0.l2)] }.max() ?? 0
        return max(2, (farthest / log(10)).rounded(.up))
    }

    /// The figure, drawn.
    func drawn() -> Figure {
        var figure = Figure(width: 772, height: 836, background: Color(hex: 0xFFFFFF))
        let middle = left + span / 2
        figure.words(
            title, at: FigurePoint(x: middle, y: 40), size: 20, anchor: .middle, color: Self.ink)
        drawAxes(on: &figure)
        drawArrows(on: &figure)
        for point in points {
            let place = place(point.l1, point.l2)
            figure.disc(place, radius: 6.5, color: Color(hex: 0xFFFFFF))
            figure.disc(place, radius: 5, color: Self.ink)
        }
        drawLegend(on: &figure)
        return figure
    }

    private func place(_ l1: Double, _ l2: Double) -> FigurePoint {
        let reach = decades * log(10)
        return FigurePoint(
            x: left + (l1 / reach + 1) / 2 * span, y: top + (1 - l2 / reach) / 2 * span)
    }

    private func drawAxes(on figure: inout Figure) {
        let (right, bottom) = (left + span, top + span)
        let ticks = AxisTicks.logarithmic(
            pow(10, -decades) * 0.999...pow(10, decades) * 1.001, atMost: 9)
        for (value, label) in zip(ticks.values, ticks.labels) {
            let at = place(log(value), log(value))
            figure.line(
                FigurePoint(x: at.x, y: top), FigurePoint(x: at.x, y: bottom), color: Self.pale)
            figure.line(
                FigurePoint(x: left, y: at.y), FigurePoint(x: right, y: at.y), color: Self.pale)
            figure.words(
                label, at: FigurePoint(x: at.x, y: bottom + 22), size: 15, anchor: .middle,
                color: Self.ink)
            figure.words(
                label, at: FigurePoint(x: left - 10, y: at.y + 5), size: 15, anchor: .end,
                color: Self.ink)
        }
        figure.dashes(
            from: FigurePoint(x: left, y: bottom), to: FigurePoint(x: right, y: top), length: 6,
            color: Self.grey)
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        for (a, b) in zip(corners, corners.dropFirst()) {
            figure.line(
                FigurePoint(x: a.0, y: a.1), FigurePoint(x: b.0, y: b.1), width: 1.5,
                color: Self.ink)
        }
        figure.words(
            "X1, the winner's p / p_ref", at: FigurePoint(x: left + span / 2, y: bottom + 48),
            size: 16, anchor: .middle, color: Self.ink)
        figure.words(
            "X2, the loser's p / p_ref", at: FigurePoint(x: 26, y: top + span / 2), size: 16,
            anchor: .middle, isUpright: true, color: Self.ink)
    }

    private func drawArrows(on figure: inout Figure) {
        let reach = decades * log(10)
        let ticks = (0..<Self.side).map {
            reach * (Double(2 * $0 + 1) / Double(Self.side) - 1)
        }
        let cell = span / Double(Self.side)
        for arrow in field.arrows(at: ticks.flatMap { y in ticks.map { (l1: $0, l2: y) } }) {
            let size = (arrow.dx * arrow.dx + arrow.dy * arrow.dy).squareRoot()
            // From here on the gradient is too small for its direction to mean a step.
            guard size > 1e-9 else {
                figure.disc(place(arrow.x, arrow.y), radius: 1.2, color: Self.grey)
                continue
            }
            // Lengths span many powers of ten: the cube root keeps small ones visible.
            let length = max(0.3, cbrt(size)) * 0.9 * cell / size
            let (dx, dy) = (arrow.dx * length / 2, -arrow.dy * length / 2)
            let centre = place(arrow.x, arrow.y)
            let ratio = field.logRatio(arrow.x, arrow.y)
            figure.arrow(
                from: FigurePoint(x: centre.x - dx, y: centre.y - dy),
                to: FigurePoint(x: centre.x + dx, y: centre.y + dy), width: 1.8,
                color: abs(ratio - 1) < 0.01 ? Self.grey : ratio > 1 ? Self.winner : Self.loser)
        }
    }

    private func drawLegend(on figure: inout Figure) {
        let bottom = top + span
        let entries = [
            ("winner's pull is larger", Self.winner), ("loser's push is larger", Self.loser),
            ("alike", Self.grey),
        ]
        var x = left
        for (text, color) in entries {
            figure.arrow(
                from: FigurePoint(x: x, y: bottom + 78), to: FigurePoint(x: x + 24, y: bottom + 78),
                width: 1.8, color: color)
            figure.words(
                text, at: FigurePoint(x: x + 32, y: bottom + 83), size: 14, color: Self.ink)
            x += 32 + Double(text.count) * 8.4 + 28
        }
        figure.words(
            "arrows: descent over (ln X1, ln X2), as long as the gradient's cube root",
            at: FigurePoint(x: left, y: bottom + 108), size: 14, color: Self.ink)
    }
}
