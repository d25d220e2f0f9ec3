import Figures
import Pictures

/// The files that a study's folder shows beside its table.
public enum StudyFolder {
    /// The page's name.
    public static let pageName = "README.md"

    /// Writes page, CSV files and plot, each in one piece.
    ///
    /// - Returns: the names of what was written.
    /// - Throws: `StoredFileError` or `PNGError`.
    @discardableResult
    public static func write(
        page: String, records: [EvaluationRecord], plot: ScatterPlot?, plotName: String,
        to folder: String
    ) throws -> [String] {
        var names = [pageName, "figures.csv", "prompts.csv"]
        try StoredFile.replace("\(folder)/\(pageName)", with: Array(page.utf8))
        try StoredFile.replace(
            "\(folder)/figures.csv", with: Array(StudyCSV.figures(records).utf8))
        try StoredFile.replace(
            "\(folder)/prompts.csv", with: Array(StudyCSV.prompts(records).utf8))
        if let plot {
            let figure = plot.drawn()
            try StoredFile.replace("\(folder)/\(plotName).svg", with: Array(figure.svg().utf8))
            try figure.picture(scale: 2).writePNG(to: "\(folder)/\(plotName).png")
            names += ["\(plotName).svg", "\(plotName).png"]
        }
        return names
    }
}
