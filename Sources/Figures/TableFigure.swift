import TerminalKit

/// A table as a figure: what a view lists, for papers and pages.
public struct TableFigure: Sendable {
    /// A cell's text and whether it stands out.
    public struct Cell: Hashable, Sendable {
        /// What it says.
        public var text: String
        /// Whether it is marked as the best of its row.
        public var isMarked: Bool

        /// Makes a cell.
        public init(_ text: String, isMarked: Bool = false) {
            self.text = text
            self.isMarked = isMarked
        }
    }

    /// What stands above.
    public var title: String
    /// The columns' heads; the first column holds the rows' names.
    public var columns: [String]
    /// The rows, each with a cell a column.
    public var rows: [[Cell]]
    /// Lines of small print below.
    public var notes: [String]

    /// Makes a table.
    public init(title: String, columns: [String], rows: [[Cell]], notes: [String] = []) {
        self.title = title
        self.columns = columns
        self.rows = rows
        self.notes = notes
    }

    private static let ink = Color(hex: 0x1A202C)
    private static let pale = Color(hex: 0xCBD5E0)
    private static let mark = Color(hex: 0x276749)
    private static let size = 15.0
    private static let pitch = 26.0
    /// A letter's width: monospaced fonts are 0.6 of their size wide.
    private static let letter = 9.0
    private static let gap = 28.0
    private static let margin = 32.0

    /// The figure, drawn.
    public func drawn() -> Figure {
        let widths = columns.indices.map { column in
            let texts = [columns[column]] + rows.map { $0.count > column ? $0[column].text : "" }
            return Double(texts.map(\.count).max() ?? 0) * Self.letter
        }
        let wide = widths.reduce(0, +) + Self.gap * Double(max(0, columns.count - 1))
        let words = ([title] + notes).map { Double($0.count) * Self.letter * 1.1 }.max() ?? 0
        let top = 84.0
        let bottom = top + Self.pitch * Double(rows.count) + 10
        var figure = Figure(
            width: Int(max(wide, words) + 2 * Self.margin),
            height: Int(bottom) + 24 + 22 * notes.count, background: Color(hex: 0xFFFFFF))
        figure.words(
            title, at: FigurePoint(x: Self.margin, y: 38), size: 18, color: Self.ink)
        var x = Self.margin
        for (column, width) in widths.enumerated() {
            // Names start at the left, numbers end at the right.
            let anchor: Figure.Anchor = column == 0 ? .start : .end
            let at = column == 0 ? x : x + width
            figure.words(
                columns[column], at: FigurePoint(x: at, y: top - 12), size: Self.size,
                anchor: anchor, color: Self.ink)
            for (row, cells) in rows.enumerated() where cells.count > column {
                let cell = cells[column]
                figure.words(
                    cell.text,
                    at: FigurePoint(x: at, y: top + Self.pitch * Double(row) + 18),
                    size: Self.size, anchor: anchor, color: cell.isMarked ? Self.mark : Self.ink)
            }
            x += width + Self.gap
        }
        let right = Self.margin + wide
        for y in [top - 4, bottom] {
            figure.line(
                FigurePoint(x: Self.margin, y: y), FigurePoint(x: right, y: y), width: 1.5,
                color: Self.pale)
        }
        for (row, note) in notes.enumerated() {
            figure.words(
                note, at: FigurePoint(x: Self.margin, y: bottom + 26 + 22 * Double(row)),
                size: 14, color: Self.ink)
        }
        return figure
    }
}
