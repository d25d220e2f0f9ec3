import BenchProtocol
import Foundation
import GRDB

extension MetricsStore {
    /// Copies a session's measurements into a new file, those up to a step and of some lanes.
    ///
    /// The source may be in use; nothing in it changes, damaged or not. A source that is not there
    /// gives no file.
    ///
    /// - Throws: ``MetricsError``.
    static func copy(
        _ path: String, to copy: String, upTo step: Int, lanes: [ForkedLane]
    ) throws {
        guard access(path, F_OK) == 0 else { return }
        try duplicate(path, to: copy)
        let store = try MetricsStore(path: copy)
        // What was duplicated is whole, or opening would have moved it aside.
        if let warning = store.openingWarning {
            try store.close()
            throw MetricsError.damaged(path: path, message: warning)
        }
        try store.truncate(afterStep: step)
        try store.keep(lanes)
        try store.flush()
        try store.close()
    }

    /// Copies the whole database as it stands at one moment.
    static func duplicate(_ path: String, to copy: String) throws {
        do {
            var looking = Configuration()
            looking.readonly = true
            looking.busyMode = .timeout(5)
            let source = try DatabaseQueue(path: path, configuration: looking)
            let target = try DatabaseQueue(path: copy)
            try source.backup(to: target)
            try target.close()
            try source.close()
        } catch {
            throw MetricsError(error, path: path)
        }
    }

    /// Leaves the base and these lanes, each with the history of the lane that it comes from.
    private func keep(_ lanes: [ForkedLane]) throws {
        let base = LaneWeights.baseName
        try database.write { db in
            // Out of the way first: a lane may get the name that another had.
            let known = try Row.fetchAll(db, sql: "SELECT id, name FROM lane")
            var identifiers: [String: Int64] = [:]
            for row in known {
                let (id, name): (Int64, String) = (row["id"], row["name"])
                identifiers[name] = id
                guard name != base else { continue }
                try db.execute(
                    sql: "UPDATE lane SET name = ? WHERE id = ?", arguments: ["/\(id)", id])
            }
            for lane in lanes {
                guard let origin = lane.origin, let id = identifiers[origin] else { continue }
                try Self.duplicate(db, lane: id, as: lane.name)
            }
            for (name, id) in identifiers where name != base { try Self.remove(db, lane: id) }
        }
    }

    private static let tables = [
        "step", "pyramid", "quartile", "evaluation", "histogram", "field",
    ]

    private static func duplicate(_ db: Database, lane: Int64, as name: String) throws {
        try db.execute(sql: "INSERT INTO lane (name) VALUES (?)", arguments: [name])
        let copy = db.lastInsertedRowID
        for table in tables {
            let columns = try db.columns(in: table).map { "\"\($0.name)\"" }
            let others = columns.filter { $0 != "\"lane\"" }.joined(separator: ", ")
            try db.execute(
                sql: "INSERT INTO \(table) (lane, \(others)) "
                    + "SELECT ?, \(others) FROM \(table) WHERE lane = ?",
                arguments: [copy, lane])
        }
        // Histograms and fields are stored whole and carry their lane's name.
        let fields = try Row.fetchAll(
            db, sql: "SELECT step, line FROM field WHERE lane = ?", arguments: [copy])
        for row in fields {
            let (step, line): (Int, String) = (row["step"], row["line"])
            guard case .field(var field)? = try? EventLine.decode(line) else { continue }
            field.lane = name
            try db.execute(
                sql: "UPDATE field SET line = ? WHERE lane = ? AND step = ?",
                arguments: [EventLine.text(.field(field)), copy, step])
        }
        let histograms = try Row.fetchAll(
            db, sql: "SELECT prompt, attribute, step, content FROM histogram WHERE lane = ?",
            arguments: [copy])
        for row in histograms {
            let content: Data = row["content"]
            guard
                var histogram = try? JSONDecoder().decode(PopulationHistogram.self, from: content)
            else { continue }
            histogram.lane = name
            let (prompt, attribute, step): (String, String, Int) = (
                row["prompt"], row["attribute"], row["step"]
            )
            try db.execute(
                sql: """
                    UPDATE histogram SET content = ?
                    WHERE lane = ? AND prompt = ? AND attribute = ? AND step = ?
                    """,
                arguments: [try JSONEncoder().encode(histogram), copy, prompt, attribute, step])
        }
    }

    private static func remove(_ db: Database, lane: Int64) throws {
        for table in tables {
            try db.execute(sql: "DELETE FROM \(table) WHERE lane = ?", arguments: [lane])
        }
        try db.execute(sql: "DELETE FROM lane WHERE id = ?", arguments: [lane])
    }

    // MARK: Headline

    /// The fairest lane by the newest evaluations, for a list of sessions; nil where none was made.
    ///
    /// Reads only, and never fails: a database that cannot be read has no headline.
    public static func headline(path: String) -> SessionHeadline? {
        guard access(path, F_OK) == 0 else { return nil }
        var looking = Configuration()
        looking.readonly = true
        looking.busyMode = .timeout(1)
        let names = ["discrepancy_gender", "discrepancy_tone", "identity_accuracy"]
        let rows = try? DatabaseQueue(path: path, configuration: looking).read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT lane.name AS lane, step, evaluation.name AS figure, value
                    FROM evaluation JOIN lane ON lane.id = evaluation.lane
                    WHERE evaluation.name IN (?, ?, ?) ORDER BY step DESC
                    """, arguments: StatementArguments(names))
        }
        var found: [String: SessionHeadline] = [:]
        for row in rows ?? [] {
            guard let lane = row["lane"] as String?, let step = row["step"] as Int?,
                let figure = row["figure"] as String?, let value = row["value"] as Double?
            else { continue }
            var headline = found[lane] ?? SessionHeadline(lane: lane, step: step)
            guard headline.step == step else { continue }
            switch figure {
            case names[0]: headline.gender = value
            case names[1]: headline.tone = value
            default: headline.identityAccuracy = value
            }
            found[lane] = headline
        }
        found[LaneWeights.baseName] = nil
        return found.values.filter { $0.discrepancy.isFinite }
            .min { ($0.discrepancy, $0.lane) < ($1.discrepancy, $1.lane) }
    }
}

/// The fairest lane of a session in three numbers.
public struct SessionHeadline: Sendable, Equatable {
    /// The lane.
    public var lane: String
    /// The step that it was evaluated at.
    public var step: Int
    /// Its discrepancy of gender, 0 fair; NaN where it was not measured.
    public var gender = Double.nan
    /// Its discrepancy of skin tone, likewise.
    public var tone = Double.nan
    /// The share of identity prompts that show who they name; NaN where it was not measured.
    public var identityAccuracy = Double.nan

    /// What lanes are ranked by: the mean of both discrepancies.
    public var discrepancy: Double { (gender + tone) / 2 }

    init(lane: String, step: Int) {
        self.lane = lane
        self.step = step
    }
}
