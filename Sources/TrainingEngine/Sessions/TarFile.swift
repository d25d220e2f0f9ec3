import Foundation

/// A tar archive in the POSIX ustar format: regular files under one folder.
///
/// Reference: IEEE Std 1003.1, pax, "ustar Interchange Format".
struct TarFile {
    private static let block = 512
    /// The longest name that fits the header's first field, in bytes.
    private static let longestName = 100
    /// Eleven octal digits.
    private static let largestFile = 0o77777777777

    /// Packs a folder's files, names sorted, each under `prefix/`.
    ///
    /// - Throws: ``SessionError`` for a file that cannot be read or does not fit the format.
    static func pack(
        _ folder: String, prefix: String, to path: String, modified: Double, files: DurableFile
    ) throws {
        try files.writeNew(path, [])
        guard let output = FileHandle(forWritingAtPath: path) else {
            throw DurableFile.refusal("write", path)
        }
        do {
            try add(folder, prefix, modified, to: output)
            try output.write(contentsOf: Data(count: 2 * block))
            try output.close()
        } catch let error as SessionError {
            throw error
        } catch {
            throw SessionError.system(
                action: "write", path: path, code: Self.code(of: error) ?? EIO)
        }
        try files.sync(path)
    }

    private static func add(
        _ folder: String, _ prefix: String, _ modified: Double, to output: FileHandle
    ) throws {
        for name in try DurableFile.names(in: folder) {
            let path = "\(folder)/\(name)"
            if DurableFile.isFolder(path) {
                try add(path, "\(prefix)/\(name)", modified, to: output)
                continue
            }
            let size = DurableFile.bytes(at: path)
            let entry = "\(prefix)/\(name)"
            guard entry.utf8.count <= longestName, size <= largestFile else {
                throw SessionError.tooLarge(path: path, bytes: size, limit: largestFile)
            }
            try output.write(contentsOf: header(entry, size: size, modified: modified))
            guard let input = FileHandle(forReadingAtPath: path) else {
                throw DurableFile.refusal("read", path)
            }
            defer { try? input.close() }
            var done = 0
            while let data = try input.read(upToCount: 1 << 18), !data.isEmpty {
                try output.write(contentsOf: data)
                done += data.count
            }
            guard done == size else {
                throw SessionError.system(action: "read", path: path, code: EIO)
            }
            try output.write(contentsOf: Data(count: (block - size % block) % block))
        }
    }

    private static func header(_ name: String, size: Int, modified: Double) -> Data {
        var header = [UInt8](repeating: 0, count: block)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(name, at: 0)
        put(octal(0o644, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(size, 11), at: 124)
        put(
            octal(min(max(0, Int(exactly: modified.rounded(.down)) ?? 0), largestFile), 11), at: 136
        )
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(octal(sum, 6) + "\u{0} ", at: 148)
        return Data(header)
    }

    private static func code(of error: any Error) -> Int32? {
        let cocoa = error as NSError
        if cocoa.domain == NSPOSIXErrorDomain { return Int32(cocoa.code) }
        return (cocoa.userInfo[NSUnderlyingErrorKey] as? NSError).map { Int32($0.code) }
    }
}
