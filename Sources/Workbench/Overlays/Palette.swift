import TerminalKit

/// The command palette: everything that can be done here, found by typing.
public struct Palette: Sendable, Equatable {
    /// What has been typed.
    public var input = TextInput()
    /// The row chosen.
    public var selected = 0
    /// How far back in the history the line comes from; nil when it was typed.
    var recalled: Int?
    /// Why the row chosen cannot be done, once that was tried.
    var problem: String?

    /// An empty line.
    public init() {}
}

extension WorkbenchModel {
    /// Lines of the palette that are kept, at most.
    static let commandCapacity = 100

    /// Takes a key while the palette is open.
    mutating func type(_ key: Key, into palette: Palette) {
        var palette = palette
        guard palette.input.take(key) else { return }
        palette.selected = 0
        palette.recalled = nil
        palette.problem = nil
        overlay = .palette(palette)
    }

    /// Arrows, pages and enter in the palette.
    mutating func navigate(_ action: BenchAction, _ palette: Palette) -> [WorkbenchEffect] {
        var palette = palette
        palette.problem = nil
        let last = max(0, paletteRows(palette).count - 1)
        switch action {
        case .activate: return choose(from: palette)
        case .move(.up):
            let isBrowsing = palette.input.characters.isEmpty || palette.recalled != nil
            if palette.selected == 0, isBrowsing, !commandHistory.isEmpty {
                let place = max(0, (palette.recalled ?? commandHistory.count) - 1)
                palette.input = TextInput(commandHistory[place])
                palette.recalled = place
            } else {
                palette.selected = max(0, palette.selected - 1)
            }
        case .move(.down):
            if let place = palette.recalled, palette.selected == 0 {
                let next = place + 1
                let exists = next < commandHistory.count
                palette.input = TextInput(exists ? commandHistory[next] : "")
                palette.recalled = exists ? next : nil
            } else {
                palette.selected = min(last, palette.selected + 1)
            }
        case .pageUp: palette.selected = max(0, palette.selected - 10)
        case .pageDown: palette.selected = min(last, palette.selected + 10)
        default: break
        }
        overlay = .palette(palette)
        return []
    }

    /// Does what the chosen row stands for, or says why it cannot be done.
    mutating func choose(from palette: Palette, row: Int? = nil) -> [WorkbenchEffect] {
        let rows = paletteRows(palette)
        let place = row ?? palette.selected
        guard rows.indices.contains(place) else { return [] }
        let chosen = rows[place]
        if let refusal = chosen.refusal {
            var refused = palette
            refused.selected = place
            refused.problem = refusal
            overlay = .palette(refused)
            return []
        }
        let typed = palette.input.text.trimmed
        let line = typed.isEmpty ? chosen.title : typed
        commandHistory.removeAll { $0 == line }
        commandHistory.append(line)
        if commandHistory.count > WorkbenchModel.commandCapacity { commandHistory.removeFirst() }
        overlay = nil
        return carryOut(chosen.deed)
    }
}

/// The palette on the screen.
struct PaletteView: Drawing {
    let palette: Palette
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let rows = model.paletteRows(palette)
        let frame = rect.centered(width: min(rect.width, 92), height: min(rect.height, 20))
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: "what to do",
            titleRight: model.commandHistory.isEmpty ? "enter  esc" : "up history  enter  esc",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        let (line, rest) = inner.splitTop(1)
        let (list, foot) = rest.splitBottom(1)
        canvas.draw(TextInputView(palette.input, style: ground.with(.underline)), in: line)
        if palette.input.characters.isEmpty {
            canvas.put(
                "type a part of a command, \"prompt\", \"lane 2\", \"theme light\", …",
                x: line.x + 2, y: line.y,
                style: theme.style(for: .dim).on(ground.background).with(.underline),
                maxWidth: line.width - 2)
        }
        let first = max(0, palette.selected - list.height + 1)
        for (index, row) in rows.dropFirst(first).prefix(list.height).enumerated() {
            let place = Rect(x: list.x, y: list.y + index, width: list.width, height: 1)
            draw(row, isChosen: first + index == palette.selected, on: &canvas, in: place)
            canvas.mark(place, MouseTarget.row(first + index))
        }
        drawFoot(rows, on: &canvas, in: foot)
    }

    private func draw(
        _ row: PaletteRow, isChosen: Bool, on canvas: inout Canvas, in place: Rect
    ) {
        let ground = isChosen ? theme.style(for: .selection) : theme.style(for: .dialog)
        let dim = isChosen ? ground : theme.style(for: .dim).on(ground.background)
        let key = isChosen ? ground : theme.style(for: .key).on(ground.background)
        let isOpen = row.refusal == nil
        canvas.fill(place, ground)
        let keys = min(13, place.width / 5)
        // Where there is little room the last row tells what the chosen one does.
        let title = place.width < 60 ? place.width - keys : 26
        canvas.put(
            row.keys, x: place.x, y: place.y,
            style: isOpen ? key : dim, maxWidth: keys - 1)
        let start = place.x + keys
        canvas.put(
            row.title, x: start, y: place.y, style: isOpen ? ground : dim, maxWidth: title - 1)
        for letter in row.letters where letter < title - 2 {
            canvas.restyle(Rect(x: start + letter, y: place.y, width: 1, height: 1)) {
                $0.with([.bold, .underline])
            }
        }
        canvas.put(
            row.refusal ?? row.explanation, x: start + title, y: place.y,
            style: isOpen && isChosen ? ground : dim, maxWidth: place.maxX - start - title)
    }

    /// What the chosen row does in full, or why it cannot be done.
    private func drawFoot(_ rows: [PaletteRow], on canvas: inout Canvas, in foot: Rect) {
        let ground = theme.style(for: .dialog)
        let (text, role): (String, ThemeRole)
        if let problem = palette.problem {
            (text, role) = ("not now: \(problem)", .warn)
        } else if rows.isEmpty {
            (text, role) = ("nothing here is called that; ? searches the whole help", .warn)
        } else {
            let row = rows[min(palette.selected, rows.count - 1)]
            (text, role) = (row.explanation, .dim)
        }
        canvas.put(
            text, x: foot.x, y: foot.y, style: theme.style(for: role).on(ground.background),
            maxWidth: foot.width)
    }
}
