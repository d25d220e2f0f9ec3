import CKernels
import TensorCore

/// A 3x3 convolution with stride 1 by Winograd's F(4x4, 3x3): a quarter of the direct sum's products.
///
/// Pictures are cut into tiles of 4x4 outputs; a group of tiles, small enough for a core's second-level
/// cache, goes through transform, 36 matrix products and transform back before the next group starts.
/// Rounding errors are some ten times those of the direct sum (relative 1e-5 instead of 1e-6).
///
/// Reference: Lavin and Gray, "Fast algorithms for convolutional neural networks", arXiv 1509.09308.
struct WinogradConvolution {
    /// Channels are worked on sixteen at a time; numbers of channels must be multiples of it.
    static let lanes = 16

    private let layer: Convolution
    private let entry: TransformedFilters.Entry

    init(_ layer: Convolution, _ entry: TransformedFilters.Entry) {
        self.layer = layer
        self.entry = entry
    }

    /// - Parameter residual: is added to the output, where given; its gradient is another's concern.
    func run(_ x: Activation, adding residual: Activation?, on tape: Tape) -> Activation {
        let y = tape.output(like: x, channels: layer.outputs)
        ProductClock.count { forward(x, y, adding: residual, on: tape) }
        tape.record { ProductClock.count { backward(x, y, on: tape) } }
        return y
    }

    private func forward(
        _ x: Activation, _ y: Activation, adding residual: Activation?, on tape: Tape
    ) {
        var shape = shape(of: x)
        let groups = TileGroups(shape: &shape, batch: x.batch)
        let v = tape.workspace(36 * groups.inputPlane)
        let m = tape.workspace(36 * groups.outputPlane, slot: 1)
        let u = tape.filters?.matrices(of: entry) ?? ownFilters(on: tape)
        let bias = tape.parameters + layer.bias.offset
        groups.forEach { first, count in
            pb_winograd_input(&shape, x.data, first, count, v, groups.inputPlane)
            pb_winograd_multiply(
                count, shape.inputs, shape.outputs, v, groups.inputPlane, u, m, groups.outputPlane)
            pb_winograd_output(
                &shape, m, groups.outputPlane, first, count, bias, residual?.data, y.data)
        }
    }

    private func backward(_ x: Activation, _ y: Activation, on tape: Tape) {
        guard let dy = y.gradient, let gradients = tape.gradients else { return }
        var shape = shape(of: x)
        pb_sum_rows(dy, Int32(y.rows), shape.outputs, gradients + layer.bias.offset)
        let groups = TileGroups(shape: &shape, batch: x.batch)
        let v = tape.workspace(36 * groups.inputPlane)
        let dm = tape.workspace(36 * groups.outputPlane, slot: 1)
        let du = tape.workspace(36 * entry.plane, slot: 2)
        var dx: UnsafeMutablePointer<Float>?
        var turned: UnsafePointer<Float>?
        if x.needsGradient {
            let target = tape.target(of: x)
            if !target.accumulate { target.pointer.update(repeating: 0, count: x.count) }
            dx = target.pointer
            turned =
                tape.filters?.transposedMatrices(of: entry) ?? ownTransposedFilters(on: tape)
        }
        groups.forEach { first, count in
            pb_winograd_input(&shape, x.data, first, count, v, groups.inputPlane)
            pb_winograd_output_gradient(&shape, dy, first, count, dm, groups.outputPlane)
            pb_winograd_multiply_filters(
                &shape, count, v, groups.inputPlane, dm, groups.outputPlane, du, first == 0 ? 0 : 1)
            guard let dx, let turned else { return }
            // V has served: its gradient takes its place.
            pb_winograd_multiply(
                count, shape.outputs, shape.inputs, dm, groups.outputPlane, turned, v,
                groups.inputPlane)
            pb_winograd_input_gradient(&shape, v, groups.inputPlane, first, count, dx)
        }
        pb_winograd_filter_gradient(&shape, du, gradients + layer.weight.offset)
    }

    private func shape(of x: Activation) -> pb_winograd {
        pb_winograd(
            height: Int32(x.height), width: Int32(x.width), inputs: Int32(layer.inputs),
            outputs: Int32(layer.outputs))
    }

    /// The transforms, for a tape that was given none.
    private func ownFilters(on tape: Tape) -> UnsafePointer<Float> {
        let own = tape.workspace(36 * entry.plane, slot: 3)
        TransformedFilters.transform(entry, tape.parameters + entry.source, own)
        return UnsafePointer(own)
    }

    private func ownTransposedFilters(on tape: Tape) -> UnsafePointer<Float> {
        let own = tape.workspace(36 * entry.plane, slot: 3)
        TransformedFilters.transformTransposed(entry, tape.parameters + entry.source, own)
        return UnsafePointer(own)
    }
}

/// The tiles of a whole batch in groups that stay in a core's second-level cache while they are worked on.
private struct TileGroups {
    private let tiles: Int
    private let largest: Int
    /// Floats between one element's tiles and the next element's, a cache line more than they need:
    /// planes a power of two apart would crowd into few lines of the first-level cache.
    let inputPlane: Int
    let outputPlane: Int

    init(shape: inout pb_winograd, batch: Int) {
        tiles = batch * Int(pb_winograd_tiles(&shape))
        let channels = Int(shape.inputs + shape.outputs)
        // 36 elements of 12 Ki floats are 1.7 MB; measured best between a half and twice that.
        largest = max(8, min(96, (12 << 10) / channels) & ~7)
        let count = min(tiles, largest)
        inputPlane = count * Int(shape.inputs) + 16
        outputPlane = count * Int(shape.outputs) + 16
    }

    func forEach(_ body: (_ first: Int32, _ count: Int32) -> Void) {
        for first in stride(from: 0, to: tiles, by: largest) {
            body(Int32(first), Int32(min(largest, tiles - first)))
        }
    }
}
