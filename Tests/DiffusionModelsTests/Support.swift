import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import TensorCore

/// The folder of reference fixtures, which PyTorch, diffusers and transformers made.
let referenceFolder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures").path

/// Runs a body with a folder of its own, which is removed afterwards.
func withScratchFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = NSTemporaryDirectory() + "/diffusion-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// The largest difference of two tensors, as a share of the expected one's largest element.
func relativeDifference(_ values: [Float], _ expected: [Float], floor: Float = 1e-12) -> Float {
    guard values.count == expected.count else { return .infinity }
    let scale = expected.reduce(floor) { max($0, abs($1)) }
    return zip(values, expected).reduce(0) { largest, pair in
        let difference = abs(pair.0 - pair.1) / scale
        return difference > largest || difference.isNaN ? difference : largest
    }
}

/// Numbers for tests, the same in every run.
func drawn(_ count: Int, seed: UInt64) -> [Float] {
    var random = Philox(seed: seed, purpose: .evaluation)
    return (0..<count).map { _ in random.uniform(-1, 1) }
}

/// A block of starting weights, shaken so that no layer is silent.
func drawnWeights(_ layout: ParameterLayout, seed: UInt64) -> FloatBlock {
    let block = FloatBlock(count: layout.count)
    layout.initialise(block, seed: seed)
    let shaken = drawn(layout.count, seed: seed)
    for parameter in layout.parameters {
        for i in parameter.offset..<(parameter.offset + parameter.count) {
            block.pointer[i] += 0.05 * shaken[i]
        }
    }
    return block
}

/// Runs work as one thread would: inside a piece, every further cut runs in place, in order.
func serially<Value>(_ body: () -> Value) -> Value {
    var result: Value?
    withoutActuallyEscaping(body) { body in
        withUnsafeMutablePointer(to: &result) { pointer in
            let shared = Confined((pointer, body))
            Shards.concurrently(2) { index in
                if index == 0 { shared.value.0.pointee = shared.value.1() }
            }
        }
    }
    return result!
}

/// Values in [batch, channels, pixels] order as [batch, pixels, channels].
func channelsLast(_ values: [Float], batch: Int, channels: Int) -> [Float] {
    let pixels = values.count / (batch * channels)
    return (0..<values.count).map { place in
        let (c, rest) = (place % channels, place / channels)
        return values[((rest / pixels) * channels + c) * pixels + rest % pixels]
    }
}

/// A pipeline of the reference tokenizer and small networks with drawn weights, 8x8 pictures.
func drawnPipeline(seed: UInt64 = 1) throws -> DiffusionPipeline {
    MatrixKernel.open()
    let folder = "\(referenceFolder)/tokenizer"
    let tokenizer = try CLIPTokenizer(folder: folder)
    var c = UNet2DConditionConfiguration()
    c.sampleSize = [4, 4]
    (c.inChannels, c.outChannels) = (12, 12)
    c.downBlockTypes = [.plain, .crossAttention]
    c.upBlockTypes = [.crossAttention, .plain]
    c.blockOutChannels = [8, 12]
    c.layersPerBlock = .same(1)
    c.crossAttentionDim = 8
    c.attentionHeads = .same(2)
    c.normNumGroups = 4
    var t = CLIPTextConfiguration()
    t.vocabularySize = tokenizer.vocabularySize
    (t.hiddenSize, t.intermediateSize, t.projectionDim) = (8, 16, 8)
    (t.hiddenLayers, t.attentionHeads) = (1, 2)
    t.maximumPositions = tokenizer.maximumLength ?? 16
    var s = DDIMSchedulerConfiguration()
    s.predictionType = .velocity
    s.timestepSpacing = .trailing
    let (unet, encoder) = (UNet(try c.checked()), TextEncoder(try t.checked()))
    return DiffusionPipeline(
        unet: unet, unetWeights: drawnWeights(unet.layout, seed: seed), textEncoder: encoder,
        textWeights: drawnWeights(encoder.layout, seed: seed + 1), tokenizer: tokenizer,
        tokenizerPath: folder, scheduler: DDIMScheduler(s), pixelShuffleFactor: 2)
}
