import Foundation
import Pictures
import Populations
import Testing

@Suite("Unicode's table of emoji")
struct EmojiTableTests {
    private func table(_ text: String) throws -> EmojiTable {
        try EmojiTable(contents: Array(text.utf8), path: "t")
    }

    @Test("the installed table lists all three hundred people under different sequences")
    func installedTable() throws {
        let table = try EmojiTable(
            path: EmojiTable.path(in: ProcessInfo.processInfo.environment))
        let sequences = try PersonAttributes.all.map(table.sequence(of:))
        #expect(Set(sequences).count == 300)
        #expect(table.count > 3_000)
        let judge = PersonAttributes(profession: .judge, gender: .woman, tone: .mediumDark)
        #expect(try table.sequence(of: judge) == [0x1F469, 0x1F3FE, 0x200D, 0x2696, 0xFE0F])
        let detective = PersonAttributes(profession: .detective, gender: .person, tone: .light)
        #expect(try table.sequence(of: detective) == [0x1F575, 0x1F3FB])
    }

    @Test("each of the three hundred sequences is one glyph of its own in the installed font")
    func glyphs() throws {
        let environment = ProcessInfo.processInfo.environment
        let table = try EmojiTable(path: EmojiTable.path(in: environment))
        let font = try EmojiFont(path: EmojiFont.path(in: environment))
        let glyphs = try PersonAttributes.all.map { try font.glyph(of: table.sequence(of: $0)) }
        #expect(Set(glyphs).count == 300)
    }

    @Test("comments, blank lines and lesser qualified lines give no emoji")
    func otherLines() throws {
        let table = try table(
            """
            # group: People

            1F9D1 200D 2695 FE0F ; fully-qualified # 🧑‍⚕️ E12.1 health worker
            1F9D1 200D 2695 ; minimally-qualified # 🧑‍⚕ E12.1 health worker
            1F3FB ; component # 🏻 E1.0 light skin tone
            """)
        #expect(table.count == 1)
        #expect(try table.sequence(named: "health worker") == [0x1F9D1, 0x200D, 0x2695, 0xFE0F])
        #expect(throws: EmojiTableError.unlisted(path: "t", name: "light skin tone")) {
            try table.sequence(named: "light skin tone")
        }
    }

    @Test(
        "a broken line is refused with its number",
        arguments: [
            "1F600 fully-qualified # x E1.0 face", "1F600 ; fully-qualified x E1.0 face",
            "; fully-qualified # x E1.0 face", "1F60G ; fully-qualified # x E1.0 face",
            "110000 ; fully-qualified # x E1.0 face", "D800 ; fully-qualified # x E1.0 face",
            "1F600 ; sort-of-qualified # x E1.0 face", "1F600 ;  # x E1.0 face",
            "1F600 ; fully-qualified # x face", "1F600 ; fully-qualified #", "\u{1F600}",
            "FFFFFFFFFFFFFFFFFF ; fully-qualified # x E1.0 face",
            "-1 ; fully-qualified # x E1.0 face",
        ])
    func brokenLine(_ line: String) {
        let error = #expect(throws: EmojiTableError.self) {
            try table("# fine\n1F601 ; fully-qualified # x E1.0 other face\r\n\(line)\n")
        }
        guard case .malformed("t", 3, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("one name for two sequences is refused with both lines")
    func ambiguous() {
        #expect(
            throws: EmojiTableError.ambiguous(path: "t", line: 3, firstLine: 1, name: "face")
        ) {
            try table(
                """
                1F600 ; fully-qualified # x E1.0 face
                1F600 ; fully-qualified # x E1.0 face
                1F601 ; fully-qualified # x E1.0 face
                """)
        }
    }

    @Test("a missing table names the package, and one that is no text is refused")
    func unreadable() {
        let error = #expect(throws: EmojiTableError.self) { try EmojiTable(path: "/none/t.txt") }
        #expect(error == .missing(path: "/none/t.txt"))
        #expect(error?.description.contains("unicode-data") == true)
        #expect(throws: EmojiTableError.notText(path: "t")) {
            try EmojiTable(contents: [0x31, 0xFF, 0xFE], path: "t")
        }
    }

    @Test("a data set whose table lacks a person says which one")
    func incompleteTable() throws {
        try withFolder { folder in
            let path = folder + "/short.txt"
            try StoredFile.replace(
                path, with: Array("1F600 ; fully-qualified # x E1.0 face\n".utf8))
            #expect(
                throws: EmojiTableError.unlisted(
                    path: path, name: "man health worker: light skin tone")
            ) { try EmojiPeople(tablePath: path) }
        }
    }
}
