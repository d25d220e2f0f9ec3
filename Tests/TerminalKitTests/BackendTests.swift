import Foundation
import Glibc
import TerminalKit
import Testing

@Suite("Back ends")
struct BackendTests {
    @Test("the terminal in memory keeps frames and hands over keys in order")
    func memory() {
        let terminal = MemoryTerminal(width: 20, height: 5)
        terminal.start()
        terminal.press(.up, .character("q"))
        terminal.resize(width: 30, height: 6)
        #expect(
            terminal.wait(descriptors: [], deadline: nil)
                == [.key(.up), .key(.character("q")), .key(.resize)])
        #expect(terminal.wait(descriptors: [], deadline: nil) == [.deadline])
        var canvas = Canvas(width: 30, height: 6)
        canvas.put("hello", x: 0, y: 0, style: .plain)
        terminal.draw(canvas, reason: .data)
        #expect(terminal.frame == canvas && terminal.size == TerminalSize(width: 30, height: 6))
        terminal.stop()
        #expect(!terminal.isStarted)
    }

    @Test("standard error goes to the log and comes back, its end readable without controls")
    func standardError() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("log-\(UUID().uuidString)").path
        defer { unlink(path) }
        try "before\n".write(toFile: path, atomically: false, encoding: .utf8)
        let log = try StandardErrorLog(path: path)
        let text = "a warning\u{1B}[31m\n"
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        log.restore()
        log.restore()
        #expect(log.tail(lines: 50).contains("a warning\u{FFFD}[31m"))
        #expect(!log.tail(lines: 50).contains("before"))
        #expect(throws: TerminalError.self) {
            try StandardErrorLog(path: "/nonexistent-folder/log")
        }
    }

    @Test("errors of the terminal name what to do")
    func errors() {
        let errors: [TerminalError] = [
            .notATerminal(stream: "standard output"), .dumb(term: "dumb"), .dumb(term: ""),
            .unknownTerminal(term: "x"), .system(call: "eventfd", number: 24),
        ]
        for error in errors { #expect(error.description.contains("--headless")) }
    }

    @Test("the 24-bit entry compiles once and is found again; unsafe names are refused")
    func directColorEntry() throws {
        let cache = FileManager.default.temporaryDirectory
            .appendingPathComponent("cache-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: cache) }
        let environment = ["XDG_CACHE_HOME": cache]
        #expect(DirectColorEntry.compiled(for: "../x", environment: environment) == nil)
        #expect(DirectColorEntry.compiled(for: "no-such-term", environment: environment) == nil)
        #expect(DirectColorEntry.compiled(for: "xterm", environment: [:]) == nil)
        let folder = try #require(
            DirectColorEntry.compiled(for: "xterm-256color", environment: environment))
        #expect(
            DirectColorEntry.compiled(for: "xterm-256color", environment: environment) == folder)
        let left = try FileManager.default.contentsOfDirectory(atPath: cache + "/popbench/terminfo")
        #expect(left == ["1-xterm-256color"])
    }
}

