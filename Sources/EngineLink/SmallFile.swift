import Glibc

/// Small files beside a session, read with a limit and written whole or not at all.
enum SmallFile {
    /// The first `limit` bytes of a file; nil where there is none.
    static func read(_ path: String, limit: Int) throws(LinkError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .system(doing: "read", path: path, errno: errno)
        }
        defer { close(file) }
        return try readAll(file, path: path, limit: limit)
    }

    /// The last `limit` bytes of a file; none where it cannot be read.
    static func readEnd(_ path: String, limit: Int) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return [] }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        _ = lseek(file, max(0, size - off_t(limit)), SEEK_SET)
        return (try? readAll(file, path: path, limit: limit)) ?? []
    }

    private static func readAll(
        _ file: Int32, path: String, limit: Int
    ) throws(LinkError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress! + count, limit - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system(doing: "read", path: path, errno: errno) }
            if got == 0 { break }
            count += got
        }
        return Array(bytes[..<count])
    }

    /// Names the calling thread, as `top -H` and debuggers show it.
    static func nameThread(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        let text = Array(name.utf8.prefix(15))
        _ = Glibc.write(file, text, text.count)
        close(file)
    }

    /// Writes a file beside its place, flushes it to the disk and renames it over the old one.
    ///
    /// - Parameter isFlushed: false leaves it to the system when the disk gets it.
    static func replace(
        _ path: String, with bytes: [UInt8], isFlushed: Bool = true
    ) throws(LinkError) {
        let draft = path + ".\(getpid()).new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(doing: "write", path: draft, errno: errno) }
        let written = Glibc.write(file, bytes, bytes.count)
        let isWhole = written == bytes.count && (!isFlushed || fsync(file) == 0)
        let code = written >= 0 && written < bytes.count ? ENOSPC : errno
        close(file)
        guard isWhole, rename(draft, path) == 0 else {
            let code = isWhole ? errno : code
            unlink(draft)
            throw .system(doing: "write", path: path, errno: code)
        }
    }
}

/// The absolute path of a folder that exists, without links.
func realFolder(_ path: String) throws(LinkError) -> String {
    guard let resolved = realpath(path, nil) else {
        throw .system(doing: "find the folder", path: path, errno: errno)
    }
    defer { free(resolved) }
    return String(cString: resolved)
}
