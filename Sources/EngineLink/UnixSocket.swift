import Glibc

/// Unix-domain stream sockets: no call here waits, and none raises SIGPIPE.
enum UnixSocket {
    private static func make() throws(LinkError) -> Int32 {
        let descriptor = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
                | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw .system(doing: "make", path: "a socket", errno: errno) }
        return descriptor
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(LinkError) -> Int32 {
        guard path.utf8.count <= RuntimeFolder.maximumSocketPath else {
            throw .pathTooLong(path: path)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Listens at the first of `paths` that no living process listens at; clears dead sockets.
    static func listen(atFirstOf paths: [String]) throws(LinkError) -> (Int32, path: String) {
        for path in paths {
            switch try connect(path) {
            case .connected(let descriptor):
                close(descriptor)
                continue
            case .busy: continue
            case .failed: unlink(path)
            }
            let descriptor = try make()
            let bound = try withAddress(path) { bind(descriptor, $0, $1) }
            guard bound == 0, chmod(path, 0o600) == 0, Glibc.listen(descriptor, 64) == 0 else {
                let code = errno
                close(descriptor)
                if code == EADDRINUSE { continue }
                throw .system(doing: "listen at", path: path, errno: code)
            }
            return (descriptor, path)
        }
        throw .system(doing: "listen at", path: paths.last ?? "", errno: EADDRINUSE)
    }

    /// The outcome of one attempt to connect.
    enum Attempt {
        case connected(Int32)
        /// Somebody listens but has not caught up with those who called before.
        case busy
        case failed(errno: Int32)
    }

    static func connect(_ path: String) throws(LinkError) -> Attempt {
        let descriptor = try make()
        let result = try withAddress(path) { Glibc.connect(descriptor, $0, $1) }
        if result == 0 { return .connected(descriptor) }
        let code = errno
        close(descriptor)
        return code == EAGAIN || code == EINTR ? .busy : .failed(errno: code)
    }

    /// The user whose process listens at the other end.
    static func peerUser(_ descriptor: Int32) -> uid_t? {
        // struct ucred: pid, uid, gid.
        var credentials: (pid_t, uid_t, gid_t) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        let result = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size)
        return result == 0 ? credentials.1 : nil
    }
}
