import EngineLink
import Foundation
import Glibc
import Testing

/// The real program in a terminal that only it sees: whatever happens there, the shell is left as it
/// was found and training is not harmed.
@Suite("The screen under stress", .serialized)
struct ScreenRobustnessTests {
    /// Most of these read what ncurses writes, which leaves out cells that stay as they are: a word can
    /// be on the screen without having been written in one piece. They run where they are asked for.
    static let isAskedFor = ProcessInfo.processInfo.environment["POPBENCH_STRESS"] == "1"

    private let tiny: TinySession
    private let recipe: String

    init() throws {
        tiny = try TinySession()
        recipe = try tiny.recipe([TinySession.sft, TinySession.popalign], steps: 1_000_000)
    }

    /// Arguments that open the session.
    private var arguments: [String] { ["--session", tiny.folder("s"), "--recipe", recipe] }

    /// The screen alone in a terminal.
    private func screen(width: UInt16 = 80, height: UInt16 = 24) throws -> ShellTerminal {
        try ShellTerminal(
            tiny.program, [tiny.program.path] + arguments, width: width, height: height)
    }

    private func endEngine() throws {
        let outcome = try tiny.program.run("stop", "--session", tiny.folder("s"))
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// Whether the session's engine is at work.
    private var enginePID: Int32? {
        if case .running(let pid, _) = SessionStatus.inspect(tiny.folder("s")) { return pid }
        return nil
    }

    /// Leaves the screen, and the engine training.
    private func leave(_ terminal: ShellTerminal) throws {
        terminal.type("ql")
        #expect(try terminal.exitStatus() == (0, true))
    }

    @Test(
        "q l leaves the terminal as it was and the engine at work; coming back shows it again",
        .enabled(if: isAskedFor))
    func leaving() throws {
        let shell = try ShellTerminal.shell(tiny.program)
        let command = ([tiny.program.path] + arguments).joined(separator: " ")
        try shell.run("before=$(stty -g); echo ready-$((1+1))", says: "ready-2")
        for _ in 0..<2 {
            try shell.run(command, says: "training")
            shell.type("q")
            try shell.wait(for: "leave it training")
            shell.type("l")
            try shell.wait(for: "goes on in the background")
            try shell.run("[ \"$before\" = \"$(stty -g)\" ] && echo same-$((1+1))", says: "same-2")
            #expect(enginePID != nil)
        }
        shell.type("exit\n")
        #expect(try shell.exitStatus() == (0, true))
        try endEngine()
    }

    @Test(
        "Ctrl-Z gives the shell its terminal as it was, and fg takes the screen again",
        .enabled(if: isAskedFor))
    func suspended() throws {
        let shell = try ShellTerminal.shell(tiny.program)
        try shell.run("before=$(stty -g); echo ready-$((1+1))", says: "ready-2")
        try shell.run(([tiny.program.path] + arguments).joined(separator: " "), says: "training")
        for _ in 0..<2 {
            shell.skip()
            shell.type("\u{1A}")
            try shell.wait(for: "Stopped")
            try shell.run("[ \"$before\" = \"$(stty -g)\" ] && echo same-$((1+1))", says: "same-2")
            #expect(enginePID != nil)
            try shell.run("fg", says: "training")
        }
        shell.type("ql")
        try shell.wait(for: "goes on in the background")
        try shell.run("[ \"$before\" = \"$(stty -g)\" ] && echo same-$((1+1))", says: "same-2")
        shell.type("exit\n")
        _ = try shell.exitStatus()
        try endEngine()
    }

    @Test(
        "a resize storm, down to one cell, leaves a screen that answers", .enabled(if: isAskedFor))
    func resizeStorm() throws {
        let terminal = try screen()
        try terminal.wait(for: "training")
        var state: UInt64 = 7
        for _ in 0..<300 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            terminal.resize(
                width: UInt16(1 + (state >> 33) % 300), height: UInt16(1 + (state >> 45) % 90))
        }
        terminal.resize(width: 1, height: 1)
        terminal.resize(width: 100, height: 30)
        terminal.skip()
        terminal.type(":")
        try terminal.wait(for: "what to do")
        terminal.type("\u{3}")
        try leave(terminal)
        try endEngine()
    }

