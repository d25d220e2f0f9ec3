import ArgumentParser
import BenchProtocol
import EngineLink
import Foundation
import TrainingEngine
import Workbench

/// `popbench sessions`: what there is, and what can be done with it.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List the sessions; fork, rename, note, tag, delete, restore or export one.",
        subcommands: [
            SessionListCommand.self, SessionForkCommand.self, SessionRenameCommand.self,
            SessionNoteCommand.self, SessionTagCommand.self, SessionTrashCommand.self,
            SessionRestoreCommand.self, SessionExportCommand.self,
        ],
        defaultSubcommand: SessionListCommand.self)
}

/// `popbench sessions list`: what there is.
struct SessionListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the sessions: step, lanes, size, last saved, training or not.")

    @Flag(help: "Print a JSON array of objects.")
    var json = false

    @Flag(help: "List the deleted sessions instead.")
    var trash = false

    func run() throws {
        let locations = Locations.current()
        if trash { return try listTrash(locations) }
        let folder = locations.sessions
        let rows = try SessionStore.list(in: folder).map(SessionRow.init)
        if json {
            print(try jsonText(rows))
        } else if rows.isEmpty {
            print("no sessions in \(printable(folder)) yet; popbench makes one and trains it")
        } else {
            for line in SessionRow.table(rows) { print(line) }
        }
    }

    private struct Trashed: Encodable {
        let name: String
        let path: String
        /// Seconds since 1970.
        let trashed: Double
    }

    private func listTrash(_ locations: Locations) throws {
        let found = SessionStore.trashed(in: locations.trash)
        if json {
            print(
                try jsonText(
                    found.map { Trashed(name: $0.name, path: $0.path, trashed: $0.trashed) }))
        } else if found.isEmpty {
            print("no deleted sessions in \(printable(locations.trash))")
        } else {
            for session in found {
                print(
                    "\(printable(session.name))  deleted \(SessionRow.dateText(session.trashed))  "
                        + printable(session.path))
            }
        }
    }
}

/// A value as JSON for people and programs: keys sorted, one a line.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// One session in the list.
private struct SessionRow: Encodable {
    let name: String
    let path: String
    let step: Int
    let endStep: Int?
    let lanes: [String]
    /// Steps that can be forked at, newest first.
    let checkpoints: [Int]
    let notes: String
    let tags: [String]
    let lineage: SessionStore.Lineage?
    let fairest: Fairest?
    let bytes: Int
    /// Seconds since 1970.
    let created: Double
    let lastSaved: Double?
    /// `idle`, `starting`, `running` or `died`.
    let engine: String
    let processID: Int32?
    /// What the engine is at, where one runs.
    let progress: Progress?
    let problem: String?

    struct Progress: Encodable {
        let phase: String
        let step: Int
        let endStep: Int
        let secondsLeft: Double?
        let task: String?
        let done: Int?
        let total: Int?
        /// What people read.
        let words: String

        enum CodingKeys: String, CodingKey {
            case phase, step, task, done, total
            case endStep = "end_step"
            case secondsLeft = "seconds_left"
        }

        init(_ report: EngineReport) {
            (phase, step, endStep) = (report.phase.rawValue, report.step, report.endStep)
            (task, done, total) = (report.task?.name, report.task?.done, report.task?.total)
            secondsLeft = report.task == nil ? report.secondsLeft : report.task?.secondsLeft
            words = SessionCard.Progress(report).words
        }
    }

    struct Fairest: Encodable {
        let lane: String
        let step: Int
        let gender: Double?
        let tone: Double?
        let identityAccuracy: Double?

        enum CodingKeys: String, CodingKey {
            case lane, step
            case gender = "discrepancy_gender"
            case tone = "discrepancy_tone"
            case identityAccuracy = "identity_accuracy"
        }

        init(_ headline: SessionHeadline) {
            func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
            (lane, step) = (headline.lane, headline.step)
            (gender, tone) = (finite(headline.gender), finite(headline.tone))
            identityAccuracy = finite(headline.identityAccuracy)
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, path, step, lanes, bytes, created, engine, progress, problem
        case checkpoints, notes, tags, lineage, fairest
        case endStep = "end_step"
        case lastSaved = "last_saved"
        case processID = "process_id"
    }

    init(_ summary: SessionSummary) {
        name = summary.name
        path = summary.path
        step = summary.step
        endStep = summary.endStep
        lanes = summary.lanes
        checkpoints = summary.checkpoints
        (notes, tags) = (summary.notes, summary.tags)
        lineage = summary.lineage
        fairest = summary.headline.map(Fairest.init)
        bytes = summary.bytes
        created = summary.created
        lastSaved = summary.lastSaved
        problem = summary.problem
        switch SessionStatus.inspect(summary.path) {
        case .idle: (engine, processID) = ("idle", nil)
        case .starting(let pid): (engine, processID) = ("starting", pid)
        case .running(let pid, _): (engine, processID) = ("running", pid)
        case .stale(let pid): (engine, processID) = ("died", pid)
        }
        progress =
            engine == "running" ? EngineReport.read(session: summary.path).map(Progress.init) : nil
    }

    private var training: String {
        switch engine {
        case "running": (progress?.words ?? "yes") + (processID.map { " (process \($0))" } ?? "")
        case "starting": "starting"
        case "died": "no, its engine died"
        default: "no"
        }
    }

    private var steps: String {
        progress.map { "\($0.step)/\($0.endStep)" }
            ?? "\(step)/\(endStep.map(String.init) ?? "?")"
    }

    /// What the clocks of this place are called now.
    static var zone: String { TimeZone.current.abbreviation() ?? "local time" }

    /// A line of headings and a line a session; problems on lines of their own.
    static func table(_ rows: [SessionRow]) -> [String] {
        let cells =
            [["NAME", "STEP", "SIZE", "LAST SAVED (\(zone))", "TRAINING", "LANES"]]
            + rows.map { row in
                let tags = row.tags.map { " #\($0)" }.joined()
                return [
                    row.name, row.steps,
                    byteText(row.bytes), row.lastSaved.map(dateText) ?? "never", row.training,
                    (row.lanes.isEmpty ? "-" : row.lanes.joined(separator: " ")) + tags,
                ].map { printable($0) }
            }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max()! }
        return cells.enumerated().flatMap { index, row in
            let line = zip(row, widths).dropLast().map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            let (row, cells) = (index == 0 ? nil : rows[index - 1], row)
            let remarks = [
                row?.problem.map { "problem: \($0)" }, row?.lineage?.sentence,
                row.flatMap { $0.notes.isEmpty ? nil : "note: \($0.notes)" },
            ].compactMap { $0 }.map { "    " + printable($0) }
            return [(line + [cells.last!]).joined(separator: "  ")] + remarks
        }
    }

    /// A moment in the user's time zone: `2025-06-01 14:05`.
    static func dateText(_ seconds: Double) -> String {
        guard var moment = time_t(exactly: seconds.rounded()) else { return "?" }
        var parts = tm()
        guard localtime_r(&moment, &parts) != nil else { return "?" }
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%d %H:%M", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A size for people: `12.3 MB`.
func byteText(_ bytes: Int) -> String { ByteText.text(bytes) }
