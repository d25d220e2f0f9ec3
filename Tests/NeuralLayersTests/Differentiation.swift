import Foundation
import NeuralLayers
import TensorCore
import Testing

/// The shape of one input: [batch, height, width, channels].
struct InputShape {
    let batch: Int
    let height: Int
    let width: Int
    let channels: Int

    init(_ batch: Int, _ height: Int, _ width: Int, _ channels: Int) {
        (self.batch, self.height, self.width, self.channels) = (batch, height, width, channels)
    }

    var count: Int { batch * height * width * channels }
}

/// An operation under test, whose gradients are compared with central finite differences.
///
/// The loss is the output times fixed random weights, summed in Double. With `readAlso`, the inputs
/// of these indices are read by tapes of their own as well, so that the operation's backward step finds
/// a gradient there and has to add to it.
struct Differentiation {
    let layout: ParameterLayout
    let inputs: [InputShape]
    let readAlso: [Int]
    private let forward: (Tape, [Activation]) -> Activation
    private var values: [[Float]]
    private let parameters: FloatBlock

    /// - Parameter awayFromZero: no input lies nearer to zero than this, for functions with a kink.
    init(
        _ inputs: [InputShape], layout: ParameterLayout = ParameterLayout(), readAlso: [Int] = [],
        awayFromZero: Float = 0, seed: UInt64 = 1,
        _ forward: @escaping (Tape, [Activation]) -> Activation
    ) {
        MatrixKernel.open()
        self.layout = layout
        self.inputs = inputs
        self.readAlso = readAlso
        self.forward = forward
        var random = Philox(seed: seed, purpose: .evaluation)
        values = inputs.map { shape in
            (0..<shape.count).map { _ in
                let value = random.uniform(-1.5, 1.5)
                return value + (value < 0 ? -awayFromZero : awayFromZero)
            }
        }
        parameters = FloatBlock(count: layout.count)
        layout.initialise(parameters, seed: seed)
        // Scales start as ones and shifts as zeros: neither would show in a gradient.
        for i in 0..<layout.count { parameters.pointer[i] += random.uniform(-0.3, 0.3) }
    }

    /// One forward pass; with `gradients` also the backward pass.
    private func run(
        _ values: [[Float]], gradients: FloatBlock? = nil
    ) -> (loss: Double, inputGradients: [[Float]?]) {
        let (arena, scratch) = (Arena(blockSize: 1 << 14), Arena(blockSize: 1 << 14))
        func tape() -> Tape {
            Tape(
                parameters: parameters.pointer, gradients: gradients?.pointer, arena: arena,
                scratch: scratch)
        }
        let own = tape()
        let others = readAlso.map { _ in tape() }
        let activations = zip(inputs, values).map { shape, values in
            own.input(
                values, batch: shape.batch, height: shape.height, width: shape.width,
                channels: shape.channels, needsGradient: true)
        }
        var loss = 0.0
        let extra = zip(others, readAlso).map { $0.apply(.silu, activations[$1]) }
        for (index, activation) in extra.enumerated() {
            loss += seed(activation, stream: 1 + index).loss
        }
        let output = forward(own, activations)
        let (ownLoss, gradient) = seed(output, stream: 0)
        loss += ownLoss
        guard gradients != nil else { return (loss, []) }
        for (index, activation) in extra.enumerated() {
            others[index].backward(
                from: activation, gradient: seed(activation, stream: 1 + index).gradient)
        }
        own.backward(from: output, gradient: gradient)
        return (
            loss,
            activations.map { activation in
                activation.gradient.map {
                    Array(UnsafeBufferPointer(start: $0, count: activation.count))
                }
            }
        )
    }

    /// The loss of one output and its gradient.
    private func seed(_ output: Activation, stream: Int) -> (loss: Double, gradient: [Float]) {
        var random = Philox(seed: 99, purpose: .evaluation, sample: stream)
        let weights = (0..<output.count).map { _ in random.uniform(-1, 1) }
        let loss = weights.indices.reduce(0.0) {
            $0 + Double(weights[$1]) * Double(output.data[$1])
        }
        return (loss, weights)
    }

    /// Compares every gradient with finite differences, at up to `samples` places of each block.
    func check(
        tolerance: Double = 2e-3, samples: Int = 60,
        _ sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let gradients = FloatBlock(count: layout.count)
        let inputGradients = run(values, gradients: gradients).inputGradients
        for (index, gradient) in inputGradients.enumerated() {
            guard let gradient else {
                Issue.record("input \(index) has no gradient", sourceLocation: sourceLocation)
                continue
            }
            compare("input \(index)", gradient, tolerance, samples, sourceLocation) { place, step in
                var moved = values
                moved[index][place] += step
                // The step as Float made it.
                return (run(moved).loss, Double(moved[index][place]))
            }
        }
        for parameter in layout.parameters {
            let start = parameters.pointer + parameter.offset
            let gradient = Array(
                UnsafeBufferPointer(
                    start: gradients.pointer + parameter.offset, count: parameter.count))
            compare(parameter.name, gradient, tolerance, samples, sourceLocation) { place, step in
                let kept = start[place]
                start[place] += step
                defer { start[place] = kept }
                return (run(values).loss, Double(start[place]))
            }
        }
    }

    /// `loss` is given a place and a step and returns the loss there and the value moved to.
    private func compare(
        _ name: String, _ gradient: [Float], _ tolerance: Double, _ samples: Int,
        _ sourceLocation: SourceLocation, loss: (Int, Float) -> (Double, Double)
    ) {
        let scale = max(gradient.reduce(0.0) { max($0, Double(abs($1))) }, 0.05)
        let stride = max(1, gradient.count / samples)
        var worst = (place: 0, error: 0.0)
        for place in Swift.stride(from: 0, to: gradient.count, by: stride) {
            // Five-point stencil: the error of the formula falls with the fourth power of the step,
            // so the step can be large enough for Float sums.
            let h: Float = 0.03
            func slope(_ step: Float) -> Double {
                let (high, low) = (loss(place, step), loss(place, -step))
                return (high.0 - low.0) / (high.1 - low.1)
            }
            let expected = (4 * slope(h) - slope(2 * h)) / 3
            let error = abs(expected - Double(gradient[place])) / scale
            if !(error <= worst.error) { worst = (place, error) }
        }
        #expect(
            worst.error <= tolerance, "gradient of \(name) at \(worst.place)",
            sourceLocation: sourceLocation)
    }
}
