import ModelStore
import NeuralLayers

/// One level on the way down: `DownBlock2D` or `CrossAttnDownBlock2D`.
struct DownBlock: Sendable {
    let residuals: [ResidualBlock]
    /// One behind each residual block, or none.
    let transformers: [SpatialTransformer]
    let downsample: Convolution?

    init(
        _ name: String, level: Int, configuration c: UNet2DConditionConfiguration, inputs: Int,
        in layout: inout ParameterLayout
    ) {
        let outputs = c.blockOutChannels[level]
        let attends = c.downBlockTypes[level] == .crossAttention
        var residuals: [ResidualBlock] = []
        var transformers: [SpatialTransformer] = []
        for j in 0..<c.layersPerBlock[level] {
            residuals.append(
                ResidualBlock(
                    "\(name).resnets.\(j)", inputs: j == 0 ? inputs : outputs, outputs: outputs,
                    configuration: c, in: &layout))
            if attends {
                transformers.append(
                    SpatialTransformer(
                        "\(name).attentions.\(j)", level: level, configuration: c, in: &layout))
            }
        }
        self.residuals = residuals
        self.transformers = transformers
        downsample =
            level == c.blockOutChannels.count - 1
            ? nil
            : Convolution(
                "\(name).downsamplers.0.conv", inputs: outputs, outputs: outputs, stride: 2,
                in: &layout)
    }

    /// x [B, H, W, C] to half its height and width (the last level keeps them); appends to `skips`.
    func forward(
        _ x: Activation, time: Activation, context: Activation, skips: inout [Activation],
        on tape: Tape
    ) -> Activation {
        var h = x
        for (j, residual) in residuals.enumerated() {
            h = residual.forward(h, time: time, on: tape)
            if !transformers.isEmpty {
                h = transformers[j].forward(h, context: context, on: tape)
            }
            skips.append(h)
        }
        if let downsample {
            h = tape.convolution(downsample, h)
            skips.append(h)
        }
        return h
    }
}

/// `UNetMidBlock2DCrossAttn`: a residual block, attention, a residual block.
struct MiddleBlock: Sendable {
    let first: ResidualBlock
    let transformer: SpatialTransformer
    let second: ResidualBlock

    init(
        _ name: String, configuration c: UNet2DConditionConfiguration,
        in layout: inout ParameterLayout
    ) {
        let level = c.blockOutChannels.count - 1
        let width = c.blockOutChannels[level]
        transformer = SpatialTransformer(
            "\(name).attentions.0", level: level, configuration: c, in: &layout)
        first = ResidualBlock(
            "\(name).resnets.0", inputs: width, outputs: width, configuration: c, in: &layout)
        second = ResidualBlock(
            "\(name).resnets.1", inputs: width, outputs: width, configuration: c, in: &layout)
    }

    func forward(
        _ x: Activation, time: Activation, context: Activation, on tape: Tape
    ) -> Activation {
        var h = first.forward(x, time: time, on: tape)
        h = transformer.forward(h, context: context, on: tape)
        return second.forward(h, time: time, on: tape)
    }
}

/// One level on the way up: `UpBlock2D` or `CrossAttnUpBlock2D`.
struct UpBlock: Sendable {
    let residuals: [ResidualBlock]
    let transformers: [SpatialTransformer]
    let upsample: Convolution?

    /// - Parameter skips: the widths left by the way down; this block takes its own from the end.
    init(
        _ name: String, index: Int, configuration c: UNet2DConditionConfiguration, inputs: Int,
        skips: inout [Int], in layout: inout ParameterLayout
    ) {
        let level = c.blockOutChannels.count - 1 - index
        let outputs = c.blockOutChannels[level]
        let attends = c.upBlockTypes[index] == .crossAttention
        var residuals: [ResidualBlock] = []
        var transformers: [SpatialTransformer] = []
        for j in 0...c.layersPerBlock[level] {
            residuals.append(
                ResidualBlock(
                    "\(name).resnets.\(j)",
                    inputs: (j == 0 ? inputs : outputs) + skips.removeLast(), outputs: outputs,
                    configuration: c, in: &layout))
            if attends {
                transformers.append(
                    SpatialTransformer(
                        "\(name).attentions.\(j)", level: level, configuration: c, in: &layout))
            }
        }
        self.residuals = residuals
        self.transformers = transformers
        upsample =
            level == 0
            ? nil
            : Convolution(
                "\(name).upsamplers.0.conv", inputs: outputs, outputs: outputs, in: &layout)
    }

    func forward(
        _ x: Activation, time: Activation, context: Activation, skips: inout [Activation],
        on tape: Tape
    ) -> Activation {
        var h = x
        for (j, residual) in residuals.enumerated() {
            h = tape.concatenate(h, skips.removeLast())
            h = residual.forward(h, time: time, on: tape)
            if !transformers.isEmpty {
                h = transformers[j].forward(h, context: context, on: tape)
            }
        }
        if let upsample, let next = skips.last {
            // The next skip's size, not twice this one's: odd sizes do not double back.
            h = tape.upsample(h, height: next.height, width: next.width)
            h = tape.convolution(upsample, h)
        }
        return h
    }
}

extension ResidualBlock {
    fileprivate init(
        _ name: String, inputs: Int, outputs: Int, configuration c: UNet2DConditionConfiguration,
        in layout: inout ParameterLayout
    ) {
        self.init(
            name, inputs: inputs, outputs: outputs, timeWidth: c.blockOutChannels[0] * 4,
            groups: c.normNumGroups, eps: Float(c.normEps), in: &layout)
    }
}

extension SpatialTransformer {
    fileprivate init(
        _ name: String, level: Int, configuration c: UNet2DConditionConfiguration,
        in layout: inout ParameterLayout
    ) {
        self.init(
            name, channels: c.blockOutChannels[level], heads: c.attentionHeads[level],
            layers: c.transformerLayersPerBlock[level], contextWidth: c.crossAttentionDim,
            groups: c.normNumGroups, linearProjection: c.useLinearProjection, in: &layout)
    }
}
