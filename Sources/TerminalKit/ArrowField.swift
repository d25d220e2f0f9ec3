import Foundation

/// A mark laid over an arrow field.
public struct FieldPoint: Hashable, Sendable {
    /// Across, 0 (left) to 1 (right).
    public var x: Double
    /// Up, 0 (bottom) to 1 (top).
    public var y: Double
    /// What it looks like.
    public var glyph: Character
    /// Its colour.
    public var style: Style

    /// Makes a mark.
    public init(x: Double, y: Double, glyph: Character = "•", style: Style) {
        self.x = x
        self.y = y
        self.glyph = glyph
        self.style = style
    }
}

/// A vector field as a grid of arrows, with points on top.
public struct ArrowField: Drawing, Hashable, Sendable {
    /// One arrow; up and right are positive.
    public struct Vector: Hashable, Sendable {
        /// To the right.
        public var dx: Double
        /// Upwards.
        public var dy: Double
        /// The arrow's style.
        public var style: Style

        /// Makes a vector.
        public init(dx: Double, dy: Double, style: Style = .plain) {
            self.dx = dx
            self.dy = dy
            self.style = style
        }
    }

    /// Arrows across.
    public var columns: Int
    /// Arrows down.
    public var rows: Int
    /// The arrows, row by row from the top; missing ones are left out.
    public var vectors: [Vector]
    /// What lies on top.
    public var points: [FieldPoint]

    /// Makes a field.
    public init(columns: Int, rows: Int, vectors: [Vector], points: [FieldPoint] = []) {
        self.columns = max(columns, 0)
        self.rows = max(rows, 0)
        self.vectors = vectors
        self.points = points
    }

    /// Draws the arrows spread evenly over the rectangle.
    ///
    /// Where there is less room than arrows, the nearest arrow of each cell is shown.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty, columns > 0, rows > 0 else { return }
        let across = min(columns, (rect.width + 1) / 2)
        let down = min(rows, rect.height)
        for row in 0..<down {
            for column in 0..<across {
                let source = (row * rows / down) * columns + column * columns / across
                guard source < vectors.count else { continue }
                let vector = vectors[source]
                guard let glyph = ArrowField.arrow(dx: vector.dx, dy: vector.dy) else { continue }
                let place = position(column, of: across, row, of: down, in: rect)
                canvas[place.x, place.y] = Cell(glyph, style: vector.style)
            }
        }
        for point in points where point.x.isFinite && point.y.isFinite {
            let x = min(max(point.x, 0), 1) * Double(rect.width - 1)
            let y = (1 - min(max(point.y, 0), 1)) * Double(rect.height - 1)
            canvas[rect.x + Int(x.rounded()), rect.y + Int(y.rounded())] = Cell(
                GlyphWidth.columns(of: point.glyph) == 1 ? point.glyph : "•", style: point.style)
        }
    }

    private func position(
        _ column: Int, of across: Int, _ row: Int, of down: Int, in rect: Rect
    ) -> (x: Int, y: Int) {
        // The middle of each arrow's share, so that points between them keep their places.
        (
            rect.x + (2 * column + 1) * rect.width / (2 * across),
            rect.y + (2 * row + 1) * rect.height / (2 * down)
        )
    }

    /// The arrow nearest to a direction; a dot for no direction, nil for one that is not finite.
    public static func arrow(dx: Double, dy: Double) -> Character? {
        guard dx.isFinite, dy.isFinite else { return nil }
        if dx == 0, dy == 0 { return "·" }
        let arrows: [Character] = ["→", "↗", "↑", "↖", "←", "↙", "↓", "↘"]
        let eighth = Int((atan2(dy, dx) / (.pi / 4)).rounded())
        return arrows[(eighth + 8) % 8]
    }
}
