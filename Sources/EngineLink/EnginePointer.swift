import BenchProtocol
import Glibc

/// The pointer from a session's folder to its engine: the file `engine.json`.
public struct EnginePointer: Codable, Sendable, Equatable {
    /// The engine's process.
    public var pid: Int32
    /// The path of its socket; nil where it speaks on its standard streams.
    public var socket: String?
    /// The version of the line format that it speaks.
    public var protocolVersion: Int
    /// The version of the program.
    public var version: String
    /// Seconds since 1970 of its start.
    public var started: Double

    static func path(in session: String) -> String { session + "/engine.json" }

    /// Reads a session's pointer; nil where there is none.
    static func read(session: String) throws(LinkError) -> EnginePointer? {
        let path = path(in: session)
        guard let bytes = try SmallFile.read(path, limit: 4096) else { return nil }
        do {
            return try LineObject.decode(EnginePointer.self, from: bytes, name: "engine.json")
        } catch {
            throw .badPointer(path: path, problem: error)
        }
    }

    func write(session: String) throws(LinkError) {
        try SmallFile.replace(Self.path(in: session), with: LineObject.encode(self))
    }
}

/// Whether a session's engine runs.
public enum SessionStatus: Sendable, Equatable {
    /// No engine, and none died without tidying up.
    case idle
    /// An engine has the session and is on its way to listen.
    case starting(pid: Int32?)
    /// An engine has the session; `socket` is nil where it speaks on its standard streams.
    case running(pid: Int32, socket: String?)
    /// The last engine died without a goodbye; the next one tidies up after it.
    case stale(pid: Int32?)

    /// Looks at a session's folder; changes nothing in it.
    ///
    /// The lock decides, not the process id, which the system may have given to another process.
    public static func inspect(_ folder: String) -> SessionStatus {
        let pointer = try? EnginePointer.read(session: folder)
        switch SessionLock.holder(session: folder) {
        case .nobody:
            if let pointer { return .stale(pid: pointer.pid) }
            return access(EnginePointer.path(in: folder), F_OK) == 0 ? .stale(pid: nil) : .idle
        case .process(let pid):
            // A pointer of another process was left behind by the engine before this one.
            guard let pointer, pid == pointer.pid else { return .starting(pid: pid) }
            return .running(pid: pointer.pid, socket: pointer.socket)
        }
    }
}
