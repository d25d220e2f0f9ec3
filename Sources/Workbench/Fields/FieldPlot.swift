import Figures
import Foundation
import TerminalKit

/// One field on the screen: axes, arrows of descent, the path of the batch's mean, the batch, and
/// the cursor.
struct FieldPlot: Drawing {
    let field: LaneField
    let plane: FieldPlane
    let state: FieldsState
    let theme: Theme
    /// Whether axes are drawn where there is room for them.
    var hasAxes = true

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        let plot = hasAxes ? drawAxes(on: &canvas, in: rect) : rect
        guard !plot.isEmpty else { return }
        if hasAxes { canvas.mark(plot, MouseTarget.surface(.fields, plot)) }
        drawDiagonal(on: &canvas, in: plot)
        drawArrows(on: &canvas, in: plot)
        if state.showsPath { drawPath(on: &canvas, in: plot) }
        if state.showsBatch {
            for pair in field.batch {
                let style = theme.style(for: .text).with(.bold)
                if cell(pair, in: plot) == nil {
                    let edge = FieldPlot.edge(of: pair, plane, plot)
                    canvas[edge.x, edge.y] = Cell("×", style: style)
                }
                put("•", at: pair, style, on: &canvas, in: plot)
            }
        }
        if let mean = field.mean, state.showsBatch || state.showsPath {
            put("◆", at: mean, theme.series(field.index).with(.bold), on: &canvas, in: plot)
        }
        if let probe = state.probe { drawProbe(probe, on: &canvas, in: plot) }
    }

    // MARK: Places

    private func cell(_ pair: FieldProbe, in plot: Rect) -> (x: Int, y: Int)? {
        let (across, up) = (plane.across(pair.l1), plane.up(pair.l2))
        guard (0...1).contains(across), (0...1).contains(up) else { return nil }
        return (
            plot.x + min(Int(across * Double(plot.width)), plot.width - 1),
            plot.y + min(Int((1 - up) * Double(plot.height)), plot.height - 1)
        )
    }

    /// Where a pair that lies outside is marked.
    private static func edge(
        of pair: FieldProbe, _ plane: FieldPlane, _ plot: Rect
    ) -> (x: Int, y: Int) {
        let across = min(max(plane.across(pair.l1), 0), 1)
        let up = min(max(plane.up(pair.l2), 0), 1)
        return (
            plot.x + min(Int(across * Double(plot.width)), plot.width - 1),
            plot.y + min(Int((1 - up) * Double(plot.height)), plot.height - 1)
        )
    }

    private func put(
        _ glyph: Character, at pair: FieldProbe, _ style: Style, on canvas: inout Canvas,
        in plot: Rect
    ) {
        guard let place = cell(pair, in: plot) else { return }
        canvas[place.x, place.y] = Cell(glyph, style: style)
    }

    // MARK: Axes

    /// Draws the axes and returns what they leave.
    private func drawAxes(on canvas: inout Canvas, in rect: Rect) -> Rect {
        guard rect.width >= 24, rect.height >= 8 else { return rect }
        let style = theme.style(for: .axis)
        let up = plane.ticks(of: plane.y, atMost: max(rect.height / 4, 2))
        let gutter = min((up.map { TextLayout.columns($0.label) }.max() ?? 0) + 1, rect.width / 3)
        let plot = Rect(
            x: rect.x + gutter, y: rect.y, width: rect.width - gutter, height: rect.height - 1)
        for tick in up {
            let share = plane.up(tick.logRatio)
            guard (0...1).contains(share) else { continue }
            let row = min(Int((1 - share) * Double(plot.height)), plot.height - 1)
            canvas.put(
                tick.label, rightAlignedTo: plot.x - 1, y: plot.y + row, style: style,
                maxWidth: gutter - 1)
        }
        var free = plot.x
        for tick in plane.ticks(of: plane.x, atMost: max(plot.width / 9, 2)) {
            let share = plane.across(tick.logRatio)
            guard (0...1).contains(share) else { continue }
            let width = TextLayout.columns(tick.label)
            let centre = plot.x + Int(share * Double(plot.width - 1))
            let start = min(max(centre - width / 2, free), rect.maxX - width)
            guard start >= free else { continue }
            canvas.put(
                tick.label, x: start, y: rect.maxY - 1, style: style, maxWidth: rect.maxX - start)
            free = start + width + 1
        }
        return plot
    }

    /// Where winner and loser have moved alike.
    private func drawDiagonal(on canvas: inout Canvas, in plot: Rect) {
        guard plot.width >= 16, plot.height >= 6 else { return }
        var dots = DotLayer(plot)
        let style = theme.faint(theme.style(for: .axis))
        // Every third dot of a column: a line that arrows are not mistaken for.
        for column in stride(from: 0, to: plot.width * 2, by: 3) {
            let across = (Double(column) + 0.5) / Double(plot.width * 2)
            let up = plane.up(plane.pair(across: across, up: 0).l1)
            guard (0...1).contains(up) else { continue }
            let place = (x: Double(column), y: (1 - up) * Double(plot.height * 4 - 1))
            dots.line(from: place, to: place, style: style)
        }
        dots.draw(on: &canvas)
    }

    // MARK: Arrows

    private func drawArrows(on canvas: inout Canvas, in plot: Rect) {
        // Tails need cells of their own; where there are few, a glyph an arrow has to do.
        let pitch = plot.width >= 84 && plot.height >= 24 ? 6 : plot.width >= 26 ? 4 : 2
        let columns = max(1, plot.width / pitch)
        let rows = max(1, plot.height / max(1, pitch / 2))
        let arrows =
            field.law.map { plane.arrows(of: $0, columns: columns, rows: rows) }
            ?? plane.arrows(at: field.toldArrows)
        var tails = DotLayer(plot)
        let reach = pitch > 2 ? Double(pitch) * 2 - 1 : 0
        for arrow in arrows {
            guard (0...1).contains(arrow.across), (0...1).contains(arrow.up) else { continue }
            let style = style(of: arrow)
            let x = arrow.across * Double(plot.width)
            let y = (1 - arrow.up) * Double(plot.height)
            // From here on the gradient is too small for its direction to mean a step.
            guard arrow.size > 1e-9, let head = ArrowField.arrow(dx: arrow.dx, dy: arrow.dy) else {
                canvas[plot.x + clamp(x, plot.width), plot.y + clamp(y, plot.height)] = Cell(
                    "·", style: theme.style(for: .dim))
                continue
            }
            // Lengths span many powers of ten: the cube root keeps small ones visible.
            let length = (state.hasUnitArrows ? 0.8 : max(0.15, cbrt(arrow.size))) * reach / 2
            let (dx, dy) = (arrow.dx * length, -arrow.dy * length)
            tails.line(
                from: (x * 2 - dx, y * 4 - dy), to: (x * 2 + dx, y * 4 + dy), style: style)
            tails.head(head, at: (x * 2 + dx, y * 4 + dy), style: style)
        }
        tails.draw(on: &canvas)
    }

    private func clamp(_ value: Double, _ count: Int) -> Int { min(max(Int(value), 0), count - 1) }

    private func style(of arrow: PlaneArrow) -> Style {
        let style =
            switch arrow.balance {
            case .winner: theme.style(for: .winner)
            case .loser: theme.style(for: .loser)
            case .alike: theme.style(for: .dim)
            }
        // Where length cannot tell a weak pull from a strong one, faintness does.
        return !state.hasUnitArrows && arrow.size < 0.02 ? theme.faint(style) : style
    }

    // MARK: Path and cursor

    private func drawPath(on canvas: inout Canvas, in plot: Rect) {
        let path = field.path
        guard let first = path.first, path.count > 1 else { return }
        var dots = DotLayer(plot)
        let style = theme.series(field.index).with(.bold)
        func dot(_ pair: FieldProbe) -> (Double, Double) {
            (
                plane.across(pair.l1) * Double(plot.width * 2),
                (1 - plane.up(pair.l2)) * Double(plot.height * 4)
            )
        }
        for (a, b) in zip(path, path.dropFirst()) {
            dots.line(from: dot(a), to: dot(b), style: style)
        }
        dots.draw(on: &canvas)
        put("○", at: first, style, on: &canvas, in: plot)
    }

    private func drawProbe(_ probe: FieldProbe, on canvas: inout Canvas, in plot: Rect) {
        guard let place = cell(probe, in: plot) else { return }
        let style = theme.style(for: .accent)
        for (dx, glyph) in [(-2, "─"), (-1, "─"), (1, "─"), (2, "─")] as [(Int, Character)]
        where plot.contains(x: place.x + dx, y: place.y) {
            canvas[place.x + dx, place.y] = Cell(glyph, style: style)
        }
        for dy in [-1, 1] where plot.contains(x: place.x, y: place.y + dy) {
            canvas[place.x, place.y + dy] = Cell("│", style: style)
        }
        canvas[place.x, place.y] = Cell("┼", style: style.with(.reverse))
    }
}

