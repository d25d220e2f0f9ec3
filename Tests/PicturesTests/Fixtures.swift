import Foundation
import Pictures

/// Numbers for property tests, the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

func noisePicture(width: Int, height: Int, seed: UInt64) -> Picture {
    var numbers = SeededNumbers(seed)
    let rgb = (0..<(width * height * 3)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    return Picture(width: width, height: height, rgb: rgb)
}

/// Runs a body with a folder of its own, which is removed afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = NSTemporaryDirectory() + "/pictures-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// A PNG file put together by hand: what an encoder of 8-bit RGB would never write.
struct HandmadePNG {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// A file with 8-bit samples in uncompressed rows.
    ///
    /// - Parameter colourType: 0 grey, 2 RGB, 4 grey and alpha, 6 RGB and alpha.
    init(width: Int, height: Int, colourType: UInt8, rows: [[UInt8]]) {
        chunk("IHDR", Self.number(width) + Self.number(height) + [8, colourType, 0, 0, 0])
        let raw: [UInt8] = rows.flatMap { row -> [UInt8] in [0] + row }
        var stream: [UInt8] = [0x78, 0x01, 0x01]
        let count = UInt16(raw.count)
        stream += [count, ~count].flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        stream += raw
        var (a, b) = (1, 0)
        for byte in raw {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        chunk("IDAT", stream + Self.number(b << 16 | a))
        chunk("IEND", [])
    }

    /// A file that announces a size and holds no pixels.
    init(announcing width: Int, _ height: Int) {
        chunk("IHDR", Self.number(width) + Self.number(height) + [8, 2, 0, 0, 0])
        chunk("IEND", [])
    }

    private mutating func chunk(_ kind: String, _ content: [UInt8]) {
        let body = Array(kind.utf8) + content
        bytes += Self.number(content.count) + body + Self.number(Int(Self.checksum(body)))
    }

    private static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = sum & 1 == 1
                sum >>= 1
                if isOdd { sum ^= 0xEDB8_8320 }
            }
        }
        return ~sum
    }
}
