import DiffusionModels
import NeuralLayers
import TensorCore
import Testing

@Suite("Denoising pass")
struct DenoisingPassTests {
    private func batch(_ pipeline: DiffusionPipeline, count: Int) -> DenoisingBatch {
        var batch = DenoisingBatch(
            count: count, height: 4, width: 4, channels: 12, tokens: pipeline.contextTokens,
            contextWidth: 8)
        batch.samples = drawn(batch.samples.count, seed: 11)
        batch.targets = drawn(batch.targets.count, seed: 12)
        batch.contexts = drawn(batch.contexts.count, seed: 13)
        batch.timesteps = (0..<count).map { ($0 * 137) % 1000 }
        return batch
    }

    private func ids(_ pipeline: DiffusionPipeline, count: Int) -> [[Int]] {
        let captions = ["a judge", "a woman pilot", "", "a man"]
        return (0..<count).map { pipeline.tokenIDs(captions[$0 % captions.count]) }
    }

    /// Loss sum w_i l_i of the whole batch on one tape.
    private struct Whole {
        var errors: [Double] = []
        var predictions: [Float] = []
        var gradients: [Float] = []
        var textGradients: [Float] = []
    }

    private func onOneTape(
        _ pipeline: DiffusionPipeline, _ batch: DenoisingBatch, weights: [Double], ids: [[Int]]?
    ) -> Whole {
        let (arena, scratch) = (Arena(), Arena())
        let gradients = FloatBlock(count: pipeline.unet.layout.count)
        let textGradients = FloatBlock(count: pipeline.textEncoder.layout.count)
        let tape = Tape(
            parameters: pipeline.unetWeights.pointer, gradients: gradients.pointer, arena: arena,
            scratch: scratch)
        let textTape = Tape(
            parameters: pipeline.textWeights.pointer, gradients: textGradients.pointer,
            arena: arena, scratch: scratch)
        let context =
            ids.map { pipeline.textEncoder.forward($0, on: textTape) }
            ?? tape.input(
                batch.contexts, batch: batch.count, height: batch.tokens, width: 1,
                channels: batch.contextWidth)
        let output = pipeline.unet.forward(
            sample: tape.input(
                batch.samples, batch: batch.count, height: 4, width: 4, channels: 12),
            timesteps: batch.timesteps, context: context, on: tape)
        var result = Whole()
        result.predictions = Array(UnsafeBufferPointer(start: output.data, count: output.count))
        let size = batch.sampleSize
        var gradient = [Float](repeating: 0, count: output.count)
        for i in 0..<batch.count {
            var sum = 0.0
            for j in (i * size)..<((i + 1) * size) {
                let difference = Double(output.data[j]) - Double(batch.targets[j])
                sum += difference * difference
                gradient[j] = Float(weights[i] * 2 * difference / Double(size))
            }
            result.errors.append(sum / Double(size))
        }
        tape.backward(from: output, gradient: gradient)
        result.gradients = gradients.array
        if ids != nil { textTape.backward(from: context) }
        result.textGradients = textGradients.array
        return result
    }

    /// Forward and backward in shards.
    private func inShards(
        _ pipeline: DiffusionPipeline, _ batch: DenoisingBatch, weights: [Double], ids: [[Int]]?,
        pass: DenoisingPass? = nil
    ) -> Whole {
        let pass = pass ?? DenoisingPass(network: pipeline.unet)
        let gradients = ShardedGradients(count: pipeline.unet.layout.count)
        let textGradients = ShardedGradients(count: pipeline.textEncoder.layout.count)
        let text = ids.map {
            DenoisingPass.TrainedText(
                encoder: pipeline.textEncoder, weights: pipeline.textWeights,
                gradients: textGradients, ids: $0)
        }
        let outcome = pass.forward(
            batch, weights: pipeline.unetWeights, gradients: gradients, text: text)
        pass.backward(errorWeights: weights)
        return Whole(
            errors: outcome.errors, predictions: outcome.predictions,
            gradients: gradients.reduce().sum.array,
            textGradients: textGradients.reduce().sum.array)
    }

    @Test(
        "errors, predictions and gradients are those of the whole batch on one tape",
        arguments: [1, 3, 4, 7], [false, true])
    func oneTape(count: Int, trainsText: Bool) throws {
        let pipeline = try drawnPipeline()
        let batch = batch(pipeline, count: count)
        let weights = (0..<count).map { 0.5 - 0.3 * Double($0) }
        let ids = trainsText ? ids(pipeline, count: count) : nil
        let whole = onOneTape(pipeline, batch, weights: weights, ids: ids)
        let sharded = inShards(pipeline, batch, weights: weights, ids: ids)
        #expect(sharded.errors.count == count)
        #expect(zip(sharded.errors, whole.errors).allSatisfy { abs($0 - $1) <= 1e-5 * $1 })
        #expect(relativeDifference(sharded.predictions, whole.predictions) <= 1e-5)
        for parameter in pipeline.unet.layout.parameters {
            let range = parameter.offset..<(parameter.offset + parameter.count)
            let difference = relativeDifference(
                Array(sharded.gradients[range]), Array(whole.gradients[range]), floor: 1e-4)
            #expect(difference <= 1e-3, "\(parameter.name)")
        }
        #expect(
            relativeDifference(sharded.textGradients, whole.textGradients, floor: 1e-6) <= 1e-3)
        #expect(sharded.textGradients.contains { $0 != 0 } == trainsText)
    }

    @Test("one thread and all threads give the same bits")
    func threads() throws {
        let pipeline = try drawnPipeline()
        let batch = batch(pipeline, count: 6)
        let weights = [Double](repeating: 1.0 / 6, count: 6)
        let ids = ids(pipeline, count: 6)
        let parallel = inShards(pipeline, batch, weights: weights, ids: ids)
        let serial = serially { inShards(pipeline, batch, weights: weights, ids: ids) }
        #expect(parallel.errors == serial.errors)
        #expect(parallel.predictions == serial.predictions)
        #expect(parallel.gradients == serial.gradients)
        #expect(parallel.textGradients == serial.textGradients)
    }

    @Test("a pass that is used again gives the same bits and holds no more memory")
    func reuse() throws {
        let pipeline = try drawnPipeline()
        let pass = DenoisingPass(network: pipeline.unet)
        let batch = batch(pipeline, count: 5)
        let weights = [1.0, -1, 0.5, 0, 2]
        let first = inShards(pipeline, batch, weights: weights, ids: nil, pass: pass)
        _ = pass.forward(batch, weights: pipeline.unetWeights)
        let again = inShards(pipeline, batch, weights: weights, ids: nil, pass: pass)
        #expect(again.gradients == first.gradients && again.errors == first.errors)
        #expect(pass.byteCount > 0)
    }

    @Test("a pass without gradients finds the same errors to the bit")
    func withoutGradients() throws {
        let pipeline = try drawnPipeline()
        let pass = DenoisingPass(network: pipeline.unet)
        let batch = batch(pipeline, count: 5)
        let gradients = ShardedGradients(count: pipeline.unet.layout.count)
        let recorded = pass.forward(batch, weights: pipeline.unetWeights, gradients: gradients)
        pass.backward(errorWeights: [Double](repeating: 0, count: 5))
        let silent = pass.forward(batch, weights: pipeline.unetWeights)
        #expect(recorded.errors == silent.errors && recorded.predictions == silent.predictions)
        #expect(gradients.reduce().norm == 0, "errors that weigh nothing leave no gradient")
    }
}
