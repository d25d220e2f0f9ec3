import CKernels
import TensorCore

/// y = x W^T + b over the channels of every position; also a 1x1 convolution.
public struct Linear: Sendable {
    let weight: Parameter
    let bias: Parameter?
    /// Channels in.
    public let inputs: Int
    /// Channels out.
    public let outputs: Int

    /// - Parameters:
    ///   - name: the layer's name; `.weight` and `.bias` are appended.
    ///   - asConvolution: writes the weight as [out, in, 1, 1], as diffusers' 1x1 convolutions are.
    ///   - initial: PyTorch's default, uniform in +-1/sqrt(inputs), when nil.
    public init(
        _ name: String, inputs: Int, outputs: Int, bias: Bool = true, asConvolution: Bool = false,
        initial: Parameter.Initial? = nil, in layout: inout ParameterLayout
    ) {
        self.inputs = inputs
        self.outputs = outputs
        let bound = 1 / Float(inputs).squareRoot()
        weight = layout.add(
            "\(name).weight", asConvolution ? [outputs, inputs, 1, 1] : [outputs, inputs],
            initial: initial ?? .uniform(bound))
        self.bias =
            bias
            ? layout.add(
                "\(name).bias", [outputs], initial: initial == nil ? .uniform(bound) : .zeros) : nil
    }
}

extension Tape {
    /// y[B,H,W,out] = x[B,H,W,in] W^T + b.
    public func linear(_ layer: Linear, _ x: Activation) -> Activation {
        precondition(x.channels == layer.inputs)
        let y = output(like: x, channels: layer.outputs)
        let weight = parameters + layer.weight.offset
        ProductClock.count {
            matrixProduct(
                transposeB: true, m: x.rows, n: layer.outputs, k: layer.inputs, x.data,
                layer.inputs, weight, layer.inputs,
                adding: layer.bias.map { .row(parameters + $0.offset) } ?? .nothing, y.data,
                layer.outputs)
        }
        record { [self] in
            guard let dy = y.gradient, let gradients else { return }
            ProductClock.count {
                matrixProduct(
                    transposeA: true, m: layer.outputs, n: layer.inputs, k: x.rows, dy,
                    layer.outputs, x.data, layer.inputs, adding: .result,
                    gradients + layer.weight.offset, layer.inputs)
            }
            if let bias = layer.bias {
                pb_sum_rows(dy, Int32(x.rows), Int32(layer.outputs), gradients + bias.offset)
            }
            if x.needsGradient {
                let dx = target(of: x)
                ProductClock.count {
                    matrixProduct(
                        m: x.rows, n: layer.inputs, k: layer.outputs, dy, layer.outputs, weight,
                        layer.inputs, adding: dx.accumulate ? .result : .nothing, dx.pointer,
                        layer.inputs)
                }
            }
        }
        return y
    }
}
