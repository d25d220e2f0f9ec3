import Glibc

/// Threads of the link's own: what blocks must not run on a thread that runs tasks.
public enum LinkThread {
    /// Runs `body` on a new thread, which receives no signals.
    ///
    /// Signals of the process are for the program's own threads. With SIGPIPE blocked, writing to a
    /// pipe whose reader is gone is an error of that write and kills nobody.
    public static func start(_ name: String, _ body: sending @escaping () -> Void) throws(LinkError)
    {
        let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // A thread inherits the mask of the one that makes it.
        pthread_sigmask(SIG_SETMASK, &all, &before)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { pointer in
                let start = Unmanaged<ThreadStart>.fromOpaque(pointer!).takeRetainedValue()
                SmallFile.nameThread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard code == 0 else {
            start.release()
            throw .system(doing: "start", path: "a thread for \(name)", errno: code)
        }
        pthread_detach(thread)
    }

    /// Runs `body` on a new thread and awaits what it returns or throws.
    public static func run<Success: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws -> Success
    ) async throws -> Success {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try start(name) { continuation.resume(with: Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

/// What a new thread starts with.
private final class ThreadStart {
    let name: String
    let body: () -> Void

    init(name: String, body: @escaping () -> Void) {
        self.name = name
        self.body = body
    }
}

/// A point in time after which something is given up.
struct Deadline: Sendable {
    let instant: ContinuousClock.Instant

    init(in duration: Duration) { instant = .now + duration }

    var hasPassed: Bool { instant <= .now }

    /// Milliseconds to wait for `poll`, rounded up.
    var milliseconds: Int32 {
        let left = ContinuousClock.now.duration(to: instant) / .milliseconds(1)
        return Int32(min(max(left.rounded(.up), 0), 1e9))
    }
}

/// Waits until a descriptor is ready; false when the deadline has passed.
func wait(for descriptors: inout [pollfd], until deadline: Deadline) -> Bool {
    while true {
        let ready = poll(&descriptors, nfds_t(descriptors.count), deadline.milliseconds)
        if ready > 0 { return true }
        if ready == 0, deadline.hasPassed { return false }
        if ready < 0, errno != EINTR { return false }
    }
}
