import CLibPNG

/// What can be wrong with bytes that should be a PNG picture.
public enum PNGError: Error, Equatable, CustomStringConvertible {
    /// The bytes do not begin as every PNG file does.
    case notPNG(source: String)
    /// The bytes end before the picture does.
    case truncated(source: String, bytes: Int)
    /// The header announces more pixels than popbench decodes.
    case oversized(source: String, width: Int, height: Int)
    /// The decoder refused the contents; the reason is libpng's.
    case damaged(source: String, reason: String)
    /// The encoder refused the picture; the reason is libpng's.
    case notEncodable(source: String, reason: String)

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .notPNG(let source):
            "\(source): not a PNG file; convert the picture to PNG first"
        case .truncated(let source, let bytes):
            "\(source): the PNG ends in the middle, after \(bytes) bytes; copy the file again"
        case .oversized(let source, let width, let height):
            "\(source): \(width) x \(height) pixels; a picture may have at most "
                + "\(PNGFile.largestSide) a side and \(PNGFile.mostPixels) in all"
        case .damaged(let source, let reason):
            "\(source): a damaged PNG: \(reason)"
        case .notEncodable(let source, let reason):
            "\(source): cannot be encoded as PNG: \(reason)"
        }
    }
}

/// The limits and the outer structure of a PNG file.
public enum PNGFile {
    /// The longest side that is decoded, in pixels.
    public static let largestSide = 16_384
    /// The most pixels that are decoded, so that a small file cannot claim all memory.
    public static let mostPixels = 1 << 25
    /// The largest file that is read, in bytes.
    public static let mostBytes = 1 << 27

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Reads the size from the header and walks the chunks to the end mark, decoding nothing.
    ///
    /// libpng stops at the last row, and would take a file for whole whose end is missing.
    static func size(of bytes: [UInt8], source: String) throws -> (width: Int, height: Int) {
        guard bytes.starts(with: signature) else {
            let begun = !bytes.isEmpty && signature.starts(with: bytes)
            throw begun
                ? PNGError.truncated(source: source, bytes: bytes.count)
                : PNGError.notPNG(source: source)
        }
        func number(at offset: Int) -> Int {
            (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
        }
        var size: (width: Int, height: Int)?
        var offset = signature.count
        while offset + 12 <= bytes.count {
            let length = number(at: offset)
            let kind = bytes[(offset + 4)..<(offset + 8)]
            guard length <= bytes.count - offset - 12 else { break }
            if size == nil {
                guard kind.elementsEqual("IHDR".utf8), length == 13 else {
                    throw PNGError.damaged(
                        source: source, reason: "it does not begin with a header")
                }
                let (width, height) = (number(at: offset + 8), number(at: offset + 12))
                guard width > 0, height > 0 else {
                    throw PNGError.damaged(source: source, reason: "the header gives it no pixels")
                }
                guard max(width, height) <= largestSide, width * height <= mostPixels else {
                    throw PNGError.oversized(source: source, width: width, height: height)
                }
                size = (width, height)
            }
            if kind.elementsEqual("IEND".utf8), let size { return size }
            offset += 12 + length
        }
        throw PNGError.truncated(source: source, bytes: bytes.count)
    }
}

extension Picture {
    /// Decodes a PNG file of any colour type, composited on white where it is transparent.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - source: what errors call it, its path as a rule.
    /// - Throws: `PNGError`.
    public init(png bytes: [UInt8], source: String = "the picture") throws {
        let size = try PNGFile.size(of: bytes, source: source)
        var rgb = [UInt8](repeating: 255, count: size.width * size.height * 3)
        var message = [CChar](repeating: 0, count: Int(CLIBPNG_MESSAGE_SIZE))
        let fine = bytes.withUnsafeBytes { file in
            clibpng_decode_rgb(
                file.baseAddress, file.count, UInt32(size.width), UInt32(size.height), &rgb,
                &message)
        }
        guard fine == 1 else {
            throw PNGError.damaged(source: source, reason: Self.text(message))
        }
        self.init(width: size.width, height: size.height, rgb: rgb)
    }

    /// The picture as the bytes of a PNG file; the same picture gives the same bytes.
    ///
    /// - Throws: `PNGError.notEncodable`.
    public func png() throws -> [UInt8] {
        var message = [CChar](repeating: 0, count: Int(CLIBPNG_MESSAGE_SIZE))
        var count = clibpng_largest_size(UInt32(width), UInt32(height))
        var file = [UInt8](repeating: 0, count: count)
        let fine = file.withUnsafeMutableBytes { room in
            clibpng_encode_rgb(
                rgb, UInt32(width), UInt32(height), room.baseAddress, &count, &message)
        }
        guard fine == 1 else {
            throw PNGError.notEncodable(
                source: "a picture of \(width) x \(height)", reason: Self.text(message))
        }
        file.removeLast(file.count - count)
        return file
    }

    /// Reads a PNG file.
    ///
    /// - Throws: `StoredFileError` or `PNGError`, with the path.
    public init(readingPNG path: String) throws {
        try self.init(
            png: StoredFile.read(path, limit: PNGFile.mostBytes), source: path)
    }

    /// Writes a PNG file in one piece: a reader sees the old file or the new one.
    ///
    /// - Throws: `StoredFileError.unwritable` or `PNGError.notEncodable`.
    public func writePNG(to path: String) throws {
        try StoredFile.replace(path, with: png())
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
