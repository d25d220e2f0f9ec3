import TerminalKit

/// Rows of pictures with words: who drew a row, and what is seen in each picture.
public struct PictureSheet: Sendable {
    /// One picture and the words below it.
    public struct Cell: Sendable {
        /// Three bytes a pixel, row by row.
        public var rgb: [UInt8]
        /// What is seen in it.
        public var label: String
        /// A second line.
        public var note: String

        /// Makes a cell.
        public init(rgb: [UInt8], label: String, note: String) {
            self.rgb = rgb
            self.label = label
            self.note = note
        }
    }

    /// One row.
    public struct Row: Sendable {
        /// Who drew it.
        public var name: String
        /// A second line.
        public var note: String
        /// The pictures; nil leaves a place empty.
        public var cells: [Cell?]

        /// Makes a row.
        public init(name: String, note: String, cells: [Cell?]) {
            self.name = name
            self.note = note
            self.cells = cells
        }
    }

    /// The line above everything.
    public var title: String
    /// Pixels across of every picture.
    public let width: Int
    /// Pixels down of every picture.
    public let height: Int
    /// The rows, from the top.
    public var rows: [Row]

    /// Makes a sheet of pictures that are all of the given size.
    public init(title: String, width: Int, height: Int, rows: [Row]) {
        self.title = title
        self.width = width
        self.height = height
        self.rows = rows
    }

    /// Cuts a single row into several of at most so many pictures.
    public mutating func wrap(at count: Int) {
        rows = rows.flatMap { row in
            stride(from: 0, to: row.cells.count, by: max(1, count)).map { start in
                Row(
                    name: row.name, note: row.note,
                    cells: Array(row.cells[start..<min(row.cells.count, start + max(1, count))]))
            }
        }
    }

    /// The sheet on white: pictures enlarged dot by dot, words beside and below them.
    ///
    /// Pictures whose bytes do not fit the sheet's size are left out.
    public func drawn() -> Figure {
        let scale = max(1, 96 / max(width, height, 1))
        let (across, down) = (width * scale, height * scale)
        let (left, top, gap, words) = (168, 48, 10, 34)
        let columns = rows.map(\.cells.count).max() ?? 0
        var figure = Figure(
            width: max(left + columns * (across + gap) + gap, 360),
            height: top + rows.count * (down + words + gap), background: Color(hex: 0xFFFFFF))
        let (ink, grey) = (Color(hex: 0x1A202C), Color(hex: 0x718096))
        figure.words(title, at: FigurePoint(x: 16, y: 30), size: 20, color: ink)
        for (place, row) in rows.enumerated() {
            let y = top + place * (down + words + gap)
            figure.words(
                Self.cut(row.name, to: left - 24, size: 14),
                at: FigurePoint(x: 16, y: Double(y + down / 2)), size: 14, color: ink)
            figure.words(
                row.note, at: FigurePoint(x: 16, y: Double(y + down / 2 + 18)), size: 12,
                color: grey)
            for (column, cell) in row.cells.enumerated() {
                guard let cell else { continue }
                let middle = Double(left + column * (across + gap)) + Double(across) / 2
                for (line, text) in [cell.label, cell.note].enumerated() {
                    figure.words(
                        Self.cut(text, to: across + gap, size: 9),
                        at: FigurePoint(x: middle, y: Double(y + down + 12 + 12 * line)), size: 9,
                        anchor: .middle, color: line == 0 ? ink : grey)
                }
            }
        }
        for (place, row) in rows.enumerated() {
            for (column, cell) in row.cells.enumerated() {
                guard let cell,
                    let pixels = FigurePixels(width: width, height: height, rgb: cell.rgb)
                else { continue }
                let corner = FigurePoint(
                    x: Double(left + column * (across + gap)),
                    y: Double(top + place * (down + words + gap)))
                figure.pixels(pixels, at: corner, scale: Double(scale))
            }
        }
        return figure
    }

    /// A text that is no wider than so many pixels: letters are six tenths of their size wide.
    private static func cut(_ text: String, to pixels: Int, size: Int) -> String {
        let letters = max(1, pixels * 10 / (6 * size))
        return text.count <= letters ? text : String(text.prefix(letters))
    }
}
