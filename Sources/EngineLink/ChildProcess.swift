import Glibc
import MessageBus
import Synchronization

/// A process that this one started and reaps.
final class ChildProcess: Sendable {
    /// POSIX_SPAWN_SETSID, which the C library's headers hide behind _GNU_SOURCE.
    private static let startsSession: Int16 = 0x80

    private struct State {
        var pid: Int32 = 0
        var spawnCode: Int32?
        var exit: ExitStatus?
    }
    private let state = Mutex(State())
    /// Raised when the process has ended.
    let ended: ReadableSignal
    private let started: ReadableSignal

    var pid: Int32 { state.withLock { $0.pid } }
    var exit: ExitStatus? { state.withLock { $0.exit } }

    /// What to start, and how.
    struct Plan: Sendable {
        var arguments: [String]
        var environment: [String]
        /// Standard output and error are appended to this file.
        var log: String
        /// Becomes descriptor 3 of the process.
        var pipe: Int32
        var niceness: Int32
    }

    /// Starts a process in a session of its own, with standard input from /dev/null.
    init(_ plan: Plan) throws(LinkError) {
        do {
            ended = try ReadableSignal()
            started = try ReadableSignal()
        } catch {
            throw .system(doing: "open", path: "a pipe", errno: EMFILE)
        }
        let child = self
        try LinkThread.start("child") {
            // On Linux niceness belongs to a thread, and a process inherits that of the thread
            // that starts it: so the child is nice from its first instruction on.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, plan.niceness)
            var pid: pid_t = 0
            let code = Self.spawn(plan, &pid)
            child.state.withLock { ($0.pid, $0.spawnCode) = (pid, code) }
            child.started.raise()
            if code == 0 { child.reap(pid) }
        }
        var request = pollfd(fd: started.descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            if let code = state.withLock({ $0.spawnCode }) {
                guard code == 0 else {
                    throw .system(doing: "start", path: plan.arguments[0], errno: code)
                }
                return
            }
            poll(&request, 1, -1)
        }
    }

    private func reap(_ pid: pid_t) {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { break }
        }
        state.withLock { $0.exit = ExitStatus(waitStatus: status) }
        ended.raise()
    }

    private static func spawn(_ plan: Plan, _ pid: inout pid_t) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, plan.log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_adddup2(&actions, plan.pipe, 3)
        // The terminal and whatever else is open here must not live on in the engine.
        for descriptor in openDescriptors() where descriptor > 3 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [
            SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD, SIGTSTP,
            SIGTTIN, SIGTTOU, SIGWINCH,
        ] {
            sigaddset(&usual, signal)
        }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(
            &attributes,
            startsSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

        var arguments = plan.arguments.map { strdup($0) } + [nil]
        var environment = plan.environment.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        return posix_spawn(
            &pid, plan.arguments[0], &actions, &attributes, &arguments, &environment)
    }

    private static func openDescriptors() -> [Int32] {
        guard let folder = opendir("/proc/self/fd") else { return Array(4..<256) }
        defer { closedir(folder) }
        var descriptors: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let descriptor = Int32(name) { descriptors.append(descriptor) }
        }
        return descriptors
    }
}
