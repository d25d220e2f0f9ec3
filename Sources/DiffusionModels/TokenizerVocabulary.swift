import Foundation
import ModelStore

/// The symbols of a byte-pair encoding, their ids and the pairs that merge, checked while reading.
package struct TokenizerVocabulary: Sendable {
    /// Two neighbouring symbols.
    package struct Pair: Hashable, Sendable {
        package let left: Int
        package let right: Int

        package init(left: Int, right: Int) {
            self.left = left
            self.right = right
        }
    }

    /// What becomes of a pair; the lowest rank goes first.
    package struct Merge: Sendable {
        package let rank: Int
        package let id: Int
    }

    /// The id of every symbol's text.
    package let ids: [String: Int]
    /// The merges.
    package let merges: [Pair: Merge]
    /// The id of each byte inside a word, nil where the vocabulary lacks it.
    package let inner: [Int?]
    /// The id of each byte at the end of a word, nil where the vocabulary lacks it.
    package let final: [Int?]
    /// Texts for which the folder says whether they are looked for after lower-casing.
    package let normalizedRules: [String: Bool]

    private static let longestFile = 64 << 20
    /// Ends the symbols that end a word.
    package static let wordEnd = "</w>"

    /// Reads `vocab.json` and `merges.txt`, or where those are missing `tokenizer.json`, which
    /// newer versions of transformers write instead.
    ///
    /// - Throws: `ModelStoreError` naming file and entry.
    package init(folder: String) throws {
        let vocabularyPath = folder + "/vocab.json"
        let mergesPath = folder + "/merges.txt"
        let wholePath = folder + "/tokenizer.json"
        let files = FileManager.default
        let hasPair =
            files.fileExists(atPath: vocabularyPath) && files.fileExists(atPath: mergesPath)
        if hasPair || !files.fileExists(atPath: wholePath) {
            let json = try JSONValue.read(vocabularyPath, limit: Self.longestFile)
            let text = try RegularFile.contents(of: mergesPath, limit: Self.longestFile)
            try self.init(
                symbols: json, vocabularyFile: vocabularyPath,
                pairs: Self.pairs(text, file: mergesPath), mergesFile: mergesPath, rules: [:])
        } else {
            try self.init(whole: JSONValue.read(wholePath, limit: Self.longestFile), wholePath)
        }
    }

    /// Reads the `tokenizer.json` of the tokenizers library.
    private init(whole json: JSONValue, _ file: String) throws {
        let members = try ConfigurationReader(json, file: file).members
        let model = try ConfigurationReader(members["model"] ?? .null, file: file)
        try model.fix("type", to: [.string("BPE")])
        try model.fix("end_of_word_suffix", to: [.string(Self.wordEnd)])
        try model.fix("continuing_subword_prefix", to: [.string(""), .null])
        for key in ["byte_fallback", "fuse_unk", "ignore_merges"] {
            try model.fix(key, to: [.flag(false), .null])
        }
        guard case .array(let list)? = model.members["merges"] else {
            throw Self.malformed(file, "merges", "is not a list")
        }
        let pairs = try list.map { merge in
            var parts: [String] = []
            switch merge {
            case .string(let text): parts = text.split(separator: " ").map(String.init)
            case .array(let texts): parts = texts.compactMap(\.text)
            default: break
            }
            guard parts.count == 2 else {
                throw Self.malformed(file, merge.compactText, "is not a pair of symbols")
            }
            return (parts[0], parts[1])
        }
        var rules: [String: Bool] = [:]
        if case .array(let tokens)? = members["added_tokens"] {
            for token in tokens {
                guard let content = token.members?["content"]?.text else {
                    throw Self.malformed(file, "added_tokens", "has an entry without content")
                }
                rules[content] = token.members?["normalized"] == .flag(true)
            }
        }
        try self.init(
            symbols: model.members["vocab"] ?? .null, vocabularyFile: file, pairs: pairs,
            mergesFile: file, rules: rules)
    }

    /// Checks symbols and pairs against each other.
    package init(
        symbols: JSONValue, vocabularyFile: String, pairs: [(String, String)], mergesFile: String,
        rules: [String: Bool] = [:]
    ) throws {
        let members = try ConfigurationReader(symbols, file: vocabularyFile).members
        var ids: [String: Int] = [:]
        var taken: Set<Int> = []
        ids.reserveCapacity(members.keys.count)
        for symbol in members.keys {
            guard case .integer(let id)? = members[symbol], (0..<10_000_000).contains(id) else {
                throw Self.malformed(
                    vocabularyFile, symbol, "has an id that is not a number from 0 to 9999999")
            }
            guard taken.insert(id).inserted else {
                throw Self.malformed(vocabularyFile, symbol, "shares the id \(id) with another")
            }
            ids[symbol] = id
        }
        var merges: [Pair: Merge] = [:]
        merges.reserveCapacity(pairs.count)
        for (rank, pair) in pairs.enumerated() {
            let known = [pair.0, pair.1, pair.0 + pair.1].map { ids[$0] }
            guard let left = known[0], let right = known[1], let id = known[2] else {
                throw Self.malformed(
                    mergesFile, "\(pair.0) \(pair.1)", "names a symbol that the vocabulary lacks")
            }
            merges[Pair(left: left, right: right)] = Merge(rank: rank, id: id)
        }
        self.ids = ids
        self.merges = merges
        inner = Self.byteSymbols.map { ids[$0] }
        final = Self.byteSymbols.map { ids[$0 + Self.wordEnd] }
        normalizedRules = rules
    }

    /// The pairs of a `merges.txt`: a line of version, then two symbols a line.
    private static func pairs(_ text: [UInt8], file: String) throws -> [(String, String)] {
        var result: [(String, String)] = []
        for (number, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            let bytes = line.last == 0x0D ? line.dropLast() : line
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw malformed(file, "line \(number + 1)", "is not valid UTF-8")
            }
            if text.isEmpty || text.hasPrefix("#version") { continue }
            let parts = text.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw malformed(file, "line \(number + 1)", "is not two symbols and a space")
            }
            result.append((String(parts[0]), String(parts[1])))
        }
        return result
    }

    /// A printable character for every byte: itself where it is printable, else one from U+0100 on.
    package static let byteSymbols: [String] = {
        var next: UInt32 = 0x100
        return (UInt32(0)...255).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return String(Unicode.Scalar(byte)!)
            default:
                defer { next += 1 }
                return String(Unicode.Scalar(next)!)
            }
        }
    }()

    static func malformed(_ file: String, _ subject: String, _ problem: String) -> ModelStoreError {
        ModelStoreError(
            .malformed, file: file, subject: subject, problem: problem,
            advice: "fetch or write the tokenizer's folder again")
    }
}
