import ModelStore

/// CLIP's tokenizer: a caption becomes the ids that transformers' `CLIPTokenizer` gives it.
///
/// Reference: Radford et al., "Learning transferable visual models from natural language
/// supervision", ICML 2021.
public struct CLIPTokenizer: Sendable {
    /// Opens every caption.
    public let bosTokenID: Int
    /// Closes every caption.
    public let eosTokenID: Int
    /// Fills a caption up to its length.
    public let padTokenID: Int
    /// Stands for a byte that the vocabulary lacks.
    public let unkTokenID: Int
    /// Longest caption in tokens, opening and closing included; nil where the folder does not say.
    public let maximumLength: Int?
    /// One above the largest id: the least number of rows that an embedding table needs.
    public let vocabularySize: Int

    private let vocabulary: TokenizerVocabulary
    /// Special tokens that are looked for in the caption as it was written.
    private let verbatim: [(pattern: String, token: String)]
    /// Special tokens that are looked for after lower-casing.
    private let lowered: [(pattern: String, token: String)]

    /// Opens a tokenizer's folder: `vocab.json` with `merges.txt`, or `tokenizer.json`; with
    /// `tokenizer_config.json` and `special_tokens_map.json` where they exist.
    ///
    /// - Throws: `ModelStoreError` naming file and entry.
    public init(folder: String) throws {
        try self.init(
            vocabulary: TokenizerVocabulary(folder: folder),
            configuration: TokenizerConfiguration(folder: folder), file: folder)
    }

    /// Puts a vocabulary and special tokens together.
    ///
    /// - Throws: `ModelStoreError` when the vocabulary lacks a special token.
    package init(
        vocabulary: TokenizerVocabulary, configuration: TokenizerConfiguration, file: String
    ) throws {
        func id(_ token: TokenizerConfiguration.SpecialToken) throws -> Int {
            guard let id = vocabulary.ids[token.content] else {
                throw TokenizerVocabulary.malformed(
                    file, token.content, "is a special token that the vocabulary lacks")
            }
            return id
        }
        bosTokenID = try id(configuration.bosToken)
        eosTokenID = try id(configuration.eosToken)
        padTokenID = try id(configuration.padToken)
        unkTokenID = try id(configuration.unkToken)
        maximumLength = configuration.maximumLength
        vocabularySize = (vocabulary.ids.values.max() ?? 0) + 1
        self.vocabulary = vocabulary

        var isLowered: [String: Bool] = [:]
        for token in [
            configuration.bosToken, configuration.eosToken, configuration.unkToken,
            configuration.padToken,
        ] {
            isLowered[token.content] =
                vocabulary.normalizedRules[token.content] ?? token.isNormalized
        }
        for content in vocabulary.normalizedRules.keys where isLowered[content] == nil {
            throw TokenizerVocabulary.malformed(
                file, content, "is an added token other than bos, eos, unk and pad")
        }
        let tokens = isLowered.keys.sorted()
        verbatim = tokens.filter { isLowered[$0] == false }.map { ($0, $0) }
        lowered = tokens.filter { isLowered[$0] == true }
            .map { (TokenizerSplitting.normalized($0), $0) }
    }

    /// The ids of a caption between the opening and the closing token.
    ///
    /// - Parameters:
    ///   - caption: any text.
    ///   - length: the longest result, at least 2; the folder's own `maximumLength` if nil. What
    ///     does not fit is cut off before the closing token.
    /// - Returns: at least two ids, without padding.
    /// - Precondition: `length` is nil or at least 2.
    public func encode(_ caption: String, length: Int? = nil) -> [Int] {
        precondition(length ?? 2 >= 2, "opening and closing token need two places")
        let limit = (length ?? maximumLength ?? .max) - 1
        var ids = [bosTokenID]
        for part in TokenizerSplitting.cut(caption, at: verbatim) {
            guard ids.count < limit else { break }
            append(part, to: &ids, limit: limit)
        }
        return ids.prefix(limit) + [eosTokenID]
    }

    /// The ids of a caption, filled up with the padding token.
    ///
    /// - Parameters:
    ///   - caption: any text.
    ///   - length: the number of ids returned, at least 2.
    /// - Precondition: `length` is at least 2.
    public func encode(_ caption: String, paddedTo length: Int) -> [Int] {
        let ids = encode(caption, length: length)
        return ids + Array(repeating: padTokenID, count: length - ids.count)
    }

    /// The id of a symbol of the vocabulary, such as `judge</w>`.
    public func id(of symbol: String) -> Int? { vocabulary.ids[symbol] }

    private func append(_ part: TokenizerSplitting.Part, to ids: inout [Int], limit: Int) {
        switch part {
        case .special(let token): ids.append(vocabulary.ids[token] ?? unkTokenID)
        case .text(let text):
            let normalized = TokenizerSplitting.normalized(text)
            for inner in TokenizerSplitting.cut(normalized, at: lowered) {
                switch inner {
                case .special(let token): ids.append(vocabulary.ids[token] ?? unkTokenID)
                case .text(let plain):
                    for word in TokenizerSplitting.words(plain) {
                        guard ids.count < limit else { return }
                        ids += TokenizerMerging.merged(byteIDs(word), vocabulary)
                    }
                }
            }
        }
    }

    /// The ids of a word's bytes, the last one marked as the word's end.
    private func byteIDs(_ word: String) -> [Int] {
        let bytes = Array(word.utf8)
        return bytes.enumerated().map { place, byte in
            let table = place == bytes.count - 1 ? vocabulary.final : vocabulary.inner
            return table[Int(byte)] ?? unkTokenID
        }
    }
}
