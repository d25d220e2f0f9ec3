import Foundation
import TensorCore

/// The folder of this target's fixtures.
let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path

/// A folder that is removed when the test lets go of it.
final class ScratchFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/popbench-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func put(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: file(name)))
        return file(name)
    }

    func put(_ name: String, _ text: String) throws -> String { try put(name, Array(text.utf8)) }
}

/// All bytes of a file.
func contents(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
}

/// Random numbers that are the same in every run.
struct SeededNumbers: RandomNumberGenerator {
    private var stream: Philox

    init(_ seed: UInt64) { stream = Philox(seed: seed, purpose: .evaluation) }

    mutating func next() -> UInt64 {
        UInt64(stream.nextWord()) << 32 | UInt64(stream.nextWord())
    }
}
