import Alignment
import Foundation
import ModelStore

/// How shipped weights were made: enough to make them again.
public struct TrainingRecord: Codable, Sendable {
    /// A share of held-out renderings with its 95 % interval.
    public struct HeldOut: Codable, Sendable, Equatable {
        /// The share.
        public var value: Double
        /// The lower end of the interval.
        public var low: Double
        /// The upper end of the interval.
        public var high: Double
        /// How many renderings.
        public var n: Int

        init(_ estimate: Estimate) {
            (value, low, high, n) = (estimate.value, estimate.low, estimate.high, estimate.n)
        }
    }

    /// The command line that made the weights.
    public var command: String
    /// The run's seed.
    public var seed: UInt64
    /// Optimiser steps in all.
    public var steps: Int
    /// SHA-256 of the pictures' sources.
    public var dataDigest: String
    /// Mean loss of the last steps: a hundred in pretraining, fifty otherwise.
    public var finalLoss: Double?
    /// Wall-clock seconds of training, since the last resumption where there was one.
    public var seconds: Double
    /// The matrix kernel that was in use, as `MatrixKernel.name` has it.
    public var kernel: String
    /// Shares of held-out renderings that are classified rightly, by attribute.
    public var heldOutAccuracy: [String: Double]?
    /// The same and other figures on held-out renderings, with their intervals.
    public var heldOut: [String: HeldOut]?

    enum CodingKeys: String, CodingKey {
        case command, seed, steps, seconds, kernel
        case dataDigest = "data_sha256"
        case finalLoss = "final_loss"
        case heldOutAccuracy = "held_out_accuracy"
        case heldOut = "held_out"
    }

    /// The command line without anything that only this machine knows: the program's folder and
    /// those of absolute paths.
    public static func portable(_ arguments: [String]) -> String {
        (["popbench"] + arguments.dropFirst().map(portable)).joined(separator: " ")
    }

    private static func portable(_ argument: String) -> String {
        if argument.hasPrefix("-"), let equals = argument.firstIndex(of: "=") {
            let value = String(argument[argument.index(after: equals)...])
            return argument[...equals] + portable(value)
        }
        return argument.hasPrefix("/") ? (argument as NSString).lastPathComponent : argument
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
