/// What can be wrong with a prompt.
public enum CaptionError: Error, Equatable, CustomStringConvertible {
    /// A word is none that the embedded model knows.
    case unknownWord(String, prompt: String)
    /// A known word stands where it cannot.
    case misplacedWord(String, prompt: String)
    /// The prompt names no profession.
    case noProfession(prompt: String)
    /// A model of another vocabulary has no entry for a word, so that it would read nothing there.
    case uncoveredWord(String, prompt: String)

    /// What is wrong, and the words that exist.
    public var description: String {
        switch self {
        case .unknownWord(let word, let prompt):
            "prompt \"\(prompt)\": unknown word \"\(word)\"; \(Caption.wordGroups)"
        case .misplacedWord(let word, let prompt):
            "prompt \"\(prompt)\": \"\(word)\" cannot stand here; \(Caption.wordGroups)"
        case .noProfession(let prompt):
            "prompt \"\(prompt)\": names no profession; \(Caption.wordGroups)"
        case .uncoveredWord(let word, let prompt):
            "prompt \"\(prompt)\": the model's tokenizer has no entry for \"\(word)\"; use other words"
        }
    }
}

extension Caption {
    /// The longest prompt that is looked at, in bytes.
    public static let longestPrompt = 1_000

    /// Other words for a profession that are accepted in prompts and never printed.
    public static let aliases: [String: Profession] = ["doctor": .healthWorker]

    /// Every piece of text that captions are made of, split as CLIP's tokenizer splits: at spaces,
    /// and between letters and punctuation.
    public static let vocabularyWords: [String] = {
        let words =
            ["a", "an", "skinned", "-"] + Gender.all.map(\.name)
            + SkinTone.all.flatMap { $0.name.split(separator: "-").map(String.init) }
            + Profession.all.flatMap { $0.name.split(separator: " ").map(String.init) }
            + aliases.keys
        return Set(words).sorted()
    }()

    /// The words that exist, by group, for errors and help texts.
    public static let wordGroups: String = {
        let professions =
            Profession.all.map(\.name)
            + aliases.map { "\($0.key) (for \($0.value.name))" }.sorted()
        return "a prompt is \"a [TONE-skinned] [GENDER] PROFESSION\" with tones "
            + SkinTone.all.map { $0.name + toneSuffix }.joined(separator: ", ") + "; genders "
            + Gender.all.map(\.name).joined(separator: ", ") + "; professions "
            + professions.joined(separator: ", ")
    }()

    /// Reads a prompt.
    ///
    /// Case and the amount of space do not matter; the article may be the wrong one or missing. An
    /// empty prompt is the empty caption.
    ///
    /// - Throws: `CaptionError`, with the word at fault and the words that exist.
    public init(parsing prompt: String) throws {
        // Whatever is longer holds a wrong word anyway; keep the error as short as its cause.
        let text = String(decoding: prompt.utf8.prefix(Self.longestPrompt), as: UTF8.self)
        var words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)[...]
        guard !words.isEmpty else {
            self = .empty
            return
        }
        if let unknown = words.first(where: { !Self.knownWords.contains($0) }) {
            throw CaptionError.unknownWord(unknown, prompt: text)
        }
        guard prompt.utf8.count <= Self.longestPrompt else {
            throw CaptionError.misplacedWord(words.last!, prompt: text)
        }
        if words.first == "a" || words.first == "an" { words.removeFirst() }
        let tone = words.first.flatMap { Self.tones[$0] }
        if tone != nil { words.removeFirst() }
        let gender = words.first.flatMap { Gender(rawValue: $0) }
        if gender != nil { words.removeFirst() }
        guard !words.isEmpty else { throw CaptionError.noProfession(prompt: text) }
        guard let profession = Self.professions[words.joined(separator: " ")] else {
            throw Self.fault(in: Array(words), prompt: text)
        }
        self.init(profession, gender: gender, tone: tone)
    }

    /// Which of the words that should be a profession is at fault: the first after which no
    /// profession can follow, or none if the profession is only begun.
    private static func fault(in words: [String], prompt: String) -> CaptionError {
        var begun = ""
        for word in words {
            begun += begun.isEmpty ? word : " \(word)"
            guard professions.keys.contains(where: { $0 == begun || $0.hasPrefix(begun + " ") })
            else { return .misplacedWord(word, prompt: prompt) }
        }
        return .noProfession(prompt: prompt)
    }

    private static let tones = Dictionary(
        uniqueKeysWithValues: SkinTone.all.map { ($0.name + toneSuffix, $0) })

    private static let professions = Dictionary(
        uniqueKeysWithValues: Profession.all.map { ($0.name, $0) }
            + aliases.map { ($0.key, $0.value) }
    )

    private static let knownWords = Set(
        ["a", "an"] + tones.keys + Gender.all.map(\.name)
            + professions.keys.flatMap { $0.split(separator: " ").map(String.init) })
}
