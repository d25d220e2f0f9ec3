import BenchProtocol
import TerminalKit

/// The list of themes; the one chosen is on the whole screen while it is looked at.
public struct ThemePicker: Sendable, Equatable {
    /// The theme chosen in the list.
    public var selected: Int
}

extension WorkbenchModel {
    /// Arrows and enter in the picker.
    mutating func navigate(_ action: BenchAction, _ picker: ThemePicker) -> [WorkbenchEffect] {
        switch action {
        case .move(.up), .move(.left): return preview(picker.selected - 1)
        case .move(.down), .move(.right): return preview(picker.selected + 1)
        case .toStart: return preview(0)
        case .toEnd: return preview(themeNames.count - 1)
        case .activate:
            overlay = nil
            return keepTheme(picker.selected)
        default: return []
        }
    }

    /// Shows a theme without choosing it; the list goes round.
    mutating func preview(_ index: Int) -> [WorkbenchEffect] {
        guard !themeNames.isEmpty else { return [] }
        let place = (index % themeNames.count + themeNames.count) % themeNames.count
        themeIndex = place
        overlay = .themes(ThemePicker(selected: place))
        return [.useTheme(themeNames[place])]
    }

    /// Uses a theme from now on.
    mutating func keepTheme(_ index: Int) -> [WorkbenchEffect] {
        guard themeNames.indices.contains(index) else { return [] }
        themeIndex = index
        chosenTheme = index
        announce(.info, "theme \(themeNames[index])")
        return [.useTheme(themeNames[index]), .rememberTheme(themeNames[index])]
    }

    /// Goes back to the theme from before.
    mutating func leaveThemes() -> [WorkbenchEffect] {
        overlay = nil
        guard themeIndex != chosenTheme, themeNames.indices.contains(chosenTheme) else { return [] }
        themeIndex = chosenTheme
        return [.useTheme(themeNames[chosenTheme])]
    }
}

/// The picker in a corner, so that the rest of the screen shows the theme.
struct ThemePickerView: Drawing {
    let picker: ThemePicker
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let names = model.themeNames
        let width = min(rect.width, 34)
        let height = min(rect.height, min(names.count, 10) + 5)
        let frame = Rect(x: rect.maxX - width, y: rect.y, width: width, height: height)
        canvas.fill(frame, ground)
        canvas.box(
            frame, title: "theme", titleRight: "enter keep  esc",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        let inner = frame.inset(horizontally: 2, vertically: 1)
        let (list, swatch) = inner.splitBottom(min(3, max(0, inner.height - 1)))
        let first = max(0, picker.selected - list.height + 1)
        for (row, name) in names.dropFirst(first).prefix(list.height).enumerated() {
            let isChosen = first + row == picker.selected
            let style = isChosen ? theme.style(for: .selection) : ground
            let place = Rect(x: list.x, y: list.y + row, width: list.width, height: 1)
            canvas.fill(place, style)
            let mark = first + row == model.chosenTheme ? "● " : "  "
            canvas.put(mark + name, x: place.x, y: place.y, style: style, maxWidth: place.width)
            canvas.mark(place, MouseTarget.row(first + row))
        }
        drawSwatch(on: &canvas, in: swatch)
    }

    /// The roles and scales of the theme at one look.
    private func drawSwatch(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        func role(_ role: ThemeRole) -> Style { theme.style(for: role).on(ground.background) }
        canvas.put(
            runs: [
                ("text ", ground), ("dim ", role(.dim)), ("ok ", role(.ok)),
                ("warn ", role(.warn)), ("error ", role(.error)), ("key", role(.key)),
            ], x: rect.x, y: rect.y, in: rect)
        let lanes = (0..<8).map { index in
            ("\(LaneMark.glyph(index))━ ", theme.series(index).on(ground.background))
        }
        canvas.put(runs: lanes, x: rect.x, y: rect.y + 1, in: rect)
        guard rect.height > 2 else { return }
        for column in 0..<rect.width {
            let share = Double(column) / Double(max(1, rect.width - 1))
            let style = theme.rampColor(share).map { ground.colored($0) } ?? ground
            let glyphs: [Character] = ["░", "▒", "▓", "█"]
            // Without colours the ramp is one of shades.
            let glyph = theme.ramp.isEmpty ? glyphs[min(3, Int(share * 4))] : "█"
            canvas.put(
                String(glyph), x: rect.x + column, y: rect.y + 2, style: style,
                maxWidth: rect.maxX - rect.x - column)
        }
    }
}
