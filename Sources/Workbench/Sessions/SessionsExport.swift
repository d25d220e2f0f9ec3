import BenchProtocol

extension WorkbenchModel {
    /// The formats this view can be written in.
    var sessionsExportFormats: [ExportFormat] {
        shelf.contents == nil ? [] : ExportFormat.allCases
    }

    /// What this view shows, for a file; nil when there is nothing to write.
    func sessionsExport(_ format: ExportFormat) -> ExportedFile? {
        guard shelf.contents != nil else { return nil }
        return ExportTable(
            name: "sessions", title: "sessions", columns: Self.sessionColumns,
            rows: listedSessions.map { card in
                let headline = card.headline
                func share(_ value: Double?) -> ExportTable.Value {
                    .rounded(value, shown: value.map(NumberText.share) ?? NumberText.missing)
                }
                return [
                    .text(card.name), .number(Double(card.step)),
                    .number(card.endStep.map(Double.init)),
                    .text(card.lanes.map(\.name).joined(separator: " ")),
                    .number(card.lastSaved), .number(Double(card.bytes)),
                    .text(card.engine.rawValue), .text(card.tags.joined(separator: " ")),
                    .text(card.notes), .text(card.lineage ?? ""), .text(headline?.lane ?? ""),
                    .number(headline.map { Double($0.step) }), share(headline?.gender),
                    share(headline?.tone), share(headline?.identityAccuracy), .text(card.path),
                    .text(card.problem ?? ""),
                ]
            }
        ).file(format)
    }

    private static let sessionColumns: [ExportTable.Column] = [
        .init(name: "name", head: "session"), .init(name: "step", head: "step"),
        .init(name: "end_step", head: "of"), .init(name: "lanes", head: nil),
        .init(name: "last_saved", head: nil), .init(name: "bytes", head: nil),
        .init(name: "engine", head: "engine"), .init(name: "tags", head: "tags"),
        .init(name: "note", head: nil), .init(name: "forked_from", head: "forked from"),
        .init(name: "fairest_lane", head: "fairest lane"),
        .init(name: "evaluated_step", head: "at step"),
        .init(name: "discrepancy_gender", head: "D gender"),
        .init(name: "discrepancy_tone", head: "D tone"),
        .init(name: "identity_accuracy", head: "identity"), .init(name: "path", head: nil),
        .init(name: "problem", head: nil),
    ]
}
