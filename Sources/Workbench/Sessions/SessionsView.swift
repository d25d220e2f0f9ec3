import BenchProtocol
import TerminalKit

/// The view of the sessions: a list, and beside or below it what is known of the one chosen.
struct SessionsView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard rect.width >= 100 else {
            // Below, the list gives way first: what is chosen has to be told from the rest.
            let wanted = max(5, min(rows + 3, rect.height * 2 / 3))
            let (upper, lower) = rect.splitTop(rect.height < 12 ? rect.height : wanted)
            drawList(on: &canvas, in: upper)
            drawDetail(on: &canvas, in: lower)
            return
        }
        let left = rect.width >= 150 ? rect.width * 3 / 5 : rect.width * 11 / 20
        drawList(
            on: &canvas, in: Rect(x: rect.x, y: rect.y, width: left, height: rect.height))
        drawDetail(
            on: &canvas,
            in: Rect(
                x: rect.x + left, y: rect.y, width: rect.width - left, height: rect.height))
    }

    private var rows: Int {
        model.shelf.showsTrash ? model.listedTrash.count : model.listedSessions.count
    }

    // MARK: The list

    private func drawList(on canvas: inout Canvas, in rect: Rect) {
        canvas.box(
            rect, title: title, titleRight: titleRight, style: theme.style(for: .borderFocus),
            titleStyle: theme.style(for: .title))
        let inner = rect.inset(horizontally: 1, vertically: 1)
        if let words = emptiness {
            for (row, line) in TextLayout.wrapped(words, to: inner.width - 2).enumerated()
            where row < inner.height {
                canvas.put(
                    line, x: inner.x + 1, y: inner.y + row, style: theme.style(for: .dim),
                    maxWidth: inner.width - 1)
            }
            return
        }
        let table = model.shelf.showsTrash ? trashTable : sessionTable
        canvas.draw(table, in: inner)
        drawLegend(on: &canvas, in: inner)
        // The same rows as the table shows: its first line is the header.
        let body = inner.height > 1 ? inner.splitTop(1).1 : inner
        let first = table.firstRow(height: body.height)
        for line in 0..<max(0, min(body.height, rows - first)) {
            canvas.mark(
                Rect(x: body.x, y: body.y + line, width: body.width, height: 1),
                MouseTarget.item(.sessions, first + line))
        }
    }

    /// What the discrepancies are of, where the list leaves room for a line about it.
    private func drawLegend(on canvas: inout Canvas, in rect: Rect) {
        guard !model.shelf.showsTrash, rect.height > rows + 2 else { return }
        let long = "D gender, tone of the fairest lane: the mean of the two is the smallest"
        canvas.put(
            TextLayout.exceeds(long, rect.width) ? "D gender, tone of the fairest lane" : long,
            x: rect.x, y: rect.maxY - 1, style: theme.style(for: .dim), maxWidth: rect.width)
    }

    private var title: String {
        if model.shelf.showsTrash { return "trash ─ \(rows) deleted" }
        let all = model.shelf.contents?.cards.count ?? 0
        return rows == all ? "sessions ─ \(all)" : "sessions ─ \(rows) of \(all)"
    }

    private var titleRight: String {
        if model.shelf.showsTrash { return "u brings back  v leaves" }
        let filter = model.shelf.filter.isEmpty ? "" : "/\(model.shelf.filter)  "
        let turned = model.shelf.isReversed ? "↑" : "↓"
        return filter + "by \(model.shelf.order.rawValue) \(turned)"
    }

    private var emptiness: String? {
        guard let contents = model.shelf.contents else { return "looking at the sessions …" }
        if model.shelf.showsTrash {
            return contents.trash.isEmpty ? "Nothing was deleted. v goes back." : nil
        }
        if contents.cards.isEmpty {
            return "No sessions in \(contents.folder) yet: a makes one from a recipe."
        }
        guard model.listedSessions.isEmpty else { return nil }
        return "No session has \"\(model.shelf.filter)\": / and an empty line list all."
    }

    private var sessionTable: TableView {
        let dim = theme.style(for: .dim)
        let rows = model.listedSessions.map { card -> [TableCell] in
            let text = theme.style(for: card.problem == nil ? .text : .error)
            let (mark, role) = SessionsView.mark(of: card, in: model)
            return [
                TableCell(mark, style: theme.style(for: role)),
                TableCell(card.name, style: model.isOpen(card) ? theme.style(for: .accent) : text),
                TableCell(SessionsView.steps(of: card, in: model), style: text),
                TableCell(age(card), style: dim),
                TableCell(discrepancy(card.headline?.gender), style: theme.style(for: .ok)),
                TableCell(discrepancy(card.headline?.tone), style: theme.style(for: .ok)),
                TableCell(NumberText.bytes(card.bytes), style: dim),
                TableCell(card.tags.joined(separator: " "), style: theme.style(for: .accent)),
                TableCell(
                    card.problem == nil
                        ? card.lanes.map(\.name).joined(separator: " ") : "cannot be opened",
                    style: card.problem == nil ? dim : text),
            ]
        }
        return TableView(
            columns: [
                TableColumn("", minimum: 2, priority: 9),
                TableColumn("session", minimum: 12, isFlexible: true, priority: 8),
                TableColumn("step", alignment: .right, priority: 7),
                TableColumn("saved", alignment: .right, priority: 6),
                TableColumn("D gender", alignment: .right, priority: 5),
                TableColumn("tone", alignment: .right, priority: 5),
                TableColumn("size", alignment: .right, priority: 3),
                TableColumn("tags", minimum: 4, isFlexible: true, priority: 4),
                TableColumn("lanes", minimum: 8, isFlexible: true, priority: 2),
            ], rows: rows, selected: model.chosenSessionRow, style: theme.style(for: .text),
            headerStyle: theme.style(for: .header), selectionStyle: theme.style(for: .selection))
    }

    private var trashTable: TableView {
        TableView(
            columns: [
                TableColumn("session", minimum: 12, isFlexible: true, priority: 3),
                TableColumn("deleted", alignment: .right, priority: 2),
                TableColumn("size", alignment: .right, priority: 1),
            ],
            rows: model.listedTrash.map { card in
                [
                    TableCell(card.name), TableCell(NumberText.age(model.now - card.trashed)),
                    TableCell(NumberText.bytes(card.bytes)),
                ]
            }, selected: model.chosenSessionRow, style: theme.style(for: .text),
            headerStyle: theme.style(for: .header), selectionStyle: theme.style(for: .selection))
    }

    /// What stands before a session's name: whether it is open here, and whether an engine has it.
    static func mark(of card: SessionCard, in model: WorkbenchModel) -> (String, ThemeRole) {
        if model.isOpen(card) { return ("▶", .accent) }
        if card.problem != nil { return ("✗", .error) }
        switch card.engine {
        case .running: return ("●", .ok)
        case .starting: return ("◌", .warn)
        case .died: return ("!", .warn)
        case .idle: return (" ", .dim)
        }
    }

    /// How far a session is: the open one and those with an engine as that tells it, the others as
    /// they were saved.
    static func steps(of card: SessionCard, in model: WorkbenchModel) -> String {
        if model.isOpen(card), let state = model.state { return "\(state.step)/\(state.endStep)" }
        if card.engine == .running, let progress = card.progress {
            return "\(progress.step)/\(progress.endStep)"
        }
        return "\(card.step)/\(card.endStep.map(String.init) ?? "?")"
    }

    private func age(_ card: SessionCard) -> String {
        card.lastSaved.map { NumberText.age(model.now - $0) } ?? "never"
    }

    private func discrepancy(_ value: Double?) -> String {
        value.map(NumberText.share) ?? NumberText.missing
    }

    // MARK: The one chosen

    private func drawDetail(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height >= 3, rect.width >= 4 else { return }
        canvas.box(
            rect, title: model.chosenSession?.name ?? model.chosenTrash?.name ?? "nothing chosen",
            style: theme.style(for: .border), titleStyle: theme.style(for: .title))
        let inner = rect.inset(horizontally: 2, vertically: 1)
        let lines = SessionDetail(model: model, theme: theme, width: inner.width).lines
        for (row, runs) in lines.prefix(inner.height).enumerated() {
            canvas.put(runs: runs, x: inner.x, y: inner.y + row, in: inner)
        }
    }
}
