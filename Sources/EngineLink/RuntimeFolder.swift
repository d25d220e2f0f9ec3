import Glibc

/// The private folder that sockets live in.
///
/// `$XDG_RUNTIME_DIR/popbench` where that variable names a folder of the user's own, else
/// `/tmp/popbench-UID`. The paths in it are short, because a socket's path has at most 107 bytes,
/// and a session's folder may be anywhere.
public struct RuntimeFolder: Sendable, Equatable {
    /// The longest path of a socket in bytes; one more byte ends it.
    static let maximumSocketPath = 107

    /// The folder's absolute path.
    public let path: String

    /// Makes the folder with mode 0700, or checks that the one that is there is private.
    public init(path: String) throws(LinkError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .system(doing: "make the folder", path: path, errno: errno)
        }
        var info = stat()
        guard lstat(path, &info) == 0 else {
            throw .system(doing: "look at", path: path, errno: errno)
        }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            throw .unsafeFolder(path: path, problem: "it is not a folder")
        }
        guard info.st_uid == geteuid() else {
            throw .unsafeFolder(path: path, problem: "it belongs to another user")
        }
        guard info.st_mode & 0o077 == 0 else {
            throw .unsafeFolder(path: path, problem: "others may enter it (its mode must be 0700)")
        }
        self.path = path
    }

    /// The user's folder, made if need be.
    public static func standard() throws(LinkError) -> RuntimeFolder {
        if let variable = getenv("XDG_RUNTIME_DIR") {
            let base = String(cString: variable)
            var info = stat()
            let fits = base.utf8.count + "/popbench/0123456789abcdef-9.sock".utf8.count
            if base.hasPrefix("/"), fits <= maximumSocketPath, stat(base, &info) == 0,
                info.st_mode & S_IFMT == S_IFDIR, info.st_uid == geteuid(), access(base, W_OK) == 0
            {
                return try RuntimeFolder(path: base + "/popbench")
            }
        }
        return try RuntimeFolder(path: "/tmp/popbench-\(geteuid())")
    }

    /// The paths a session's socket may have, best first: two sessions may share a hash.
    func socketPaths(forSession folder: String) throws(LinkError) -> [String] {
        // FNV-1a, 64 bits.
        let hash = folder.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        let digits = String(hash, radix: 16)
        let name = String(repeating: "0", count: 16 - digits.count) + digits
        let paths = ["\(path)/\(name).sock"] + (1...9).map { "\(path)/\(name)-\($0).sock" }
        guard paths.last!.utf8.count <= Self.maximumSocketPath else {
            throw .pathTooLong(path: paths.last!)
        }
        return paths
    }

    /// Whether a path names a socket right inside this folder.
    func contains(socket other: String) -> Bool {
        guard other.hasPrefix(path + "/"), !other.dropFirst(path.count + 1).contains("/") else {
            return false
        }
        var info = stat()
        return lstat(other, &info) == 0 && info.st_mode & S_IFMT == S_IFSOCK
    }
}
