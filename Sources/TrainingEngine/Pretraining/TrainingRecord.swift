import Foundation
import ModelStore

/// How shipped weights were made: enough to make them again.
public struct TrainingRecord: Codable, Sendable {
    public var command: String
    public var seed: UInt64
    public var steps: Int
    /// SHA-256 of the pictures' sources.
    public var dataDigest: String
    /// Mean loss of the last hundred steps.
    public var finalLoss: Double?
    public var seconds: Double
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
