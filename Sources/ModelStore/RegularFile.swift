import Foundation

/// A regular file open for reading at any place, safe to share between threads.
///
/// It reads with `pread` instead of mapping: a mapped file that another program shortens ends the
/// process with a signal, a read one with an error.
package final class RegularFile: Sendable {
    /// The path, as the caller wrote it.
    package let path: String
    /// Length in bytes when the file was opened.
    package let size: Int
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Throws: `ModelStoreError` of kind `unreadable`; pipes, devices and folders are refused.
    package init(_ path: String) throws {
        // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            let reason = String(cString: strerror(code))
            throw ModelStoreError(
                .unreadable, file: path, problem: "cannot be opened (\(reason))",
                advice: code == ENOENT ? "check the path" : "check the file's permissions")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ModelStoreError(
                .unreadable, file: path, problem: "is not a regular file",
                advice: "name a file, not a folder or a device")
        }
        self.path = path
        self.size = Int(status.st_size)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Fills a buffer with the bytes from an offset on.
    ///
    /// - Throws: `ModelStoreError`, also when the file has become shorter since it was opened.
    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw ModelStoreError(
                    .unreadable, file: path,
                    problem: "cannot be read (\(String(cString: strerror(errno))))",
                    advice: "check the disk")
            }
            guard count > 0 else {
                throw ModelStoreError(
                    .wrongLength, file: path, problem: "ends at byte \(offset + done)",
                    advice: "fetch or write the file again; it is not whole")
            }
            done += count
        }
    }

    /// The bytes of a range.
    ///
    /// - Throws: `ModelStoreError` when the file does not hold them.
    package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    /// All bytes of a file that is not longer than a limit.
    ///
    /// - Throws: `ModelStoreError` of kind `unreadable` or `tooLarge`.
    package static func contents(of path: String, limit: Int) throws -> [UInt8] {
        let file = try RegularFile(path)
        guard file.size <= limit else {
            throw ModelStoreError(
                .tooLarge, file: path, problem: "is \(file.size) bytes long",
                advice: "such a file has at most \(limit) bytes; check that it is the right one")
        }
        return try file.bytes(at: 0, count: file.size)
    }
}
