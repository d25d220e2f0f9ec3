/// One character cell of the screen.
///
/// A wide glyph occupies its own cell and the one right of it, which then holds
/// `Cell.continuation`.
public struct Cell: Hashable, Sendable {
    /// What the cell shows.
    public var glyph: Character
    /// How it shows it.
    public var style: Style

    /// Makes a cell.
    public init(_ glyph: Character = " ", style: Style = .plain) {
        self.glyph = glyph
        self.style = style
    }

    /// An empty cell in the terminal's own colours.
    public static let blank = Cell()

    /// The glyph of a cell covered by the wide glyph on its left.
    public static let continuation: Character = "\u{0}"

    /// Whether the wide glyph on the left covers this cell.
    public var isContinuation: Bool { glyph == Cell.continuation }
}
