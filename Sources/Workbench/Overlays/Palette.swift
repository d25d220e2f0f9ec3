import TerminalKit

/// The command palette: everything that can be done here, found by typing.
public struct Palette: Sendable, Equatable {
    /// What has been typed.
    public var input = TextInput()
    /// The row chosen.
    public var selected = 0
}

extension WorkbenchModel {
    /// The rows that match what was typed, best first.
    package func paletteRows(_ palette: Palette) -> [KeyBinding] {
        let words = palette.input.text.lowercased().split(separator: " ")
        let contexts: [KeyContext] = [view.keyContext, .everywhere]
        let rows = contexts.flatMap { context in
            keys.shownBindings(in: context).filter { $0.action != .palette }
        }
        return rows.filter { binding in
            let text = "\(binding.hint ?? "") \(binding.explanation)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    /// Takes a key while the palette is open.
    mutating func type(_ key: Key, into palette: Palette) {
        var palette = palette
        switch key {
        case .up: palette.selected = max(0, palette.selected - 1)
        case .down:
            palette.selected = min(max(0, paletteRows(palette).count - 1), palette.selected + 1)
        default: if palette.input.take(key) { palette.selected = 0 }
        }
        overlay = .palette(palette)
    }

    /// Does what the chosen row stands for.
    mutating func choose(from palette: Palette) -> [WorkbenchEffect] {
        let rows = paletteRows(palette)
        guard rows.indices.contains(palette.selected) else { return [] }
        overlay = nil
        return perform(rows[palette.selected].action)
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
        let frame = rect.centered(width: min(rect.width, 84), height: min(rect.height, 18))
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: "what to do", titleRight: "\(rows.count)  enter  esc",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        let (line, list) = inner.splitTop(1)
        canvas.draw(TextInputView(palette.input, style: ground.with(.underline)), in: line)
        let first = max(0, palette.selected - list.height + 1)
        for (row, binding) in rows.dropFirst(first).prefix(list.height).enumerated() {
            let isChosen = first + row == palette.selected
            let style = isChosen ? theme.style(for: .selection) : ground
            let y = list.y + row
            let place = Rect(x: list.x, y: y, width: list.width, height: 1)
            canvas.fill(place, style)
            canvas.put(
                runs: [
                    (
                        TextLayout.padded(model.keys.names(of: binding), to: 13),
                        theme.style(for: .key).on(style.background)
                    ), (binding.explanation, style),
                ], x: list.x, y: y, in: place)
            canvas.mark(place, MouseTarget.action(binding.action))
        }
    }
}
