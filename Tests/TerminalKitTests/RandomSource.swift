import TerminalKit

/// A seeded generator (SplitMix64), so that a failing case comes again.
struct RandomSource: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func double(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &self)
    }

    /// A text of narrow, wide, combining, joining, invisible and control characters.
    mutating func text(upTo length: Int) -> String {
        let pieces = [
            "a", "Z", " ", "é", "e\u{301}", "世", "界", "한", "👩‍⚖️", "🧑🏿", "🇩🇪", "❤️", "\n", "\t",
            "\u{1B}", "\u{7}", "\u{202E}", "\u{200B}", "\u{301}", "─", "⣿", "▀", "\u{FEFF}",
            "\u{0}", "\r\n", "\u{85}", "\u{2028}", "ﷺ", "\u{1CD00}", "𠀀",
        ]
        return (0..<int(0...length)).map { _ in pieces[int(0...pieces.count - 1)] }.joined()
    }

    mutating func rect(around width: Int, _ height: Int) -> Rect {
        Rect(
            x: int(-3...width + 2), y: int(-3...height + 2), width: int(0...width + 4),
            height: int(0...height + 4))
    }

    mutating func color() -> Color { Color(hex: UInt32.random(in: 0...0xFF_FFFF, using: &self)) }

    /// Values with gaps and infinities among them.
    mutating func values(_ count: Int) -> [Double] {
        (0..<count).map { _ in
            switch int(0...11) {
            case 0: .nan
            case 1: .infinity
            case 2: 0
            case 3: -double(0...1e9)
            default: double(-2...2)
            }
        }
    }
}

/// What keeps a canvas sound: each wide glyph has its second cell, and no second cell is alone.
func isSound(_ canvas: Canvas) -> Bool {
    for y in 0..<canvas.height {
        for x in 0..<canvas.width {
            let cell = canvas[x, y]
            if cell.isContinuation {
                if x == 0 || GlyphWidth.columns(of: canvas[x - 1, y].glyph) != 2 { return false }
            } else {
                let columns = GlyphWidth.columns(of: cell.glyph)
                if columns == 0 { return false }
                if columns == 2, x + 1 >= canvas.width || !canvas[x + 1, y].isContinuation {
                    return false
                }
            }
        }
    }
    return true
}
