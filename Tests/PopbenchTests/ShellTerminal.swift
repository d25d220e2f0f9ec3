import EngineLink
import Foundation
import Glibc
import Testing

/// A terminal that only a program sees, with the program, or a shell, in it.
///
/// What is written is kept; what is waited for is waited for with a limit, never for a time.
final class ShellTerminal {
    /// Why a test does not wait any longer.
    struct WaitedInVain: Error { let text: String, tail: String }

    /// How long anything may take; far more than it does.
    static let patience: TimeInterval = 60

    private let leader: Int32
    private let process = Process()
    private let output = Output()
    private let ended = DispatchSemaphore(value: 0)
    private var read = 0

    /// What the program has written so far.
    private final class Output: @unchecked Sendable {
        private let changed = NSCondition()
        private var bytes: [UInt8] = []

        func add(_ more: ArraySlice<UInt8>) {
            changed.withLock {
                bytes += more
                changed.broadcast()
            }
        }

        private var ending = false

        /// Whether the other side is to be closed at the next occasion.
        var isEnding: Bool {
            get { changed.withLock { ending } }
            set { changed.withLock { ending = newValue } }
        }

        var count: Int { changed.withLock { bytes.count } }

        func tail(_ length: Int) -> String {
            changed.withLock { String(decoding: bytes.suffix(length), as: UTF8.self) }
        }

        /// Waits for a text after a place, and tells where it ends.
        func wait(for text: String, after place: Int, until latest: Date) -> Int? {
            let sought = Array(text.utf8)
            return changed.withLock {
                var from = place
                while true {
                    if let end = Output.end(of: sought, in: bytes, from: from) { return end }
                    from = max(place, bytes.count - sought.count)
                    if !changed.wait(until: latest) { return nil }
                }
            }
        }

        private static func end(of sought: [UInt8], in bytes: [UInt8], from: Int) -> Int? {
            guard let first = sought.first, bytes.count >= sought.count else { return nil }
            var place = from
            while place + sought.count <= bytes.count {
                if bytes[place] == first,
                    bytes[place..<(place + sought.count)].elementsEqual(sought)
                {
                    return place + sought.count
                }
                place += 1
            }
            return nil
        }
    }

    /// Starts a command in a terminal of its own, as its controlling one.
    init(_ program: Program, _ command: [String], width: UInt16 = 80, height: UInt16 = 24) throws {
        var leader: Int32 = -1
        var follower: Int32 = -1
        var size = winsize(ws_row: height, ws_col: width, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&leader, &follower, nil, nil, &size) == 0)
        _ = fcntl(leader, F_SETFD, FD_CLOEXEC)
        self.leader = leader
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
        try process.run()
        try end.close()
        let output = self.output
        let opened = leader
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Glibc.read(opened, &buffer, buffer.count)
                // The error is what a terminal says when nobody is left on its other side. Closing
                // is this thread's: while it is inside of a read, closing has no effect.
                if count <= 0 || output.isEnding {
                    close(opened)
                    return
                }
                output.add(buffer.prefix(count))
            }
        }
    }

    /// A shell that knows no file of the person's.
    static func shell(_ program: Program) throws -> ShellTerminal {
        let shell = try ShellTerminal(program, ["/bin/bash", "--norc", "--noprofile", "-i"])
        try shell.wait(for: "$ ")
        return shell
    }

    deinit {
        if process.isRunning { for pid in descendants { kill(pid, SIGKILL) } }
    }

    /// Types bytes, all of them, however slowly they are taken.
    func type(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.write(leader, $0.baseAddress, min($0.count, 2048))
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Waits for a text in what comes from here on.
    func wait(for text: String) throws {
        let latest = Date(timeIntervalSinceNow: Self.patience)
        guard let end = output.wait(for: text, after: read, until: latest) else {
            throw WaitedInVain(text: text, tail: output.tail(1500))
        }
        read = end
    }

    /// Forgets what has come so far.
    func skip() { read = output.count }

    /// Types a command for a shell, and waits until it has been carried out.
    func run(_ command: String, says text: String) throws {
        skip()
        type(command + "\n")
        try wait(for: text)
    }

    func resize(width: UInt16, height: UInt16) {
        var size = winsize(ws_row: height, ws_col: width, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(leader, UInt(TIOCSWINSZ), &size)
    }

    /// Takes the terminal away from everyone in it.
    func vanish() {
        output.isEnding = true
        // A frame is drawn, which wakes the reader.
        resize(width: 90, height: 28)
    }

    /// The processes below the one started: the program itself, or the shell and it.
    var descendants: [Int32] {
        func children(_ pid: Int32) -> [Int32] {
            let path = "/proc/\(pid)/task/\(pid)/children"
            let text = FileManager.default.contents(atPath: path).map {
                String(decoding: $0, as: UTF8.self)
            }
            let own = (text ?? "").split(separator: " ").compactMap { Int32($0) }
            return own + own.flatMap(children)
        }
        return children(process.processIdentifier)
    }

    /// Waits until everything in the terminal has ended; the status of the last.
    func exitStatus() throws -> (status: Int32, hasExited: Bool) {
        guard ended.wait(timeout: .now() + Self.patience) == .success else {
            throw WaitedInVain(text: "the end of the program", tail: output.tail(1500))
        }
        return (process.terminationStatus, process.terminationReason == .exit)
    }
}
