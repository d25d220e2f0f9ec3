import Foundation

/// What a checkpoint holds, with sizes and hashes; written last, so that its presence says "whole".
struct CheckpointManifest: Codable, Equatable {
    static let fileName = "manifest.json"
    static let currentFormat = 1
    /// The longest manifest that is read, in bytes.
    static let longest = 4 * 1024 * 1024

    /// One file of the checkpoint.
    struct File: Codable, Equatable {
        var name: String
        var bytes: Int
        /// XXH64, sixteen hexadecimal digits.
        var xxh64: String
    }

    var format = Self.currentFormat
    var step: Int
    /// Seconds since 1970.
    var created: Double
    var facts: [String: String]
    var files: [File]
    /// XXH64 of this manifest with this field empty.
    var check = ""

    /// The manifest as JSON, its own hash in place.
    func sealed() throws -> [UInt8] {
        var copy = self
        copy.check = ""
        copy.check = Self.hex(CheckpointHash.of(try copy.json()))
        return try copy.json()
    }

    /// Reads a manifest and checks that nothing in it has changed.
    ///
    /// - Throws: ``CheckpointDefect`` for anything that is wrong.
    static func read(in folder: String) throws -> CheckpointManifest {
        let path = "\(folder)/\(fileName)"
        func defect(_ reason: String) -> CheckpointDefect {
            CheckpointDefect(path: folder, reason: reason)
        }
        let bytes: [UInt8]
        do {
            bytes = try DurableFile.read(path, limit: longest)
        } catch SessionError.system(_, _, let code) where code == ENOENT {
            throw defect("it has no \(fileName), so it was never finished")
        } catch {
            throw defect("\(error)")
        }
        let decoder = JSONDecoder()
        struct Format: Codable { var format: Int }
        let data = Data(bytes)
        if let found = try? decoder.decode(Format.self, from: data), found.format > currentFormat {
            throw defect("a newer popbench wrote it (format \(found.format))")
        }
        guard let manifest = try? decoder.decode(CheckpointManifest.self, from: data) else {
            throw defect("\(fileName) is damaged")
        }
        guard (try? manifest.sealed()) == bytes else { throw defect("\(fileName) is damaged") }
        for file in manifest.files where !CheckpointFile.isName(file.name) || file.bytes < 0 {
            throw defect("\(fileName) names an impossible file")
        }
        return manifest
    }

    private func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self)) + [0x0A]
    }

    /// Sixteen hexadecimal digits.
    static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Why a checkpoint cannot be used.
public struct CheckpointDefect: Error, Sendable, Equatable, CustomStringConvertible {
    /// The checkpoint's folder.
    public var path: String
    /// What is wrong with it.
    public var reason: String

    /// `PATH: REASON`.
    public var description: String { "\(path): \(reason)" }
}
