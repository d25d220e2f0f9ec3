import BenchProtocol
import TerminalKit

extension WorkbenchModel {
    /// The formats this view can be written in.
    var sessionsExportFormats: [ExportFormat] { [.csv, .json] }

    /// What this view shows, for a file; nil when there is nothing to write.
    func sessionsExport(_ format: ExportFormat) -> ExportedFile? {
        let cards = listedSessions
        guard shelf.contents != nil else { return nil }
        let rows = cards.map(SessionFields.init)
        switch format {
        case .csv:
            let head = SessionFields.names.joined(separator: ",")
            let lines = rows.map { $0.values.map(SessionFields.csv).joined(separator: ",") }
            return ExportedFile(
                name: "sessions", format: .csv,
                content: .text(([head] + lines).joined(separator: "\n") + "\n"))
        case .json:
            let objects = rows.map { row in
                "  {"
                    + zip(SessionFields.names, row.values)
                    .map { "\"\($0)\": \(SessionFields.json($1))" }.joined(separator: ", ") + "}"
            }
            return ExportedFile(
                name: "sessions", format: .json,
                content: .text("[\n" + objects.joined(separator: ",\n") + "\n]\n"))
        case .svg, .png: return nil
        }
    }
}

/// A session's line in a file.
private struct SessionFields {
    enum Value {
        case text(String)
        case number(Double?)
    }

    static let names = [
        "name", "step", "end_step", "lanes", "last_saved", "bytes", "engine", "tags", "note",
        "forked_from", "fairest_lane", "evaluated_step", "discrepancy_gender",
        "discrepancy_tone", "identity_accuracy", "path", "problem",
    ]
    let values: [Value]

    init(_ card: SessionCard) {
        let headline = card.headline
        values = [
            .text(card.name), .number(Double(card.step)), .number(card.endStep.map(Double.init)),
            .text(card.lanes.map(\.name).joined(separator: " ")), .number(card.lastSaved),
            .number(Double(card.bytes)), .text(card.engine.rawValue),
            .text(card.tags.joined(separator: " ")), .text(card.notes),
            .text(card.lineage ?? ""), .text(headline?.lane ?? ""),
            .number(headline.map { Double($0.step) }), .number(headline?.gender),
            .number(headline?.tone), .number(headline?.identityAccuracy), .text(card.path),
            .text(card.problem ?? ""),
        ]
    }

    private static func text(_ number: Double?) -> String? {
        guard let number, number.isFinite else { return nil }
        return number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }

    static func csv(_ value: Value) -> String {
        switch value {
        case .number(let number): return text(number) ?? ""
        case .text(let text):
            guard text.contains(where: { "\",\n\r".contains($0) || $0.isNewline }) else {
                return text
            }
            return "\""
                + text.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
        }
    }

    static func json(_ value: Value) -> String {
        switch value {
        case .number(let number): text(number) ?? "null"
        // TOML's basic strings are JSON's.
        case .text(let text): RecipeText.quoted(text)
        }
    }
}
