import Foundation
import TerminalKit

/// Gradient fields as a figure: arrows of descent over X1 and X2, with points and paths on top.
public struct FieldFigure: Sendable {
    /// One field with what lies on it.
    public struct Panel: Sendable {
        /// What stands above it.
        public var title: String
        /// The field itself; nil where only arrows are known.
        public var law: PairLaw?
        /// Arrows that stand in for the law.
        public var arrows: [PulledPair] = []
        /// Pairs of log-ratios to mark.
        public var points: [(l1: Double, l2: Double)] = []
        /// Pairs of log-ratios in the order in which training passed them.
        public var path: [(l1: Double, l2: Double)] = []
        /// The path's colour.
        public var color = Color(hex: 0x2F855A)

        /// A field without anything upon it.
        public init(title: String, law: PairLaw?) {
            self.title = title
            self.law = law
        }
    }

    /// The fields, in reading order.
    public var panels: [Panel]
    /// What all of them are drawn over.
    public var plane: FieldPlane
    /// Whether all arrows are equally long.
    public var hasUnitArrows: Bool

    /// Makes a figure of one or more fields.
    public init(panels: [Panel], plane: FieldPlane, hasUnitArrows: Bool = false) {
        self.panels = panels
        self.plane = plane
        self.hasUnitArrows = hasUnitArrows
    }

    private static let side = 17
    private static let ink = Color(hex: 0x1A202C)
    private static let pale = Color(hex: 0xE2E8F0)
    private static let grey = Color(hex: 0x718096)
    private static let winner = Color(hex: 0x2B6CB0)
    private static let loser = Color(hex: 0xC05621)

    private static let pitch = (across: 772.0, down: 770.0)
    private static let margin = (left: 96.0, top: 64.0)
    private static let span = 646.0
    /// Fields beside each other, at most.
    private static let mostColumns = 3

    /// The figure, drawn.
    public func drawn() -> Figure {
        let columns = min(max(panels.count, 1), panels.count == 4 ? 2 : Self.mostColumns)
        let rows = (max(panels.count, 1) + columns - 1) / columns
        var figure = Figure(
            width: columns * Int(Self.pitch.across), height: rows * Int(Self.pitch.down) + 66,
            background: Color(hex: 0xFFFFFF))
        for (index, panel) in panels.enumerated() {
            let frame = Frame(
                left: Double(index % columns) * Self.pitch.across + Self.margin.left,
                top: Double(index / columns) * Self.pitch.down + Self.margin.top, plane: plane)
            draw(panel, in: frame, on: &figure)
        }
        drawLegend(
            left: Self.margin.left,
            bottom: Double(rows - 1) * Self.pitch.down + Self.margin.top + Self.span, on: &figure)
        return figure
    }

    /// Where a field stands on the figure.
    private struct Frame {
        let left: Double
        let top: Double
        let plane: FieldPlane
        var right: Double { left + FieldFigure.span }
        var bottom: Double { top + FieldFigure.span }

        func place(across: Double, up: Double) -> FigurePoint {
            FigurePoint(
                x: left + across * FieldFigure.span, y: top + (1 - up) * FieldFigure.span)
        }

        /// nil outside of the frame.
        func place(_ pair: (l1: Double, l2: Double)) -> FigurePoint? {
            let (across, up) = (plane.across(pair.l1), plane.up(pair.l2))
            guard (-1e-9...1 + 1e-9).contains(across), (-1e-9...1 + 1e-9).contains(up) else {
                return nil
            }
            return place(across: across, up: up)
        }
    }

    private func draw(_ panel: Panel, in frame: Frame, on figure: inout Figure) {
        figure.words(
            panel.title, at: FigurePoint(x: frame.left + Self.span / 2, y: frame.top - 24),
            size: 20, anchor: .middle, color: Self.ink)
        drawAxes(in: frame, on: &figure)
        drawArrows(of: panel, in: frame, on: &figure)
        // A path that leaves the frame comes back as another piece.
        for piece in panel.path.map(frame.place).split(separator: nil) where piece.count > 1 {
            figure.line(through: piece.compactMap { $0 }, width: 3, color: panel.color)
        }
        for point in panel.points {
            guard let place = frame.place(point) else { continue }
            figure.disc(place, radius: 6.5, color: Color(hex: 0xFFFFFF))
            figure.disc(place, radius: 5, color: Self.ink)
        }
        if let end = panel.path.last.flatMap(frame.place) {
            figure.disc(end, radius: 9, color: Color(hex: 0xFFFFFF))
            figure.disc(end, radius: 7.5, color: panel.color)
        }
    }

