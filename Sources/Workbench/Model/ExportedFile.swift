import Figures

/// A file format that a view can be written in.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// The numbers, one row each.
    case csv
    /// The numbers with what they belong to.
    case json
    /// A drawing with legend and labels, for papers.
    case svg
    /// The same drawing, or pictures, as pixels.
    case png
}

/// What a view hands out to be written to a file.
public struct ExportedFile: Sendable, Hashable {
    /// What is in it.
    public enum Content: Sendable, Hashable {
        /// Text as it is: CSV or JSON.
        case text(String)
        /// A drawing, written as the format says.
        case figure(Figure)
    }

    /// The file's name without folder or ending: letters, digits, `-`, `_` and `.`.
    public var name: String
    /// What its ending says.
    public var format: ExportFormat
    /// What is in it.
    public var content: Content

    /// Makes a file; whatever a file's name may not hold becomes `-`.
    public init(name: String, format: ExportFormat, content: Content) {
        let allowed = name.unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isPlain || "-_.".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
        }
        self.name = String(String(allowed.drop { $0 == "." || $0 == "-" }).prefix(80))
        if self.name.isEmpty { self.name = "export" }
        self.format = format
        self.content = content
    }
}

extension WorkbenchModel {
    /// The formats that the shown view can be written in, besides the screen itself as SVG.
    package var exportFormats: [ExportFormat] {
        switch view {
        case .dashboard: dashboardExportFormats
        case .curves: curvesExportFormats
        case .compare: compareExportFormats
        case .fields: fieldsExportFormats
        case .population: populationExportFormats
        case .sessions: sessionsExportFormats
        case .log: logExportFormats
        }
    }

    /// The shown view as a file; nil when it has nothing to write in this format.
    func exported(_ format: ExportFormat) -> ExportedFile? {
        switch view {
        case .dashboard: dashboardExport(format)
        case .curves: curvesExport(format)
        case .compare: compareExport(format)
        case .fields: fieldsExport(format)
        case .population: populationExport(format)
        case .sessions: sessionsExport(format)
        case .log: logExport(format)
        }
    }
}
