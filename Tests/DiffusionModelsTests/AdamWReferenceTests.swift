import ModelStore
import NeuralLayers
import TensorCore
import Testing

@Suite("AdamW agrees with PyTorch")
struct AdamWReferenceTests {
    @Test("norms, clipping and five steps")
    func steps() throws {
        let file = try SafetensorsFile("\(referenceFolder)/adamw.safetensors")
        let raw = try file.bytes("lr_beta1_beta2_eps_decay_clip")
        let constants = raw.withUnsafeBytes { bytes in
            (0..<6).map { Float(bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self)) }
        }
        let weights = FloatBlock(try file.floats("initial"))
        let optimiser = AdamW(
            count: weights.count,
            configuration: AdamWConfiguration(
                beta1: constants[1], beta2: constants[2], eps: constants[3],
                weightDecay: constants[4], maxGradientNorm: constants[5]))
        var clipped = 0
        for step in 0..<5 {
            let gradients = ShardedGradients(count: weights.count)
            gradients.blocks[step % Shards.count].copy(
                from: FloatBlock(try file.floats("gradient.\(step)")))
            let (sum, norm) = gradients.reduce()
            let expected = try #require(try file.floats("norm.\(step)").first)
            #expect(abs(norm - Double(expected)) <= 1e-6 * norm)
            let scale = optimiser.clipping(norm: norm)
            if scale < 1 { clipped += 1 }
            optimiser.update(
                weights, gradients: sum, learningRate: constants[0], gradientScale: scale)
            let difference = relativeDifference(
                weights.array, try file.floats("parameter.\(step + 1)"))
            #expect(difference <= 1e-6, "step \(step)")
        }
        #expect((1...4).contains(clipped), "the fixture has clipped and unclipped steps")
    }
}