    private func drawAxes(in frame: Frame, on figure: inout Figure) {
        let most = plane.scale == .log ? 9 : 7
        for tick in plane.ticks(of: plane.x, atMost: most) {
            let x = frame.place(across: plane.across(tick.logRatio), up: 0).x
            figure.line(
                FigurePoint(x: x, y: frame.top), FigurePoint(x: x, y: frame.bottom),
                color: Self.pale)
            figure.words(
                tick.label, at: FigurePoint(x: x, y: frame.bottom + 22), size: 15,
                anchor: .middle, color: Self.ink)
        }
        for tick in plane.ticks(of: plane.y, atMost: most) {
            let y = frame.place(across: 0, up: plane.up(tick.logRatio)).y
            figure.line(
                FigurePoint(x: frame.left, y: y), FigurePoint(x: frame.right, y: y),
                color: Self.pale)
            figure.words(
                tick.label, at: FigurePoint(x: frame.left - 10, y: y + 5), size: 15, anchor: .end,
                color: Self.ink)
        }
        drawDiagonal(in: frame, on: &figure)
        let (left, right) = (frame.left, frame.right)
        let (top, bottom) = (frame.top, frame.bottom)
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        for (a, b) in zip(corners, corners.dropFirst()) {
            figure.line(
                FigurePoint(x: a.0, y: a.1), FigurePoint(x: b.0, y: b.1), width: 1.5,
                color: Self.ink)
        }
        figure.words(
            "X1, the winner's p / p_ref", at: FigurePoint(x: left + Self.span / 2, y: bottom + 48),
            size: 16, anchor: .middle, color: Self.ink)
        figure.words(
            "X2, the loser's p / p_ref",
            at: FigurePoint(x: left - 70, y: top + Self.span / 2), size: 16, anchor: .middle,
            isUpright: true, color: Self.ink)
    }

    /// Where winner and loser are equally likely.
    private func drawDiagonal(in frame: Frame, on figure: inout Figure) {
        let low = max(plane.x.lowerBound, plane.y.lowerBound)
        let high = min(plane.x.upperBound, plane.y.upperBound)
        guard low < high else { return }
        func place(_ value: Double) -> FigurePoint {
            frame.place(
                across: (value - plane.x.lowerBound) / (plane.x.upperBound - plane.x.lowerBound),
                up: (value - plane.y.lowerBound) / (plane.y.upperBound - plane.y.lowerBound))
        }
        figure.dashes(from: place(low), to: place(high), length: 6, color: Self.grey)
    }

    private func drawArrows(of panel: Panel, in frame: Frame, on figure: inout Figure) {
        let cell = Self.span / Double(Self.side)
        let arrows =
            panel.law.map { plane.arrows(of: $0, columns: Self.side, rows: Self.side) }
            ?? plane.arrows(at: panel.arrows)
        for arrow in arrows {
            guard (0...1).contains(arrow.across), (0...1).contains(arrow.up) else { continue }
            let centre = frame.place(across: arrow.across, up: arrow.up)
            // From here on the gradient is too small for its direction to mean a step.
            guard arrow.size > 1e-9 else {
                figure.disc(centre, radius: 1.2, color: Self.grey)
                continue
            }
            // Lengths span many powers of ten: the cube root keeps small ones visible.
            let length = (hasUnitArrows ? 0.85 : max(0.3, cbrt(arrow.size))) * 0.9 * cell
            let (dx, dy) = (arrow.dx * length / 2, -arrow.dy * length / 2)
            let color =
                switch arrow.balance {
                case .alike: Self.grey
                case .winner: Self.winner
                case .loser: Self.loser
                }
            figure.arrow(
                from: FigurePoint(x: centre.x - dx, y: centre.y - dy),
                to: FigurePoint(x: centre.x + dx, y: centre.y + dy), width: 1.8, color: color)
        }
    }

    private func drawLegend(left: Double, bottom: Double, on figure: inout Figure) {
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
        var words =
            plane.scale == .log
            ? "arrows: descent over (ln X1, ln X2)" : "arrows: descent over (X1, X2)"
        words += hasUnitArrows ? ", all of one length" : ", as long as the gradient's cube root"
        if panels.contains(where: { $0.path.count > 1 }) {
            words += "; line: the batch mean's path"
        }
        figure.words(
            words, at: FigurePoint(x: left, y: bottom + 108), size: 14, color: Self.ink)
    }
}
