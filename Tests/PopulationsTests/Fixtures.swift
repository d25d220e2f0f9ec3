import Foundation
import Pictures
import Populations
import TensorCore

/// The data set, drawn once for all tests.
let drawnPeople = Result {
    try EmojiPeople(environment: ProcessInfo.processInfo.environment)
}

/// Runs a body with a folder of its own, which is removed afterwards.
func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = NSTemporaryDirectory() + "/populations-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// Numbers for property tests, the same in every run.
func seededNumbers(_ seed: UInt64) -> Philox { Philox(seed: seed, purpose: .evaluation) }

func noisePicture(width: Int, height: Int, seed: UInt64) -> Picture {
    var numbers = seededNumbers(seed)
    let rgb = (0..<(width * height * 3)).map { _ in UInt8(numbers.index(below: 256)) }
    return Picture(width: width, height: height, rgb: rgb)
}

/// The largest and the mean difference of two renderings, on the scale of [-1, 1].
func difference(_ left: [Float], _ right: [Float]) -> (largest: Float, mean: Float) {
    let apart = zip(left, right).map { abs($0 - $1) }
    return (apart.max()!, apart.reduce(0, +) / Float(apart.count))
}
