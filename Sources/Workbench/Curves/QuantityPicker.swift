import BenchProtocol
import TerminalKit

/// A list of everything that has a curve, found by typing.
public struct QuantityPicker: Sendable, Equatable {
    /// What has been typed.
    public var input = TextInput()
    /// The row chosen.
    public var selected = 0
    /// The quantities that are to be drawn, in the order in which they were marked.
    public internal(set) var chosen: [LoggedQuantity]

    init(chosen: [LoggedQuantity], selected: Int) {
        self.chosen = chosen
        self.selected = selected
    }
}

extension WorkbenchModel {
    /// The quantities that match what was typed; the chosen ones first where nothing was.
    package func rows(of picker: QuantityPicker) -> [LoggedQuantity] {
        let words = picker.input.text.lowercased().split(separator: " ")
        let rest = catalogue.filter { !curves.quantities.contains($0) }
        let all = curves.quantities + rest
        return all.filter { quantity in
            let text = "\(quantity.name) \(quantity.title)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    /// Takes a key while the list is open.
    mutating func type(_ key: Key, into picker: QuantityPicker) {
        var picker = picker
        let last = max(0, rows(of: picker).count - 1)
        switch key {
        case .up: picker.selected = max(0, picker.selected - 1)
        case .down: picker.selected = min(last, picker.selected + 1)
        case .pageUp: picker.selected = max(0, picker.selected - 10)
        case .pageDown: picker.selected = min(last, picker.selected + 10)
        default: if picker.input.take(key) { picker.selected = 0 }
        }
        overlay = .quantities(picker)
    }

    /// Marks a row, or takes its mark away.
    func mark(_ row: Int, in picker: inout QuantityPicker) {
        let rows = rows(of: picker)
        guard rows.indices.contains(row) else { return }
        if let place = picker.chosen.firstIndex(of: rows[row]) {
            picker.chosen.remove(at: place)
        } else if picker.chosen.count < CurvesState.capacity {
            picker.chosen.append(rows[row])
        }
    }

    /// A click marks a row, the wheel goes through them.
    mutating func point(
        _ event: MouseEvent, _ target: MouseTarget, in picker: QuantityPicker
    ) -> [WorkbenchEffect] {
        var picker = picker
        switch (event.action, target) {
        case (.press(button: 1), .item(.curves, let row)):
            picker.selected = row
            mark(row, in: &picker)
        case (.scrollUp, _): picker.selected = max(0, picker.selected - 1)
        case (.scrollDown, _):
            picker.selected = min(max(0, rows(of: picker).count - 1), picker.selected + 1)
        default: return []
        }
        overlay = .quantities(picker)
        return []
    }

    /// Draws what is marked, the row chosen in front; an unmarked row joins the marked ones.
    mutating func choose(from picker: QuantityPicker) -> [WorkbenchEffect] {
        let rows = rows(of: picker)
        var chosen = picker.chosen
        var front: LoggedQuantity?
        if rows.indices.contains(picker.selected) {
            let row = rows[picker.selected]
            front = row
            // Typing and enter alone show what was looked for; marks are for more than one.
            if !chosen.contains(row), picker.chosen == curves.quantities || chosen.isEmpty {
                if chosen.count >= CurvesState.capacity { chosen.removeLast() }
                chosen.append(row)
            }
        }
        guard !chosen.isEmpty else { return [] }
        overlay = nil
        curves.quantities = chosen
        curves.focused =
            front.flatMap { chosen.firstIndex(of: $0) } ?? min(curves.focused, chosen.count - 1)
        curves.valueRanges = curves.valueRanges.filter { chosen.contains($0.key) }
        return fetchShownCurves()
    }
}

/// The list on the screen.
struct QuantityPickerView: Drawing {
    let picker: QuantityPicker
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let rows = model.rows(of: picker)
        let frame = rect.centered(width: min(rect.width, 64), height: min(rect.height, 24))
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: "quantities", titleRight: "tab mark  enter  esc",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        let (line, list) = inner.splitTop(1)
        canvas.draw(TextInputView(picker.input, style: ground.with(.underline)), in: line)
        guard !rows.isEmpty else {
            canvas.put(
                "nothing of that name is logged", x: list.x, y: list.y,
                style: theme.style(for: .dim).on(ground.background), maxWidth: list.width)
            return
        }
        let first = max(0, min(picker.selected - list.height / 2, rows.count - list.height))
        for (place, quantity) in rows.dropFirst(first).prefix(list.height).enumerated() {
            let isSelected = first + place == picker.selected
            let style = isSelected ? theme.style(for: .selection) : ground
            let row = Rect(x: list.x, y: list.y + place, width: list.width, height: 1)
            canvas.fill(row, style)
            let mark = picker.chosen.contains(quantity) ? "▪ " : "  "
            canvas.put(
                runs: [
                    (mark, theme.style(for: .key).on(style.background)),
                    (quantity.title, style),
                ], x: row.x, y: row.y, in: row)
            let note = quantity.name
            let width = TextLayout.columns(note)
            if TextLayout.columns(quantity.title) + 4 + width <= row.width, note != quantity.title {
                canvas.put(
                    note, x: row.maxX - width, y: row.y,
                    style: theme.style(for: .dim).on(style.background))
            }
            canvas.mark(row, MouseTarget.item(.curves, first + place))
        }
    }
}
