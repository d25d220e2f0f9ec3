import NeuralLayers
import TensorCore

/// Every convolution and linear layer of the default U-Net, forward and backward, at a training step's
/// sizes; their sum beside a whole step says what lies outside of them.
enum LayerBenchmarks {
    /// A layer of the default configuration, how often it occurs, and the side of its pictures.
    private struct Layer {
        enum Kind { case convolution(stride: Int), linear }
        var kind: Kind
        var inputs: Int
        var outputs: Int
        var side: Int
        var times: Int

        var name: String {
            switch kind {
            case .convolution(let stride):
                "convolution 3x3\(stride == 1 ? "" : ", stride \(stride)"), \(inputs) to \(outputs), \(side)x\(side)"
            case .linear: "linear \(inputs) to \(outputs), \(side)x\(side)"
            }
        }

        /// Multiplications and additions of one picture's forward pass, as a direct sum.
        var operations: Double {
            switch kind {
            case .convolution(let stride):
                2 * 9 * Double(inputs * outputs * side * side) / Double(stride * stride)
            case .linear: 2 * Double(inputs * outputs * side * side)
            }
        }
    }

    private static let layers: [Layer] = {
        func convolution(_ i: Int, _ o: Int, _ side: Int, _ times: Int, stride: Int = 1) -> Layer {
            Layer(kind: .convolution(stride: stride), inputs: i, outputs: o, side: side, times: times)
        }
        func linear(_ i: Int, _ o: Int, _ side: Int, _ times: Int) -> Layer {
            Layer(kind: .linear, inputs: i, outputs: o, side: side, times: times)
        }
        return [
            convolution(12, 64, 16, 1), convolution(64, 64, 16, 4),
            convolution(64, 64, 16, 1, stride: 2), convolution(64, 96, 8, 1),
            convolution(96, 96, 8, 7), convolution(192, 96, 8, 1), convolution(160, 96, 8, 1),
            convolution(96, 96, 16, 1), convolution(160, 64, 16, 1), convolution(128, 64, 16, 1),
            convolution(64, 12, 16, 1),
            // Four transformer blocks: six projections of equal width, two of the way in and out.
            linear(96, 96, 8, 4 * 8), linear(96, 768, 8, 4), linear(384, 96, 8, 4),
            // Shortcuts of the residual blocks.
            linear(64, 96, 8, 1), linear(192, 96, 8, 1), linear(160, 96, 8, 1),
            linear(160, 64, 16, 1), linear(128, 64, 16, 1),
        ]
    }()

    /// Pictures in a shard of a batch of 32.
    private static let pictures = 8

    static func run() {
        var (seconds, operations) = (0.0, 0.0)
        for layer in layers {
            let (forward, backward) = time(layer)
            let images = Double(pictures * Shards.cores)
            Line(
                group: "layer", name: layer.name + ", forward", seconds: forward,
                value: images * layer.operations * 1e-9 / forward, unit: "GFLOP/s",
                ceiling: Ceilings.fastestProduct
            ).print()
            Line(
                group: "layer", name: layer.name + ", backward", seconds: backward,
                value: 2 * images * layer.operations * 1e-9 / backward, unit: "GFLOP/s",
                ceiling: Ceilings.fastestProduct
            ).print()
            seconds += Double(layer.times) * (forward + backward)
            operations += Double(layer.times) * 3 * images * layer.operations
        }
        let rounds = Double(Shards.count) / Double(Shards.cores)
        Line(
            group: "layers", name: "all convolutions and linear layers of a step of 32",
            seconds: rounds * seconds, value: operations * 1e-9 / seconds, unit: "GFLOP/s",
            ceiling: Ceilings.fastestProduct
        ).print()
    }

    /// Seconds of a shard's forward and backward, with as many at work as there are cores.
    private static func time(_ layer: Layer) -> (forward: Double, backward: Double) {
        let cores = (0..<Shards.cores).map { _ in LayerOnCore(layer, pictures: pictures) }
        let shared = Confined(cores)
        func pass(backward: Bool) -> Double {
            medianSeconds { onAllCores { shared.value[$0].pass(backward: backward) } }
        }
        let forward = pass(backward: false)
        return (forward, max(pass(backward: true) - forward, 1e-9))
    }

    /// A layer with memory of its own.
    private final class LayerOnCore {
        private enum Network {
            case convolution(Convolution)
            case linear(Linear)
        }

        private let layer: Layer
        private let pictures: Int
        private let network: Network
        private let weights: FloatBlock
        private let gradients: FloatBlock
        private let filters: TransformedFilters
        private let input: FloatBlock
        private let arena = Arena()
        private let scratch = Arena()

        init(_ layer: Layer, pictures: Int) {
            self.layer = layer
            self.pictures = pictures
            var layout = ParameterLayout()
            switch layer.kind {
            case .convolution(let stride):
                network = .convolution(
                    Convolution(
                        "c", inputs: layer.inputs, outputs: layer.outputs, stride: stride,
                        in: &layout))
            case .linear:
                network = .linear(
                    Linear("l", inputs: layer.inputs, outputs: layer.outputs, in: &layout))
            }
            weights = FloatBlock(count: layout.count)
            layout.initialise(weights, seed: 1)
            gradients = FloatBlock(count: layout.count)
            filters = TransformedFilters(layout: layout)
            filters.update(from: weights, trains: true)
            input = FloatBlock(count: pictures * layer.side * layer.side * layer.inputs)
            for i in 0..<input.count { input.pointer[i] = Float((i * 37) % 101) / 101 - 0.5 }
        }

        func pass(backward: Bool) {
            arena.reset()
            scratch.reset()
            let tape = Tape(
                parameters: weights.pointer, gradients: backward ? gradients.pointer : nil,
                arena: arena, scratch: scratch, filters: filters)
            let x = tape.input(
                input.pointer, batch: pictures, height: layer.side, width: layer.side,
                channels: layer.inputs, needsGradient: backward)
            let y =
                switch network {
                case .convolution(let convolution): tape.convolution(convolution, x)
                case .linear(let linear): tape.linear(linear, x)
                }
            if backward { tape.backward(from: y, gradient: y.data) }
        }
    }
}
