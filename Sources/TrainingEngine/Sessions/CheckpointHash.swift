import Foundation

/// XXH64: tells a damaged file from a whole one at the speed of the disk.
///
/// It finds accidents, not forgeries: whoever can write the file can write its hash.
///
/// Reference: Y. Collet, "xxHash fast digest algorithm", specification 0.1.1.
package struct CheckpointHash {
    private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
        0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
        0x27D4_EB2F_1656_67C5
    )
    private var lanes: SIMD4<UInt64>
    private var tail: [UInt8] = []
    private var length: UInt64 = 0

    /// An empty message, hashed with seed 0.
    package init() {
        let (one, two, _, _, _) = Self.primes
        lanes = SIMD4(one &+ two, two, 0, 0 &- one)
        tail.reserveCapacity(32)
    }

    /// Appends bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length &+= UInt64(bytes.count)
        var position = 0
        if !tail.isEmpty {
            position = min(32 - tail.count, bytes.count)
            tail.append(contentsOf: bytes[..<position])
            guard tail.count == 32 else { return }
            tail.withUnsafeBytes { Self.consume($0, into: &lanes) }
            tail.removeAll(keepingCapacity: true)
        }
        let whole = position + (bytes.count - position) / 32 * 32
        if whole > position {
            Self.consume(UnsafeRawBufferPointer(rebasing: bytes[position..<whole]), into: &lanes)
        }
        tail.append(contentsOf: bytes[whole...])
    }

    /// The hash of everything appended so far.
    package var digest: UInt64 {
        let (one, two, three, four, five) = Self.primes
        var hash: UInt64
        if length >= 32 {
            hash =
                Self.rotate(lanes[0], 1) &+ Self.rotate(lanes[1], 7) &+ Self.rotate(lanes[2], 12)
                &+ Self.rotate(lanes[3], 18)
            for lane in 0..<4 {
                hash = (hash ^ Self.round(0, lanes[lane])) &* one &+ four
            }
        } else {
            hash = five
        }
        hash &+= length
        tail.withUnsafeBytes { bytes in
            var position = 0
            while position + 8 <= bytes.count {
                let word = Self.word(bytes, position)
                hash = Self.rotate(hash ^ Self.round(0, word), 27) &* one &+ four
                position += 8
            }
            if position + 4 <= bytes.count {
                let half = UInt64(
                    UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
                    ))
                hash = Self.rotate(hash ^ (half &* one), 23) &* two &+ three
                position += 4
            }
            for byte in bytes[position...] {
                hash = Self.rotate(hash ^ (UInt64(byte) &* five), 11) &* one
            }
        }
        hash = (hash ^ (hash >> 33)) &* two
        hash = (hash ^ (hash >> 29)) &* three
        return hash ^ (hash >> 32)
    }

    /// The hash of bytes in memory.
    package static func of(_ bytes: [UInt8]) -> UInt64 {
        var hash = CheckpointHash()
        bytes.withUnsafeBytes { hash.update($0) }
        return hash.digest
    }

    /// The size and hash of a file, read a mebibyte at a time.
    package static func ofFile(_ path: String) throws -> (bytes: Int, hash: UInt64) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw DurableFile.refusal("read", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DurableFile.refusal("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SessionError.notAFile(path: path) }
        var hash = CheckpointHash()
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw DurableFile.refusal("read", path) }
            if got == 0 { return (total, hash.digest) }
            total += got
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
        }
    }

    private static func consume(_ bytes: UnsafeRawBufferPointer, into lanes: inout SIMD4<UInt64>) {
        var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
        var position = 0
        while position + 32 <= bytes.count {
            a = round(a, word(bytes, position))
            b = round(b, word(bytes, position &+ 8))
            c = round(c, word(bytes, position &+ 16))
            d = round(d, word(bytes, position &+ 24))
            position &+= 32
        }
        lanes = SIMD4(a, b, c, d)
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    private static func round(_ accumulator: UInt64, _ input: UInt64) -> UInt64 {
        rotate(accumulator &+ (input &* primes.1), 31) &* primes.0
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        (value << count) | (value >> (64 - count))
    }
}
