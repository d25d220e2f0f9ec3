import Foundation
import Pictures
import Testing

@Suite("The emoji font")
struct EmojiFontTests {
    /// A woman judge with medium-dark skin.
    private let judge: [UInt32] = [0x1F469, 0x1F3FE, 0x200D, 0x2696, 0xFE0F]

    @Test("a joined sequence is one glyph and draws a picture with white corners")
    func drawsSequence() throws {
        let font = try EmojiFont(path: EmojiFont.path(in: ProcessInfo.processInfo.environment))
        let picture = try font.picture(of: judge)
        #expect((picture.width, picture.height) == (136, 128))
        #expect(picture[x: 0, y: 0] == .white && picture[x: 135, y: 0] == .white)
        // Skin, robe and gavel: far from one colour, far from all ink.
        let white = picture.rgb.count { $0 == 255 }
        #expect(white > picture.rgb.count / 10 && white < picture.rgb.count * 9 / 10)
    }

    @Test("what the font draws as several glyphs or not at all is an unsupported sequence")
    func unsupported() throws {
        let font = try EmojiFont(path: EmojiFont.path(in: ProcessInfo.processInfo.environment))
        let nonsense: [[UInt32]] = [
            [0x1F469, 0x200D, 0x1F4A9], [0x1F469, 0x1F469], [0x10FFFD], [], [0x41, 0x42],
        ]
        for sequence in nonsense {
            #expect(throws: EmojiFontError.self) { try font.picture(of: sequence) }
        }
        let error = #expect(throws: EmojiFontError.self) { try font.glyph(of: nonsense[0]) }
        #expect(error?.description.contains("U+1F469 U+200D U+1F4A9") == true)
    }

    @Test("a missing font names the package to install and the variable to set")
    func missing() {
        let error = #expect(throws: EmojiFontError.self) { try EmojiFont(path: "/none/emoji.ttf") }
        #expect(error == .missing(path: "/none/emoji.ttf"))
        #expect(error?.description.contains("fonts-noto-color-emoji") == true)
        #expect(error?.description.contains("POPBENCH_EMOJI_FONT") == true)
    }

    @Test("bytes that are no font, and fonts cut short, are refused without a crash")
    func hostileFonts() throws {
        #expect(throws: EmojiFontError.self) { try EmojiFont(contents: [], path: "empty") }
        #expect(throws: EmojiFontError.self) {
            try EmojiFont(contents: Array("not a font".utf8), path: "text")
        }
        let whole = try EmojiFont.contents(of: EmojiFont.installedPath)
        for part in [100, 4_000, 100_000, whole.count / 2] {
            #expect(throws: EmojiFontError.self) {
                try EmojiFont(contents: Array(whole.prefix(part)), path: "part").picture(of: judge)
            }
        }
    }

    @Test("the environment's font goes before the installed one, unless it is empty")
    func environment() {
        #expect(EmojiFont.path(in: ["POPBENCH_EMOJI_FONT": "/a.ttf"]) == "/a.ttf")
        #expect(EmojiFont.path(in: ["POPBENCH_EMOJI_FONT": ""]) == EmojiFont.installedPath)
        #expect(EmojiFont.path(in: [:]) == EmojiFont.installedPath)
    }
}
