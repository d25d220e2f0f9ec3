/// What a tokenizer's folder says beside its vocabulary: the special tokens and the longest caption.
public struct TokenizerConfiguration: ComponentConfiguration {
    /// A token that stands for itself wherever its text occurs.
    public struct SpecialToken: Sendable, Equatable {
        /// Its text, as in the vocabulary.
        public var content: String
        /// Whether it is looked for after lower-casing instead of in the caption as written.
        public var isNormalized: Bool

        /// Describes a token.
        public init(_ content: String, isNormalized: Bool = false) {
            self.content = content
            self.isNormalized = isNormalized
        }
    }

    /// Opens every caption.
    public var bosToken = SpecialToken("<|startoftext|>")
    /// Closes every caption.
    public var eosToken = SpecialToken("<|endoftext|>")
    /// Stands for a symbol that the vocabulary lacks.
    public var unkToken = SpecialToken("<|endoftext|>")
    /// Fills a caption up to its length.
    public var padToken = SpecialToken("<|endoftext|>")
    /// Longest caption in tokens, opening and closing included; nil where the folder does not say.
    public var maximumLength: Int?

    /// The tokens of CLIP, of any length.
    public init(maximumLength: Int? = nil) {
        self.maximumLength = maximumLength
    }

    /// Reads `tokenizer_config.json`, or `special_tokens_map.json`, whose keys are among its own.
    ///
    /// - Throws: `ModelStoreError` naming file, key, value and what is supported.
    public init(json: JSONValue, file: String) throws {
        try self.init(ConfigurationReader(json, file: file))
    }

    /// Reads what a tokenizer's folder has of the two files.
    ///
    /// Where both name a token, `special_tokens_map.json` wins, as in transformers.
    ///
    /// - Throws: `ModelStoreError`; a folder without either has CLIP's tokens.
    public init(folder: String) throws {
        var merged = JSONObject()
        var file = folder + "/tokenizer_config.json"
        for name in ["tokenizer_config.json", "special_tokens_map.json"] {
            let path = "\(folder)/\(name)"
            guard PipelineFolder.exists(path) else { continue }
            let reader = try ConfigurationReader(JSONValue.read(path), file: path)
            if merged.keys.isEmpty { file = path }
            for key in reader.members.keys { merged[key] = reader.members[key] }
        }
        try self.init(ConfigurationReader(.object(merged), file: file))
    }

    private init(_ reader: ConfigurationReader) throws {
        // Others' tokenizers share the file name; transformers wrote CLIP's under these names.
        try reader.fix(
            "tokenizer_class",
            to: [.string("CLIPTokenizer"), .string("CLIPTokenizerFast"), .null])
        try reader.fix("padding_side", to: [.string("right"), .null])
        try reader.fix("truncation_side", to: [.string("right"), .null])
        bosToken = try Self.token("bos_token", bosToken, reader)
        eosToken = try Self.token("eos_token", eosToken, reader)
        unkToken = try Self.token("unk_token", unkToken, reader)
        padToken = try Self.token("pad_token", padToken, reader)
        maximumLength = try Self.maximumLength(reader)
        try unifyRules(reader)
    }

    private static func token(
        _ key: String, _ standard: SpecialToken, _ reader: ConfigurationReader
    ) throws -> SpecialToken {
        guard let value = reader.members[key] else { return standard }
        let wanted = "a text, or an object with content and without lstrip, rstrip, single_word"
        if let text = value.text, !text.isEmpty { return SpecialToken(text) }
        guard let members = value.members, let content = members["content"]?.text,
            !content.isEmpty,
            ["lstrip", "rstrip", "single_word"].allSatisfy({ members[$0] != .flag(true) })
        else { return try reader.refuse(key, wanted) }
        return SpecialToken(content, isNormalized: members["normalized"] == .flag(true))
    }

    /// Transformers writes 10^30 for "no limit".
    private static func maximumLength(_ reader: ConfigurationReader) throws -> Int? {
        guard let value = reader.members["model_max_length"], value != .null else { return nil }
        if let number = value.double, number > 1e6 { return nil }
        return try reader.integer("model_max_length", default: 77, in: 2...1_000_000)
    }

    /// One text has one rule: that of `added_tokens_decoder`, else of the last key that names it.
    private mutating func unifyRules(_ reader: ConfigurationReader) throws {
        var rules: [String: Bool] = [:]
        for token in [bosToken, eosToken, unkToken, padToken] {
            rules[token.content] = token.isNormalized
        }
        if let added = reader.members["added_tokens_decoder"]?.members {
            for id in added.keys {
                let entries = try ConfigurationReader(.object(added), file: reader.file)
                let token = try Self.token(id, SpecialToken(""), entries)
                guard rules[token.content] != nil else {
                    throw entries.unsupported(id, "the bos, eos, unk and pad token alone")
                }
                rules[token.content] = token.isNormalized
            }
        }
        for path in [\Self.bosToken, \.eosToken, \.unkToken, \.padToken] {
            self[keyPath: path].isNormalized = rules[self[keyPath: path].content] ?? false
        }
    }

    /// The keys and values that transformers' `CLIPTokenizer` loads.
    public var json: JSONValue {
        func token(_ token: SpecialToken) -> JSONValue {
            guard token.isNormalized else { return .string(token.content) }
            return .object([
                "__type": .string("AddedToken"),
                "content": .string(token.content),
                "lstrip": .flag(false),
                "normalized": .flag(true),
                "rstrip": .flag(false),
                "single_word": .flag(false),
            ])
        }
        var members: JSONObject = [
            "bos_token": token(bosToken),
            "eos_token": token(eosToken),
            "pad_token": token(padToken),
            "tokenizer_class": .string("CLIPTokenizer"),
            "unk_token": token(unkToken),
        ]
        if let maximumLength { members["model_max_length"] = .integer(maximumLength) }
        return .object(members.sorted)
    }
}