/// Braille strokes in any direction and glyphs upon them, each cell in the style of the last stroke.
struct DotLayer {
    private let rect: Rect
    private var dots: BrailleDots
    private var styles: [Style?]
    private var glyphs: [Int: (Character, Style)] = [:]

    init(_ rect: Rect) {
        self.rect = rect
        dots = BrailleDots(columns: rect.width, rows: rect.height)
        styles = Array(repeating: nil, count: rect.width * rect.height)
    }

    /// Lights the dots of a stroke between two places in dots, the first row on top.
    mutating func line(
        from a: (x: Double, y: Double), to b: (x: Double, y: Double), style: Style
    ) {
        guard a.x.isFinite, a.y.isFinite, b.x.isFinite, b.y.isFinite else { return }
        // What lies far outside is cut off before dots are counted.
        let limit = Double(dots.dotColumns + dots.dotRows) + 64
        guard abs(a.x) < limit * 8, abs(a.y) < limit * 8, abs(b.x) < limit * 8, abs(b.y) < limit * 8
        else { return }
        let steps = max(1, Int(max(abs(b.x - a.x), abs(b.y - a.y)).rounded(.up)))
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            let x = Int((a.x + share * (b.x - a.x)).rounded(.down))
            let y = Int((a.y + share * (b.y - a.y)).rounded(.down))
            guard x >= 0, y >= 0, x < dots.dotColumns, y < dots.dotRows else { continue }
            dots.light(x, y)
            styles[y / 4 * rect.width + x / 2] = style
        }
    }

    /// Puts a glyph into the cell of a dot.
    mutating func head(_ glyph: Character, at place: (x: Double, y: Double), style: Style) {
        guard place.x >= 0, place.y >= 0 else { return }
        let (column, row) = (Int(place.x) / 2, Int(place.y) / 4)
        guard column < rect.width, row < rect.height else { return }
        glyphs[row * rect.width + column] = (glyph, style)
    }

    /// Draws what was lit; other cells stay as they are.
    func draw(on canvas: inout Canvas) {
        for (index, style) in styles.enumerated() {
            let (x, y) = (rect.x + index % rect.width, rect.y + index / rect.width)
            if let glyph = glyphs[index] {
                canvas[x, y] = Cell(glyph.0, style: glyph.1)
            } else if let style, dots.masks[index] != 0 {
                canvas[x, y] = Cell(BrailleDots.glyph(dots.masks[index]), style: style)
            }
        }
    }
}
