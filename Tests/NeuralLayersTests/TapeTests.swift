import NeuralLayers
import TensorCore
import Testing

@Suite("Tape")
struct TapeTests {
    private let arena = Arena(blockSize: 1 << 12)
    private let scratch = Arena(blockSize: 1 << 12)

    private func layers() -> (layout: ParameterLayout, convolution: Convolution, linear: Linear) {
        var layout = ParameterLayout()
        let convolution = Convolution("c", inputs: 3, outputs: 4, in: &layout)
        let linear = Linear("l", inputs: 4, outputs: 2, in: &layout)
        return (layout, convolution, linear)
    }

    @Test("an input that nothing trains gets no gradient, and the layers above it get theirs")
    func untrainedInput() {
        let (layout, convolution, linear) = layers()
        let weights = FloatBlock(count: layout.count)
        layout.initialise(weights, seed: 2)
        let values = [Float](repeating: 0.5, count: 2 * 3 * 3 * 3)
        func gradients(needsGradient: Bool) -> (input: Bool, parameters: [Float]) {
            let gradients = FloatBlock(count: layout.count)
            let tape = Tape(
                parameters: weights.pointer, gradients: gradients.pointer, arena: arena,
                scratch: scratch)
            let x = tape.input(
                values, batch: 2, height: 3, width: 3, channels: 3, needsGradient: needsGradient)
            let y = tape.linear(linear, tape.convolution(convolution, x))
            tape.backward(from: y, gradient: [Float](repeating: 1, count: y.count))
            return (x.gradient != nil, gradients.array)
        }
        let without = gradients(needsGradient: false)
        let with = gradients(needsGradient: true)
        #expect(!without.input && with.input)
        #expect(without.parameters == with.parameters)
        #expect(without.parameters.contains { $0 != 0 })
    }

    @Test("a tape without gradients computes the same output and records nothing")
    func withoutGradients() {
        let (layout, convolution, linear) = layers()
        let weights = FloatBlock(count: layout.count)
        layout.initialise(weights, seed: 2)
        let gradients = FloatBlock(count: layout.count)
        let values = (0..<54).map { Float($0) / 54 }
        func output(_ tape: Tape) -> [Float] {
            let x = tape.input(values, batch: 2, height: 3, width: 3, channels: 3)
            let y = tape.linear(linear, tape.convolution(convolution, x))
            return Array(UnsafeBufferPointer(start: y.data, count: y.count))
        }
        let silent = Tape(
            parameters: weights.pointer, gradients: nil, arena: arena, scratch: scratch)
        let recording = Tape(
            parameters: weights.pointer, gradients: gradients.pointer, arena: arena,
            scratch: scratch)
        #expect(output(silent) == output(recording))
        #expect(!silent.records && recording.records)
    }

    @Test("backward passes add to the gradients that are there")
    func accumulation() {
        let (layout, convolution, _) = layers()
        let weights = FloatBlock(count: layout.count)
        layout.initialise(weights, seed: 2)
        let gradients = FloatBlock(count: layout.count)
        func pass() -> [Float] {
            let tape = Tape(
                parameters: weights.pointer, gradients: gradients.pointer, arena: arena,
                scratch: scratch)
            let x = tape.input(
                (0..<27).map { Float($0) - 13 }, batch: 1, height: 3, width: 3, channels: 3)
            let y = tape.convolution(convolution, x)
            tape.backward(from: y, gradient: [Float](repeating: 1, count: y.count))
            return gradients.array
        }
        let once = pass()
        let twice = pass()
        #expect(once.contains { $0 != 0 })
        #expect(zip(once, twice).allSatisfy { abs(2 * $0 - $1) <= 1e-5 * max(1, abs($1)) })
    }

    @Test("a pass that is repeated on reset memory gives the same bits and takes no more of it")
    func repeatedPass() {
        let (layout, convolution, linear) = layers()
        let weights = FloatBlock(count: layout.count)
        layout.initialise(weights, seed: 2)
        MatrixKernel.open()
        func pass() -> [Float] {
            arena.reset()
            scratch.reset()
            let gradients = FloatBlock(count: layout.count)
            let tape = Tape(
                parameters: weights.pointer, gradients: gradients.pointer, arena: arena,
                scratch: scratch)
            let x = tape.input(
                (0..<54).map { Float($0) / 54 }, batch: 2, height: 3, width: 3, channels: 3)
            let y = tape.linear(linear, tape.apply(.silu, tape.convolution(convolution, x)))
            tape.backward(from: y, gradient: [Float](repeating: 1, count: y.count))
            return gradients.array
        }
        let first = pass()
        let held = (arena.byteCount, scratch.byteCount)
        for _ in 0..<3 { #expect(pass() == first) }
        #expect((arena.byteCount, scratch.byteCount) == held)
    }

    @Test("a pass that records nothing needs room for a few activations, however deep it is")
    func silentDepth() {
        var layout = ParameterLayout()
        let linear = Linear("l", inputs: 64, outputs: 64, in: &layout)
        let weights = FloatBlock(count: layout.count)
        layout.initialise(weights, seed: 2)
        func bytes(depth: Int, records: Bool) -> Int {
            let arena = Arena(blockSize: 64 * 64)
            let gradients = FloatBlock(count: layout.count)
            let tape = Tape(
                parameters: weights.pointer, gradients: records ? gradients.pointer : nil,
                arena: arena, scratch: arena)
            var h = tape.input(
                [Float](repeating: 1, count: 64 * 64), batch: 64, height: 1, width: 1, channels: 64)
            for _ in 0..<depth { h = tape.apply(.silu, tape.linear(linear, h)) }
            return withExtendedLifetime(h) { arena.byteCount }
        }
        #expect(bytes(depth: 40, records: false) == bytes(depth: 4, records: false))
        #expect(bytes(depth: 40, records: true) > 10 * bytes(depth: 40, records: false))
    }

    @Test("gradients of activations are given back on the way, so that depth costs none")
    func gradientDepth() {
        var layout = ParameterLayout()
        let linear = Linear("l", inputs: 64, outputs: 64, in: &layout)
        let weights = FloatBlock(count: layout.count)
        layout.initialise(weights, seed: 2)
        func bytes(depth: Int) -> Int {
            let gradients = FloatBlock(count: layout.count)
            let scratch = Arena(blockSize: 64 * 64)
            let tape = Tape(
                parameters: weights.pointer, gradients: gradients.pointer, arena: Arena(),
                scratch: scratch)
            var h = tape.input(
                [Float](repeating: 1, count: 64 * 64), batch: 64, height: 1, width: 1, channels: 64)
            for _ in 0..<depth { h = tape.apply(.silu, tape.linear(linear, h)) }
            tape.backward(from: h, gradient: [Float](repeating: 1, count: h.count))
            return scratch.byteCount
        }
        #expect(bytes(depth: 40) == bytes(depth: 4))
    }
}
