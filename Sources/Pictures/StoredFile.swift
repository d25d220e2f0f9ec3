#if canImport(Glibc)
    import Glibc
#endif

/// What can go wrong between a file and memory.
public enum StoredFileError: Error, Equatable, CustomStringConvertible {
    /// Nothing is at the path.
    case notFound(path: String)
    /// Something other than a regular file is at the path.
    case notAFile(path: String)
    /// The system refused to read; the reason is its own.
    case unreadable(path: String, reason: String)
    /// The file is larger than what this kind of file may be.
    case tooLarge(path: String, bytes: Int, limit: Int)
    /// The system refused to write; whatever was at the path before is still there.
    case unwritable(path: String, reason: String)

    /// What went wrong, where, and what to do.
    public var description: String {
        switch self {
        case .notFound(let path):
            "\(path): no such file"
        case .notAFile(let path):
            "\(path): not a regular file; name a file that can be read from start to end"
        case .unreadable(let path, let reason):
            "\(path): cannot be read: \(reason)"
        case .tooLarge(let path, let bytes, let limit):
            "\(path): holds \(bytes) bytes, and at most \(limit) are read of such a file"
        case .unwritable(let path, let reason):
            "\(path): cannot be written: \(reason); what was there before is untouched"
        }
    }
}

/// Whole files read under a limit and replaced in one piece.
public enum StoredFile {
    /// Reads a whole regular file of at most `limit` bytes.
    ///
    /// - Throws: `StoredFileError`.
    public static func read(_ path: String, limit: Int) throws -> [UInt8] {
        // Non-blocking, so that a named pipe in place of the file cannot hold the caller up.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { throw StoredFileError.notFound(path: path) }
            throw StoredFileError.unreadable(path: path, reason: reason(errno))
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw StoredFileError.unreadable(path: path, reason: reason(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoredFileError.notAFile(path: path)
        }
        let size = Int(status.st_size)
        guard size <= limit else {
            throw StoredFileError.tooLarge(path: path, bytes: size, limit: limit)
        }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let count = Glibc.read(file, buffer.baseAddress! + filled, size - filled)
                if count < 0 && errno == EINTR { continue }
                if count < 0 { failure = errno }
                if count <= 0 { break }
                filled += count
            }
        }
        guard failure == 0 else {
            throw StoredFileError.unreadable(path: path, reason: reason(failure))
        }
        return bytes
    }

    /// Replaces a file in one piece: written beside its place, synced, renamed, the folder synced.
    ///
    /// A reader sees the old bytes or the new ones, never a part of either.
    ///
    /// - Throws: `StoredFileError.unwritable`; the file that was there before then still is.
    public static func replace(_ path: String, with bytes: [UInt8]) throws {
        let beside = "\(path).\(getpid()).new"
        do {
            try write(bytes, to: beside, isSynced: true)
            guard rename(beside, path) == 0 else { throw failure(path) }
            try syncFolder(of: path)
        } catch {
            unlink(beside)
            throw error
        }
    }

    /// Writes a new file, and waits until its bytes are on the disk if asked to.
    package static func write(_ bytes: [UInt8], to path: String, isSynced: Bool) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure(path) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(file, buffer.baseAddress! + written, buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                let error = failure(path)
                close(file)
                throw error
            }
            written += count
        }
        guard !isSynced || fsync(file) == 0 else {
            let error = failure(path)
            close(file)
            throw error
        }
        // Some file systems report a full disk only here.
        guard close(file) == 0 else { throw failure(path) }
    }

    /// Waits until the names in the folder that holds a path are on the disk.
    package static func syncFolder(of path: String) throws {
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(path) }
        defer { close(folder) }
        // A file system that cannot sync a folder says EINVAL and keeps its names by other means.
        guard fsync(folder) == 0 || errno == EINVAL else { throw failure(path) }
    }

    /// Waits until everything written to the file system that holds a folder is on the disk.
    ///
    /// For thousands of small files this is several times faster than syncing each.
    package static func syncFileSystem(of folder: String) throws {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure(folder) }
        defer { close(file) }
        if let syncFileSystemCall {
            guard syncFileSystemCall(file) == 0 else { throw failure(folder) }
        } else {
            sync()
        }
    }

    /// `syncfs`, which the C library declares to GNU programs alone, so that Swift cannot name it.
    private static let syncFileSystemCall: (@convention(c) (Int32) -> Int32)? =
        dlsym(dlopen(nil, RTLD_NOW), "syncfs").map {
            unsafeBitCast($0, to: (@convention(c) (Int32) -> Int32).self)
        }

    private static func failure(_ path: String) -> StoredFileError {
        .unwritable(path: path, reason: reason(errno))
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
