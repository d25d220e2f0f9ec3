import NeuralLayers

/// diffusers' `ResnetBlock2D`: two normalised convolutions with the timestep added between them.
struct ResidualBlock: Sendable {
    let norm1: Normalisation
    let conv1: Convolution
    let timeProjection: Linear
    let norm2: Normalisation
    let conv2: Convolution
    let shortcut: Linear?

    init(
        _ name: String, inputs: Int, outputs: Int, timeWidth: Int, groups: Int, eps: Float,
        in layout: inout ParameterLayout
    ) {
        norm1 = Normalisation(
            "\(name).norm1", channels: inputs, groups: groups, eps: eps, in: &layout)
        conv1 = Convolution("\(name).conv1", inputs: inputs, outputs: outputs, in: &layout)
        timeProjection = Linear(
            "\(name).time_emb_proj", inputs: timeWidth, outputs: outputs, in: &layout)
        norm2 = Normalisation(
            "\(name).norm2", channels: outputs, groups: groups, eps: eps, in: &layout)
        conv2 = Convolution("\(name).conv2", inputs: outputs, outputs: outputs, in: &layout)
        shortcut =
            inputs == outputs
            ? nil
            : Linear(
                "\(name).conv_shortcut", inputs: inputs, outputs: outputs, asConvolution: true,
                in: &layout)
    }

    /// - Parameters:
    ///   - x: [B, H, W, inputs].
    ///   - time: SiLU of the timestep embedding, [B, 1, 1, timeWidth].
    /// - Returns: [B, H, W, outputs].
    func forward(_ x: Activation, time: Activation, on tape: Tape) -> Activation {
        var h = tape.groupNorm(norm1, x, silu: true)
        h = tape.convolution(conv1, h)
        h = tape.addPerImage(tape.linear(timeProjection, time), to: h)
        h = tape.groupNorm(norm2, h, silu: true)
        return tape.convolution(
            conv2, h, adding: shortcut.map { tape.linear($0, x) } ?? x)
    }
}
