import Foundation
import Glibc
import Testing

/// A terminal that only a program sees, with the program, or a shell, in it.
///
/// What is waited for is looked for on the screen, with a limit and never for a time.
final class ShellTerminal {
    /// Why a test does not wait any longer.
    struct WaitedInVain: Error, CustomStringConvertible {
        let what: String
        let screen: String

        var description: String { "waited in vain for \(what); the terminal: \(screen)" }
    }

    /// How long anything may take; far more than it does.
    static let patience: TimeInterval = 120

    private let program: Program
    private let process = Process()
    private let output: TerminalOutput
    private let ended = DispatchSemaphore(value: 0)
    private let leader: Int32
    /// Where the programs' side of the terminal is.
    private let path: [CChar]
    /// Closed to have the thread that reads come to its end.
    private let stopper: Int32
    private var hasVanished = false
    private var commands = 0

    /// Starts a command in a terminal of its own, as its controlling one.
    ///
    /// - Parameter blocksSignals: whether it is started as threads do that hear no signals.
    init(
        _ program: Program, _ command: [String], width: Int = 80, height: Int = 24,
        blocksSignals: Bool = false
    ) throws {
        self.program = program
        output = TerminalOutput(width: width, height: height)
        var leader: Int32 = -1
        var follower: Int32 = -1
        var size = Self.size(width, height)
        var path = [CChar](repeating: 0, count: 256)
        try #require(openpty(&leader, &follower, &path, nil, &size) == 0)
        self.path = path
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        for kept in ends + [leader] { _ = fcntl(kept, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(leader, F_SETFL, O_RDWR | O_NONBLOCK)
        self.leader = leader
        stopper = ends[1]
        Self.read(leader, until: ends[0], into: output)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments = ["--ctty", "--wait"] + command
        process.environment = program.environment.merging(["PS1": "$ "]) { own, _ in own }
        process.currentDirectoryURL = URL(fileURLWithPath: program.scratch.path)
        let end = FileHandle(fileDescriptor: follower, closeOnDealloc: true)
        process.standardInput = end
        process.standardOutput = end
        process.standardError = end
        let ended = self.ended
        process.terminationHandler = { _ in ended.signal() }
        try Self.withSignals(blocked: blocksSignals) { try process.run() }
        try end.close()
    }

    /// A shell that knows no file of the person's, and leaves the modes of the terminal alone.
    ///
    /// bash is none: it puts them in order after a job that has stopped or crashed, and nobody
    /// could tell who did.
    static func shell(_ program: Program) throws -> ShellTerminal {
        let plain = "/bin/dash"
        let path = access(plain, X_OK) == 0 ? plain : "/bin/sh"
        let shell = try ShellTerminal(program, [path, "-i"])
        try shell.wait(for: "$")
        return shell
    }

    deinit {
        if process.isRunning { for pid in descendants { kill(pid, SIGKILL) } }
        if !hasVanished { vanish() }
    }

    /// Does something with the signals that a process is to inherit.
    private static func withSignals(blocked: Bool, _ run: () throws -> Void) rethrows {
        var mask = sigset_t()
        var before = sigset_t()
        if blocked { sigfillset(&mask) } else { sigemptyset(&mask) }
        pthread_sigmask(SIG_SETMASK, &mask, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }

    private static func size(_ width: Int, _ height: Int) -> winsize {
        winsize(
            ws_row: UInt16(clamping: height), ws_col: UInt16(clamping: width), ws_xpixel: 0,
            ws_ypixel: 0)
    }

    private static func read(_ leader: Int32, until stop: Int32, into output: TerminalOutput) {
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                var polled = [leader, stop].map {
                    pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
                }
                _ = poll(&polled, 2, -1)
                if polled[1].revents != 0 { break }
                let count = Glibc.read(leader, &buffer, buffer.count)
                if count > 0 { output.take(buffer.prefix(count)) }
                // The error is what a terminal says when nobody is left on its other side.
                if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { break }
            }
            close(stop)
            output.end()
        }
    }

    // MARK: The screen

    /// The screen as it is now.
    var shown: EmulatedScreen { output.shown }

    private func failure(_ what: String) -> WaitedInVain {
        WaitedInVain(what: what, screen: output.description)
    }

    /// Waits until a text is on the screen.
    func wait(for text: String) throws { try wait(until: "\"\(text)\"") { $0.text.contains(text) } }

    /// Waits until something holds of the screen.
    func wait(until what: String, _ holds: (EmulatedScreen) -> Bool) throws {
        guard output.wait(until: Date(timeIntervalSinceNow: Self.patience), holds) else {
            throw failure(what)
        }
    }

    /// Waits until something holds that is not on the screen.
    func wait(outside what: String, _ holds: () -> Bool) throws {
        let latest = Date(timeIntervalSinceNow: Self.patience)
        while !holds() {
            guard Date() < latest else { throw failure(what) }
            usleep(5_000)
        }
    }

    /// Types bytes, all of them, however slowly they are taken.
    func type(_ text: String) throws {
        let latest = Date(timeIntervalSinceNow: Self.patience)
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.write(leader, $0.baseAddress, min($0.count, 2048))
            }
            if count > 0 {
                bytes = bytes.dropFirst(count)
                continue
            }
            guard Date() < latest else { throw failure("somebody to read what was typed") }
            // Where nobody is left, nobody reads it.
            guard errno == EAGAIN || errno == EINTR else { return }
            var polled = pollfd(fd: leader, events: Int16(POLLOUT), revents: 0)
            _ = poll(&polled, 1, 50)
        }
    }

    /// Bytes that were typed and that nobody has read yet.
    var unread: Int {
        let follower = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard follower >= 0 else { return 0 }
        defer { close(follower) }
        var count: Int32 = 0
        return ioctl(follower, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    /// Gives the terminal another size.
    func resize(width: Int, height: Int) {
        var size = Self.size(width, height)
        output.resize(width: width, height: height) {
            _ = ioctl(leader, UInt(TIOCSWINSZ), &size)
        }
    }

    /// Takes the terminal away from everyone in it.
    func vanish() {
        hasVanished = true
        close(stopper)
        output.waitForEnd(until: Date(timeIntervalSinceNow: Self.patience))
        close(leader)
    }

    // MARK: The programs

    /// Has the shell carry out a command, and tells its exit status.
    func status(of command: String) throws -> Int? {
        commands += 1
        // What is typed is seen, too, but without the number.
        let mark = "of command \(commands)"
        try type("\(command); echo \"status $? \(mark).\"\n")
        var status: Int?
        let line = #/status (\d+) of command (\d+)\./#
        try wait(until: "the end of \(command)") { shown in
            let found = shown.text.matches(of: line).last { $0.2 == "\(commands)" }
            status = found.flatMap { Int($0.1) }
            return status != nil
        }
        return status
    }

    /// The process that was started and all below it: the program, or the shell and it.
    var descendants: [Int32] {
        func children(_ pid: Int32) -> [Int32] {
            let own = Self.contents("/proc/\(pid)/task/\(pid)/children")
                .split(separator: " ").compactMap { Int32($0) }
            return own + own.flatMap(children)
        }
        return [process.processIdentifier] + children(process.processIdentifier)
    }

    /// The screen's process, where there is one: the program, but not as an engine.
    var screenPID: Int32? {
        descendants.first { pid in
            let words = Self.contents("/proc/\(pid)/cmdline").split(separator: "\0")
            return words.first.map(String.init) == program.path && !words.contains("engine")
        }
    }

    /// Whether a process has been stopped, and not gone on.
    static func isStopped(_ pid: Int32) -> Bool {
        contents("/proc/\(pid)/stat").split(separator: ")").last?.hasPrefix(" T ") == true
    }

    private static func contents(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Waits until the program, or the shell, has ended, as one that has found no fault.
    func expectOrderlyEnd(location: SourceLocation = #_sourceLocation) throws {
        guard ended.wait(timeout: .now() + Self.patience) == .success else {
            throw failure("the end of the program")
        }
        // What it said last is still on its way.
        if !hasVanished { output.waitForEnd(until: Date(timeIntervalSinceNow: 5)) }
        #expect(
            process.terminationReason == .exit && process.terminationStatus == 0,
            "status \(process.terminationStatus); the terminal: \(output.description)",
            sourceLocation: location)
    }
}
