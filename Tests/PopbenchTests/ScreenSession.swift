import EngineLink
import Foundation
import Glibc
import Testing

/// A tiny session and the screen that opens it, each on a terminal of a test's own.
///
/// Engines that a test has left behind end with it.
final class ScreenSession {
    let tiny: TinySession
    let program: Program
    private let recipe: String

    init() throws {
        tiny = try TinySession()
        recipe = try tiny.recipe([TinySession.sft, TinySession.popalign], steps: 1_000_000)
        var program = tiny.program
        // Several engines train while tests run: one core is enough for each.
        program.environment["POPBENCH_THREADS"] = "1"
        self.program = program
        // The card that greets somebody new takes the first key.
        let state = tiny.scratch.path + "/.local/state/popbench/screen"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true)
        try Data("yes\n".utf8).write(to: URL(fileURLWithPath: state + "/greeted"))
    }

    deinit {
        // Keys can have made others beside the session that was opened.
        let made = "data/popbench/sessions"
        let sessions = tiny.scratch.names(in: made).map { tiny.folder("\(made)/\($0)") }
        for session in sessions + [folder] {
            switch SessionStatus.inspect(session) {
            case .running(let pid, _): kill(pid, SIGKILL)
            case .starting(let pid): if let pid { kill(pid, SIGKILL) }
            case .idle, .stale: break
            }
        }
    }

    /// The session's folder.
    var folder: String { tiny.folder("s") }

    private var command: [String] {
        [program.path, "--session", folder, "--recipe", recipe]
    }

    /// The session's engine, where one is at work.
    var enginePID: Int32? {
        if case .running(let pid, _) = SessionStatus.inspect(folder) { return pid }
        return nil
    }

    /// The screen alone in a terminal.
    func screen(
        width: Int = 80, height: Int = 24, blocksSignals: Bool = false
    ) throws -> ShellTerminal {
        try ShellTerminal(
            program, command, width: width, height: height, blocksSignals: blocksSignals)
    }

    /// Opens the screen in a shell's terminal.
    func open(in shell: ShellTerminal) throws {
        // What an earlier screen has said must not be taken for this one's.
        #expect(try shell.status(of: "printf '\\033[H\\033[2J'") == 0)
        try shell.type(command.joined(separator: " ") + "\n")
        try waitForTraining(in: shell)
    }

    /// Waits until the screen is there and shows that the engine trains.
    func waitForTraining(in terminal: ShellTerminal) throws {
        try terminal.wait(until: "a screen that trains") {
            $0.isAlternate && $0.text.contains("● training")
        }
    }

    /// Waits until tabs, panels, status and the last line are there, at the terminal's size.
    func waitForWholeScreen(in terminal: ShellTerminal) throws {
        try terminal.wait(until: "a whole screen") { shown in
            let lines = shown.lines
            let width = shown.size.width
            return shown.isAlternate && lines.count > 3 && lines[0].contains("1 dashboard")
                && lines[1].hasPrefix("╭") && lines[1].hasSuffix("╮") && lines[1].count == width
                && lines[lines.count - 2].contains("● training") && !lines[lines.count - 1].isEmpty
        }
    }

    /// Has the screen show that it takes keys.
    func expectAnswers(_ terminal: ShellTerminal) throws {
        try terminal.type(":")
        try terminal.wait(for: "what to do")
        try terminal.type("\u{3}")
        try terminal.wait(until: "the palette to go") { !$0.text.contains("what to do") }
    }

    /// Leaves the screen, and the engine training.
    func leave(_ terminal: ShellTerminal) throws {
        try terminal.type("q")
        try terminal.wait(for: "leave it training")
        try terminal.type("l")
        try terminal.wait(for: "goes on in the background")
        #expect(!terminal.shown.isAlternate)
        try terminal.expectOrderlyEnd()
    }

    /// Stops the engine as a person would.
    func endEngine() throws {
        let outcome = try program.run("stop", "--session", folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }
}
