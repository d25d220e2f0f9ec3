import TerminalKit
import Testing

@Suite("Widths of glyphs and texts")
struct GlyphWidthTests {
    @Test(
        "characters take the columns that terminals give them",
        arguments: [
            ("a", 1), ("é", 1), ("e\u{301}", 1), ("世", 2), ("한", 2), ("ア", 2), ("ｱ", 1), ("Ａ", 2),
            ("👩", 2), ("🧑🏿", 2), ("👩‍⚖️", 2), ("❤️", 1), ("─", 1), ("⣿", 1), ("▀", 1), ("…", 1),
            ("\u{200B}", 0), ("\u{301}", 0), ("\u{AD}", 0), ("→", 1), ("♀", 1), ("𠀀", 2),
        ])
    func columns(text: String, expected: Int) {
        #expect(GlyphWidth.columns(of: text) == expected)
    }

    @Test("a cluster of several glyphs is reduced to its first and its marks")
    func reduction() {
        #expect(GlyphWidth.drawable("👩‍⚖️") == "👩")
        #expect(GlyphWidth.drawable("🧑🏿") == "🧑")
        #expect(GlyphWidth.drawable("e\u{301}") == "e\u{301}")
        #expect(GlyphWidth.drawable("\u{1B}") == "\u{FFFD}")
        #expect(GlyphWidth.drawable("\n") == " ")
    }

    @Test("wrapped lines are never too wide, and lose no word")
    func wrapping() {
        var random = RandomSource(seed: 4)
        for _ in 0..<300 {
            let words = (0..<random.int(0...20)).map { _ in
                String(repeating: ["x", "世"][random.int(0...1)], count: random.int(1...9))
            }
            let width = random.int(2...16)
            let lines = TextLayout.wrapped(words.joined(separator: " "), to: width)
            #expect(lines.allSatisfy { TextLayout.columns($0) <= width })
            #expect(lines.joined().filter { $0 != " " } == words.joined())
        }
        #expect(TextLayout.wrapped("one two\nthree", to: 5) == ["one", "two", "three"])
        #expect(TextLayout.wrapped("anything", to: 0) == [])
    }

    @Test("padding gives exactly the width asked for")
    func padding() {
        var random = RandomSource(seed: 5)
        for _ in 0..<300 {
            let text = random.text(upTo: 12)
            let width = random.int(0...10)
            for alignment in [TextAlignment.left, .right, .center] {
                let padded = TextLayout.padded(text, to: width, alignment: alignment)
                #expect(TextLayout.columns(padded) == width)
            }
        }
        #expect(TextLayout.padded("ab", to: 5, alignment: .center) == " ab  ")
    }
}
