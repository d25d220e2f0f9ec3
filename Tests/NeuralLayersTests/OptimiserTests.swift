import Foundation
import NeuralLayers
import TensorCore
import Testing

@Suite("Optimiser")
struct OptimiserTests {
    private func drawn(_ count: Int, _ seed: UInt64) -> [Float] {
        var random = Philox(seed: seed, purpose: .evaluation)
        return (0..<count).map { _ in random.uniform(-1, 1) }
    }

    @Test(
        "AdamW follows its definition in Double, for every length", arguments: [1, 3, 4, 37, 1001])
    func definition(count: Int) {
        let configuration = AdamWConfiguration(
            beta1: 0.8, beta2: 0.95, eps: 1e-6, weightDecay: 0.1, maxGradientNorm: .infinity)
        let optimiser = AdamW(count: count, configuration: configuration)
        let weights = FloatBlock(drawn(count, 1))
        var exact = weights.array.map { Double($0) }
        var (first, second) = (
            [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
        )
        for step in 1...6 {
            let gradients = drawn(count, UInt64(10 + step))
            let (rate, scale) = (0.01 * Double(step), 0.5)
            optimiser.update(
                weights, gradients: FloatBlock(gradients), learningRate: Float(rate),
                gradientScale: Float(scale))
            for i in 0..<count {
                let g = Double(gradients[i]) * scale
                first[i] = 0.8 * first[i] + 0.2 * g
                second[i] = 0.95 * second[i] + 0.05 * g * g
                let mean = first[i] / (1 - pow(0.8, Double(step)))
                let square = second[i] / (1 - pow(0.95, Double(step)))
                exact[i] -= rate * 0.1 * exact[i]
                exact[i] -= rate * mean / (square.squareRoot() + 1e-6)
            }
        }
        #expect(optimiser.step == 6)
        #expect(zip(weights.array, exact).allSatisfy { abs(Double($0) - $1) <= 2e-6 })
    }

    @Test("a gradient is clipped to the largest norm as PyTorch clips it, and a shorter one left")
    func clipping() {
        let optimiser = AdamW(count: 1, configuration: AdamWConfiguration(maxGradientNorm: 2))
        #expect(optimiser.clipping(norm: 8) == Float(2 / (8 + 1e-6)))
        #expect(optimiser.clipping(norm: 0.5) == 1)
        #expect(optimiser.clipping(norm: 0) == 1)
        let free = AdamW(count: 1, configuration: AdamWConfiguration(maxGradientNorm: .infinity))
        #expect(free.clipping(norm: 1e30) == 1)
    }

    @Test("the shards' gradients add up in one order, and the norm is that of the sum")
    func reduction() {
        for count in [1, 2, 3, 5, 17, 1000] {
            let gradients = ShardedGradients(count: count)
            let parts = gradients.blocks.indices.map { drawn(count, UInt64($0)) }
            for (block, part) in zip(gradients.blocks, parts) { block.copy(from: FloatBlock(part)) }
            let expected = (0..<count).map {
                (parts[0][$0] + parts[1][$0]) + (parts[2][$0] + parts[3][$0])
            }
            let (sum, norm) = gradients.reduce()
            #expect(sum.array == expected)
            let squares = expected.reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(norm - squares.squareRoot()) <= 1e-12 * max(1, norm))
            gradients.clear()
            #expect(gradients.blocks.allSatisfy { $0.array.allSatisfy { $0 == 0 } })
        }
    }

    @Test("update and reduction give the same bits on one thread as on all")
    func threads() {
        let count = 1003
        func run() -> [Float] {
            let gradients = ShardedGradients(count: count)
            for (index, block) in gradients.blocks.enumerated() {
                block.copy(from: FloatBlock(drawn(count, UInt64(index))))
            }
            let (sum, norm) = gradients.reduce()
            let optimiser = AdamW(count: count, configuration: AdamWConfiguration())
            let weights = FloatBlock(drawn(count, 50))
            optimiser.update(
                weights, gradients: sum, learningRate: 0.01,
                gradientScale: optimiser.clipping(norm: norm))
            return weights.array
        }
        var serial: [Float] = []
        withUnsafeMutablePointer(to: &serial) { pointer in
            let out = Confined(pointer)
            // Inside a piece every further call runs in place, one piece after the other.
            Shards.concurrently(2) { index in if index == 0 { out.value.pointee = run() } }
        }
        #expect(serial == run())
    }

    @Test("the moving average moves towards the weights by the share that decay leaves")
    func movingAverage() {
        let average = FloatBlock([1, 2, -4])
        MovingAverage.update(average, with: FloatBlock([3, 2, 0]), decay: 0.75)
        #expect(average.array == [1.5, 2, -3])
        MovingAverage.update(average, with: FloatBlock([7, 8, 9]), decay: 1)
        #expect(average.array == [1.5, 2, -3])
        MovingAverage.update(average, with: FloatBlock([7, 8, 9]), decay: 0)
        #expect(average.array == [7, 8, 9])
    }
}
