import Foundation
import ModelStore
import NeuralLayers
import TensorCore

/// Where an interrupted training of one network goes on: weights and optimiser in one file.
struct TrainingCheckpoint {
    /// The file.
    let path: String
    /// What the run was asked to do, as text; a file of another configuration is refused.
    let configuration: String

    /// - Throws: `EncodingError`, which a configuration of plain values never gives.
    init(path: String, configuration: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        self.path = path
        self.configuration = String(decoding: try encoder.encode(configuration), as: UTF8.self)
    }

    /// Writes the state after the optimiser's last step, replacing the file at once.
    ///
    /// - Throws: `ModelStoreError`.
    func save(_ weights: FloatBlock, _ optimiser: AdamW) throws {
        var writer = SafetensorsWriter(metadata: [
            "step": "\(optimiser.step)", "configuration": configuration,
        ])
        for (name, block) in Self.blocks(weights, optimiser) {
            writer.add(
                name, shape: [block.count],
                floats: UnsafeBufferPointer(start: block.pointer, count: block.count))
        }
        try writer.write(to: path)
    }

    /// Restores what was saved; false where nothing was.
    ///
    /// - Throws: `ModelStoreError` when the file is damaged or was made with another configuration.
    func restore(_ weights: FloatBlock, _ optimiser: AdamW) throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        let file = try SafetensorsFile(path)
        guard let step = file.metadata["step"].flatMap({ Int($0) }), step >= 0 else {
            throw ModelStoreError(
                .malformed, file: path, subject: "step", problem: "is missing from the metadata",
                advice: "delete the file to start over")
        }
        guard file.metadata["configuration"] == configuration else {
            throw ModelStoreError(
                .inconsistent, file: path, subject: "configuration",
                problem: "differs from the one asked for",
                advice: "repeat the first command's options, or delete the file to start over")
        }
        let blocks = Self.blocks(weights, optimiser)
        for (name, block) in blocks { try file.require(name, shape: [block.count]) }
        for (name, block) in blocks {
            try file.read(
                name, into: UnsafeMutableBufferPointer(start: block.pointer, count: block.count))
        }
        optimiser.step = step
        return true
    }

    /// Removes the file, which a finished run does not need.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    private static func blocks(
        _ weights: FloatBlock, _ optimiser: AdamW
    ) -> [(String, FloatBlock)] {
        [
            ("weights", weights), ("first_moment", optimiser.first),
            ("second_moment", optimiser.second),
        ]
    }
}

/// A learning rate that warms up and then follows half a cosine down to zero.
func warmCosineRate(_ peak: Double, step: Int, steps: Int, warmup: Int = 50) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    let progress = Double(step - warmup) / Double(max(1, steps - warmup))
    return peak * 0.5 * (1 + cos(.pi * min(1, progress)))
}

/// Tells how far a training has come, every fifty steps.
struct TrainingProgress {
    private let steps: Int
    private let first: Int
    private let start = ContinuousClock.now
    private var recent: [Double] = []

    /// - Parameter first: the step that this run starts from.
    init(steps: Int, first: Int) {
        self.steps = steps
        self.first = first
    }

    /// Takes the loss of the step that brings the number of steps done to `done`.
    mutating func note(_ loss: Double, done: Int, _ report: (String) -> Void) {
        recent.append(loss)
        if recent.count > 50 { recent.removeFirst() }
        guard done % 50 == 0 || done == steps else { return }
        let rate = Double(done - first) / seconds
        report(
            String(
                format: "step %d/%d  loss %.4f  %.0f s left", done, steps, meanLoss ?? .nan,
                Double(steps - done) / rate))
    }

    /// The mean loss of the last fifty steps; nil before the first.
    var meanLoss: Double? {
        recent.isEmpty ? nil : recent.reduce(0, +) / Double(recent.count)
    }

    /// Seconds since the run was started or went on.
    var seconds: Double { (ContinuousClock.now - start).seconds }
}
