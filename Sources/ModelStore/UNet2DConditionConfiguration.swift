/// The shape of a text-conditioned U-Net, with diffusers' keys.
///
/// Levels are counted from the highest resolution down. What diffusers can build and this type
/// refuses: class and addition embeddings, other activations and block types, scale-shift norms.
public struct UNet2DConditionConfiguration: ComponentConfiguration {
    /// A level of the way down.
    public enum DownBlock: String, Sendable, CaseIterable {
        /// Residual blocks alone.
        case plain = "DownBlock2D"
        /// Residual blocks, each followed by a transformer over pixels and text.
        case crossAttention = "CrossAttnDownBlock2D"
    }

    /// A level of the way up.
    public enum UpBlock: String, Sendable, CaseIterable {
        /// Residual blocks alone.
        case plain = "UpBlock2D"
        /// Residual blocks, each followed by a transformer over pixels and text.
        case crossAttention = "CrossAttnUpBlock2D"
    }

    /// Height and width of the input in the U-Net's own pixels; nil where the file does not say.
    public var sampleSize: [Int]?
    /// Channels of the input.
    public var inChannels = 4
    /// Channels of the output.
    public var outChannels = 4
    /// Whether the cosine half of the time embedding comes before the sine half.
    public var flipSinToCos = true
    /// Shift in the denominator of the time embedding's frequencies.
    public var freqShift = 0
    /// The levels of the way down, highest resolution first.
    public var downBlockTypes: [DownBlock] = [
        .crossAttention, .crossAttention, .crossAttention, .plain,
    ]
    /// The levels of the way up, lowest resolution first.
    public var upBlockTypes: [UpBlock] = [
        .plain, .crossAttention, .crossAttention, .crossAttention,
    ]
    /// Channels of every level.
    public var blockOutChannels = [320, 640, 1280, 1280]
    /// Residual blocks of a level on the way down; the way up has one more.
    public var layersPerBlock = PerLevel.same(2)
    /// Groups of every group normalisation.
    public var normNumGroups = 32
    /// Epsilon of the residual blocks' and the last group normalisation.
    public var normEps = 1e-5
    /// Width of the text embeddings.
    public var crossAttentionDim = 1280
    /// Transformer blocks after a residual block.
    public var transformerLayersPerBlock = PerLevel.same(1)
    /// Heads of every attention; diffusers' key for it is `attention_head_dim`, for historical reasons.
    public var attentionHeads = PerLevel.same(8)
    /// Whether the projections around a transformer are linear layers instead of 1x1 convolutions.
    public var useLinearProjection = false
    /// Whether attention is to be computed in single precision, which it always is here.
    public var upcastAttention = false

    /// Diffusers' defaults: the U-Net of Stable Diffusion, for wider text.
    public init() {}

    /// Number of levels.
    public var levels: Int { blockOutChannels.count }
    /// Width of the time embedding.
    public var timeEmbeddingWidth: Int { blockOutChannels[0] * 4 }

    /// Reads and checks a configuration.
    ///
    /// - Throws: `ModelStoreError` naming file, key, value and what is supported.
    public init(json: JSONValue, file: String) throws {
        let reader = try ConfigurationReader(json, file: file)
        try reader.requireClass("UNet2DConditionModel")
        for (key, allowed) in Self.fixed { try reader.fix(key, to: allowed) }
        try reader.refuseUnknown(
            known: Self.readKeys.union(Self.fixed.map(\.key)),
            harmless: ["addition_embed_type_num_heads"])
        let channels = 1...16_384
        sampleSize = try Self.sampleSize(reader)
        inChannels = try reader.integer("in_channels", default: inChannels, in: channels)
        outChannels = try reader.integer("out_channels", default: outChannels, in: channels)
        flipSinToCos = try reader.flag("flip_sin_to_cos", default: flipSinToCos)
        freqShift = try reader.integer("freq_shift", default: freqShift, in: 0...1024)
        downBlockTypes = try reader.words("down_block_types", default: downBlockTypes)
        upBlockTypes = try reader.words("up_block_types", default: upBlockTypes)
        blockOutChannels = try reader.integers(
            "block_out_channels", default: blockOutChannels, in: channels)
        layersPerBlock = try reader.perLevel("layers_per_block", default: 2, in: 1...64)
        normNumGroups = try reader.integer("norm_num_groups", default: 32, in: channels)
        normEps = try reader.number("norm_eps", default: normEps, in: 1e-12...1)
        crossAttentionDim = try Self.crossAttentionDim(reader)
        transformerLayersPerBlock = try reader.perLevel(
            "transformer_layers_per_block", default: 1, in: 1...64)
        attentionHeads = try reader.perLevel("attention_head_dim", default: 8, in: 1...4096)
        useLinearProjection = try reader.flag("use_linear_projection", default: false)
        upcastAttention = try reader.flag("upcast_attention", default: false)
        try checkConsistency(reader)
    }

