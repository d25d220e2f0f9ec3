/// A frame in memory: a grid of cells that views draw on and back ends show.
///
/// Nothing drawn ever lands outside the grid, whatever its position or length.
public struct Canvas: Hashable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    private var cells: [Cell]
    /// What means something to the mouse, later areas over earlier ones.
    public private(set) var hitAreas: [HitArea] = []

    /// Makes a canvas of blank cells; a negative size becomes 0.
    public init(width: Int, height: Int, style: Style = .plain) {
        self.width = max(width, 0)
        self.height = max(height, 0)
        cells = Array(repeating: Cell(" ", style: style), count: self.width * self.height)
    }

    /// The whole canvas as a rectangle.
    public var bounds: Rect { Rect(width: width, height: height) }

    /// The cell at a position; outside of the canvas reads are blank and writes do nothing.
    ///
    /// A write keeps wide glyphs whole: what is half covered becomes blank. A wide glyph takes the
    /// next cell too, and becomes a blank where there is none.
    public subscript(x: Int, y: Int) -> Cell {
        get { bounds.contains(x: x, y: y) ? cells[y * width + x] : .blank }
        set {
            guard bounds.contains(x: x, y: y) else { return }
            store(newValue.glyph, x: x, y: y, style: newValue.style)
        }
    }

    /// Marks a part of the frame as something that the mouse can act on.
    public mutating func mark(_ rect: Rect, _ target: any (Hashable & Sendable)) {
        let visible = rect.intersection(bounds)
        if !visible.isEmpty { hitAreas.append(HitArea(visible, target)) }
    }

    /// Forgets all marks so far: what is drawn next lies over everything.
    public mutating func unmark() { hitAreas = [] }

    /// The cells of one row, left to right.
    public func row(_ y: Int) -> ArraySlice<Cell> {
        (0..<height).contains(y) ? cells[y * width..<(y + 1) * width] : []
    }

    /// Writes a text from a position to the right, and tells how many columns it took.
    ///
    /// - Parameters:
    ///   - text: one line; line breaks become blanks, control characters U+FFFD.
    ///   - x: the first column; may lie outside, what is outside is not drawn but counts.
    ///   - maxWidth: the columns allowed; a longer text ends in an ellipsis.
    @discardableResult
    public mutating func put(
        _ text: String, x: Int, y: Int, style: Style, maxWidth: Int? = nil
    ) -> Int {
        let limit = maxWidth.map { max($0, 0) } ?? Int.max
        var used = 0
        var overflow = false
        var clip = limit
        if let maxWidth, maxWidth > 0, TextLayout.exceeds(text, maxWidth) {
            overflow = true
            clip = maxWidth - 1
        }
        for character in text {
            let glyph = GlyphWidth.drawable(character)
            let columns = GlyphWidth.columns(of: glyph)
            if columns == 0 { continue }
            guard used <= clip - columns else { break }
            draw(glyph, columns: columns, x: x &+ used, y: y, style: style)
            used += columns
            // Right of the canvas nothing is drawn, and nobody asked for the rest's width.
            if maxWidth == nil, x &+ used >= width, used >= width { break }
        }
        if overflow {
            draw("…", columns: 1, x: x &+ used, y: y, style: style)
            used += 1
        }
        return used
    }

    /// Writes a text that ends left of a column.
    @discardableResult
    public mutating func put(
        _ text: String, rightAlignedTo maxX: Int, y: Int, style: Style, maxWidth: Int
    ) -> Int {
        let columns = min(TextLayout.columns(text, upTo: maxWidth), max(maxWidth, 0))
        return put(text, x: maxX - columns, y: y, style: style, maxWidth: maxWidth)
    }

    /// Makes every cell of a rectangle blank in a style.
    public mutating func fill(_ rect: Rect, _ style: Style) { fill(rect, " ", style) }

    /// Puts one narrow glyph into every cell of a rectangle.
    public mutating func fill(_ rect: Rect, _ glyph: Character, _ style: Style) {
        let area = bounds.intersection(rect)
        for y in area.y..<area.maxY {
            for x in area.x..<area.maxX { store(glyph, x: x, y: y, style: style) }
        }
    }

    /// Changes the style of every cell of a rectangle and keeps its glyphs.
    public mutating func restyle(_ rect: Rect, _ change: (Style) -> Style) {
        let area = bounds.intersection(rect)
        for y in area.y..<area.maxY {
            for x in area.x..<area.maxX {
                cells[y * width + x].style = change(cells[y * width + x].style)
            }
        }
    }

    /// Draws a frame with rounded corners, and titles set into its upper edge.
    public mutating func box(
        _ rect: Rect, title: String? = nil, titleRight: String? = nil, style: Style,
        titleStyle: Style? = nil
    ) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let right = rect.maxX - 1
        let bottom = rect.maxY - 1
        let across = bounds.intersection(rect)
        for x in across.x..<across.maxX {
            self[x, rect.y] = Cell("─", style: style)
            self[x, bottom] = Cell("─", style: style)
        }
        for y in across.y..<across.maxY {
            self[rect.x, y] = Cell("│", style: style)
            self[right, y] = Cell("│", style: style)
        }
        self[rect.x, rect.y] = Cell("╭", style: style)
        self[right, rect.y] = Cell("╮", style: style)
        self[rect.x, bottom] = Cell("╰", style: style)
        self[right, bottom] = Cell("╯", style: style)
        // A corner, a line and a blank stand before the title, a blank and a corner after it.
        var room = rect.width - 5
        if let title, !title.isEmpty, room > 0 {
            let columns = TextLayout.columns(title, upTo: room)
            put(" ", x: rect.x + 1, y: rect.y, style: style)
            put(title, x: rect.x + 2, y: rect.y, style: titleStyle ?? style, maxWidth: room)
            put(" ", x: rect.x + 2 + columns, y: rect.y, style: style)
            room -= columns + 3
        }
        if let titleRight, !titleRight.isEmpty, room > 0 {
            let columns = TextLayout.columns(titleRight, upTo: room)
            // A cut title on the right says nothing, so it is shown whole or not at all.
            guard !TextLayout.exceeds(titleRight, room) else { return }
            put(
                " " + titleRight + " ", x: right - columns - 2, y: rect.y,
                style: titleStyle ?? style)
        }
    }

    /// Draws a thing inside a rectangle.
    public mutating func draw(_ drawing: some Drawing, in rect: Rect) {
        drawing.draw(on: &self, in: rect)
    }

    /// The frame as text: one line a row, blanks at the end of a line left out.
    public func plainText() -> String {
        var text = ""
        for y in 0..<height {
            var line = ""
            for cell in row(y) where !cell.isContinuation { line.append(cell.glyph) }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    private mutating func draw(
        _ glyph: Character, columns: Int, x: Int, y: Int, style: Style
    ) {
        guard y >= 0, y < height, x < width, x >= -1 else { return }
        if columns == 2, x == -1, width > 0 {
            store(" ", x: 0, y: y, style: style)
        } else if x >= 0 {
            store(glyph, x: x, y: y, style: style)
        }
    }

    /// Puts a glyph into a cell inside of the canvas and repairs the wide glyphs it cuts.
    private mutating func store(_ given: Character, x: Int, y: Int, style: Style) {
        let index = y * width + x
        var glyph = GlyphWidth.drawable(given)
        var columns = GlyphWidth.columns(of: glyph)
        if columns == 0 || (columns == 2 && x + 1 >= width) {
            glyph = " "
            columns = 1
        }
        if cells[index].isContinuation, x > 0 { cells[index - 1].glyph = " " }
        let last = index + columns - 1
        if x + columns < width, cells[last + 1].isContinuation { cells[last + 1].glyph = " " }
        cells[index] = Cell(glyph, style: style)
        if columns == 2 { cells[last] = Cell(Cell.continuation, style: style) }
    }
}

/// Something that draws itself into a rectangle of a canvas, and never outside it.
public protocol Drawing {
    /// Draws into the rectangle, as much as fits.
    func draw(on canvas: inout Canvas, in rect: Rect)
}
