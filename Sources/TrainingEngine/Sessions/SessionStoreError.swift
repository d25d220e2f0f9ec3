import BenchProtocol
import Foundation

/// What went wrong with a session's files: what was being done, where, and what can be done about it.
public enum SessionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system refused; `action` completes "cannot ...".
    case system(action: String, path: String, code: Int32)
    /// Less room than the files need, in bytes.
    case noSpace(path: String, needed: Int, available: Int)
    /// A file larger than anything popbench writes there, in bytes.
    case tooLarge(path: String, bytes: Int, limit: Int)
    /// A folder, pipe or link where a file was expected.
    case notAFile(path: String)
    /// Nothing of that name; the places that were looked at, in order.
    case notFound(what: String, lookedAt: [String])
    /// A name that cannot be a folder's.
    case badName(String)
    /// A folder that is no session, or has lost what makes it one.
    case notASession(path: String, reason: String)
    /// Written by a later popbench.
    case newerFormat(path: String, version: Int, known: Int)
    /// An engine has the session; its process where that is known.
    case running(path: String, process: Int32?)
    /// There is something of that name already.
    case taken(path: String)
    /// A fork that cannot be: `reason` says what does not fit.
    case cannotFork(session: String, reason: String)

    /// One sentence that says what, where and what to do.
    public var description: String {
        switch self {
        case .system(let action, let path, let code):
            return "cannot \(action) \(path): \(String(cString: strerror(code)))"
        case .noSpace(let path, let needed, let available):
            return "no room for \(ByteText.text(needed)) at \(path): "
                + "\(ByteText.text(available)) are free; free some and save again"
        case .tooLarge(let path, let bytes, let limit):
            return "\(path) has \(bytes) bytes where at most \(limit) are expected"
        case .notAFile(let path):
            return "\(path) is not a regular file"
        case .notFound(let what, let lookedAt):
            return "no \(what) found; looked at \(lookedAt.joined(separator: ", "))"
        case .badName(let name):
            return "\"\(String(name.prefix(60)))\" cannot be a name: "
                + "expected \(RecipeKey<Recipe>.nameExpectation)"
        case .notASession(let path, let reason):
            return "\(path) is not a session: \(reason)"
        case .newerFormat(let path, let version, let known):
            return "\(path) has format \(version), this popbench knows up to \(known): "
                + "use a newer popbench"
        case .running(let path, let process):
            return "\((path as NSString).lastPathComponent) has an engine"
                + (process.map { " (process \($0))" } ?? "")
                + ": stop it first (popbench stop --session NAME)"
        case .taken(let path):
            return "there is something at \(path) already; choose another name"
        case .cannotFork(let session, let reason):
            return "\(session) cannot be forked so: \(reason)"
        }
    }

    /// Whether the disk is full (or a quota is): saving again later may succeed.
    public var isFullDisk: Bool {
        switch self {
        case .noSpace: true
        case .system(_, _, let code): code == ENOSPC || code == EDQUOT || code == EFBIG
        default: false
        }
    }
}
