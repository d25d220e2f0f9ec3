import TerminalKit

/// A terminal's cells, and the cursor that writes and erases them.
///
/// Every operation takes any number: what lies outside is what terminals make of it.
struct EmulatedGrid {
    /// One row; the second cell of a wide character holds U+0000.
    private struct Row {
        var cells: [Character]
        /// Whether the text goes on in the row below, because there was no more room.
        var goesOn = false

        init(_ width: Int) { cells = Array(repeating: EmulatedGrid.blank, count: width) }
    }

    /// A place, and whether the next character belongs at the start of the row below.
    struct Cursor: Equatable {
        var x = 0
        var y = 0
        var isPastEnd = false
    }

    private static let blank: Character = " "
    private static let second: Character = "\u{0}"
    private static let mostScalars = 8

    private(set) var width: Int
    private(set) var height: Int
    private(set) var cursor = Cursor()
    /// Whether text that reaches the end of a row goes on in the next.
    var wraps = true
    /// Whether characters push those after them to the right.
    var inserts = false
    private var rows: [Row]
    /// The rows that scroll, first and last.
    private var region: ClosedRange<Int>

    init(width: Int, height: Int) {
        self.width = max(1, width)
        self.height = max(1, height)
        rows = Array(repeating: Row(self.width), count: self.height)
        region = 0...(self.height - 1)
    }

    /// Every row, without the blanks at its end.
    var lines: [String] { rows.map(Self.text) }

    /// The rows as one text, in which a line that took several is whole.
    var text: String {
        rows.reduce(into: "") { $0 += Self.text($1) + ($1.goesOn ? "" : "\n") }
    }

    private static func text(_ row: Row) -> String {
        let end = (row.cells.lastIndex { $0 != blank } ?? -1) + 1
        return String(row.cells[..<end].filter { $0 != second })
    }

    /// Takes another size as xterm does: the cursor's row stays, and nothing flows.
    mutating func resize(width: Int, height: Int) {
        self.width = max(1, width)
        self.height = max(1, height)
        let lost = max(0, cursor.y + 1 - self.height)
        rows = rows.dropFirst(lost).prefix(self.height).map { row in
            var row = row
            row.goesOn = row.goesOn && row.cells.count == self.width
            row.cells = Array(row.cells.prefix(self.width))
            // A wide character may have lost its second cell.
            if let last = row.cells.last, Self.columns(last) == 2 {
                row.cells[row.cells.count - 1] = Self.blank
            }
            row.cells += Array(repeating: Self.blank, count: self.width - row.cells.count)
            return row
        }
        rows += Array(repeating: Row(self.width), count: self.height - rows.count)
        region = 0...(self.height - 1)
        go(cursor.x, cursor.y - lost)
    }

    // MARK: Characters

    private static func columns(_ character: Character) -> Int {
        character.unicodeScalars.first.map { GlyphWidth.columns(of: $0) } ?? 0
    }

    /// Writes a character where the cursor is; a mark goes onto the one before.
    mutating func put(_ scalar: Unicode.Scalar) {
        let columns = GlyphWidth.columns(of: scalar)
        guard columns > 0 else { return join(scalar) }
        guard columns <= width else { return }
        if cursor.isPastEnd || cursor.x + columns > width {
            if wraps {
                rows[cursor.y].goesOn = true
                cursor = Cursor(x: 0, y: cursor.y)
                lineFeed()
            } else {
                cursor.x = width - columns
            }
        }
        if inserts { insertCells(columns) }
        part(at: cursor.x)
        part(at: cursor.x + columns)
        rows[cursor.y].cells[cursor.x] = Character(scalar)
        if columns == 2 { rows[cursor.y].cells[cursor.x + 1] = Self.second }
        let next = cursor.x + columns
        cursor.x = min(next, width - 1)
        cursor.isPastEnd = next == width && wraps
    }

    private mutating func join(_ mark: Unicode.Scalar) {
        var x = cursor.isPastEnd ? cursor.x : cursor.x - 1
        if x > 0, rows[cursor.y].cells[x] == Self.second { x -= 1 }
        guard x >= 0, mark.properties.generalCategory != .control else { return }
        let joined = String(rows[cursor.y].cells[x]) + String(mark)
        if joined.count == 1, joined.unicodeScalars.count <= Self.mostScalars {
            rows[cursor.y].cells[x] = Character(joined)
        }
    }

