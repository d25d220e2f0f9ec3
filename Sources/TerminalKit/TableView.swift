/// A column of a table.
public struct TableColumn: Hashable, Sendable {
    /// The text in the head.
    public var title: String
    /// Where the texts stand.
    public var alignment: TextAlignment
    /// The fewest columns of the screen it can do with.
    public var minimum: Int
    /// Whether it takes what is left of the width.
    public var isFlexible: Bool
    /// Columns of a lower priority are left out first where the room is short.
    public var priority: Int

    /// Makes a column.
    public init(
        _ title: String, alignment: TextAlignment = .left, minimum: Int = 1,
        isFlexible: Bool = false, priority: Int = 0
    ) {
        self.title = title
        self.alignment = alignment
        self.minimum = minimum
        self.isFlexible = isFlexible
        self.priority = priority
    }
}

/// A text in a table.
public struct TableCell: Hashable, Sendable, ExpressibleByStringLiteral {
    /// What it says.
    public var text: String
    /// Its style; nil is the table's.
    public var style: Style?

    /// Makes a cell.
    public init(_ text: String, style: Style? = nil) {
        self.text = text
        self.style = style
    }

    /// Makes a cell in the table's style.
    public init(stringLiteral value: String) { self.init(value) }
}

/// A table: aligned columns as wide as their texts, clipped to the room.
public struct TableView: Drawing, Hashable, Sendable {
    /// The columns, left to right.
    public var columns: [TableColumn]
    /// The rows, top to bottom; a row may be shorter than the columns.
    public var rows: [[TableCell]]
    /// The row chosen; it is scrolled into view.
    public var selected: Int?
    /// Whether the columns' titles stand above.
    public var showsHeader: Bool
    /// The rows' style.
    public var style: Style
    /// The titles' style.
    public var headerStyle: Style
    /// The background and attributes of the row chosen.
    public var selectionStyle: Style

    /// Makes a table.
    public init(
        columns: [TableColumn], rows: [[TableCell]], selected: Int? = nil,
        showsHeader: Bool = true, style: Style = .plain, headerStyle: Style = .plain,
        selectionStyle: Style = Style(attributes: .reverse)
    ) {
        self.columns = columns
        self.rows = rows
        self.selected = selected
        self.showsHeader = showsHeader
        self.style = style
        self.headerStyle = headerStyle
        self.selectionStyle = selectionStyle
    }

    /// Draws as many columns and rows as fit.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty, !columns.isEmpty else { return }
        let layout = widths(in: rect.width)
        let head = showsHeader && rect.height > 1 ? 1 : 0
        if head == 1 {
            drawRow(
                columns.map { TableCell($0.title) }, layout, headerStyle, on: &canvas,
                in: rect.splitTop(1).0)
        }
        let body = rect.splitTop(head).1
        let first = firstRow(height: body.height)
        for line in 0..<min(body.height, max(rows.count - first, 0)) {
            let area = Rect(x: body.x, y: body.y + line, width: body.width, height: 1)
            drawRow(rows[first + line], layout, style, on: &canvas, in: area)
            if first + line == selected {
                let chosen = selectionStyle
                canvas.restyle(area) { style in
                    var marked = style.with(chosen.attributes)
                    if let background = chosen.background { marked.background = background }
                    return marked
                }
            }
        }
    }

    /// The first row shown, so that the chosen one is in view.
    public func firstRow(height: Int) -> Int {
        guard let selected, height > 0, rows.count > height else { return 0 }
        return min(max(selected - height / 2, 0), rows.count - height)
    }

    private func drawRow(
        _ cells: [TableCell], _ layout: [(column: Int, width: Int)], _ style: Style,
        on canvas: inout Canvas, in line: Rect
    ) {
        var x = line.x
        for (column, width) in layout {
            if column < cells.count {
                let text = TextLayout.padded(
                    cells[column].text, to: width, alignment: columns[column].alignment)
                canvas.put(
                    text, x: x, y: line.y, style: cells[column].style ?? style,
                    maxWidth: min(width, line.maxX - x))
            }
            x += width + 1
        }
    }

    /// The columns shown and their widths; the sum with one blank between fits the width.
    private func widths(in width: Int) -> [(column: Int, width: Int)] {
        var natural = columns.indices.map { index in
            let texts = rows.map { index < $0.count ? $0[index].text : "" }
            let head = showsHeader ? TextLayout.columns(columns[index].title, upTo: width) : 0
            return max(
                columns[index].minimum, head,
                texts.map { TextLayout.columns($0, upTo: width) }.max() ?? 0)
        }
        var shown = Array(columns.indices)
        func total() -> Int { shown.reduce(shown.count - 1) { $0 + natural[$1] } }
        // Flexible columns shrink first, then the least important ones go.
        for index in shown where columns[index].isFlexible && total() > width {
            let least = max(columns[index].minimum, 1)
            natural[index] = max(natural[index] - (total() - width), least)
        }
        while shown.count > 1, total() > width {
            let least = shown.map { columns[$0].priority }.min() ?? 0
            guard let place = shown.lastIndex(where: { columns[$0].priority == least }) else {
                break
            }
            shown.remove(at: place)
        }
        if let only = shown.first, shown.count == 1 { natural[only] = min(natural[only], width) }
        let flexible = shown.filter { columns[$0].isFlexible }
        if let last = flexible.last, total() < width { natural[last] += width - total() }
        return shown.map { ($0, natural[$0]) }
    }
}
