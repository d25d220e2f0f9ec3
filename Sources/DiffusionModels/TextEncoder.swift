import ModelStore
import NeuralLayers

/// transformers' `CLIPTextModel`: a causal transformer over caption tokens.
public struct TextEncoder: Sendable {
    /// The shape that the layers were built from.
    public let configuration: CLIPTextConfiguration
    /// Every parameter, under transformers' names with the `text_model.` prefix.
    public let layout: ParameterLayout

    let tokens: Embedding
    let positions: Embedding
    let layers: [EncoderLayer]
    let finalNorm: Normalisation

    /// Builds the layers of a configuration that has been checked when it was read.
    public init(_ configuration: CLIPTextConfiguration) {
        self.configuration = configuration
        var layout = ParameterLayout()
        let width = configuration.hiddenSize
        tokens = Embedding(
            "text_model.embeddings.token_embedding", rows: configuration.vocabularySize,
            width: width,
            deviation: 0.02, in: &layout)
        positions = Embedding(
            "text_model.embeddings.position_embedding", rows: configuration.maximumPositions,
            width: width, deviation: 0.02, in: &layout)
        layers = (0..<configuration.hiddenLayers).map {
            EncoderLayer(
                "text_model.encoder.layers.\($0)", configuration: configuration, in: &layout)
        }
        finalNorm = Normalisation(
            "text_model.final_layer_norm", channels: width, eps: Float(configuration.layerNormEps),
            in: &layout)
        self.layout = layout
    }

    /// ids [B][T] to the last hidden state [B, T, hidden_size].
    public func forward(_ ids: [[Int]], on tape: Tape) -> Activation {
        var h = tape.embed(ids, tokens: tokens, positions: positions)
        for layer in layers { h = layer.forward(h, on: tape) }
        return tape.layerNorm(finalNorm, h)
    }
}

/// One pre-norm layer of the encoder.
struct EncoderLayer: Sendable {
    let norm1: Normalisation
    let query: Linear
    let key: Linear
    let value: Linear
    let out: Linear
    let heads: Int
    let norm2: Normalisation
    let fullyConnected1: Linear
    let fullyConnected2: Linear
    let nonlinearity: Nonlinearity

    init(
        _ name: String, configuration c: CLIPTextConfiguration, in layout: inout ParameterLayout
    ) {
        let width = c.hiddenSize
        let eps = Float(c.layerNormEps)
        heads = c.attentionHeads
        func projection(_ part: String) -> Linear {
            Linear("\(name).self_attn.\(part)", inputs: width, outputs: width, in: &layout)
        }
        key = projection("k_proj")
        value = projection("v_proj")
        query = projection("q_proj")
        out = projection("out_proj")
        norm1 = Normalisation("\(name).layer_norm1", channels: width, eps: eps, in: &layout)
        fullyConnected1 = Linear(
            "\(name).mlp.fc1", inputs: width, outputs: c.intermediateSize, in: &layout)
        fullyConnected2 = Linear(
            "\(name).mlp.fc2", inputs: c.intermediateSize, outputs: width, in: &layout)
        norm2 = Normalisation("\(name).layer_norm2", channels: width, eps: eps, in: &layout)
        nonlinearity = c.activation == .quickGELU ? .quickGELU : .gelu
    }

    func forward(_ x: Activation, on tape: Tape) -> Activation {
        var h = tape.layerNorm(norm1, x)
        h = tape.attention(
            query: tape.linear(query, h), key: tape.linear(key, h), value: tape.linear(value, h),
            heads: heads, causal: true)
        let attended = tape.addResidual(x, to: tape.linear(out, h))
        h = tape.layerNorm(norm2, attended)
        h = tape.apply(nonlinearity, tape.linear(fullyConnected1, h))
        return tape.addResidual(attended, to: tape.linear(fullyConnected2, h))
    }
}
