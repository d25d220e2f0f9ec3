import BenchProtocol
import Foundation
import TrainingEngine

/// A folder that lives as long as the value does.
final class Scratch: Sendable {
    let path: String

    init() {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("popbench-test-\(UUID().uuidString)")
        path = folder.resolvingSymlinksInPath().path
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(name)")
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

extension Recipe {
    /// One PopAlign lane, everything else as it comes.
    static var small: Recipe {
        var recipe = Recipe()
        recipe.lanes = [RecipeLane.preset(name: "popalign", objective: "popalign")]
        return recipe
    }
}