    /// Keys for which one value alone is supported, with that value.
    private static let fixed: KeyValuePairs<String, [JSONValue]> = [
        "center_input_sample": [.flag(false)],
        "mid_block_type": [.string("UNetMidBlock2DCrossAttn")],
        "only_cross_attention": [.flag(false)],
        "downsample_padding": [.integer(1)],
        "mid_block_scale_factor": [.integer(1)],
        "dropout": [.integer(0)],
        "act_fn": [.string("silu"), .string("swish")],
        "reverse_transformer_layers_per_block": [.null],
        "encoder_hid_dim": [.null],
        "encoder_hid_dim_type": [.null],
        // Diffusers itself refuses the key and asks for `attention_head_dim`.
        "num_attention_heads": [.null],
        "dual_cross_attention": [.flag(false)],
        "class_embed_type": [.null],
        "addition_embed_type": [.null],
        "addition_time_embed_dim": [.null],
        "num_class_embeds": [.null],
        "resnet_time_scale_shift": [.string("default")],
        "resnet_skip_time_act": [.flag(false)],
        "resnet_out_scale_factor": [.integer(1)],
        "time_embedding_type": [.string("positional")],
        "time_embedding_dim": [.null],
        "time_embedding_act_fn": [.null],
        "timestep_post_act": [.null],
        "time_cond_proj_dim": [.null],
        "conv_in_kernel": [.integer(3)],
        "conv_out_kernel": [.integer(3)],
        "projection_class_embeddings_input_dim": [.null],
        "attention_type": [.string("default")],
        "class_embeddings_concat": [.flag(false)],
        "mid_block_only_cross_attention": [.null, .flag(false)],
        "cross_attention_norm": [.null],
    ]

    private static let readKeys: Set = [
        "sample_size", "in_channels", "out_channels", "flip_sin_to_cos", "freq_shift",
        "down_block_types", "up_block_types", "block_out_channels", "layers_per_block",
        "norm_num_groups", "norm_eps", "cross_attention_dim", "transformer_layers_per_block",
        "attention_head_dim", "use_linear_projection", "upcast_attention",
    ]

    /// The keys and values that diffusers' `UNet2DConditionModel` loads.
    public var json: JSONValue {
        var members: JSONObject = [
            "_class_name": .string("UNet2DConditionModel"),
            "_diffusers_version": .string(writtenDiffusersVersion),
            "in_channels": .integer(inChannels),
            "out_channels": .integer(outChannels),
            "flip_sin_to_cos": .flag(flipSinToCos),
            "freq_shift": .integer(freqShift),
            "down_block_types": .array(downBlockTypes.map { .string($0.rawValue) }),
            "up_block_types": .array(upBlockTypes.map { .string($0.rawValue) }),
            "block_out_channels": .array(blockOutChannels.map { .integer($0) }),
            "layers_per_block": layersPerBlock.json,
            "norm_num_groups": .integer(normNumGroups),
            "norm_eps": .real(normEps),
            "cross_attention_dim": .integer(crossAttentionDim),
            "transformer_layers_per_block": transformerLayersPerBlock.json,
            "attention_head_dim": attentionHeads.json,
            "use_linear_projection": .flag(useLinearProjection),
            "upcast_attention": .flag(upcastAttention),
        ]
        switch sampleSize {
        case nil: members["sample_size"] = .null
        case .some(let size) where size[0] == size[1]: members["sample_size"] = .integer(size[0])
        case .some(let size): members["sample_size"] = .array(size.map { .integer($0) })
        }
        for (key, allowed) in Self.fixed { members[key] = allowed[0] }
        return .object(members.sorted)
    }
}
