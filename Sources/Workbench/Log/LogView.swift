import BenchProtocol
import TerminalKit

/// The view of the log: what the engine and the screen reported, newest last.
struct LogView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        canvas.box(
            rect, title: model.log.isEmpty ? "log ─ empty" : "log ─ UTC",
            style: theme.style(for: .border), titleStyle: theme.style(for: .title))
        let inner = rect.inset(horizontally: 2, vertically: 1)
        let end = max(min(inner.height, model.log.count), model.log.count - model.logging.scroll)
        for (row, line) in model.log.prefix(end).suffix(inner.height).enumerated() {
            let role: ThemeRole =
                switch line.level {
                case .debug: .dim
                case .info: .text
                case .warning: .warn
                case .error: .error
                }
            canvas.put(
                runs: [
                    (NumberText.clock(line.time) + " ", theme.style(for: .dim)),
                    (line.message, theme.style(for: role)),
                ], x: inner.x, y: inner.y + row, in: inner)
        }
    }
}