    /// Takes the wide character apart, if any, whose second cell is at a column.
    private mutating func part(at x: Int) {
        guard x > 0, x < width, rows[cursor.y].cells[x] == Self.second else { return }
        rows[cursor.y].cells[x - 1] = Self.blank
        rows[cursor.y].cells[x] = Self.blank
    }

    // MARK: The cursor

    /// Goes to a column and a row from nought, or as near as can be.
    mutating func go(_ x: Int, _ y: Int) {
        cursor = Cursor(x: min(max(0, x), width - 1), y: min(max(0, y), height - 1))
    }

    /// Goes back to where a cursor was.
    mutating func go(to place: Cursor) {
        go(place.x, place.y)
        cursor.isPastEnd = place.isPastEnd && place.x == width - 1
    }

    /// Goes up or down; the region that scrolls holds back who is in it.
    mutating func climb(_ rows: Int) {
        let limits =
            region.contains(cursor.y) ? region : 0...(height - 1)
        go(cursor.x, min(max(limits.lowerBound, cursor.y + rows), limits.upperBound))
    }

    /// Chooses the rows that scroll, and goes home.
    mutating func setRegion(_ first: Int, _ last: Int) {
        let last = min(last, height - 1)
        guard first >= 0, first < last || height == 1 else { return }
        region = min(first, last)...last
        go(0, 0)
    }

    /// A row down, scrolling at the region's end.
    mutating func lineFeed() {
        if cursor.y == region.upperBound { scroll(1) } else { climb(1) }
    }

    /// A row up, scrolling at the region's start.
    mutating func reverseLineFeed() {
        if cursor.y == region.lowerBound { scroll(-1) } else { climb(-1) }
    }

    // MARK: Rows

    /// Scrolls the region up, or down by a negative number.
    mutating func scroll(_ count: Int) { shift(region, by: count) }

    /// Puts blank rows in at the cursor, or takes some out by a negative number.
    mutating func insertRows(_ count: Int) {
        guard region.contains(cursor.y) else { return }
        shift(cursor.y...region.upperBound, by: -count)
        go(0, cursor.y)
    }

    private mutating func shift(_ part: ClosedRange<Int>, by count: Int) {
        let moved = min(abs(count), part.count)
        let empty = Array(repeating: Row(width), count: moved)
        let kept = Array(count > 0 ? rows[part].dropFirst(moved) : rows[part].dropLast(moved))
        rows.replaceSubrange(part, with: count > 0 ? kept + empty : empty + kept)
    }

    // MARK: Cells

    /// Erases the cursor's row, from a column up to another.
    mutating func erase(_ start: Int, _ end: Int) {
        let start = max(0, start)
        let end = min(width, end)
        guard start < end else { return }
        part(at: start)
        part(at: end)
        for x in start..<end { rows[cursor.y].cells[x] = Self.blank }
        if end == width { rows[cursor.y].goesOn = false }
        cursor.isPastEnd = false
    }

    /// Erases whole rows.
    mutating func eraseRows(_ chosen: Range<Int>) {
        for y in chosen.clamped(to: 0..<height) { rows[y] = Row(width) }
    }

    /// Puts blanks in at the cursor; what is pushed over the end is lost.
    mutating func insertCells(_ count: Int) {
        let count = min(count, width - cursor.x)
        part(at: cursor.x)
        part(at: width - count)
        let kept = rows[cursor.y].cells[cursor.x..<(width - count)]
        rows[cursor.y].cells.replaceSubrange(
            cursor.x..., with: Array(repeating: Self.blank, count: count) + kept)
        cursor.isPastEnd = false
    }

    /// Takes cells out at the cursor; those after them come nearer.
    mutating func deleteCells(_ count: Int) {
        let count = min(count, width - cursor.x)
        part(at: cursor.x)
        part(at: cursor.x + count)
        rows[cursor.y].cells.removeSubrange(cursor.x..<(cursor.x + count))
        rows[cursor.y].cells += Array(repeating: Self.blank, count: count)
        rows[cursor.y].goesOn = false
        cursor.isPastEnd = false
    }
}
