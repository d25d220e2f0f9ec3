import Foundation

/// A session that was deleted and can be had back.
public struct TrashedSession: Sendable, Equatable {
    /// The name that it had.
    public var name: String
    /// The folder that it is in now.
    public var path: String
    /// When it was deleted, in seconds since 1970.
    public var trashed: Double
}

extension SessionStore {
    /// Moves a session's folder out of the way, from where ``restore(_:to:)`` brings it back.
    ///
    /// - Parameters:
    ///   - path: the session's folder, whole or torn.
    ///   - trash: the folder of deleted sessions, on the same disk.
    ///   - now: seconds since 1970.
    /// - Throws: ``SessionError``; a session with an engine stays.
    public static func trash(
        _ path: String, into trash: String, now: Double
    ) throws -> TrashedSession {
        let path = absolute(path)
        let name = (path as NSString).lastPathComponent
        guard DurableFile.isFolder(path) else {
            throw SessionError.notASession(path: path, reason: "there is no such folder")
        }
        guard !name.hasPrefix("."), !name.contains("@") else { throw SessionError.badName(name) }
        let files = DurableFile()
        try files.makeFolder(trash)
        let moment = max(0, Int(exactly: now.rounded(.down)) ?? 0)
        var (target, number) = ("\(trash)/\(name)@\(moment)", 1)
        while access(target, F_OK) == 0 {
            number += 1
            target = "\(trash)/\(name)@\(moment).\(number)"
        }
        try whileIdle(path) { try files.rename(path, to: target) }
        try files.syncFolder(trash)
        try files.syncFolder(of: path)
        return TrashedSession(name: name, path: target, trashed: Double(moment))
    }

    /// The deleted sessions, the newest first; no folder at all is none.
    public static func trashed(in trash: String) -> [TrashedSession] {
        guard let names = try? DurableFile.names(in: trash) else { return [] }
        let found = names.compactMap { name -> TrashedSession? in
            guard let at = name.lastIndex(of: "@"), at != name.startIndex,
                let moment = Int(name[name.index(after: at)...].prefix { $0 != "." }),
                DurableFile.isFolder("\(trash)/\(name)")
            else { return nil }
            return TrashedSession(
                name: String(name[..<at]), path: "\(trash)/\(name)", trashed: Double(moment))
        }
        return found.sorted { ($0.trashed, $0.path) > ($1.trashed, $1.path) }
    }

    /// Brings a deleted session back, under its own name or, where that is taken, the next one.
    ///
    /// - Returns: the folder that it is in again.
    /// - Throws: ``SessionError``; it then stays where it was.
    public static func restore(
        _ session: TrashedSession, to locations: Locations
    ) throws -> String {
        let files = DurableFile()
        let path = "\(locations.sessions)/\(locations.freshSessionName(session.name))"
        try files.makeFolder(locations.sessions)
        try files.rename(session.path, to: path)
        try files.syncFolder(locations.sessions)
        let store = SessionStore(path: path, files: files)
        // A torn one comes back as torn as it went.
        if (path as NSString).lastPathComponent != session.name { try? store.adoptName() }
        return path
    }
}
