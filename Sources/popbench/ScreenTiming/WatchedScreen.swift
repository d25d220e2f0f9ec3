import Foundation
import Glibc
import TrainingEngine

/// The program's screen in a terminal that only this process sees, watched from outside.
final class WatchedScreen {
    /// The screen's process.
    let pid: Int32
    private let leader: Int32
    /// The last of what was written, for what is waited for and read off.
    private(set) var tail: [UInt8] = []

    /// `POSIX_SPAWN_SETSID`, which glibc's header shows to GNU sources only.
    private static let setsid: Int16 = 0x80

    /// How much is kept of what was written.
    private static let kept = 1 << 16

    /// Starts this program with arguments in a terminal of its own.
    init(_ arguments: [String], width: UInt16, height: UInt16) throws {
        var leader: Int32 = -1
        var follower: Int32 = -1
        var size = winsize(ws_row: height, ws_col: width, ws_xpixel: 0, ws_ypixel: 0)
        var path = [CChar](repeating: 0, count: 256)
        guard openpty(&leader, &follower, &path, nil, &size) == 0 else {
            throw EngineError("no pseudo-terminal: \(String(cString: strerror(errno)))")
        }
        _ = fcntl(leader, F_SETFD, FD_CLOEXEC)
        defer { close(follower) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Opened by the leader of a session without a terminal, it becomes the controlling one.
        posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Self.setsid)
        var environment = ProcessInfo.processInfo.environment
        environment["TERM"] = "xterm-256color"
        environment["COLORTERM"] = "truecolor"
        let executable = ownExecutable()
        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, words, variables)
        guard code == 0 else {
            close(leader)
            throw EngineError("the screen cannot be started: \(String(cString: strerror(code)))")
        }
        self.pid = pid
        self.leader = leader
    }

    deinit {
        if waitpid(pid, nil, WNOHANG) == 0 {
            kill(pid, SIGTERM)
            waitpid(pid, nil, 0)
        }
        close(leader)
    }

    /// Types keys.
    func type(_ text: String) { _ = text.withCString { write(leader, $0, strlen($0)) } }

    /// Reads what is written within a time; nil when nothing was.
    ///
    /// - Returns: how long the first byte took.
    func read(within limit: Duration) -> Duration? {
        let start = ContinuousClock.now
        let left = max(0, Int32(limit / .milliseconds(1)))
        var waiting = pollfd(fd: leader, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, left) > 0 else { return nil }
        let took = ContinuousClock.now - start
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(leader, &buffer, buffer.count)
        guard count > 0 else { return nil }
        tail += buffer.prefix(count)
        if tail.count > 2 * Self.kept { tail.removeFirst(tail.count - Self.kept) }
        return took
    }

    /// Reads on until nothing is written for a while; false when that does not come about.
    func settle(quiet: Duration, within limit: Duration) -> Bool {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end { if read(within: quiet) == nil { return true } }
        return false
    }

    /// Reads on until a text was written.
    func wait(for text: String, within limit: Duration) throws {
        let end = ContinuousClock.now + limit
        let sought = Array(text.utf8)
        tail = []
        while ContinuousClock.now < end {
            _ = read(within: .milliseconds(200))
            if String(decoding: tail, as: UTF8.self).contains(
                String(decoding: sought, as: UTF8.self))
            {
                return
            }
            if waitpid(pid, nil, WNOHANG) != 0 { throw EngineError("the screen has ended") }
        }
        throw EngineError("the screen never showed \"\(text)\"")
    }

    /// Keeps reading for a time, as a terminal does.
    func watch(for time: Duration) {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end { _ = read(within: end - ContinuousClock.now) }
    }
}

/// What the system knows of a process.
enum ProcessFacts {
    /// Seconds of processor time so far, its own and the system's for it.
    static func processorSeconds(_ pid: Int32) -> Double {
        let text = contents("/proc/\(pid)/stat")
        // The name in brackets may hold anything; the fields are counted after it.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { return .nan }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory in MiB.
    static func residentMegabytes(_ pid: Int32) -> Double {
        (line("VmRSS:", of: contents("/proc/\(pid)/status")) ?? .nan) / 1024
    }

    /// How often any thread has gone to sleep and was woken.
    static func wakeUps(_ pid: Int32) -> Double {
        let tasks =
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return tasks.reduce(0) { sum, task in
            let text = contents("/proc/\(pid)/task/\(task)/status")
            return sum + (line("voluntary_ctxt_switches:", of: text) ?? 0)
        }
    }

    private static func line(_ name: String, of text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
                Double($0)
            }
        }
        return nil
    }

    private static func contents(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