    @Test(
        "a terminal of one cell shows something, and all once there is room",
        .enabled(if: isAskedFor))
    func oneCell() throws {
        let terminal = try screen(width: 1, height: 1)
        // A letter of "popbench needs 40x12".
        try terminal.wait(for: "p")
        terminal.skip()
        terminal.resize(width: 80, height: 24)
        try terminal.wait(for: "training")
        try leave(terminal)
        try endEngine()
    }

    @Test("a paste of a megabyte, over a view and into a line, leaves a screen that answers")
    func paste() throws {
        let terminal = try screen()
        try terminal.wait(for: "training")
        let text = String(repeating: "paste q l s \u{1B}[ 医\n", count: 1 << 16)
        #expect(text.utf8.count >= 1 << 20)
        terminal.type("\u{1B}[200~" + text + "\u{1B}[201~")
        terminal.type(":")
        try terminal.wait(for: "what to do")
        terminal.type("\u{1B}[200~" + String(text.prefix(1 << 15)) + "\u{1B}[201~\u{3}")
        terminal.skip()
        terminal.type("?")
        try terminal.wait(for: "help")
        terminal.type("?")
        try leave(terminal)
        try endEngine()
    }

    @Test(
        "thousands of random keys end in a screen that runs or has left in order",
        .enabled(if: isAskedFor))
    func randomKeys() throws {
        let terminal = try screen()
        try terminal.wait(for: "training")
        var state: UInt64 = 99
        func random(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        let sequences = [
            "\u{1B}[A", "\u{1B}[B", "\u{1B}[C", "\u{1B}[D", "\u{1B}[5~", "\u{1B}[6~", "\u{1B}",
            "\r", "\t", "\u{1B}[Z", "\u{1B}OP", "\u{1B}[<0;10;10M", "\u{1B}[<64;30;12M", "\u{7F}",
            "\u{1B}[999;999H", "\u{1B}]0;x\u{7}", "\u{9B}", "é", "医",
        ]
        for _ in 0..<150 {
            var keys = ""
            for _ in 0..<20 {
                switch random(3) {
                case 0: keys += sequences[Int(random(UInt64(sequences.count)))]
                default:
                    let letter = Character(UnicodeScalar(UInt8(32 + random(95))))
                    // Left out is what ends or stops the screen, which is another test.
                    if letter != "q" { keys.append(letter) }
                }
            }
            terminal.type(keys)
        }
        if let pid = terminal.descendants.first { kill(pid, SIGTERM) }
        #expect(try terminal.exitStatus() == (0, true))
        if enginePID != nil { try endEngine() }
    }

    @Test("a terminal that vanishes ends the screen and not the training", .enabled(if: isAskedFor))
    func vanishes() throws {
        let terminal = try screen()
        try terminal.wait(for: "training")
        let engine = try #require(enginePID)
        terminal.vanish()
        #expect(try terminal.exitStatus() == (0, true))
        #expect(enginePID == engine)
        try endEngine()
    }

    @Test("SIGTERM gives the terminal back and leaves the engine at work", .enabled(if: isAskedFor))
    func terminated() throws {
        let shell = try ShellTerminal.shell(tiny.program)
        try shell.run("before=$(stty -g); echo ready-$((1+1))", says: "ready-2")
        try shell.run(([tiny.program.path] + arguments).joined(separator: " "), says: "training")
        let pid = try #require(shell.descendants.last)
        kill(pid, SIGTERM)
        try shell.wait(for: "goes on in the background")
        try shell.run("[ \"$before\" = \"$(stty -g)\" ] && echo same-$((1+1))", says: "same-2")
        #expect(enginePID != nil)
        shell.type("exit\n")
        _ = try shell.exitStatus()
        try endEngine()
    }

    @Test(
        "an engine that is killed is told of, and r starts it again from its last save",
        .enabled(if: isAskedFor))
    func engineKilled() throws {
        let terminal = try screen(width: 100, height: 30)
        try terminal.wait(for: "training")
        terminal.type("s")
        try terminal.wait(for: "saved step")
        let first = try #require(enginePID)
        kill(first, SIGKILL)
        try terminal.wait(for: "the engine is gone")
        terminal.skip()
        terminal.type("r")
        try terminal.wait(for: "training")
        let second = try #require(enginePID)
        #expect(second != first)
        try leave(terminal)
        try endEngine()
    }

    @Test("a file of keys is obeyed, and what is wrong in it is told with its line")
    func keysFile() throws {
        let folder = tiny.scratch.path + "/.config/popbench"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data("[everywhere]\nask_to_quit = \"Q\"\nsafe = \"f5\"\n".utf8)
            .write(to: URL(fileURLWithPath: folder + "/keys.toml"))
        let keys = try tiny.program.run("keys")
        #expect(
            keys.status == 1 && keys.errors.contains("keys.toml:3: ")
                && keys.errors.contains("save"))
        #expect(keys.output.contains("Q  "))
        let doctor = try tiny.program.run("doctor", "--json")
        #expect(doctor.output.contains("keys.toml:3: "))
        let terminal = try screen(width: 120, height: 30)
        try terminal.wait(for: "keys.toml:3: ")
        terminal.type("Q")
        try terminal.wait(for: "leave it training")
        terminal.type("l")
        #expect(try terminal.exitStatus() == (0, true))
        try endEngine()
    }

