extension Canvas {
    /// The frame as a standalone SVG picture with its colours.
    ///
    /// Blocks, shades, braille dots and frame lines are drawn as shapes, so that they meet without
    /// seams in any viewer; everything else is monospaced text stretched to its columns.
    ///
    /// - Parameters:
    ///   - foreground: what the terminal's own text colour is taken to be.
    ///   - background: what the terminal's own background is taken to be.
    public func svg(
        foreground: Color = Color(hex: 0xD5DAE1), background: Color = Color(hex: 0x14171C)
    ) -> String {
        let picture = SVGPicture(foreground: foreground, background: background)
        return picture.draw(self)
    }

    /// The frame as an SVG picture on a theme's colours.
    public func svg(theme: Theme) -> String {
        let dark = Theme.builtin
        return svg(
            foreground: theme.foreground ?? dark.foreground ?? Color(hex: 0xFFFFFF),
            background: theme.background ?? dark.background ?? Color(hex: 0))
    }
}

/// The drawing of one frame: cells of 9 x 18 units, so that half blocks are square.
private struct SVGPicture {
    static let cellWidth = 9
    static let cellHeight = 18
    let foreground: Color
    let background: Color

    func draw(_ canvas: Canvas) -> String {
        let width = canvas.width * Self.cellWidth
        let height = canvas.height * Self.cellHeight
        var parts: [String] = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" font-family="'DejaVu Sans Mono',Menlo,Consolas,\
            'Liberation Mono',monospace" font-size="15" shape-rendering="crispEdges">
            """,
            "<rect width=\"\(width)\" height=\"\(height)\" fill=\"\(background.text)\"/>",
        ]
        for y in 0..<canvas.height {
            backgrounds(Array(canvas.row(y)), y, &parts)
            glyphs(Array(canvas.row(y)), y, &parts)
        }
        parts.append("</svg>\n")
        return parts.joined(separator: "\n")
    }

    private func colors(_ style: Style) -> (ink: Color, paper: Color) {
        var ink = style.foreground ?? foreground
        var paper = style.background ?? background
        if style.attributes.contains(.reverse) { swap(&ink, &paper) }
        if style.attributes.contains(.dim) { ink = ink.blended(with: paper, 0.45) }
        return (ink, paper)
    }

    /// One rectangle for each run of cells with the same background.
    private func backgrounds(_ row: [Cell], _ y: Int, _ parts: inout [String]) {
        var start = 0
        while start < row.count {
            let paper = colors(row[start].style).paper
            var end = start + 1
            while end < row.count, colors(row[end].style).paper == paper { end += 1 }
            if paper != background {
                rect(
                    start * Self.cellWidth, y * Self.cellHeight, (end - start) * Self.cellWidth,
                    Self.cellHeight, paper, &parts)
            }
            start = end
        }
    }

    private func glyphs(_ row: [Cell], _ y: Int, _ parts: inout [String]) {
        var x = 0
        while x < row.count {
            let cell = row[x]
            let left = x * Self.cellWidth
            let top = y * Self.cellHeight
            let ink = colors(cell.style).ink
            if cell.glyph == " " && !cell.style.attributes.contains(.underline)
                || cell.isContinuation
            {
                x += 1
            } else if let shape = SVGShape(cell.glyph) {
                parts += shape.elements(left, top, ink)
                x += 1
            } else {
                let start = x
                var text = ""
                // A run of words in one style; two blanks end it, so that columns stay in place.
                while x < row.count, row[x].style == cell.style, SVGShape(row[x].glyph) == nil {
                    let isGap =
                        row[x].glyph == " " && x + 1 < row.count && row[x + 1].glyph == " "
                    if isGap, !cell.style.attributes.contains(.underline) { break }
                    if !row[x].isContinuation { text.append(row[x].glyph) }
                    x += 1
                }
                self.text(text, left, top, (x - start) * Self.cellWidth, cell.style, &parts)
            }
        }
    }

    private func text(
        _ text: String, _ left: Int, _ top: Int, _ width: Int, _ style: Style,
        _ parts: inout [String]
    ) {
        var extra = ""
        if style.attributes.contains(.bold) { extra += " font-weight=\"bold\"" }
        if style.attributes.contains(.underline) { extra += " text-decoration=\"underline\"" }
        parts.append(
            "<text x=\"\(left)\" y=\"\(top + 14)\" textLength=\"\(width)\" "
                + "lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" "
                + "fill=\"\(colors(style).ink.text)\"\(extra)>\(escaped(text))</text>")
    }

    private func rect(
        _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: Color, _ parts: inout [String]
    ) {
        parts.append(
            "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" "
                + "fill=\"\(color.text)\"/>")
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // What XML 1.0 does not allow at all.
            case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value):
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
