import Foundation
import TerminalKit
import Testing

@Suite("Themes")
struct ThemeTests {
    private let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("themes")
        .path

    @Test(
        "every shipped theme loads and knows every role",
        arguments: ["dark", "light", "high-contrast", "colour-blind", "mono"])
    func shippedThemes(name: String) throws {
        let theme = try Theme.load(name: name, directories: [shipped])
        #expect(theme.name == name)
        let missing = ThemeRole.allCases.filter { theme.roles[$0] == nil && $0 != .text }
        #expect(missing.isEmpty)
        #expect(Theme.names(in: [shipped]).contains(name))
        if name != "mono" { #expect(Set(theme.series).count >= 8) }
    }

    @Test("the built-in theme is the shipped dark one")
    func builtin() throws {
        #expect(try Theme.load(name: "dark", directories: [shipped]) == Theme.builtin)
        #expect(try Theme.load(name: "dark", directories: []) == Theme.builtin)
    }

    @Test("text of the high-contrast theme stands out by 7 to 1 everywhere")
    func contrast() throws {
        func light(_ color: Color) -> Double {
            func channel(_ value: UInt8) -> Double {
                let share = Double(value) / 255
                return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * channel(color.red) + 0.7152 * channel(color.green)
                + 0.0722 * channel(color.blue)
        }
        let theme = try Theme.load(name: "high-contrast", directories: [shipped])
        for role in ThemeRole.allCases {
            let style = theme.style(for: role)
            let ink = light(try #require(style.foreground))
            let paper = light(try #require(style.background))
            #expect((max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= 7, "\(role)")
        }
    }

    @Test(
        "a mistake is reported with file, line, key and what was expected",
        arguments: [
            ("\n\nborde = \"#fff\"\n", 3, "borde", "unknown key"),
            ("background = \"#12\"", 1, "background", "is no colour"),
            ("# x\ntitle = 4\n", 2, "title", "expected a colour or a table"),
            ("[title]\nfg = \"#fff\"\nbold = \"yes\"\n", 3, "title.bold", "expected true or false"),
            ("title = { fg = \"#fff\", blink = true }", 1, "title.blink", "unknown key"),
            ("\nseries = \"#fff\"", 2, "series", "expected a list"),
            ("series = [\n \"#fff\",\n 3]", 1, "series", "expected a colour such as"),
            ("ramp = [\"default\"]", 1, "ramp", "has no place"),
            ("accent = \"sea\"\n[palette]\nblue = \"#00f\"", 1, "accent", "from [palette]: blue"),
            ("[palette]\nblue = 7", 2, "palette.blue", "the number 7"),
            ("palette = 3", 1, "palette", "expected a table"),
            ("\ninherits = \"nowhere\"", 2, "inherits", "no such theme"),
            ("inherits = true", 1, "inherits", "expected a theme's name"),
        ])
    func mistakes(text: String, line: Int, key: String, problem: String) {
        let error = #expect(throws: ThemeError.self) {
            try Theme.parse(text, file: "mine.toml")
        }
        #expect(error?.file == "mine.toml")
        #expect(error?.line == line)
        #expect(error?.key == key)
        #expect(error?.problem.contains(problem) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("mine.toml:\(line): \(key): ") == true)
    }

    @Test("what is not TOML is reported with its line")
    func syntax() {
        let error = #expect(throws: ThemeError.self) {
            try Theme.parse("border = \"#fff\"\ntitle = = 3\n", file: "mine.toml")
        }
        #expect(error?.line == 2)
        let twice = #expect(throws: ThemeError.self) {
            try Theme.parse("dim = \"#fff\"\n\ndim = \"#000\"\n", file: "mine.toml")
        }
        #expect(twice?.line == 3)
    }

    @Test(
        "what is badly broken is an error, never the end of the program",
        arguments: ["[=]", "a = ]", "[[ .a]]", "\"", "a = {b = [", "\u{0}", "x = '''"])
    func broken(text: String) {
        let error = #expect(throws: ThemeError.self) {
            try Theme.parse("\n" + text, file: "mine.toml")
        }
        #expect(error?.line == 2)
        #expect(error?.problem.hasPrefix("not TOML: ") == true)
    }

    @Test("keys of long texts and keys in quotes are found in their lines")
    func lines() {
        let long = #expect(throws: ThemeError.self) {
            try Theme.parse("dim = \"\"\"\nmarker = 3\n\"\"\"\nmarker = 3\n", file: "mine.toml")
        }
        #expect(long?.line == 1 && long?.key == "dim")
        let quoted = #expect(throws: ThemeError.self) {
            try Theme.parse(
                "palette.'a # b' = \"#fff\"\n\n'title' = {\"\\u001b[2J\" = 1}\n", file: "mine.toml")
        }
        #expect(quoted?.line == 3)
        // What a terminal would obey does not come out as it went in.
        #expect(quoted?.key == "title.\"\\u001b[2J\"")
    }

    @Test("a theme inherits what it does not say, through files and in circles without end")
    func inheritance() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("themes-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ name: String, _ text: String) throws {
            try text.write(toFile: "\(folder)/\(name).toml", atomically: false, encoding: .utf8)
        }
        try write("dark", "inherits = \"dark\"\naccent = \"blue\"\n")
        let dark = try Theme.load(name: "dark", directories: [folder, shipped])
        // The palette is inherited with the rest.
        #expect(dark.style(for: .accent).foreground == Color(hex: 0x7AB7FF))
        #expect(dark.style(for: .warn) == Theme.builtin.style(for: .warn))
        try write("a", "inherits = \"b\"")
        try write("b", "\ninherits = \"a\"")
        let circle = #expect(throws: ThemeError.self) {
            try Theme.load(name: "a", directories: [folder])
        }
        #expect(circle?.file == "\(folder)/b.toml" && circle?.line == 2)
        try write("c", "inherits = \"d\"")
        try write("d", "\n\n\nborder = []")
        let parent = #expect(throws: ThemeError.self) {
            try Theme.load(name: "c", directories: [folder])
        }
        #expect(parent?.file == "\(folder)/d.toml" && parent?.line == 4)
        try Data([0xFF, 0xFE, 0]).write(to: URL(fileURLWithPath: "\(folder)/e.toml"))
        let bytes = #expect(throws: ThemeError.self) {
            try Theme.load(name: "e", directories: [folder])
        }
        #expect(bytes?.problem == "is not UTF-8")
    }

    @Test("a theme without colours still tells roles apart")
    func monochrome() throws {
        let theme = try Theme.load(name: "mono", directories: [shipped])
        #expect(theme.style(for: .selection).attributes == .reverse)
        #expect(theme.series(3) == theme.base)
        #expect(theme.rampColor(0.5) == nil)
        #expect(theme.faint(theme.base).attributes == .dim)
    }

    @Test("the scales reach both of their ends")
    func scales() {
        let theme = Theme.builtin
        #expect(theme.rampColor(0) == theme.ramp.first && theme.rampColor(1) == theme.ramp.last)
        #expect(theme.rampColor(-4) == theme.ramp.first && theme.rampColor(.nan) == theme.ramp[0])
        #expect(theme.heatColor(0) == theme.heat[1] && theme.heatColor(1) == theme.heat[2])
    }
}
