import Foundation
import Testing

/// The terminal that other tests look at does what terminals do.
@Suite("The emulated screen")
struct EmulatedScreenTests {
    /// A seeded generator (SplitMix64), so that a failing case comes again.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// All that the entry can say, and text of every width.
    private static let everything =
        ("␛[?1049h␛[22;0;0t␛[1;10r␛[4l␛[?7h␛[?1h␛=␛[H␛[2Jnaïve e\u{301}\u{301} 医者 ⣿▀😀\u{200D}"
        + "\tend\r\n␛(0lqqk␛(B␛[4;3Hword\u{8}␛[2D␛[38;2;10;20;30;48:5:7m*␛[12b␛[m␛[3d␛[7G"
        + "␛[2\u{40}␛[P␛[2L␛[M␛[4X␛[1K␛[K␛7␛[5A␛M␛M␛[2T␛[S␛8␛]0;title 医\u{7}"
        + "␛]4;1;rgb:ff/00/00␛\\␛P+q544e␛\\␛[Z␛[?25l␛[?1006;1000h"
        + "␛[1J␛[5;1Hsoft␛[!p␛[?1049l␛[23;0;0tx").replacingOccurrences(of: "␛", with: "\u{1B}")

    private func screen(_ text: String, width: Int = 10, height: Int = 4) -> EmulatedScreen {
        var screen = EmulatedScreen(width: width, height: height)
        screen.feed(Array(text.utf8))
        return screen
    }

    private func lines(_ text: String, width: Int = 10, height: Int = 4) -> [String] {
        screen(text, width: width, height: height).lines
    }

    @Test("text wraps only when more comes, and is whole again when it is read")
    func wrapping() {
        #expect(lines("0123456789") == ["0123456789", "", "", ""])
        let wrapped = screen("0123456789ab\r\nnext")
        #expect(wrapped.lines == ["0123456789", "ab", "next", ""])
        #expect(wrapped.text == "0123456789ab\nnext\n\n")
        #expect(lines("0123456789\r\nx") == ["0123456789", "x", "", ""])
        #expect(lines("\u{1B}[?7l0123456789ab") == ["012345678b", "", "", ""])
        #expect(lines("1\r\n2\r\n3\r\n4\r\n5") == ["2", "3", "4", "5"])
    }

    @Test("a wide character has two cells, goes to the next row whole, and is lost whole")
    func wide() {
        #expect(lines("医b\u{1B}[1;2Hx") == [" xb", "", "", ""])
        #expect(lines("医b\u{1B}[1;1Hx") == ["x b", "", "", ""])
        #expect(lines("123456789医") == ["123456789", "医", "", ""])
        #expect(lines("医医\u{1B}[1;2H\u{1B}[2X.") == [" .", "", "", ""])
        #expect(lines("医", width: 1, height: 1) == [""])
        #expect(lines("e\u{301}x\u{301}") == ["e\u{301}x\u{301}", "", "", ""])
        #expect(lines("\u{301}a") == ["a", "", "", ""])
    }

    @Test("the cursor goes where it is sent, and no further than the edges")
    func cursor() {
        #expect(lines("\u{1B}[2;4Hx\u{1B}[4Dy\u{1B}[3Gz") == ["", "y zx", "", ""])
        #expect(lines("\u{1B}[99;99Hx\u{1B}[Hy") == ["y", "", "", "         x"])
        #expect(lines("a\tb\u{1B}[Zc\u{8}d") == ["a       d", "", "", ""])
        #expect(lines("\u{1B}[3dx\u{1B}[2Ay\u{1B}[By") == [" y", "  y", "x", ""])
        #expect(lines("ab\u{1B}7\u{1B}[4;4Hx\u{1B}8c") == ["abc", "", "", "   x"])
        #expect(lines("ab\rc\u{1B}E\u{1B}[Cd") == ["cb", " d", "", ""])
    }

    @Test("cells and rows are erased, put in, taken out and repeated")
    func editing() {
        #expect(lines("abcdef\u{1B}[1;3H\u{1B}[2P") == ["abef", "", "", ""])
        #expect(lines("abcdef\u{1B}[1;3H\u{1B}[2@x") == ["abx cdef", "", "", ""])
        #expect(lines("abcdef\u{1B}[1;3H\u{1B}[2X") == ["ab  ef", "", "", ""])
        #expect(lines("abcdef\u{1B}[1;3H\u{1B}[1K") == ["   def", "", "", ""])
        #expect(lines("abcdef\u{1B}[1;3H\u{1B}[K") == ["ab", "", "", ""])
        #expect(lines("abcdef\u{1B}[1;3H\u{1B}[4hxy\u{1B}[4lz") == ["abxyzdef", "", "", ""])
        #expect(lines("a-\u{1B}[3bb") == ["a----b", "", "", ""])
        #expect(lines("1\r\n2\r\n3\r\n4\u{1B}[2;1H\u{1B}[L") == ["1", "", "2", "3"])
        #expect(lines("1\r\n2\r\n3\r\n4\u{1B}[2;1H\u{1B}[2M") == ["1", "4", "", ""])
        #expect(lines("1\r\n2\r\n3\r\n4\u{1B}[2;1H\u{1B}[J") == ["1", "", "", ""])
        #expect(lines("1\r\n2\r\n3\r\n4\u{1B}[2;1H\u{1B}[1J") == ["", "", "3", "4"])
        #expect(lines("1\r\n2\r\n3\r\n4\u{1B}[2Jx") == ["", "", "", " x"])
    }

