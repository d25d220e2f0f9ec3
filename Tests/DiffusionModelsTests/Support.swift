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
    for i in 0..<layout.count { block.pointer[i] += 0.05 * shaken[i] }
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
