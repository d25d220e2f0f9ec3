import CKernels
import TensorCore

/// Scale and shift of a normalisation layer.
public struct Normalisation: Sendable {
    let weight: Parameter
    let bias: Parameter
    /// Channels of the input and of the output.
    public let channels: Int
    /// Groups of a GroupNorm; 1 stands for a LayerNorm's single row.
    public let groups: Int
    /// Added to the variance before its root is taken.
    public let eps: Float

    /// Adds a scale of ones and a shift of zeros, `[channels]` each.
    ///
    /// - Precondition: `groups` divides `channels`.
    public init(
        _ name: String, channels: Int, groups: Int = 1, eps: Float,
        in layout: inout ParameterLayout
    ) {
        precondition(channels % groups == 0)
        self.channels = channels
        self.groups = groups
        self.eps = eps
        weight = layout.add("\(name).weight", [channels], initial: .ones)
        bias = layout.add("\(name).bias", [channels], initial: .zeros)
    }
}

extension Tape {
    /// GroupNorm over the pixels of each image, then SiLU where `silu` says so.
    public func groupNorm(_ layer: Normalisation, _ x: Activation, silu: Bool) -> Activation {
        precondition(x.channels == layer.channels)
        let y = output(like: x)
        let mean = arena.allocate(x.batch * layer.groups)
        let rstd = arena.allocate(x.batch * layer.groups)
        let (pixels, channels, groups) = (Int32(x.pixels), Int32(x.channels), Int32(layer.groups))
        let gamma = parameters + layer.weight.offset
        let beta = parameters + layer.bias.offset
        let size = x.pixels * x.channels
        for b in 0..<x.batch {
            pb_group_norm(
                x.data + b * size, pixels, channels, groups, layer.eps, gamma, beta, silu ? 1 : 0,
                y.data + b * size, mean + b * layer.groups, rstd + b * layer.groups)
        }
        record { [self] in
            guard let dy = y.gradient, let gradients else { return }
            let dx = target(of: x)
            let work = workspace(size + 4 * x.channels)
            for b in 0..<x.batch {
                pb_group_norm_backward(
                    x.data + b * size, dy + b * size, pixels, channels, groups, gamma, beta,
                    silu ? 1 : 0, mean + b * layer.groups, rstd + b * layer.groups,
                    dx.pointer + b * size, dx.accumulate ? 1 : 0, gradients + layer.weight.offset,
                    gradients + layer.bias.offset, work)
            }
        }
        return y
    }

    /// LayerNorm over the channels of each position.
    public func layerNorm(_ layer: Normalisation, _ x: Activation) -> Activation {
        precondition(x.channels == layer.channels)
        let y = output(like: x)
        let mean = arena.allocate(x.rows)
        let rstd = arena.allocate(x.rows)
        let gamma = parameters + layer.weight.offset
        pb_layer_norm(
            x.data, Int32(x.rows), Int32(x.channels), layer.eps, gamma,
            parameters + layer.bias.offset, y.data, mean, rstd)
        record { [self] in
            guard let dy = y.gradient, let gradients else { return }
            let dx = target(of: x)
            pb_layer_norm_backward(
                x.data, dy, Int32(x.rows), Int32(x.channels), gamma, mean, rstd, dx.pointer,
                dx.accumulate ? 1 : 0, gradients + layer.weight.offset,
                gradients + layer.bias.offset)
        }
        return y
    }
}
