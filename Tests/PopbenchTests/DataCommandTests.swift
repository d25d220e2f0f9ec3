import Foundation
import Pictures
import Testing

@Suite("popbench data", .serialized)
struct DataCommandTests {
    @Test("the contact sheet shows all three hundred drawings, and the text counts them")
    func contactSheet() throws {
        let program = Program(try Scratch())
        let outcome = try program.run(
            "data", "--contact-sheet", "all.png", "--augmented", "small.png")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.contains("300: 20 professions x 3 gender presentations x 5"))
        #expect(outcome.output.contains("captions    481"))
        #expect(outcome.output.contains(/digest      [0-9a-f]{64}\n/))
        let judge = outcome.output.split(separator: "\n").first { $0.hasPrefix("judge ") }
        #expect(
            judge?.split(separator: " ").map(String.init) == [
                "judge", "0.81", "0.09", "0.10", "0.45", "0.25", "0.15", "0.10", "0.05",
            ])

        let sheet = try Picture(readingPNG: program.scratch.path + "/all.png")
        // Fifteen identities across, twenty professions down, four pixels between.
        let cell = ((sheet.width - 4) / 15 - 4, (sheet.height - 4) / 20 - 4)
        #expect(sheet.width == 15 * (cell.0 + 4) + 4 && sheet.height == 20 * (cell.1 + 4) + 4)
        #expect(cell.0 >= 64 && cell.1 >= 64)
        for row in 0..<20 {
            for column in 0..<15 {
                let drawing = sheet.cropped(
                    x: 4 + column * (cell.0 + 4), y: 4 + row * (cell.1 + 4), width: cell.0,
                    height: cell.1)
                #expect(Set(drawing.rgb).count > 16, "row \(row), column \(column) is blank")
            }
        }
        let small = try Picture(readingPNG: program.scratch.path + "/small.png")
        #expect(small.width == 15 * 34 + 2 && small.height == 20 * 34 + 2)
    }

    @Test("a missing font or table is an error that names the package")
    func missing() throws {
        var program = Program(try Scratch())
        program.environment["POPBENCH_EMOJI_FONT"] = "/nowhere/font.ttf"
        let font = try program.run("data", "--contact-sheet", "all.png")
        #expect(font.isRefusal)
        #expect(font.errors.contains("/nowhere/font.ttf"))
        #expect(font.errors.contains("fonts-noto-color-emoji"))
        program.environment["POPBENCH_EMOJI_FONT"] = nil
        program.environment["POPBENCH_EMOJI_TABLE"] = "/nowhere/table.txt"
        let table = try program.run("data", "--contact-sheet", "all.png")
        #expect(table.isRefusal)
        #expect(table.errors.contains("unicode-data"))
        #expect(!program.scratch.names().contains("all.png"))
    }

    @Test("a sheet that cannot be written is an error that names it")
    func unwritable() throws {
        let outcome = try Program(try Scratch()).run("data", "--contact-sheet", "no/such/all.png")
        #expect(outcome.isRefusal)
        #expect(outcome.errors.contains("no/such/all.png"))
    }
}
