/// Widths, cuts and wraps of text, in terminal columns.
public enum TextLayout {
    /// Columns of a text, counted no further than a limit.
    public static func columns(_ text: String, upTo limit: Int = .max) -> Int {
        var used = 0
        for character in text {
            used += GlyphWidth.columns(of: GlyphWidth.drawable(character))
            if used >= limit { return max(limit, 0) }
        }
        return used
    }

    /// Whether a text is wider than a limit; reads no more of it than needed.
    public static func exceeds(_ text: String, _ limit: Int) -> Bool {
        var used = 0
        for character in text {
            used += GlyphWidth.columns(of: GlyphWidth.drawable(character))
            if used > limit { return true }
        }
        return false
    }

    /// The text cut to a width, with an ellipsis where something is missing.
    public static func clipped(_ text: String, to width: Int) -> String {
        guard width > 0 else { return "" }
        guard exceeds(text, width) else { return text }
        return prefix(text, columns: width - 1) + "…"
    }

    /// The text cut or filled with blanks to exactly a width.
    public static func padded(
        _ text: String, to width: Int, alignment: TextAlignment = .left
    ) -> String {
        let cut = clipped(text, to: width)
        let missing = max(width - columns(cut), 0)
        let before: Int
        switch alignment {
        case .left: before = 0
        case .right: before = missing
        case .center: before = missing / 2
        }
        return String(repeating: " ", count: before) + cut
            + String(repeating: " ", count: missing - before)
    }

    /// Breaks a text into lines no wider than a width.
    ///
    /// Breaks stand at blanks and at the text's own line ends; a word that is too wide is cut.
    /// A width of 1 drops wide glyphs, which have no place there.
    public static func wrapped(_ text: String, to width: Int) -> [String] {
        guard width > 0 else { return [] }
        var lines: [String] = []
        for paragraph in text.split(
            omittingEmptySubsequences: false, whereSeparator: { $0.isNewline })
        {
            var line = ""
            var used = 0
            for word in paragraph.split(separator: " ") {
                let wide = columns(String(word))
                if used > 0, used + 1 + wide <= width {
                    line += " " + word
                    used += 1 + wide
                    continue
                }
                if used > 0 {
                    lines.append(line)
                    line = ""
                    used = 0
                }
                for character in word {
                    let columns = GlyphWidth.columns(of: GlyphWidth.drawable(character))
                    if columns > width { continue }
                    if used + columns > width {
                        lines.append(line)
                        line = ""
                        used = 0
                    }
                    line.append(character)
                    used += columns
                }
            }
            lines.append(line)
        }
        return lines
    }

    private static func prefix(_ text: String, columns limit: Int) -> String {
        var kept = ""
        var used = 0
        for character in text {
            let columns = GlyphWidth.columns(of: GlyphWidth.drawable(character))
            if used + columns > limit { break }
            kept.append(character)
            used += columns
        }
        return kept
    }
}

/// Where a text stands in a space wider than itself.
public enum TextAlignment: Hashable, Sendable {
    /// At the left.
    case left
    /// At the right.
    case right
    /// In the middle.
    case center
}
