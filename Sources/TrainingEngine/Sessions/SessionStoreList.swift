import BenchProtocol
import Foundation

/// One line of the list of sessions.
public struct SessionSummary: Sendable, Equatable {
    /// The session's name.
    public var name: String
    /// Its folder.
    public var path: String
    /// The step of its newest checkpoint; 0 before the first.
    public var step: Int
    /// The step at which its recipe ends; nil where the recipe cannot be read.
    public var endStep: Int?
    /// The names of its lanes.
    public var lanes: [String]
    /// The size of the whole folder, in bytes.
    public var bytes: Int
    /// When it was made, in seconds since 1970.
    public var created: Double
    /// When it was last saved, in seconds since 1970; nil before the first checkpoint.
    public var lastSaved: Double?
    /// What keeps the session from being opened, if anything does.
    public var problem: String?
}

extension SessionStore {
    /// The sessions in a folder, the one last saved (or made) first.
    ///
    /// A session that cannot be read is listed with its problem; no folder at all is no sessions.
    public static func list(in folder: String) throws -> [SessionSummary] {
        guard DurableFile.isFolder(folder) else { return [] }
        return try DurableFile.names(in: folder)
            .map { "\(folder)/\($0)" }
            .filter { DurableFile.isFolder($0) && isSession($0) }
            .map(summary)
            .sorted {
                ($0.lastSaved ?? $0.created, $1.name) > ($1.lastSaved ?? $1.created, $0.name)
            }
    }

    /// What a list says of one session; never fails.
    public static func summary(_ path: String) -> SessionSummary {
        var summary = SessionSummary(
            name: (path as NSString).lastPathComponent, path: path, step: 0, endStep: nil,
            lanes: [],
            bytes: DurableFile.bytes(at: path), created: 0, lastSaved: nil, problem: nil)
        do {
            let store = try SessionStore.open(at: path)
            let record = try store.record()
            summary.created = record.created
            if let newest = try store.checkpoints.all().first {
                summary.step = newest.step
                summary.lastSaved = newest.created
            }
            let recipe = try store.recipe()
            summary.lanes = recipe.lanes.map(\.name)
            summary.endStep = recipe.session.steps
        } catch {
            summary.problem = "\(error)"
        }
        return summary
    }
}
