import Foundation
import ModelStore

/// How shipped weights were made: enough to make them again.
public struct TrainingRecord: Codable, Sendable {
    /// The command line that made the weights.
    public var command: String
    /// The run's seed.
    public var seed: UInt64
    /// Optimiser steps in all.
    public var steps: Int
    /// SHA-256 of the pictures' sources.
    public var dataDigest: String
    /// Mean loss of the last steps: a hundred in pretraining, fifty for a classifier.
    public var finalLoss: Double?
    /// Wall-clock seconds of training, since the last resumption where there was one.
    public var seconds: Double
    /// The matrix kernel that was in use, as `MatrixKernel.name` has it.
    public var kernel: String
    /// Shares of held-out renderings that are classified rightly, by attribute.
    public var heldOutAccuracy: [String: Double]?

    enum CodingKeys: String, CodingKey {
        case command, seed, steps, seconds, kernel
        case dataDigest = "data_sha256"
        case finalLoss = "final_loss"
        case heldOutAccuracy = "held_out_accuracy"
    }

    /// Writes the record as JSON, replacing the file at once.
    ///
    /// - Throws: `ModelStoreError`.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(try encoder.encode(self), to: path)
    }
}
