import NeuralLayers

/// diffusers' `Transformer2DModel`: attention of an image's positions to each other and to the caption.
struct SpatialTransformer: Sendable {
    let norm: Normalisation
    let projectionIn: Linear
    let blocks: [TransformerBlock]
    let projectionOut: Linear

    init(
        _ name: String, channels: Int, heads: Int, layers: Int, contextWidth: Int, groups: Int,
        linearProjection: Bool, in layout: inout ParameterLayout
    ) {
        norm = Normalisation(
            "\(name).norm", channels: channels, groups: groups, eps: 1e-6, in: &layout)
        projectionIn = Linear(
            "\(name).proj_in", inputs: channels, outputs: channels,
            asConvolution: !linearProjection, in: &layout)
        blocks = (0..<layers).map {
            TransformerBlock(
                "\(name).transformer_blocks.\($0)", width: channels, heads: heads,
                contextWidth: contextWidth, in: &layout)
        }
        projectionOut = Linear(
            "\(name).proj_out", inputs: channels, outputs: channels,
            asConvolution: !linearProjection, in: &layout)
    }

    /// x [B, H, W, C] and context [B, T, contextWidth] to [B, H, W, C].
    func forward(_ x: Activation, context: Activation, on tape: Tape) -> Activation {
        var h = tape.groupNorm(norm, x, silu: false)
        h = tape.linear(projectionIn, h)
        for block in blocks { h = block.forward(h, context: context, on: tape) }
        h = tape.linear(projectionOut, h)
        return tape.addResidual(x, to: h)
    }
}

/// diffusers' `BasicTransformerBlock`: self-attention, cross-attention, gated feed-forward.
struct TransformerBlock: Sendable {
    let norm1: Normalisation
    let selfAttention: AttentionLayer
    let norm2: Normalisation
    let crossAttention: AttentionLayer
    let norm3: Normalisation
    let feedForwardIn: Linear
    let feedForwardOut: Linear

    init(
        _ name: String, width: Int, heads: Int, contextWidth: Int,
        in layout: inout ParameterLayout
    ) {
        norm1 = Normalisation("\(name).norm1", channels: width, eps: 1e-5, in: &layout)
        selfAttention = AttentionLayer(
            "\(name).attn1", width: width, heads: heads, contextWidth: width, in: &layout)
        norm2 = Normalisation("\(name).norm2", channels: width, eps: 1e-5, in: &layout)
        crossAttention = AttentionLayer(
            "\(name).attn2", width: width, heads: heads, contextWidth: contextWidth, in: &layout)
        norm3 = Normalisation("\(name).norm3", channels: width, eps: 1e-5, in: &layout)
        feedForwardIn = Linear(
            "\(name).ff.net.0.proj", inputs: width, outputs: 8 * width, in: &layout)
        feedForwardOut = Linear("\(name).ff.net.2", inputs: 4 * width, outputs: width, in: &layout)
    }

    func forward(_ x: Activation, context: Activation, on tape: Tape) -> Activation {
        var h = tape.layerNorm(norm1, x)
        let afterSelf = tape.addResidual(
            x, to: selfAttention.forward(h, context: h, on: tape))
        h = tape.layerNorm(norm2, afterSelf)
        let afterCross = tape.addResidual(
            afterSelf, to: crossAttention.forward(h, context: context, on: tape))
        h = tape.layerNorm(norm3, afterCross)
        h = tape.linear(feedForwardOut, tape.geglu(tape.linear(feedForwardIn, h)))
        return tape.addResidual(afterCross, to: h)
    }
}

/// diffusers' `Attention`: queries, keys and values without bias, the way out with one.
struct AttentionLayer: Sendable {
    let query: Linear
    let key: Linear
    let value: Linear
    let out: Linear
    let heads: Int

    init(
        _ name: String, width: Int, heads: Int, contextWidth: Int,
        in layout: inout ParameterLayout
    ) {
        self.heads = heads
        query = Linear(
            "\(name).to_q", inputs: width, outputs: width, bias: false, in: &layout)
        key = Linear(
            "\(name).to_k", inputs: contextWidth, outputs: width, bias: false, in: &layout)
        value = Linear(
            "\(name).to_v", inputs: contextWidth, outputs: width, bias: false, in: &layout)
        out = Linear("\(name).to_out.0", inputs: width, outputs: width, in: &layout)
    }

    func forward(_ x: Activation, context: Activation, on tape: Tape) -> Activation {
        let attended = tape.attention(
            query: tape.linear(query, x), key: tape.linear(key, context),
            value: tape.linear(value, context), heads: heads)
        return tape.linear(out, attended)
    }
}
