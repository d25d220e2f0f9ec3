import BenchProtocol
import TerminalKit

/// One line of the palette.
package struct PaletteRow: Sendable, Equatable {
    /// What it is called; typing this whole finds it.
    package let title: String
    /// The keys that do the same; empty where none does.
    package let keys: String
    /// A sentence on what it does.
    package let explanation: String
    /// Why it cannot be done now.
    package let refusal: String?
    /// Which letters of the title were typed.
    package let letters: [Int]
    /// What it does.
    package let deed: PaletteDeed
}

/// What a line of the palette does.
package enum PaletteDeed: Sendable, Equatable {
    /// What a key would.
    case action(BenchAction)
    case focusLane(Int)
    case selectPrompt(String)
    case samplePrompt(String)
    case useTheme(Int)
    case showQuantity(Quantity)
    case smooth(Double)
}

extension WorkbenchModel {
    /// The rows that match what was typed, best first; with nothing typed, the view's own first.
    package func paletteRows(_ palette: Palette) -> [PaletteRow] {
        let query = palette.input.text.trimmed
        let commands = commandRows
        guard !query.isEmpty else { return commands }
        let scored = (commands + parameterRows(query)).enumerated().compactMap { index, row in
            ranked(row, query).map { (index: index, row: $0.row, score: $0.score) }
        }
        return scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.map(\.row)
    }

    /// A row with the letters that match.
    ///
    /// Words of the title, or letters that each begin one of its words, count most; then words of the
    /// explanation, the earlier ones more; then letters scattered over the title; then any part of
    /// the explanation.
    private func ranked(_ row: PaletteRow, _ query: String) -> (row: PaletteRow, score: Int)? {
        let words = query.lowercased().split(separator: " ").map(String.init)
        let title = row.title.lowercased()
        let match = FuzzyMatch(query, in: row.title)
        let found = match.map { match in
            PaletteRow(
                title: row.title, keys: row.keys, explanation: row.explanation,
                refusal: row.refusal, letters: match.places, deed: row.deed)
        }
        if let match, let found {
            let isWhole = title == query.lowercased()
            let isPlain = words.allSatisfy { word in
                title.contains(word) || Self.initials(of: title).contains(word)
            }
            if isPlain { return (found, match.score + (isWhole ? 100_000 : 10_000)) }
        }
        let text = "\(row.title) \(row.explanation)".lowercased()
        let starts = words.map { Self.wordStart($0, in: text) }
        if !starts.contains(where: { $0 == nil }) {
            return (row, 5000 - (starts.compactMap { $0 }.max() ?? 0))
        }
        if let match, let found { return (found, match.score) }
        return words.allSatisfy { text.contains($0) } ? (row, -1000) : nil
    }

    /// The first letters of a text's words.
    private static func initials(of text: String) -> String {
        String(text.split { !($0.isLetter || $0.isNumber) }.compactMap(\.first))
    }

    /// Where a text has a word that begins like another; nil where none does.
    private static func wordStart(_ word: String, in text: String) -> Int? {
        let (letters, sought) = (Array(text), Array(word))
        return letters.indices.first { index in
            let begins =
                index == 0 || !(letters[index - 1].isLetter || letters[index - 1].isNumber)
            return begins && letters[index...].starts(with: sought)
        }
    }

    private var commandRows: [PaletteRow] {
        [view.keyContext, .everywhere].flatMap { context in
            keys.bindings.compactMap { binding -> PaletteRow? in
                guard binding.context == context, !binding.action.isMovement else { return nil }
                if case .focusLane = binding.action { return nil }
                var explanation = binding.explanation
                if case .show(let view) = binding.action {
                    explanation = view.keyContext.purpose ?? explanation
                }
                return PaletteRow(
                    title: binding.action.words,
                    keys: self.keys.keys(of: binding, in: view.keyContext)
                        .map(KeyTable.name(of:)).joined(separator: " "),
                    explanation: explanation, refusal: refusal(of: binding.action), letters: [],
                    deed: .action(binding.action))
            }
        }
    }

    /// Rows for everything that a command can be said with: each lane, prompt, theme, quantity.
    private func parameterRows(_ query: String) -> [PaletteRow] {
        func row(
            _ title: String, _ explanation: String, _ deed: PaletteDeed, _ refusal: String? = nil
        ) -> PaletteRow {
            PaletteRow(
                title: title, keys: "", explanation: explanation, refusal: refusal, letters: [],
                deed: deed)
        }
        var rows: [PaletteRow] = []
        for (index, lane) in laneStates.enumerated() {
            let title = "lane \(index + 1) \(lane.settings.name)"
            rows.append(row(title, "Focus this lane.", .focusLane(index + 1)))
        }
        for prompt in state?.prompts ?? [] {
            let words =
                "Show who appears for this prompt" + (prompt.trained ? "." : ", which is held out.")
            rows.append(
                row("prompt \(prompt.prompt)", words, .selectPrompt(prompt.prompt), engineRefusal))
        }
        for (index, name) in themeNames.enumerated() {
            rows.append(row("theme \(name)", "Use this theme, next time too.", .useTheme(index)))
        }
        for view in BenchView.allCases {
            let words = view.keyContext.purpose ?? ""
            rows.append(row("view \(view.rawValue)", words, .action(.show(view))))
        }
        for quantity in Quantity.allCases {
            rows.append(
                row(
                    "quantity \(quantity.title)", "Show it in the dashboard's curves.",
                    .showQuantity(quantity)))
        }
        let words = query.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { return rows }
        if ["prompt", "sample"].contains(words[0].lowercased()) {
            let prompt = words[1].trimmed
            let isKnown = state?.prompts.contains { $0.prompt == prompt } ?? false
            if !isKnown || words[0].lowercased() == "sample" {
                rows.append(
                    row(
                        "\(words[0]) \(prompt)",
                        "Sample this prompt now, from the base and every lane.",
                        .samplePrompt(prompt), engineRefusal))
            }
        }
        if words[0].lowercased() == "smoothing", let factor = Double(words[1].trimmed) {
            let isSane = factor >= 0 && factor <= 0.999
            rows.append(
                row(
                    "smoothing \(words[1])", "Smooth the dashboard's curves by this factor.",
                    .smooth(factor), isSane ? nil : "a factor is 0 to 0.999"))
        }
        return rows
    }

    /// Does what a line of the palette stands for.
    mutating func carryOut(_ deed: PaletteDeed) -> [WorkbenchEffect] {
        switch deed {
        case .action(let action): return perform(action)
        case .focusLane(let number): return perform(.focusLane(number))
        case .selectPrompt(let prompt): return selectPrompt(prompt)
        case .samplePrompt(let prompt):
            announce(.info, "sampling \"\(prompt)\" …")
            return [.send(.sample(prompt: prompt, count: samplesPerKey))]
        case .useTheme(let index): return keepTheme(index)
        case .showQuantity(let wanted):
            quantity = wanted
            return isAttached ? fetchMissingCurves() : []
        case .smooth(let factor):
            smoothing = factor
            return []
        }
    }
}

extension BenchAction {
    /// Whether it only moves about, which nobody looks for by name.
    fileprivate var isMovement: Bool {
        switch self {
        case .move, .pageUp, .pageDown, .toStart, .toEnd, .activate, .back, .palette: true
        default: false
        }
    }
}
