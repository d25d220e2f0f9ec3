import CKernels
import TensorCore

/// A square convolution with bias, as diffusers' `Conv2d`.
public struct Convolution: Sendable {
    let weight: Parameter
    let bias: Parameter
    /// Channels in.
    public let inputs: Int
    /// Channels out.
    public let outputs: Int
    /// Side of the square kernel in pixels.
    public let kernel: Int
    /// Pixels between neighbouring patches, in both directions.
    public let stride: Int
    /// Zeros added on each of the four sides, in pixels.
    public let padding: Int
    /// Where the transformed filters lie, for the convolutions that Winograd's algorithm can do.
    let transformed: TransformedFilters.Entry?

    /// - Parameter zeroed: starts at zero, so that the layer is silent before training.
    public init(
        _ name: String, inputs: Int, outputs: Int, kernel: Int = 3, stride: Int = 1,
        padding: Int = 1, zeroed: Bool = false, in layout: inout ParameterLayout
    ) {
        self.inputs = inputs
        self.outputs = outputs
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        let bound = 1 / Float(inputs * kernel * kernel).squareRoot()
        weight = layout.add(
            "\(name).weight", [outputs, inputs, kernel, kernel], order: .convolution,
            initial: zeroed ? .zeros : .uniform(bound))
        bias = layout.add("\(name).bias", [outputs], initial: zeroed ? .zeros : .uniform(bound))
        let fits =
            kernel == 3 && stride == 1 && padding == 1
            && inputs % WinogradConvolution.lanes == 0 && outputs % WinogradConvolution.lanes == 0
        transformed = fits ? layout.addTransformed(weight) : nil
    }
}

extension Tape {
    /// y[B,H',W',out] = convolution of x[B,H,W,in], plus the residual where one is given.
    public func convolution(
        _ layer: Convolution, _ x: Activation, adding residual: Activation? = nil
    ) -> Activation {
        precondition(x.channels == layer.inputs)
        guard let entry = layer.transformed, min(x.height, x.width) > 2 else {
            let y = patchConvolution(layer, x)
            return residual.map { addResidual($0, to: y) } ?? y
        }
        let y = WinogradConvolution(layer, entry).run(x, adding: residual, on: self)
        if let residual { passGradient(of: y, to: residual) }
        return y
    }

    /// The convolution as patch rows times the [k*k*in, out] weight: for every kernel and stride.
    package func patchConvolution(_ layer: Convolution, _ x: Activation) -> Activation {
        let outHeight = (x.height + 2 * layer.padding - layer.kernel) / layer.stride + 1
        let outWidth = (x.width + 2 * layer.padding - layer.kernel) / layer.stride + 1
        let y = output(
            batch: x.batch, height: outHeight, width: outWidth, channels: layer.outputs)
        var shape = pb_conv_shape(
            height: Int32(x.height), width: Int32(x.width), channels: Int32(x.channels),
            out_height: Int32(outHeight), out_width: Int32(outWidth), kernel: Int32(layer.kernel),
            stride: Int32(layer.stride), padding: Int32(layer.padding))
        let depth = layer.kernel * layer.kernel * layer.inputs
        let weight = parameters + layer.weight.offset
        let bias = parameters + layer.bias.offset
        let pieces = PatchPieces(pixels: outHeight * outWidth, batch: x.batch, depth: depth)
        let patches = workspace(pieces.rows * depth)
        func forward(_ piece: PatchPieces.Piece) {
            let out = y.data + piece.outputRow * layer.outputs
            for part in piece.parts {
                pb_im2col(
                    &shape, x.data + part.image * x.pixels * x.channels, Int32(part.first),
                    Int32(part.count), patches + part.row * depth)
            }
            matrixProduct(
                m: piece.rows, n: layer.outputs, k: depth, patches, depth, weight, layer.outputs,
                adding: .row(bias), out, layer.outputs)
        }
        ProductClock.count { pieces.forEach(forward) }
        record { [self] in
            guard let dy = y.gradient, let gradients else { return }
            pb_sum_rows(dy, Int32(y.rows), Int32(layer.outputs), gradients + layer.bias.offset)
            let patches = workspace(pieces.rows * depth)
            let dPatches = x.needsGradient ? workspace(pieces.rows * depth, slot: 1) : nil
            var dx: UnsafeMutablePointer<Float>?
            if x.needsGradient {
                let target = target(of: x)
                if !target.accumulate { target.pointer.update(repeating: 0, count: x.count) }
                dx = target.pointer
            }
            func backward(_ piece: PatchPieces.Piece) {
                let dOut = dy + piece.outputRow * layer.outputs
                for part in piece.parts {
                    pb_im2col(
                        &shape, x.data + part.image * x.pixels * x.channels, Int32(part.first),
                        Int32(part.count), patches + part.row * depth)
                }
                matrixProduct(
                    transposeA: true, m: depth, n: layer.outputs, k: piece.rows, patches, depth,
                    dOut,
                    layer.outputs, adding: .result, gradients + layer.weight.offset, layer.outputs)
                guard let dx, let dPatches else { return }
                matrixProduct(
                    transposeB: true, m: piece.rows, n: depth, k: layer.outputs, dOut,
                    layer.outputs, weight, layer.outputs, dPatches, depth)
                for part in piece.parts {
                    pb_col2im_add(
                        &shape, dPatches + part.row * depth, Int32(part.first), Int32(part.count),
                        dx + part.image * x.pixels * x.channels)
                }
            }
            ProductClock.count { pieces.forEach(backward) }
        }
        return y
    }
}

/// The patch matrix of a whole batch, cut into pieces that stay in a core's second-level cache.
struct PatchPieces {
    struct Part {
        /// Output pixels [first, first + count) of one image, at `row` of the piece.
        let image: Int
        let first: Int
        let count: Int
        let row: Int
    }
    struct Piece {
        let outputRow: Int
        let rows: Int
        let parts: [Part]
    }
    /// Most rows of one piece.
    let rows: Int
    private let pixels: Int
    private let batch: Int

    /// 96 Ki floats are 384 KiB: half of a common second-level cache, weights and outputs beside it.
    init(pixels: Int, batch: Int, depth: Int, budget: Int = 96 << 10) {
        self.pixels = pixels
        self.batch = batch
        rows = max(1, min(batch * pixels, max(64, budget / depth)))
    }

    func forEach(_ body: (Piece) -> Void) {
        var start = 0
        let total = batch * pixels
        while start < total {
            let end = min(start + rows, total)
            var parts: [Part] = []
            var row = start
            while row < end {
                let image = row / pixels
                let last = min(end, (image + 1) * pixels)
                parts.append(
                    Part(
                        image: image, first: row - image * pixels, count: last - row,
                        row: row - start))
                row = last
            }
            body(Piece(outputRow: start, rows: end - start, parts: parts))
            start = end
        }
    }
}
