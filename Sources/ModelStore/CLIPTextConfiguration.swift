/// The shape of a CLIP text encoder, with transformers' keys.
public struct CLIPTextConfiguration: ComponentConfiguration {
    /// The activation between the two layers of a feed-forward block.
    public enum Activation: String, Sendable, CaseIterable {
        /// x sigmoid(1.702 x).
        case quickGELU = "quick_gelu"
        /// x Phi(x), with the error function.
        case gelu = "gelu"
    }

    /// Number of tokens in the vocabulary.
    public var vocabularySize = 49_408
    /// Width of the embeddings and of the output.
    public var hiddenSize = 512
    /// Width inside a feed-forward block.
    public var intermediateSize = 2048
    /// Number of transformer layers.
    public var hiddenLayers = 12
    /// Heads of every attention.
    public var attentionHeads = 8
    /// Longest sequence, in tokens.
    public var maximumPositions = 77
    /// Activation of the feed-forward blocks.
    public var activation = Activation.quickGELU
    /// Epsilon of every layer normalisation.
    public var layerNormEps = 1e-5
    /// Token that opens a caption.
    public var bosTokenID: Int? = 49_406
    /// Token that closes a caption.
    public var eosTokenID: Int? = 49_407
    /// Token that fills a caption up; the tokenizer's own configuration decides what is used.
    public var padTokenID: Int? = 1
    /// Width of the projection to the joint space, which the text encoder itself does not have.
    public var projectionDim = 512

    /// Transformers' defaults.
    public init() {}

    /// Reads and checks a configuration.
    ///
    /// Transformers keeps many keys in this file that say nothing about the encoder (of training,
    /// of text generation); unknown keys are therefore ignored, as it does itself.
    ///
    /// - Throws: `ModelStoreError` naming file, key, value and what is supported.
    public init(json: JSONValue, file: String) throws {
        let reader = try ConfigurationReader(json, file: file)
        try reader.fix("model_type", to: [.string("clip_text_model")])
        try reader.fix("architectures", to: [.array([.string("CLIPTextModel")]), .null])
        try reader.fix("attention_dropout", to: [.integer(0)])
        try reader.fix("dropout", to: [.integer(0)])
        let width = 1...16_384
        let token = 0...9_999_999
        vocabularySize = try reader.integer(
            "vocab_size", default: vocabularySize, in: 1...10_000_000)
        hiddenSize = try reader.integer("hidden_size", default: hiddenSize, in: width)
        intermediateSize = try reader.integer(
            "intermediate_size", default: intermediateSize, in: 1...65_536)
        hiddenLayers = try reader.integer("num_hidden_layers", default: hiddenLayers, in: 1...256)
        attentionHeads = try reader.integer(
            "num_attention_heads", default: attentionHeads, in: 1...4096)
        maximumPositions = try reader.integer(
            "max_position_embeddings", default: maximumPositions, in: 2...65_536)
        activation = try reader.word("hidden_act", default: activation)
        layerNormEps = try reader.number("layer_norm_eps", default: layerNormEps, in: 1e-12...1)
        bosTokenID = try reader.optionalInteger("bos_token_id", default: bosTokenID, in: token)
        eosTokenID = try reader.optionalInteger("eos_token_id", default: eosTokenID, in: token)
        padTokenID = try reader.optionalInteger("pad_token_id", default: padTokenID, in: token)
        projectionDim = try reader.integer("projection_dim", default: projectionDim, in: width)
        guard hiddenSize % attentionHeads == 0 else {
            throw reader.contradiction(
                "num_attention_heads",
                "\(attentionHeads) heads do not divide the width \(hiddenSize)",
                "choose a divisor of hidden_size")
        }
        guard parameterCount <= 4_000_000_000 else {
            throw reader.contradiction(
                "hidden_size", "the model would have \(parameterCount) parameters",
                "at most 4000000000 are supported")
        }
    }

    /// The keys and values that transformers' `CLIPTextModel` loads.
    public var json: JSONValue {
        func token(_ id: Int?) -> JSONValue { id.map { .integer($0) } ?? .null }
        return .object([
            "architectures": .array([.string("CLIPTextModel")]),
            "attention_dropout": .real(0),
            "bos_token_id": token(bosTokenID),
            "eos_token_id": token(eosTokenID),
            "hidden_act": .string(activation.rawValue),
            "hidden_size": .integer(hiddenSize),
            "intermediate_size": .integer(intermediateSize),
            "layer_norm_eps": .real(layerNormEps),
            "max_position_embeddings": .integer(maximumPositions),
            "model_type": .string("clip_text_model"),
            "num_attention_heads": .integer(attentionHeads),
            "num_hidden_layers": .integer(hiddenLayers),
            "pad_token_id": token(padTokenID),
            "projection_dim": .integer(projectionDim),
            "vocab_size": .integer(vocabularySize),
        ])
    }

    /// The number of trainable numbers in the text encoder.
    public var parameterCount: Int {
        let attention = 4 * (hiddenSize * hiddenSize + hiddenSize)
        let feedForward = 2 * hiddenSize * intermediateSize + intermediateSize + hiddenSize
        let layer = attention + feedForward + 4 * hiddenSize
        return (vocabularySize + maximumPositions + 2) * hiddenSize + hiddenLayers * layer
    }
}
