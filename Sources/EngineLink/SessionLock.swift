import Glibc
import Synchronization

/// The lock that makes an engine the only one of its session, as long as the process lives.
///
/// It is a `flock` on `engine.lock`, which the system releases when the process ends in whatever
/// way. The file holds the owner's process id for people and error messages, and stays behind.
final class SessionLock: Sendable {
    private let file: Mutex<Int32?>

    static func path(in session: String) -> String { session + "/engine.lock" }

    /// Takes the lock.
    ///
    /// Throws: `LinkError.alreadyRunning` where another process has it.
    init(session: String) throws(LinkError) {
        let path = Self.path(in: session)
        // Kept in a local until nothing can fail: a thrown error would close it a second time.
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(doing: "open", path: path, errno: errno) }
        // Whoever inspects a session holds the lock for an instant; an engine holds it for good.
        var attempts = 20
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            attempts -= 1
            guard code == EWOULDBLOCK, attempts == 0 else {
                if code == EWOULDBLOCK {
                    usleep(10_000)
                    continue
                }
                close(file)
                throw .system(doing: "lock", path: path, errno: code)
            }
            let owner = Self.owner(of: file)
            close(file)
            throw .alreadyRunning(session: session, pid: owner)
        }
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(file, 0) != 0 || pwrite(file, text, text.count, 0) != text.count {
            let code = errno
            close(file)
            throw .system(doing: "write", path: path, errno: code)
        }
        self.file = Mutex(file)
    }

    deinit { release() }

    /// Gives the session up to the next engine.
    func release() {
        file.withLock { file in
            if let open = file.take() { close(open) }
        }
    }

    /// Who holds a lock.
    enum Holder: Equatable {
        case nobody
        case process(Int32?)
    }

    /// Looks who holds a session's lock, without keeping it.
    static func holder(session: String) -> Holder {
        let file = open(path(in: session), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return .nobody }
        defer { close(file) }
        while flock(file, LOCK_SH | LOCK_NB) != 0 {
            guard errno == EINTR else { return .process(owner(of: file)) }
        }
        return .nobody
    }

    private static func owner(of file: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = pread(file, &text, text.count, 0)
        let digits = text.prefix(max(0, count)).prefix { $0 &- 0x30 < 10 }
        return Int32(String(decoding: digits, as: UTF8.self))
    }
}
