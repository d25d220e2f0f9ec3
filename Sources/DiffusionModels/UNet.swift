import Foundation
import ModelStore
import NeuralLayers
import TensorCore

/// diffusers' `UNet2DConditionModel`: predicts noise or velocity from a noisy sample, a timestep and a
/// caption's embedding.
public struct UNet: Sendable {
    /// The shape that the layers were built from.
    public let configuration: UNet2DConditionConfiguration
    /// Every parameter, under diffusers' names.
    public let layout: ParameterLayout

    let convIn: Convolution
    let timeLinear1: Linear
    let timeLinear2: Linear
    let downBlocks: [DownBlock]
    let middle: MiddleBlock
    let upBlocks: [UpBlock]
    let normOut: Normalisation
    let convOut: Convolution

    /// Builds the layers of a configuration that has been checked when it was read.
    public init(_ configuration: UNet2DConditionConfiguration) {
        self.configuration = configuration
        var layout = ParameterLayout()
        let widths = configuration.blockOutChannels
        let timeWidth = widths[0] * 4
        let levels = widths.count
        convIn = Convolution(
            "conv_in", inputs: configuration.inChannels, outputs: widths[0], in: &layout)
        timeLinear1 = Linear(
            "time_embedding.linear_1", inputs: widths[0], outputs: timeWidth, in: &layout)
        timeLinear2 = Linear(
            "time_embedding.linear_2", inputs: timeWidth, outputs: timeWidth, in: &layout)
        downBlocks = (0..<levels).map { level in
            DownBlock(
                "down_blocks.\(level)", level: level, configuration: configuration,
                inputs: level == 0 ? widths[0] : widths[level - 1], in: &layout)
        }
        // What each layer on the way down leaves for its mirror on the way up.
        var skips = [widths[0]]
        for (level, block) in downBlocks.enumerated() {
            skips += block.residuals.map { _ in widths[level] }
            if block.downsample != nil { skips.append(widths[level]) }
        }
        middle = MiddleBlock("mid_block", configuration: configuration, in: &layout)
        var blocks: [UpBlock] = []
        var width = widths[levels - 1]
        for index in 0..<levels {
            let block = UpBlock(
                "up_blocks.\(index)", index: index, configuration: configuration, inputs: width,
                skips: &skips, in: &layout)
            blocks.append(block)
            width = widths[levels - 1 - index]
        }
        upBlocks = blocks
        normOut = Normalisation(
            "conv_norm_out", channels: widths[0], groups: configuration.normNumGroups,
            eps: Float(configuration.normEps), in: &layout)
        convOut = Convolution(
            "conv_out", inputs: widths[0], outputs: configuration.outChannels, in: &layout)
        self.layout = layout
    }

    /// One pass over a shard.
    ///
    /// - Parameters:
    ///   - sample: [B, H, W, in_channels], channels last.
    ///   - timesteps: one a picture, 0..<num_train_timesteps.
    ///   - context: the captions' embeddings, [B, T, cross_attention_dim].
    /// - Returns: the prediction, [B, H, W, out_channels].
    public func forward(
        sample: Activation, timesteps: [Int], context: Activation, on tape: Tape
    ) -> Activation {
        precondition(timesteps.count == sample.batch && context.batch == sample.batch)
        let time = embed(timesteps, on: tape)
        var h = tape.convolution(convIn, sample)
        var skips = [h]
        for block in downBlocks {
            h = block.forward(h, time: time, context: context, skips: &skips, on: tape)
        }
        h = middle.forward(h, time: time, context: context, on: tape)
        for block in upBlocks {
            h = block.forward(h, time: time, context: context, skips: &skips, on: tape)
        }
        h = tape.groupNorm(normOut, h, silu: true)
        return tape.convolution(convOut, h)
    }

    /// SiLU of the timestep embedding, [B, 1, 1, 4 * first width]; every residual block reads it so.
    private func embed(_ timesteps: [Int], on tape: Tape) -> Activation {
        let width = configuration.blockOutChannels[0]
        let values = timesteps.flatMap {
            sinusoids(
                timestep: $0, width: width, flipSinToCos: configuration.flipSinToCos,
                frequencyShift: Double(configuration.freqShift))
        }
        let input = tape.input(
            values, batch: timesteps.count, height: 1, width: 1, channels: width)
        let h = tape.apply(.silu, tape.linear(timeLinear1, input))
        return tape.apply(.silu, tape.linear(timeLinear2, h))
    }
}

/// The sinusoidal code of a timestep, as diffusers' `get_timestep_embedding`.
///
/// Reference: Ho, Jain, Abbeel, "Denoising diffusion probabilistic models", arXiv 2006.11239.
func sinusoids(timestep: Int, width: Int, flipSinToCos: Bool, frequencyShift: Double) -> [Float] {
    let half = width / 2
    var code = [Float](repeating: 0, count: width)
    for i in 0..<half {
        let frequency = exp(-log(10_000.0) * Double(i) / (Double(half) - frequencyShift))
        // Rounded where PyTorch rounds: a late timestep times a Float frequency.
        let angle = Double(Float(timestep) * Float(frequency))
        code[i] = Float(flipSinToCos ? cos(angle) : sin(angle))
        code[half + i] = Float(flipSinToCos ? sin(angle) : cos(angle))
    }
    return code
}
