/// A set of bars: the base model's, or a lane's.
public struct BarSeries: Hashable, Sendable {
    /// What the bars belong to, set above them.
    public var label: String
    /// One value for each category; NaN draws nothing.
    public var values: [Double]
    /// The bars' colour.
    public var style: Style
    /// Whether bars are drawn as shade, which tells the base from the lanes without colour.
    public var isShaded: Bool

    /// Makes a set of bars.
    public init(label: String, values: [Double], style: Style, isShaded: Bool = false) {
        self.label = label
        self.values = values
        self.style = style
        self.isShaded = isShaded
    }
}

/// Horizontal bars by category, one column of bars for each series, all on one scale.
///
/// Bars grow by eighths of a cell. A mark stands where a share would be uniform.
public struct BarHistogram: Drawing, Hashable, Sendable {
    /// The categories, top to bottom.
    public var categories: [String]
    /// The columns of bars, left to right; those without room are left out from the right.
    public var series: [BarSeries]
    /// The value of a full bar; nil takes the largest.
    public var maximum: Double?
    /// Marked value of each category, such as the uniform share; NaN or missing marks nothing.
    public var marks: [Double]
    /// Whether the series' names stand above the columns.
    public var showsHeader: Bool
    /// The categories' names.
    public var labelStyle: Style
    /// The marks.
    public var markStyle: Style

    /// Makes a histogram.
    public init(
        categories: [String], series: [BarSeries], maximum: Double? = nil, marks: [Double] = [],
        showsHeader: Bool = true, labelStyle: Style = .plain, markStyle: Style = .plain
    ) {
        self.categories = categories
        self.series = series
        self.maximum = maximum
        self.marks = marks
        self.showsHeader = showsHeader
        self.labelStyle = labelStyle
        self.markStyle = markStyle
    }

    /// Draws as many rows and columns as fit.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty, !series.isEmpty else { return }
        let longest = categories.map { TextLayout.columns($0, upTo: rect.width) }.max() ?? 0
        let names = min(longest, max(rect.width / 3, 0))
        let (labels, bars) = rect.splitLeft(names == 0 ? 0 : names + 1)
        let shown = min(series.count, max(bars.width / 6, 1))
        let hasHeader = showsHeader && rect.height > 1
        let (head, body) = bars.splitTop(hasHeader ? 1 : 0)
        let full = scale()
        let columns = body.columns(Array(repeating: 1, count: shown))
        let heads = head.columns(Array(repeating: 1, count: shown))
        for (index, one) in series.prefix(shown).enumerated() {
            if hasHeader {
                canvas.put(
                    one.label, x: heads[index].x, y: head.y, style: one.style,
                    maxWidth: heads[index].width - 1)
            }
            // A blank column keeps neighbours apart.
            let area = columns[index].inset(horizontally: 0, vertically: 0)
                .splitRight(index + 1 < shown ? 1 : 0).0
            for row in 0..<min(categories.count, body.height) {
                let line = Rect(x: area.x, y: area.y + row, width: area.width, height: 1)
                drawBar(one, row, of: full, on: &canvas, in: line)
            }
        }
        for row in 0..<min(categories.count, body.height) {
            canvas.put(
                categories[row], x: labels.x, y: body.y + row, style: labelStyle, maxWidth: names)
        }
    }

    private func scale() -> Double {
        if let maximum, maximum > 0, maximum.isFinite { return maximum }
        let all = series.flatMap(\.values) + marks
        let largest = all.filter(\.isFinite).max() ?? 1
        return largest > 0 ? largest : 1
    }

    private func drawBar(
        _ one: BarSeries, _ row: Int, of full: Double, on canvas: inout Canvas, in line: Rect
    ) {
        guard line.width > 0 else { return }
        if row < one.values.count, one.values[row].isFinite {
            Bar.draw(
                share: one.values[row] / full, style: one.style, isShaded: one.isShaded,
                on: &canvas, in: line)
        }
        if row < marks.count, marks[row].isFinite {
            let share = min(max(marks[row] / full, 0), 1)
            let x = line.x + min(Int(share * Double(line.width)), line.width - 1)
            // Over a bar the mark takes the bar's colour as its background.
            let under = canvas[x, line.y]
            let isBar = under.glyph != " " && under.glyph != "░"
            canvas[x, line.y] = Cell(
                "┊", style: isBar ? markStyle.on(one.style.foreground) : markStyle)
        }
    }
}

/// A bar of eighths of a cell.
enum Bar {
    static let eighths: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

    /// Draws a bar over the share of a one-row rectangle, 0 to 1.
    static func draw(
        share: Double, style: Style, isShaded: Bool = false, on canvas: inout Canvas, in line: Rect
    ) {
        guard line.width > 0, share.isFinite, share > 0 else { return }
        var parts = Int((min(share, 1) * Double(line.width * 8)).rounded())
        // Something is never shown as nothing.
        parts = max(parts, 1)
        if isShaded { parts = max((parts + 4) / 8, 1) * 8 }
        for x in 0..<line.width {
            let filled = min(max(parts - x * 8, 0), 8)
            if filled == 0 { break }
            let glyph: Character = isShaded ? "░" : eighths[filled]
            canvas[line.x + x, line.y] = Cell(glyph, style: style)
        }
    }
}
