import Foundation
import Testing

/// The person's own files about the screen, read by the real program.
@Suite("Keys and themes of the person's own", .serialized)
struct ScreenFilesTests {
    private let session: ScreenSession
    private var program: Program { session.program }
    private var scratch: Scratch { session.tiny.scratch }

    init() throws { session = try ScreenSession() }

    @Test("a file of keys is obeyed, and what is wrong in it is told with its line")
    func keysFile() throws {
        let folder = scratch.path + "/.config/popbench"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data("[everywhere]\nask_to_quit = \"Q\"\nsafe = \"f5\"\n".utf8)
            .write(to: URL(fileURLWithPath: folder + "/keys.toml"))
        let keys = try program.run("keys")
        #expect(
            keys.status == 1 && keys.errors.contains("keys.toml:3: ")
                && keys.errors.contains("save"))
        #expect(keys.output.contains("Q  "))
        let doctor = try program.run("doctor", "--json")
        #expect(doctor.output.contains("keys.toml:3: "))
        let terminal = try session.screen(width: 120, height: 30)
        try session.waitForTraining(in: terminal)
        try terminal.type("7")
        try terminal.wait(for: "keys.toml:3: ")
        try terminal.type("Q")
        try terminal.wait(for: "leave it training")
        try terminal.type("l")
        try terminal.expectOrderlyEnd()
        try session.endEngine()
    }

    @Test("a theme that was kept is there next time; one with a mistake is told of and left out")
    func themes() throws {
        let folder = scratch.path + "/.config/popbench/themes"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data("inherits = \"light\"\naccent = \"#005f87\"\n".utf8)
            .write(to: URL(fileURLWithPath: folder + "/mine.toml"))
        try Data("inherits = \"light\"\n\naccnt = \"#005f87\"\n".utf8)
            .write(to: URL(fileURLWithPath: folder + "/wrong.toml"))
        let doctor = try program.run("doctor", "--json")
        #expect(doctor.output.contains("wrong.toml:3: accnt"))
        let terminal = try session.screen(width: 160, height: 40)
        try session.waitForTraining(in: terminal)
        // The engine's own warnings come after it: the log keeps all.
        try terminal.type("7")
        try terminal.wait(for: "wrong.toml:3: accnt")
        try terminal.type(":theme mine")
        try terminal.wait(for: "Use this theme")
        try terminal.type("\r")
        try terminal.wait(until: "the theme") {
            !$0.text.contains("what to do") && $0.text.contains("theme mine")
        }
        try session.leave(terminal)
        let kept = try scratch.bytes(".local/state/popbench/screen/theme")
        #expect(kept == Data("mine\n".utf8))
        let names = scratch.names(in: ".local/state/popbench/screen")
        #expect(names.filter { !$0.hasPrefix("session-") } == ["greeted", "theme"])
        let picture = try program.run(
            "--session", session.folder, "--snapshot", "80x24", "--output", "frame.svg")
        #expect(picture.status == 0, "\(picture.errors)")
        let svg = String(decoding: try scratch.bytes("frame.svg"), as: UTF8.self)
        #expect(svg.contains("#fbfaf7"))
        try session.endEngine()
    }

    @Test("the table of keys is printed as TOML that reads back, and as Markdown")
    func printed() throws {
        let toml = try program.run("keys", "--toml")
        #expect(toml.status == 0 && toml.output.contains("# toggle_training = [\"space\"]"))
        let markdown = try program.run("keys", "--markdown")
        #expect(markdown.status == 0 && markdown.output.contains("| `space` |"))
        #expect(try program.run("keys", "--markdown", "--toml").status == 64)
    }
}
