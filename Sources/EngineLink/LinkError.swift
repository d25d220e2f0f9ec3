import BenchProtocol
import Glibc

/// Why an engine could not be started, found, joined or opened.
public enum LinkError: Error, Sendable, Equatable {
    /// No engine runs for the session.
    case noEngine(session: String)
    /// The engine that the session's pointer file names is dead.
    case staleEngine(session: String, pid: Int32?)
    /// An engine holds the session's lock but does not listen yet.
    case stillStarting(session: String, pid: Int32?)
    /// The session's engine speaks on its standard streams only, to whoever started it.
    case notListening(session: String, pid: Int32)
    /// Another engine has the session; one engine a session.
    case alreadyRunning(session: String, pid: Int32?)
    /// The operating system refused something.
    case system(doing: String, path: String, errno: Int32)
    /// The session's pointer file is not one.
    case badPointer(path: String, problem: LineError)
    /// A socket's path does not fit the 107 bytes that the system allows.
    case pathTooLong(path: String)
    /// The folder for sockets may be written to by others.
    case unsafeFolder(path: String, problem: String)
    /// Something took longer than it may.
    case timedOut(doing: String, seconds: Double)
    /// The engine speaks another version of the protocol.
    case protocolMismatch(theirs: Int, ours: Int)
    /// What answered is no engine.
    case notAnEngine(problem: String)
    /// The engine that was started ended before it listened; with the last lines of its log.
    case engineDied(status: ExitStatus, lastLines: [String])
    /// The engine that was started neither listened nor ended in time, and was asked to end.
    case engineSilent(pid: Int32, seconds: Double, lastLines: [String])
}

extension LinkError: CustomStringConvertible {
    /// What is wrong, where, and what to do about it.
    public var description: String {
        switch self {
        case .noEngine(let session): "no engine runs for session \(session)"
        case .staleEngine(let session, let pid):
            "the engine of session \(session)\(Self.named(pid)) is dead; start it again to go on"
                + " from the last save"
        case .stillStarting(let session, let pid):
            "the engine of session \(session)\(Self.named(pid)) is still starting; try again"
        case .notListening(let session, let pid):
            "the engine of session \(session) (process \(pid)) speaks on its standard streams, only"
                + " to the program that started it"
        case .alreadyRunning(let session, let pid):
            "session \(session) has an engine already\(Self.named(pid)); attach to it, or stop it"
                + " first"
        case .system(let doing, let path, let code):
            "cannot \(doing) \(path): \(String(cString: strerror(code)))"
        case .badPointer(let path, let problem):
            "\(path) is not an engine's pointer file: \(problem)"
        case .pathTooLong(let path):
            "\(path) is longer than the 107 bytes of a socket's path; set XDG_RUNTIME_DIR to a"
                + " shorter folder"
        case .unsafeFolder(let path, let problem):
            "\(path) cannot hold sockets: \(problem); remove it, or set XDG_RUNTIME_DIR"
        case .timedOut(let doing, let seconds): "\(doing) took longer than \(seconds) s"
        case .protocolMismatch(let theirs, let ours):
            "the engine speaks version \(theirs) of the protocol, this program version \(ours); use"
                + " the same popbench for both, or stop the engine and start it again"
        case .notAnEngine(let problem): "what answered is no engine: \(problem)"
        case .engineDied(let status, let lines):
            "the engine \(status) before it listened" + Self.quoted(lines)
        case .engineSilent(let pid, let seconds, let lines):
            "the engine (process \(pid)) did not listen within \(seconds) s and was asked to end"
                + Self.quoted(lines)
        }
    }

    private static func named(_ pid: Int32?) -> String { pid.map { " (process \($0))" } ?? "" }

    private static func quoted(_ lines: [String]) -> String {
        lines.isEmpty
            ? "; its log is empty" : "; its log ends:" + lines.map { "\n    " + $0 }.joined()
    }
}

/// How a process ended.
public enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
    /// It exited with a status.
    case exited(Int32)
    /// A signal killed it.
    case killed(signal: Int32)

    /// Takes the status word of `waitpid` apart.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited(waitStatus >> 8 & 0xFF) : .killed(signal: signal)
    }

    /// The end in words: "exited with status 1".
    public var description: String {
        switch self {
        case .exited(let code): "exited with status \(code)"
        case .killed(let signal):
            "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}
