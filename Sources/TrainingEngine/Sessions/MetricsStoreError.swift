import GRDB

/// What went wrong with a session's metrics.
public enum MetricsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The database is damaged; the next opening moves it aside.
    case damaged(path: String, message: String)
    /// The disk is full; what was not written is kept in memory and tried again.
    case full(path: String)
    /// The database cannot be read or written.
    case unavailable(path: String, message: String)
    /// Nothing of that name is logged.
    case unknownQuantity(String)

    /// One sentence that says what, where and what to do.
    public var description: String {
        switch self {
        case .damaged(let path, let message):
            "\(path) is damaged (\(message)); reopen the session, which starts a new one"
        case .full(let path):
            "no room to write \(path); metrics wait in memory until some is freed"
        case .unavailable(let path, let message):
            "cannot use \(path): \(message)"
        case .unknownQuantity(let name):
            "nothing called \"\(String(name.prefix(60)))\" is logged; there are "
                + MetricsQuantity.all.map(\.name).joined(separator: ", ")
        }
    }

    /// Sorts SQLite's errors into what can be done about them.
    init(_ error: any Error, path: String) {
        guard let error = error as? DatabaseError else {
            self = (error as? MetricsError) ?? .unavailable(path: path, message: "\(error)")
            return
        }
        let message = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, message: message)
        case .SQLITE_FULL: self = .full(path: path)
        default: self = .unavailable(path: path, message: message)
        }
    }

    /// Whether the file itself is beyond use, so that moving it aside helps.
    var isDamage: Bool {
        if case .damaged = self { true } else { false }
    }
}
