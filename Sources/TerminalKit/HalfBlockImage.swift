/// A picture of 8-bit RGB pixels, row by row.
public struct PixelImage: Hashable, Sendable {
    /// Pixels across.
    public let width: Int
    /// Pixels down.
    public let height: Int
    /// Red, green and blue of each pixel, from the top left.
    public let rgb: [UInt8]

    /// Makes a picture; nil unless there are exactly three bytes a pixel.
    public init?(width: Int, height: Int, rgb: [UInt8]) {
        guard width > 0, height > 0, width <= 1 << 16, height <= 1 << 16,
            rgb.count == width * height * 3
        else { return nil }
        self.width = width
        self.height = height
        self.rgb = rgb
    }

    /// The colour of a pixel inside of the picture.
    public func color(x: Int, y: Int) -> Color {
        let index = (y * width + x) * 3
        return Color(red: rgb[index], green: rgb[index + 1], blue: rgb[index + 2])
    }
}

/// A picture in cells, ready to be drawn; worth keeping, since making it costs.
public struct CellImage: Drawing, Hashable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The cells, row by row.
    public let cells: [Cell]

    init(width: Int, height: Int, cells: [Cell]) {
        precondition(cells.count == width * height)
        self.width = width
        self.height = height
        self.cells = cells
    }

    /// Draws the picture from the top left corner of the rectangle, clipped to it.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        for y in 0..<min(height, rect.height) {
            for x in 0..<min(width, rect.width) {
                canvas[rect.x + x, rect.y + y] = cells[y * width + x]
            }
        }
    }

    /// The picture in half blocks, two pixels a cell one above the other: nothing is lost.
    ///
    /// - Parameter background: the colour below an odd last row.
    public static func halfBlocks(_ image: PixelImage, background: Color? = nil) -> CellImage {
        let rows = (image.height + 1) / 2
        var cells: [Cell] = []
        cells.reserveCapacity(image.width * rows)
        for y in 0..<rows {
            for x in 0..<image.width {
                let below = 2 * y + 1 < image.height ? image.color(x: x, y: 2 * y + 1) : background
                cells.append(
                    Cell(
                        "▀",
                        style: Style(foreground: image.color(x: x, y: 2 * y), background: below)))
            }
        }
        return CellImage(width: image.width, height: rows, cells: cells)
    }

    /// The picture as braille dots, for terminals without colour: bright pixels become dots.
    ///
    /// Ordered dither over a 4x4 matrix, so that the same picture always gives the same dots.
    public static func dots(
        _ image: PixelImage, columns: Int, rows: Int, style: Style = .plain
    ) -> CellImage {
        let thresholds: [Double] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]
        var dots = BrailleDots(columns: columns, rows: rows)
        for y in 0..<dots.dotRows {
            for x in 0..<dots.dotColumns {
                let color = image.color(
                    x: x * image.width / dots.dotColumns, y: y * image.height / dots.dotRows)
                let threshold = (thresholds[(y & 3) * 4 + (x & 3)] + 0.5) * 16
                if color.luminance > threshold { dots.light(x, y) }
            }
        }
        return CellImage(
            width: dots.columns, height: dots.rows,
            cells: dots.masks.map { Cell($0 == 0 ? " " : BrailleDots.glyph($0), style: style) })
    }

    /// The picture in the best way for a size and depth.
    ///
    /// Exact in half blocks where it fits; smaller by libchafa; in dots without colour.
    public static func fitted(
        _ image: PixelImage, columns: Int, rows: Int, depth: ColorDepth
    ) -> CellImage {
        let exactRows = (image.height + 1) / 2
        // As large as fits with square pixels, a cell being twice as high as wide.
        let share = min(
            Double(columns) / Double(image.width), Double(rows) / Double(exactRows), 1)
        let across = min(max(Int(Double(image.width) * share), 1), max(columns, 1))
        let down = min(max(Int(Double(exactRows) * share), 1), max(rows, 1))
        if depth == .mono { return dots(image, columns: across, rows: down) }
        if columns >= image.width, rows >= exactRows { return halfBlocks(image) }
        return shrunk(image, columns: across, rows: down)
    }
}
