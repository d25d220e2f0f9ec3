import BenchProtocol
import TerminalKit

/// The gradient field of each lane over log X1 (winner) and log X2 (loser), the batch upon it.
struct FieldPanel: Drawing {
    let model: WorkbenchModel
    let theme: Theme
    let isZoomed: Bool

    /// The narrowest field that shows directions.
    private static let leastWidth = 8
    /// What a lane without a field needs to say so.
    private static let reasonWidth = 9

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !model.laneStates.isEmpty else {
            say("no lanes yet", on: &canvas, in: rect)
            return
        }
        if isZoomed {
            drawZoomed(on: &canvas, in: rect)
            return
        }
        let fitting = max(1, (rect.width + 1) / (Self.leastWidth + 1))
        let lanes = shownLanes(atMost: fitting)
        // A lane without a field needs room for the reason only.
        let without = lanes.filter { hasNoField($0) }.count
        let fields = lanes.count - without
        let room = rect.width + 1
        let narrow = fields == 0 ? room / max(1, without) : Self.reasonWidth + 1
        let wide = fields == 0 ? 0 : max(0, room - narrow * without) / fields
        var x = rect.x
        for index in lanes {
            let width = hasNoField(index) ? narrow : wide
            let column = Rect(x: x, y: rect.y, width: max(0, width - 1), height: rect.height)
            drawLane(index, on: &canvas, in: column)
            x += width
        }
    }

    private func shownLanes(atMost count: Int) -> [Int] {
        model.contenders(atMost: count + 1).compactMap(\.index)
    }

    /// Supervised fine-tuning knows no losers.
    private func hasNoField(_ index: Int) -> Bool {
        model.laneStates[index].settings.objective == "sft"
    }

    private func drawLane(_ index: Int, on canvas: inout Canvas, in rect: Rect) {
        let settings = model.laneStates[index].settings
        let lane = Contender(name: settings.name, index: index)
        let name = model.label(of: lane, atMost: rect.width, mark: \.mark)
        // The divergence follows where there is room: a lane has one name everywhere.
        let divergence = settings.divergence == nil ? "" : " " + LaneTable.divergence(settings)
        let fits = !TextLayout.exceeds("\(index + 1) \(settings.name)" + divergence, rect.width)
        let focused = index == model.focusedLane
        canvas.put(
            fits ? name + divergence : name, x: rect.x, y: rect.y,
            style: theme.series(index).with(focused ? [.bold, .underline] : .bold),
            maxWidth: rect.width)
        let body = Rect(x: rect.x, y: rect.y + 1, width: rect.width, height: rect.height - 1)
        guard !hasNoField(index) else {
            say("no field: no loser in its loss", on: &canvas, in: body)
            return
        }
        guard let field = model.lanes[settings.name]?.field else {
            say("no field yet", on: &canvas, in: body)
            return
        }
        let lines = body.height >= 6 ? 2 : body.height >= 2 ? 1 : 0
        let (plot, text) = body.splitBottom(lines)
        drawField(field, index, on: &canvas, in: plot)
        guard lines > 0 else { return }
        drawShare(field, on: &canvas, in: text)
        guard lines > 1 else { return }
        canvas.put(
            "sat \(NumberText.percent(field.saturated)) cap \(NumberText.percent(field.capped))",
            x: text.x, y: text.y + 1, style: theme.style(for: .dim), maxWidth: text.width)
    }

    /// `50 | 50%`: how the push divides between winners and losers.
    private func drawShare(
        _ field: GradientFieldSummary, on canvas: inout Canvas, in rect: Rect
    ) {
        let loser = 1 - field.shareOnWinner
        canvas.put(
            runs: [
                (NumberText.fixed(field.shareOnWinner * 100, 0), theme.style(for: .winner)),
                ("|", theme.style(for: .dim)),
                (NumberText.percent(loser), theme.style(for: .loser)),
            ], x: rect.x, y: rect.y, in: rect)
    }

    /// Arrows on their square grid; what makes no square grid is not drawn.
    private func drawField(
        _ field: GradientFieldSummary, _ index: Int, on canvas: inout Canvas, in rect: Rect
    ) {
        let side = Int(Double(field.arrows.count).squareRoot().rounded())
        guard side > 1, side * side == field.arrows.count, side <= 256, !rect.isEmpty,
            let frame = FieldFrame(field.arrows)
        else { return }
        let winner = theme.style(for: .winner)
        let loser = theme.style(for: .loser)
        var vectors: [ArrowField.Vector] = []
        vectors.reserveCapacity(side * side)
        for row in (0..<side).reversed() {
            for arrow in field.arrows[row * side..<(row + 1) * side] {
                // Coloured by whose likelihood it moves more.
                let style = abs(arrow.dx) >= abs(arrow.dy) ? winner : loser
                vectors.append(.init(dx: arrow.dx, dy: arrow.dy, style: style))
            }
        }
        let mark = theme.style(for: .accent)
        let points = field.points.prefix(64).map { point in
            FieldPoint(
                x: frame.across(point.x), y: frame.up(point.y), glyph: "•", style: mark)
        }
        canvas.draw(
            ArrowField(columns: side, rows: side, vectors: vectors, points: Array(points)),
            in: rect)
    }

    // MARK: One lane, large

    private func drawZoomed(on canvas: inout Canvas, in rect: Rect) {
        guard let lane = model.focusedLaneState else { return }
        let facts = 30
        let (left, right) = rect.width >= 70 ? rect.splitRight(facts) : rect.splitRight(0)
        let (plot, caption) = left.splitBottom(left.height > 6 ? 1 : 0)
        drawLane(model.focusedLane, on: &canvas, in: plot)
        canvas.put(
            "→ log X1, winner   ↑ log X2, loser   • the batch", x: caption.x, y: caption.y,
            style: theme.style(for: .axis), maxWidth: caption.width)
        guard let field = model.lanes[lane.settings.name]?.field, !right.isEmpty else { return }
        var lines: [(String, String)] = [
            ("objective", lane.settings.objective),
            ("divergence", LaneTable.divergence(lane.settings)),
            ("step", "\(field.step)"),
            ("push on winners", NumberText.percent(field.shareOnWinner)),
            ("median |dX1/dX2|", NumberText.short(field.medianRatio)),
            ("saturated", NumberText.percent(field.saturated)),
            ("capped", NumberText.percent(field.capped)),
            (
                "mean direction",
                "\(NumberText.fixed(field.meanDX, 2, signed: true)), "
                    + NumberText.fixed(field.meanDY, 2, signed: true)
            ),
            ("points", "\(field.points.count)"),
        ]
        if let frame = FieldFrame(field.arrows) {
            lines.append(("log X1", frame.acrossText))
            lines.append(("log X2", frame.upText))
        }
        for (row, line) in lines.enumerated() where row + 1 < right.height {
            let y = right.y + 1 + row
            canvas.put(
                line.0, x: right.x + 1, y: y, style: theme.style(for: .dim),
                maxWidth: right.width - 2)
            canvas.put(
                line.1, rightAlignedTo: right.maxX - 1, y: y, style: theme.style(for: .text),
                maxWidth: 14)
        }
    }

    private func say(_ text: String, on canvas: inout Canvas, in rect: Rect) {
        guard rect.width > 0 else { return }
        for (row, line) in TextLayout.wrapped(text, to: rect.width).prefix(rect.height).enumerated()
        {
            canvas.put(
                line, x: rect.x, y: rect.y + row, style: theme.style(for: .dim),
                maxWidth: rect.width)
        }
    }
}

/// The part of the plane that a field's arrows cover.
private struct FieldFrame {
    private let x: ClosedRange<Double>
    private let y: ClosedRange<Double>

    init?(_ arrows: [GradientFieldSummary.Arrow]) {
        let xs = arrows.map(\.x).filter(\.isFinite)
        let ys = arrows.map(\.y).filter(\.isFinite)
        guard let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max(),
            left < right, low < high
        else { return nil }
        x = left...right
        y = low...high
    }

    func across(_ value: Double) -> Double {
        (value - x.lowerBound) / (x.upperBound - x.lowerBound)
    }

    func up(_ value: Double) -> Double { (value - y.lowerBound) / (y.upperBound - y.lowerBound) }

    var acrossText: String { FieldFrame.text(x) }
    var upText: String { FieldFrame.text(y) }

    private static func text(_ range: ClosedRange<Double>) -> String {
        "\(NumberText.short(range.lowerBound)) … \(NumberText.short(range.upperBound))"
    }
}
