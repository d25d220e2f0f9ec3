import TerminalKit

/// The help: every key and word of the screen, found by typing.
public struct HelpText: Sendable, Equatable {
    /// What has been typed.
    public var input = TextInput()
    /// The first line shown.
    public var scroll = 0

    /// The whole help from its top.
    public init() {}

    /// The words that entries have to have: `/` and `?` in front only say that they are sought.
    var sought: [String] {
        input.text.trimmed.drop { "/?".contains($0) }.lowercased().split(separator: " ")
            .map(String.init)
    }
}

/// One entry of the help: a key or a word, and what it means.
package struct HelpEntry: Sendable, Equatable {
    package var head: String
    package var words: String
    /// Why the key can do nothing now.
    package var refusal: String?
}

/// Entries that belong together.
package struct HelpSection: Sendable, Equatable {
    package var title: String
    package var purpose: String?
    package var entries: [HelpEntry]
}

extension WorkbenchModel {
    /// What the help shows: the present view, what works everywhere, the words, then all else.
    package func helpSections(_ help: HelpText) -> [HelpSection] {
        let here = view.keyContext
        let others = KeyContext.allCases.filter { $0 != here && $0 != .everywhere }
        func keys(_ context: KeyContext) -> HelpSection {
            HelpSection(
                title: context.rawValue + (context == here ? " ─ the view you are in" : ""),
                purpose: context.purpose,
                entries: self.keys.shownBindings(in: context).map { binding in
                    HelpEntry(
                        head: self.keys.names(of: binding), words: binding.explanation,
                        refusal: context == here || context == .everywhere
                            ? refusal(of: binding.action) : nil)
                })
        }
        let words = HelpSection(
            title: "Words on the screen", purpose: nil,
            entries: Glossary.entries.map { HelpEntry(head: $0.0, words: $0.1) })
        let mouse = HelpSection(
            title: "Mouse", purpose: nil,
            entries: Glossary.mouse.map { HelpEntry(head: $0.0, words: $0.1) })
        let all = [keys(here), keys(.everywhere), words, mouse] + others.map(keys)
        let sought = help.sought
        return all.compactMap { section in
            var found = section
            if !sought.isEmpty {
                found.purpose = nil
                found.entries = section.entries.filter { entry in
                    let text = "\(section.title) \(entry.head) \(entry.words)".lowercased()
                    return sought.allSatisfy { text.contains($0) }
                }
            }
            return found.entries.isEmpty && found.purpose == nil ? nil : found
        }
    }

    /// Takes a key while the help is open.
    mutating func type(_ key: Key, into help: HelpText) {
        var help = help
        // A question mark opens the help, so it closes it as well.
        if key == .character("?") {
            overlay = nil
            return
        }
        guard help.input.take(key) else { return }
        help.scroll = 0
        overlay = .help(help)
    }

    /// Arrows, pages and ends in the help.
    mutating func navigate(_ action: BenchAction, _ help: HelpText) {
        var help = help
        let page = max(1, height - 8)
        switch action {
        case .move(.up): help.scroll -= 1
        case .move(.down): help.scroll += 1
        case .pageUp: help.scroll -= page
        case .pageDown: help.scroll += page
        case .toStart: help.scroll = 0
        case .toEnd: help.scroll = .max / 2
        default: return
        }
        let frame = ScreenFrame(
            Rect(width: width, height: height), SizeClass(width: width, height: height))
        help.scroll = min(max(0, help.scroll), HelpView.lastScroll(of: help, self, in: frame.view))
        overlay = .help(help)
    }
}

/// The help on the screen.
struct HelpView: Drawing {
    let help: HelpText
    let model: WorkbenchModel
    let theme: Theme

    private static let keyWidth = 15

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let ground = theme.style(for: .dialog)
        let (frame, line, list) = HelpView.places(in: rect)
        canvas.fill(frame, ground)
        let lines = HelpView.lines(of: help, model, width: list.width)
        let first = min(help.scroll, max(0, lines.count - list.height))
        let below = lines.count - first - list.height
        canvas.box(
            frame, title: "help", titleRight: below > 0 ? "\(below) more below" : "esc",
            style: theme.style(for: .accent).on(ground.background),
            titleStyle: theme.style(for: .title).on(ground.background))
        canvas.draw(TextInputView(help.input, style: ground.with(.underline)), in: line)
        if help.input.characters.isEmpty {
            canvas.put(
                "type to search: a key, a word, \"margin\", \"export\", …", x: line.x + 2,
                y: line.y, style: theme.style(for: .dim).on(ground.background).with(.underline),
                maxWidth: line.width - 2)
        }
        if lines.isEmpty {
            canvas.put(
                "nothing in the help has these words", x: list.x, y: list.y,
                style: theme.style(for: .warn).on(ground.background), maxWidth: list.width)
        }
        for (row, line) in lines.dropFirst(first).prefix(list.height).enumerated() {
            let runs = line.map { ($0.0, theme.style(for: $0.1).on(ground.background)) }
            canvas.put(runs: runs, x: list.x, y: list.y + row, in: list)
        }
    }

    /// How far it can be scrolled.
    static func lastScroll(of help: HelpText, _ model: WorkbenchModel, in rect: Rect) -> Int {
        let list = places(in: rect).list
        return max(0, lines(of: help, model, width: list.width).count - list.height)
    }

    private static func places(in rect: Rect) -> (frame: Rect, line: Rect, list: Rect) {
        let frame = rect.centered(width: min(rect.width, 96), height: rect.height)
        let (line, list) = frame.inset(horizontally: 2, vertically: 1).splitTop(1)
        return (frame, line, list)
    }

    private static func lines(
        of help: HelpText, _ model: WorkbenchModel, width: Int
    ) -> [[(String, ThemeRole)]] {
        var lines: [[(String, ThemeRole)]] = []
        for section in model.helpSections(help) {
            if !lines.isEmpty { lines.append([]) }
            lines.append([(section.title, .accent)])
            for line in TextLayout.wrapped(section.purpose ?? "", to: width) where !line.isEmpty {
                lines.append([(line, .dim)])
            }
            for entry in section.entries {
                let now = entry.refusal.map { " Not now: \($0)." } ?? ""
                let words = TextLayout.wrapped(entry.words + now, to: max(8, width - keyWidth))
                let isOpen = entry.refusal == nil
                let heads = TextLayout.wrapped(entry.head, to: keyWidth - 1)
                for row in 0..<max(heads.count, words.count) {
                    let head = heads.indices.contains(row) ? heads[row] : ""
                    let text = words.indices.contains(row) ? words[row] : ""
                    lines.append([
                        (TextLayout.padded(head, to: keyWidth - 1) + " ", isOpen ? .key : .dim),
                        (text, isOpen ? .dialog : .dim),
                    ])
                }
            }
        }
        return lines
    }
}
