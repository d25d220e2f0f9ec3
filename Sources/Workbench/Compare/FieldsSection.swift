import BenchProtocol
import TerminalKit

/// The lanes' gradient fields beside each other, small.
struct FieldsSection: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let lanes = model.comparedLanes.compactMap(\.index).map(model.laneField)
        let fields = lanes.filter(\.exists)
        guard !fields.isEmpty else {
            canvas.put(
                "No lane here has a field yet.", x: rect.x, y: rect.y,
                style: theme.style(for: .dim), maxWidth: rect.width)
            return
        }
        let fitting = max(1, min(fields.count, rect.width / 13))
        let down = max(1, min((fields.count + fitting - 1) / fitting, rect.height / 6))
        let shown = Array(fields.prefix(fitting * down))
        let perRow = (shown.count + down - 1) / down
        for (row, strip) in rect.rows(Array(repeating: 1, count: down)).enumerated() {
            let places = strip.columns(Array(repeating: 1, count: perRow))
            for column in 0..<perRow where row * perRow + column < shown.count {
                draw(shown[row * perRow + column], on: &canvas, in: places[column])
            }
        }
    }

    private func draw(_ field: LaneField, on canvas: inout Canvas, in place: Rect) {
        let rect = Rect(x: place.x, y: place.y, width: place.width - 1, height: place.height)
        let focused = field.index == model.focusedLane
        canvas.put(
            FieldsView.title(of: field, model, width: rect.width), x: rect.x, y: rect.y,
            style: theme.series(field.index).with(focused ? [.bold, .underline] : .bold),
            maxWidth: rect.width)
        let (plot, text) = rect.splitTop(1).1.splitBottom(rect.height > 4 ? 1 : 0)
        canvas.draw(
            FieldPlot(
                field: field, plane: model.fieldPlane, state: model.fields, theme: theme,
                hasAxes: false), in: plot)
        guard let summary = field.summary else { return }
        let winner = NumberText.fixed(summary.shareOnWinner * 100, 0)
        canvas.put(
            runs: [
                (winner, theme.style(for: .winner)), ("|", theme.style(for: .dim)),
                (
                    NumberText.percent(1 - summary.shareOnWinner), theme.style(for: .loser)
                ), (" \(NumberText.short(summary.medianRatio))", theme.style(for: .dim)),
            ], x: text.x, y: text.y, in: text)
    }
}