    @Test("only the chosen rows scroll, either way")
    func region() {
        let four = "1\r\n2\r\n3\r\n4\u{1B}[2;3r"
        #expect(lines(four + "\u{1B}[3;1H\nx") == ["1", "3", "x", "4"])
        #expect(lines(four + "\u{1B}[2;1H\u{1B}Mx") == ["1", "x", "2", "4"])
        #expect(lines(four + "\u{1B}[S") == ["1", "3", "", "4"])
        #expect(lines(four + "\u{1B}[T") == ["1", "", "2", "4"])
        #expect(lines(four + "\u{1B}[4;1H\nx") == ["1", "2", "3", "x"])
        #expect(lines(four + "\u{1B}[r\u{1B}[4;1H\nx") == ["2", "3", "4", "x"])
    }

    @Test("the alternate screen leaves the other as it was, and modes are told")
    func alternate() {
        var shown = screen("main\u{1B}[?1049h\u{1B}[?1h\u{1B}=\u{1B}[?25l\u{1B}[3;1Hother")
        #expect(shown.isAlternate && shown.lines == ["", "", "other", ""])
        #expect(shown.modes == [1, 7, 66, 1049])
        shown.resize(width: 20, height: 5)
        shown.feed(Array("\u{1B}[?1049l\u{1B}[?1l\u{1B}>\u{1B}[?25hx".utf8))
        #expect(!shown.isAlternate && shown.lines == ["mainx", "", "", "", ""])
        #expect(shown.modes == [7, 25])
    }

    @Test("what is said to the terminal itself is not shown; lines are drawn")
    func unseen() {
        let said =
            "\u{1B}]0;title\u{7}\u{1B}]2;title\u{1B}\\\u{1B}P+q54\u{1B}\\"
            + "\u{1B}[31;1m\u{1B}[?1006h"
        #expect(lines("a" + said + "\u{1B}[22;0;0t\u{1B})0\u{1B}[6nb") == ["ab", "", "", ""])
        #expect(lines("\u{1B}(0lqk\u{1B}(Bq") == ["┌─┐q", "", "", ""])
        #expect(lines("\u{1B}[12\u{18}a\u{1B}]x\u{1A}b") == ["ab", "", "", ""])
    }

    @Test("another size keeps what has room, and the cursor's row")
    func resized() {
        var shown = screen("1\r\n2\r\n3\r\nfour 医")
        shown.resize(width: 6, height: 2)
        #expect(shown.lines == ["3", "four"] && shown.place == (5, 1))
        shown.resize(width: 8, height: 3)
        #expect(shown.lines == ["3", "four", ""])
        shown.resize(width: 0, height: 0)
        #expect(shown.lines == ["f"] && shown.size == (1, 1))
    }

    @Test("bytes that are no text become marks, and what follows them is kept")
    func malformed() {
        var shown = EmulatedScreen(width: 20, height: 1)
        shown.feed([0x61, 0xE5, 0x8C, 0x62, 0xFF, 0xC0, 0xED, 0xA0, 0x80, 0x63, 0xF0])
        shown.feed([0x1B, 0x5B, 0x44, 0x64])
        #expect(shown.lines == ["a\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}cd"])
    }

    @Test("wherever a stream is torn, the screen is the same")
    func torn() {
        let bytes = Array(Self.everything.utf8)
        func shown(_ pieces: ArraySlice<UInt8>...) -> String {
            var shown = EmulatedScreen(width: 24, height: 10)
            for piece in pieces { shown.feed(piece) }
            return "\(shown.text)\(shown.place)\(shown.modes.sorted())"
        }
        let whole = shown(bytes[...])
        for place in bytes.indices { #expect(shown(bytes[..<place], bytes[place...]) == whole) }
        // At each place there is a screen to look at, too.
        for place in bytes.indices { #expect(!shown(bytes[..<place]).isEmpty) }
    }

    @Test("no bytes and no sizes do harm")
    func noise() {
        var random = Seeded(state: 11)
        let known = Array(Self.everything.utf8)
        for _ in 0..<400 {
            var shown = EmulatedScreen(
                width: .random(in: -1...30, using: &random),
                height: .random(in: -1...12, using: &random))
            for _ in 0..<20 {
                let start = Int.random(in: 0..<known.count, using: &random)
                shown.feed(known[start...].prefix(.random(in: 0...40, using: &random)))
                let pieces = Array("\u{1B}[?;0123456789@ABCDEFGHIJKLMPSTXZbdfhlrsu医\r\n\t".utf8)
                shown.feed((0..<30).map { _ in pieces.randomElement(using: &random) ?? 0 })
                shown.feed((0..<10).map { _ in UInt8.random(in: 0...255, using: &random) })
                if Bool.random(using: &random) {
                    shown.resize(
                        width: .random(in: -1...30, using: &random),
                        height: .random(in: -1...12, using: &random))
                }
                #expect(shown.lines.count == shown.size.height)
                #expect(shown.place.x < shown.size.width && shown.place.y < shown.size.height)
            }
        }
    }
}