#if compiler(>=6.2)
    /// Each in a process of its own, which makes a pseudo-terminal its standard input and output.
    @Suite("In a pseudo-terminal")
    struct PseudoTerminalTests {
        @Test("starting and stopping leaves the terminal's modes as they were")
        func modesRestored() async {
            await #expect(processExitsWith: .exitCode(0)) {
                let terminal = PseudoTerminal(width: 50, height: 12)
                let before = terminal.modes()
                let curses = CursesTerminal(environment: terminal.environment)
                try curses.start()
                guard curses.size == TerminalSize(width: 50, height: 12) else { _exit(2) }
                guard terminal.modes() != before else { _exit(3) }
                var canvas = Canvas(width: 50, height: 12)
                canvas.put("hello 世界 ▀", x: 0, y: 0, style: Theme.builtin.style(for: .accent))
                curses.draw(canvas, reason: .data)
                curses.suspend()
                curses.draw(canvas, reason: .input)
                curses.stop()
                guard terminal.modes() == before else { _exit(4) }
                // And a second time in the same process.
                try curses.start()
                curses.stop()
                guard terminal.modes() == before else { _exit(5) }
                let written = terminal.output()
                guard written.contains("hello"), written.contains("\u{1B}[?2004l") else {
                    _exit(6)
                }
                _exit(0)
            }
        }

        @Test("keys, resizes, descriptors and signals wake the loop as what they are")
        func events() async {
            await #expect(processExitsWith: .exitCode(0)) {
                let terminal = PseudoTerminal(width: 40, height: 10)
                let curses = CursesTerminal(mouse: true, environment: terminal.environment)
                try curses.start()
                func expect(_ wanted: [TerminalEvent], _ code: Int32, _ more: [Int32] = []) {
                    var got: [TerminalEvent] = []
                    while got.count < wanted.count {
                        got += curses.wait(descriptors: more, deadline: .now + .seconds(5))
                        if got.last == .deadline { break }
                    }
                    if got != wanted { _exit(code) }
                }
                terminal.type("q\u{1B}[A\u{1B}OBé\u{1B}[5~")
                expect(
                    [
                        .key(.character("q")), .key(.up), .key(.down), .key(.character("é")),
                        .key(.pageUp),
                    ], 2)
                terminal.type("\u{1B}[200~a\rb\u{1B}[201~\u{1B}[<0;3;2M")
                expect(
                    [
                        .key(.paste("a\nb")),
                        .key(.mouse(MouseEvent(.press(button: 1), x: 2, y: 1))),
                    ],
                    3)
                terminal.type("\u{1B}")
                expect([.key(.escape)], 4)
                terminal.resize(width: 61, height: 17)
                expect([.key(.resize)], 5)
                if curses.size != TerminalSize(width: 61, height: 17) { _exit(6) }
                kill(getpid(), SIGTERM)
                expect([.terminate(signal: SIGTERM)], 7)
                var pipes: [Int32] = [0, 0]
                pipe(&pipes)
                _ = write(pipes[1], "x", 1)
                expect([.readable(pipes[0])], 8, [pipes[0]])
                if curses.wait(descriptors: [], deadline: .now) != [.deadline] { _exit(9) }
                terminal.hangUp()
                let last = curses.wait(descriptors: [], deadline: .now + .seconds(5))
                if !last.contains(.terminate(signal: SIGHUP)) { _exit(10) }
                curses.stop()
                _exit(0)
            }
        }

        @Test("a size that changed and changed back is painted anew: its cells are lost")
        func sizeThereAndBack() async {
            await #expect(processExitsWith: .exitCode(0)) {
                let terminal = PseudoTerminal(width: 40, height: 10)
                let curses = CursesTerminal(environment: terminal.environment)
                try curses.start()
                var canvas = Canvas(width: 40, height: 10)
                canvas.put("hello", x: 0, y: 0, style: .plain)
                curses.draw(canvas, reason: .data)
                terminal.forget()
                terminal.resize(width: 2, height: 1)
                terminal.resize(width: 40, height: 10)
                let woken = curses.wait(descriptors: [], deadline: .now + .seconds(5))
                guard woken == [.key(.resize)] else { _exit(2) }
                curses.draw(canvas, reason: .input)
                guard terminal.output().contains("hello") else { _exit(3) }
                curses.stop()
                _exit(0)
            }
        }

        @Test("a signal that came while the screen was lent is told once it is back")
        func signalWhileLent() async {
            await #expect(processExitsWith: .exitCode(0)) {
                let terminal = PseudoTerminal(width: 40, height: 10)
                let curses = CursesTerminal(environment: terminal.environment)
                try curses.start()
                raise(SIGTERM)
                // Nobody could let this process go on, so that it is not stopped at all.
                curses.suspend()
                // Where nothing is told, this ends the wait and the test.
                alarm(60)
                var events: [TerminalEvent] = []
                while !events.contains(.terminate(signal: SIGTERM)) {
                    events += curses.wait(descriptors: [], deadline: nil)
                }
                _exit(0)
            }
        }

        @Test("a crash restores the modes before the handler that was there runs")
        func crash() async {
            await #expect(processExitsWith: .exitCode(0)) {
                let terminal = PseudoTerminal(width: 40, height: 10)
                PseudoTerminal.modesBefore = terminal.modes()
                var action = sigaction()
                action.__sigaction_handler.sa_handler = { _ in
                    _exit(PseudoTerminal.currentModes() == PseudoTerminal.modesBefore ? 0 : 3)
                }
                sigaction(SIGTRAP, &action, nil)
                let curses = CursesTerminal(environment: terminal.environment)
                try curses.start()
                if terminal.modes() == PseudoTerminal.modesBefore { _exit(2) }
                raise(SIGTRAP)
                _exit(4)
            }
        }

        @Test("a dumb terminal and no terminal are refused before anything is touched")
        func refusals() async {
            await #expect(processExitsWith: .exitCode(0)) {
                let terminal = PseudoTerminal(width: 40, height: 10)
                func error(_ term: String?) -> TerminalError? {
                    var environment = terminal.environment
                    environment["TERM"] = term
                    do {
                        try CursesTerminal(environment: environment).start()
                        return nil
                    } catch { return error as? TerminalError }
                }
                let before = terminal.modes()
                if error("dumb") != .dumb(term: "dumb") { _exit(2) }
                if error(nil) != .dumb(term: "") { _exit(3) }
                if error("no-such") != .unknownTerminal(term: "no-such") { _exit(4) }
                if terminal.modes() != before || !terminal.output().isEmpty { _exit(5) }
                let null = open("/dev/null", O_RDWR)
                dup2(null, STDOUT_FILENO)
                if error("xterm") != .notATerminal(stream: "standard output") { _exit(6) }
                _exit(0)
            }
        }
    }
#endif