    @Test(
        "a theme that was kept is there next time; one with a mistake is told of and left out",
        .enabled(if: isAskedFor))
    func themes() throws {
        let folder = tiny.scratch.path + "/.config/popbench/themes"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data("inherits = \"light\"\naccent = \"#005f87\"\n".utf8)
            .write(to: URL(fileURLWithPath: folder + "/mine.toml"))
        try Data("inherits = \"light\"\n\naccnt = \"#005f87\"\n".utf8)
            .write(to: URL(fileURLWithPath: folder + "/wrong.toml"))
        let doctor = try tiny.program.run("doctor", "--json")
        #expect(doctor.output.contains("wrong.toml:3: accnt"))
        let terminal = try screen(width: 160, height: 40)
        try terminal.wait(for: "wrong.toml:3: accnt")
        terminal.type(":theme mine")
        try terminal.wait(for: "Use this theme")
        terminal.type("\r")
        try terminal.wait(for: "theme mine")
        try leave(terminal)
        let kept = try tiny.scratch.bytes(".local/state/popbench/screen/theme")
        #expect(kept == Data("mine\n".utf8))
        #expect(tiny.scratch.names(in: ".local/state/popbench/screen") == ["greeted", "theme"])
        let picture = try tiny.program.run(
            "--session", tiny.folder("s"), "--snapshot", "80x24", "--output", "frame.svg")
        #expect(picture.status == 0, "\(picture.errors)")
        let svg = String(decoding: try tiny.scratch.bytes("frame.svg"), as: UTF8.self)
        #expect(svg.contains("#fbfaf7"))
        try endEngine()
    }

    @Test("the table of keys is printed as TOML that reads back, and as Markdown")
    func printed() throws {
        let toml = try tiny.program.run("keys", "--toml")
        #expect(toml.status == 0 && toml.output.contains("# toggle_training = [\"space\"]"))
        let markdown = try tiny.program.run("keys", "--markdown")
        #expect(markdown.status == 0 && markdown.output.contains("| `space` |"))
        #expect(try tiny.program.run("keys", "--markdown", "--toml").status == 64)
    }
}
