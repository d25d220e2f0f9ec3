import DiffusionModels

extension CLIPTokenizer {
    /// Entries of a vocabulary before its first merge: every byte twice, and two special tokens.
    private static let entriesWithoutMerges = 2 * 256 + 2

    /// Whether the vocabulary was made for the embedded captions: each of their words is one token,
    /// and there is room for hardly anything else.
    public var knowsOnlyCaptions: Bool {
        let words = Caption.vocabularyWords
        let letters = words.reduce(0) { $0 + $1.count }
        return vocabularySize <= Self.entriesWithoutMerges + letters
            && words.allSatisfy { id(of: $0 + "</w>") != nil }
    }

    /// A caption as a model with this tokenizer is to get it.
    ///
    /// A model that knows the embedded captions and nothing else gets a caption in the form it was
    /// trained on; any other model gets the text as it is.
    ///
    /// - Throws: `CaptionError` with the word at fault and the words that exist, or for text that has
    ///   no entry in the vocabulary.
    public func caption(_ text: String) throws -> String {
        if knowsOnlyCaptions { return try Caption(parsing: text).text }
        // Between the opening and the closing token, whichever of them stands for the unknown too.
        let word = text.split(whereSeparator: \.isWhitespace).first { word in
            encode(String(word), length: .max).dropFirst().dropLast().contains(unkTokenID)
        }
        guard let word else { return text }
        throw CaptionError.uncoveredWord(String(word), prompt: String(text.prefix(1_000)))
    }
}
