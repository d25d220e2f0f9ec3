import TerminalKit

/// How a lane is told from the others: by number, glyph and colour, so that any one suffices.
package enum LaneMark {
    private static let glyphs: [Character] = ["●", "▲", "■", "◆", "▼", "○", "△", "□"]

    /// The lane's glyph.
    static func glyph(_ index: Int) -> Character { glyphs[index % glyphs.count] }

    /// The style of a contender: the lane's colour, or the base's.
    static func style(_ contender: Contender, _ theme: Theme) -> Style {
        contender.index.map { theme.series($0) } ?? theme.style(for: .base)
    }

    /// `1●`, or `base`.
    package static func text(_ contender: Contender) -> String {
        contender.index.map { "\($0 + 1)\(glyph($0))" } ?? contender.name
    }
}

extension Canvas {
    /// Writes runs of text in styles of their own, one after the other, within a rectangle's row.
    ///
    /// Returns the column after the last.
    @discardableResult
    mutating func put(runs: [(String, Style)], x: Int, y: Int, in rect: Rect) -> Int {
        guard y >= rect.y, y < rect.maxY else { return x }
        var column = x
        for (text, style) in runs {
            guard column < rect.maxX else { break }
            column += put(text, x: column, y: y, style: style, maxWidth: rect.maxX - column)
        }
        return column
    }
}
