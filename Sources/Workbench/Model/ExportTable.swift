import Figures

/// A list of things with the same fields, which can be written in every format.
struct ExportTable {
    /// What a field holds.
    enum Value {
        case text(String)
        /// A number in full; nothing where it is missing or not finite.
        case number(Double?)
        /// A number as the screen shows it beside the number in full.
        case rounded(Double?, shown: String)
    }

    /// A field of every row.
    struct Column {
        /// Its name in CSV and JSON.
        var name: String
        /// Its head in the drawing; nil leaves it out there.
        var head: String?
    }

    /// Rows of a drawing, at most: what a page has room for.
    static let mostRowsDrawn = 60
    /// Letters of a field in a drawing, at most.
    private static let mostLetters = 72

    /// The file's name.
    var name: String
    /// What stands above a drawing.
    var title: String
    var columns: [Column]
    var rows: [[Value]]
    /// Whether a drawing that has not room for all shows the last rows, not the first.
    var endsAtNewest = false

    /// The table in a format.
    func file(_ format: ExportFormat) -> ExportedFile {
        let content: ExportedFile.Content =
            switch format {
            case .csv: .text(csv)
            case .json: .text(json)
            case .svg, .png: .figure(figure.drawn())
            }
        return ExportedFile(name: name, format: format, content: content)
    }

    private var csv: String {
        FileText.csv(
            rows: [columns.map(\.name)]
                + rows.map { row in
                    row.map { value in
                        switch value {
                        case .text(let text): text
                        case .number(let number), .rounded(let number, _): Self.plain(number) ?? ""
                        }
                    }
                })
    }

    private var json: String {
        let objects = rows.map { row in
            FileText.object(
                zip(columns, row).map { column, value in
                    switch value {
                    case .text(let text): (column.name, FileText.json(text))
                    case .number(let number), .rounded(let number, _):
                        (column.name, Self.plain(number) ?? "null")
                    }
                })
        }
        return objects.isEmpty ? "[]\n" : "[\n  " + objects.joined(separator: ",\n  ") + "\n]\n"
    }

    private var figure: TableFigure {
        let drawn = columns.indices.filter { columns[$0].head != nil }
        let shown = endsAtNewest ? rows.suffix(Self.mostRowsDrawn) : rows.prefix(Self.mostRowsDrawn)
        let notes =
            shown.count < rows.count
            ? ["\(endsAtNewest ? "the last" : "the first") \(shown.count) of \(rows.count)"] : []
        return TableFigure(
            title: title, columns: drawn.map { columns[$0].head ?? "" },
            rows: shown.map { row in
                drawn.map { column in
                    switch row[column] {
                    case .text(let text): TableFigure.Cell(Self.short(text))
                    case .number(let number): TableFigure.Cell(Self.plain(number) ?? "-")
                    case .rounded(_, let shown):
                        TableFigure.Cell(shown == NumberText.missing ? "-" : shown)
                    }
                }
            }, notes: notes)
    }

    private static func plain(_ number: Double?) -> String? {
        guard let number, number.isFinite else { return nil }
        return number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }

    /// One line of a field, cut where it is long.
    private static func short(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count <= mostLetters ? line : String(line.prefix(mostLetters - 3)) + "..."
    }
}
