import BenchProtocol

extension WorkbenchModel {
    /// The formats this view can be written in.
    var logExportFormats: [ExportFormat] { shownLog.isEmpty ? [] : ExportFormat.allCases }

    /// What this view shows, for a file; nil when there is nothing to write.
    func logExport(_ format: ExportFormat) -> ExportedFile? {
        let lines = shownLog.map(\.line)
        guard !lines.isEmpty else { return nil }
        return ExportTable(
            name: "\(state?.session ?? "session")-log", title: "\(state?.session ?? ""): log, UTC",
            columns: [
                .init(name: "time", head: "time"), .init(name: "level", head: "level"),
                .init(name: "message", head: "message"), .init(name: "diagnostic", head: nil),
                .init(name: "meaning", head: nil), .init(name: "remedy", head: nil),
            ],
            rows: lines.map { line in
                let explained = LogExplanation(of: line)
                return [
                    .rounded(line.time, shown: NumberText.clock(line.time)),
                    .text(line.level.rawValue), .text(line.message),
                    .text(line.diagnostic?.rawValue ?? ""), .text(explained?.meaning ?? ""),
                    .text(explained?.remedy ?? ""),
                ]
            }, endsAtNewest: true
        ).file(format)
    }
}
