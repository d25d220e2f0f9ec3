import ArgumentParser
import EngineLink
import Foundation
import TrainingEngine

/// `popbench sessions`: what there is.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List the sessions: step, lanes, size, last saved, training or not.")

    @Flag(help: "Print a JSON array of objects.")
    var json = false

    func run() throws {
        let folder = Locations.current().sessions
        let rows = try SessionStore.list(in: folder).map(SessionRow.init)
        if json {
            print(try jsonText(rows))
        } else if rows.isEmpty {
            print("no sessions in \(printable(folder)) yet; popbench makes one and trains it")
        } else {
            for line in SessionRow.table(rows) { print(line) }
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
    let bytes: Int
    /// Seconds since 1970.
    let created: Double
    let lastSaved: Double?
    /// `idle`, `starting`, `running` or `died`.
    let engine: String
    let processID: Int32?
    let problem: String?

    enum CodingKeys: String, CodingKey {
        case name, path, step, lanes, bytes, created, engine, problem
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
    }

    private var training: String {
        switch engine {
        case "running": "yes" + (processID.map { " (process \($0))" } ?? "")
        case "starting": "starting"
        case "died": "no, its engine died"
        default: "no"
        }
    }

    /// A line of headings and a line a session; problems on lines of their own.
    static func table(_ rows: [SessionRow]) -> [String] {
        let cells =
            [["NAME", "STEP", "SIZE", "LAST SAVED", "TRAINING", "LANES"]]
            + rows.map { row in
                [
                    row.name, "\(row.step)/\(row.endStep.map(String.init) ?? "?")",
                    byteText(row.bytes), row.lastSaved.map(dateText) ?? "never", row.training,
                    row.lanes.isEmpty ? "-" : row.lanes.joined(separator: " "),
                ].map { printable($0) }
            }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max()! }
        return cells.enumerated().flatMap { index, row in
            let line = zip(row, widths).dropLast().map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            let problem = index == 0 ? nil : rows[index - 1].problem
            return [(line + [row.last!]).joined(separator: "  ")]
                + (problem.map { ["    problem: " + printable($0)] } ?? [])
        }
    }

    /// A moment in the user's time zone: `2025-06-01 14:05`.
    private static func dateText(_ seconds: Double) -> String {
        guard var moment = time_t(exactly: seconds.rounded()) else { return "?" }
        var parts = tm()
        guard localtime_r(&moment, &parts) != nil else { return "?" }
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%d %H:%M", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A size for people: `12.3 MiB`.
func byteText(_ bytes: Int) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(bytes) / 1024, 0)
    while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    return String(format: value < 10 ? "%.1f %@" : "%.0f %@", value, units[unit])
}
