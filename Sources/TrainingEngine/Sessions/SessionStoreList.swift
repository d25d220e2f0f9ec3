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
    /// Its lanes, with what they are trained with.
    public var settings: [LaneSettings]
    /// The steps of its checkpoints, newest first.
    public var checkpoints: [Int]
    /// The size of the whole folder, in bytes.
    public var bytes: Int
    /// When it was made, in seconds since 1970.
    public var created: Double
    /// When it was last saved, in seconds since 1970; nil before the first checkpoint.
    public var lastSaved: Double?
    /// Free text.
    public var notes: String
    /// Free words to find it by.
    public var tags: [String]
    /// What it was forked from, if it was.
    public var lineage: SessionStore.Lineage?
    /// The fairest lane, where lanes were evaluated.
    public var headline: SessionHeadline?
    /// What was exported to its folder; nil where nothing was.
    public var exports: SessionExports?
    /// What keeps the session from being opened, if anything does.
    public var problem: String?

    /// The names of its lanes.
    public var lanes: [String] { settings.map(\.name) }
}

/// What lies in a session's folder of exports.
public struct SessionExports: Sendable, Equatable {
    /// How many files.
    public var files = 0
    /// How many folders.
    public var folders = 0
    /// The name of the newest one.
    public var newest = ""

    /// Looks into a folder; nil where there is none or nothing is in it.
    init?(folder: String) {
        guard let names = try? DurableFile.names(in: folder) else { return nil }
        var newestTime = -Double.infinity
        for name in names where !name.hasPrefix(".") {
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { folders += 1 } else { files += 1 }
            let time = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
            if time >= newestTime { (newest, newestTime) = (name, time) }
        }
        if files + folders == 0 { return nil }
    }
}

extension SessionStore {
    /// The sessions in a folder, the one last saved (or made) first.
    ///
    /// A session that cannot be read is listed with its problem, and so is a folder that is none;
    /// hidden folders and folders of recipes are not. No folder at all is no sessions.
    public static func list(in folder: String) throws -> [SessionSummary] {
        guard DurableFile.isFolder(folder) else { return [] }
        return try DurableFile.names(in: folder)
            .filter { !$0.hasPrefix(".") && DurableFile.isFolder("\(folder)/\($0)") }
            .filter { !holdsRecipesAlone("\(folder)/\($0)") }
            .map { summary("\(folder)/\($0)") }
            .sorted {
                ($0.lastSaved ?? $0.created, $1.name) > ($1.lastSaved ?? $1.created, $0.name)
            }
    }

    /// Whether a folder has nothing in it but recipes, as the one of the shipped studies.
    private static func holdsRecipesAlone(_ path: String) -> Bool {
        guard let names = try? DurableFile.names(in: path), !names.isEmpty else { return false }
        return names.allSatisfy { $0.hasSuffix(".toml") && $0 != recipeName }
    }

    /// What a list says of one session; never fails.
    public static func summary(_ path: String) -> SessionSummary {
        var summary = SessionSummary(
            name: (path as NSString).lastPathComponent, path: path, step: 0, endStep: nil,
            settings: [], checkpoints: [], bytes: DurableFile.bytes(at: path), created: 0,
            lastSaved: nil, notes: "", tags: [], lineage: nil, headline: nil,
            exports: nil, problem: nil)
        guard isSession(path) else {
            summary.problem =
                "there is no \(recordName) in it: a session that was never finished, or another "
                + "program's folder"
            return summary
        }
        do {
            let store = try SessionStore.open(at: path)
            let record = try store.record()
            (summary.created, summary.notes) = (record.created, record.notes)
            (summary.tags, summary.lineage) = (record.tags, record.lineage)
            let checkpoints = try store.checkpoints.all()
            summary.checkpoints = checkpoints.map(\.step)
            if let newest = checkpoints.first {
                summary.step = newest.step
                summary.lastSaved = newest.created
            }
            summary.exports = SessionExports(folder: "\(store.path)/exports")
            let recipe = try store.recipe()
            summary.settings = recipe.lanes
            summary.endStep = recipe.session.steps
            summary.headline = MetricsStore.headline(path: store.metricsPath)
        } catch {
            summary.problem = "\(error)"
        }
        return summary
    }
}
