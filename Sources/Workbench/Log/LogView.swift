import BenchProtocol
import TerminalKit

/// The view of the log: what the engine and the screen reported, and what the chosen line means.
struct LogView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let shown = model.shownLog
        let place = model.chosenLogPlace
        let explained = place.flatMap { LogExplanation(of: shown[$0].line) }
        let inner = max(1, rect.width - 4)
        let detail = detailLines(place.map { shown[$0].line }, explained, width: inner)
        let rows = min(detail.count + 2, max(0, rect.height - 6))
        let hasDetail = !detail.isEmpty && rows >= 3
        let (above, below) = rect.splitBottom(hasDetail ? rows : 0)
        drawList(shown, place, on: &canvas, in: above)
        if hasDetail { drawDetail(detail, on: &canvas, in: below) }
    }

    private func drawList(
        _ shown: [(number: Int, line: LogLine)], _ place: Int?, on canvas: inout Canvas,
        in rect: Rect
    ) {
        canvas.box(
            rect, title: title(shown.count), titleRight: mode,
            style: theme.style(for: .borderFocus), titleStyle: theme.style(for: .title))
        canvas.mark(rect, MouseTarget.surface(.log, rect))
        let inner = rect.inset(horizontally: 2, vertically: 1)
        guard let place else { return drawEmpty(on: &canvas, in: inner) }
        // The chosen line in sight, with what follows it as far as there is room.
        let first = min(max(0, place - inner.height / 2), max(0, shown.count - inner.height))
        for (row, entry) in shown.dropFirst(first).prefix(inner.height).enumerated() {
            let isChosen = first + row == place && model.logging.chosen != nil
            let ground = isChosen ? theme.style(for: .selection) : theme.base
            let line = Rect(x: inner.x, y: inner.y + row, width: inner.width, height: 1)
            canvas.fill(line, ground)
            let style = theme.style(for: role(entry.line.level)).on(ground.background)
            let dim = theme.style(for: .dim)
            let words = entry.line.isEarlier && entry.line.level == .info ? dim : style
            canvas.put(
                runs: [
                    (moment(entry.line) + " ", isChosen ? ground : dim),
                    (entry.line.level.mark + " ", style),
                    (entry.line.message, isChosen ? ground : words),
                ], x: line.x, y: line.y, in: line)
            canvas.mark(line, MouseTarget.item(.log, entry.number))
        }
    }

    /// The time of day; with the day before it, where that was another one.
    private func moment(_ line: LogLine) -> String {
        let isToday = (line.time / 86400).rounded(.down) == (model.now / 86400).rounded(.down)
        let clock = NumberText.clock(line.time)
        return isToday || !line.isEarlier ? clock : NumberText.day(line.time) + " " + clock
    }

    private func drawEmpty(on canvas: inout Canvas, in rect: Rect) {
        let words =
            model.log.isEmpty
            ? "nothing has been reported yet; what the engine and the screen have to say comes here"
            : "no line passes the filter; c shows every line again"
        for (row, line) in TextLayout.wrapped(words, to: rect.width).prefix(rect.height)
            .enumerated()
        {
            canvas.put(line, x: rect.x, y: rect.y + row, style: theme.style(for: .dim))
        }
    }

    private func drawDetail(_ lines: [(String, ThemeRole)], on canvas: inout Canvas, in rect: Rect)
    {
        canvas.box(
            rect, title: "what it means", style: theme.style(for: .border),
            titleStyle: theme.style(for: .title))
        let inner = rect.inset(horizontally: 2, vertically: 1)
        for (row, line) in lines.prefix(inner.height).enumerated() {
            canvas.put(
                line.0, x: inner.x, y: inner.y + row, style: theme.style(for: line.1),
                maxWidth: inner.width)
        }
    }

    /// The whole line where the list cuts it, its meaning, and what to do; nothing for a line that
    /// is read in full above.
    private func detailLines(
        _ line: LogLine?, _ explained: LogExplanation?, width: Int
    ) -> [(String, ThemeRole)] {
        guard let line else { return [] }
        var lines: [(String, ThemeRole)] = []
        let mark = TextLayout.columns(line.level.mark) + 10
        if TextLayout.exceeds(line.message, width - mark) {
            lines += TextLayout.wrapped(line.message, to: width).prefix(6).map {
                ($0, role(line.level))
            }
        }
        if let explained {
            lines += TextLayout.wrapped(explained.meaning, to: width).map { ($0, .text) }
            lines += TextLayout.wrapped("→ " + explained.remedy, to: width).map { ($0, .accent) }
        }
        return lines
    }

    private func title(_ shown: Int) -> String {
        guard !model.log.isEmpty else { return "log ─ empty" }
        let warnings = model.log.filter { $0.level == .warning }.count
        let errors = model.log.filter { $0.level == .error }.count
        let earlier = model.log.filter(\.isEarlier).count
        var title = "log ─ \(shown) of \(model.log.count) lines"
        if warnings > 0 { title += " ─ \(warnings) warning\(warnings == 1 ? "" : "s")" }
        if errors > 0 { title += " ─ \(errors) error\(errors == 1 ? "" : "s")" }
        if earlier > 0 { title += " ─ \(earlier) from before" }
        let filter = model.logging.filter
        if filter.level != .debug { title += " ─ from \(filter.level.rawValue)" }
        if !filter.words.isEmpty { title += " ─ \"\(filter.words)\"" }
        return title + " ─ UTC"
    }

    private var mode: String { model.logging.chosen == nil ? "following" : "f follow" }

    private func role(_ level: LogLine.Level) -> ThemeRole {
        switch level {
        case .debug: .dim
        case .info: .text
        case .warning: .warn
        case .error: .error
        }
    }
}
