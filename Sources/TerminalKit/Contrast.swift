extension Color {
    /// The relative luminance of WCAG 2, 0 (black) to 1 (white).
    public var relativeLuminance: Double {
        0.2126 * Color.linear[Int(red)] + 0.7152 * Color.linear[Int(green)]
            + 0.0722 * Color.linear[Int(blue)]
    }

    /// The contrast ratio of WCAG 2 between two colours, 1 (none) to 21.
    public func contrast(with other: Color) -> Double {
        let (a, b) = (relativeLuminance, other.relativeLuminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /// The light of each channel value, found once.
    private static let linear: [Double] = (0...255).map { value in
        let share = Double(value) / 255
        guard share > 0.04045 else { return share / 12.92 }
        // ((share + 0.055) / 1.055) to the power 2.4, which is x^2 * (x^2)^(1/5).
        let x = (share + 0.055) / 1.055
        return x * x * fifthRoot(x * x)
    }

    /// By Newton's steps, which are exact to the last digits from anywhere in 0...1.
    private static func fifthRoot(_ value: Double) -> Double {
        var root = 1.0
        for _ in 0..<60 {
            root -= (root * root * root * root * root - value) / (5 * root * root * root * root)
        }
        return root
    }
}

extension Canvas {
    /// Gives letters another ink where they stand on a ground of their own that swallows theirs.
    ///
    /// A view sets a series' colour or a key's on a selected row without knowing whether a theme,
    /// perhaps the person's own, keeps the two apart; here what comes out is made readable. Grounds
    /// that are the theme's background are the theme's own affair and are left alone.
    ///
    /// - Parameters:
    ///   - theme: whose inks are taken, the first that is readable.
    ///   - least: the contrast ratio of WCAG 2 below which an ink is exchanged.
    public mutating func keepReadable(in theme: Theme, least: Double = 4.5) {
        let inks =
            [
                theme.style(for: .selection).foreground, theme.style(for: .dialog).foreground,
                theme.foreground, theme.background, Color(hex: 0xFFFFFF), Color(hex: 0x000000),
            ].compactMap { $0 }
        var better: [Style: Style] = [:]
        for y in 0..<height {
            for (x, cell) in row(y).enumerated() {
                guard let paper = cell.style.background, paper != theme.background,
                    let ink = cell.style.foreground, Canvas.isWritten(cell.glyph)
                else { continue }
                if let known = better[cell.style] {
                    if known != cell.style { self[x, y] = Cell(cell.glyph, style: known) }
                    continue
                }
                var style = cell.style
                if ink.contrast(with: paper) < least {
                    style.foreground =
                        inks.first { $0.contrast(with: paper) >= least }
                        ?? inks.max { $0.contrast(with: paper) < $1.contrast(with: paper) }
                }
                better[cell.style] = style
                if style != cell.style { self[x, y] = Cell(cell.glyph, style: style) }
            }
        }
    }

    /// Whether a glyph is there to be read: pictures and plots keep their colours.
    private static func isWritten(_ glyph: Character) -> Bool {
        guard let scalar = glyph.unicodeScalars.first else { return false }
        return !(0x2190...0x28FF).contains(scalar.value) && scalar != " "
            && glyph != Cell.continuation
    }
}
