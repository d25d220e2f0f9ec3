import Foundation
import Glibc
import Testing

/// However the screen is left, its terminal is as the shell lent it, and the engine is at work.
///
/// The shell does nothing for the terminal by itself: what it has is what the program gave back.
@Suite("Leaving the screen", .serialized)
struct ScreenLeavingTests {
    private let session: ScreenSession

    init() throws { session = try ScreenSession() }

    /// A shell that keeps what `stty` says before the screen is opened.
    private func shell() throws -> ShellTerminal {
        let shell = try ShellTerminal.shell(session.program)
        #expect(try shell.status(of: "ulimit -c 0; before=$(stty -g)") == 0)
        #expect(shell.shown.modes == [7, 25])
        return shell
    }

    /// Waits for the shell's own screen, and compares all that there is to compare.
    private func expectGivenBack(
        _ shell: ShellTerminal, _ how: String, location: SourceLocation = #_sourceLocation
    ) throws {
        try shell.wait(until: "the shell's screen") { !$0.isAlternate }
        let same = try shell.status(of: "[ \"$before\" = \"$(stty -g)\" ]")
        #expect(same == 0, "what stty tells, \(how)", sourceLocation: location)
        // The cursor is seen, and neither the mouse, pastes nor the keypad are told apart.
        #expect(shell.shown.modes == [7, 25], "modes, \(how)", sourceLocation: location)
        #expect(session.enginePID != nil, "the engine, \(how)", sourceLocation: location)
    }

    private func end(_ shell: ShellTerminal) throws {
        try shell.type("exit 0\n")
        try shell.expectOrderlyEnd()
        try session.endEngine()
    }

    @Test("q l leaves the terminal as it was and the engine at work; coming back shows it again")
    func leaving() throws {
        let shell = try shell()
        for round in 1...2 {
            try session.open(in: shell)
            try shell.type("q")
            try shell.wait(for: "leave it training")
            try shell.type("l")
            try shell.wait(for: "goes on in the background")
            try expectGivenBack(shell, "after q l, time \(round)")
        }
        try end(shell)
    }

    @Test("suspended, the screen gives its terminal back; fg takes it again, whole")
    func suspended() throws {
        let shell = try shell()
        try session.open(in: shell)
        let screen = try #require(shell.screenPID)
        for (round, how) in ["Ctrl-Z", "SIGTSTP", "SIGSTOP"].enumerated() {
            switch how {
            case "Ctrl-Z": try shell.type("\u{1A}")
            case "SIGTSTP": kill(screen, SIGTSTP)
            default: kill(screen, SIGSTOP)
            }
            try shell.wait(outside: "a screen stopped by \(how)") {
                ShellTerminal.isStopped(screen)
            }
            // Nothing can be given back where a process is stopped without being told.
            if how != "SIGSTOP" { try expectGivenBack(shell, "after \(how)") }
            shell.resize(width: 90, height: 25 + round)
            try shell.type("fg\n")
            try session.waitForWholeScreen(in: shell)
            try session.expectAnswers(shell)
        }
        try shell.type("ql")
        try shell.wait(for: "goes on in the background")
        try expectGivenBack(shell, "after q l, having been suspended")
        try end(shell)
    }

    @Test("a signal that ends the screen gives the terminal back and leaves the engine at work")
    func ended() throws {
        let shell = try shell()
        for (signal, name) in [
            (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP"), (SIGINT, "SIGINT"), (SIGQUIT, "SIGQUIT"),
        ] {
            try session.open(in: shell)
            kill(try #require(shell.screenPID), signal)
            try shell.wait(for: "goes on in the background")
            try expectGivenBack(shell, "after \(name)")
        }
        try end(shell)
    }

    @Test("a crash gives the terminal back, too, and the engine trains on")
    func crashed() throws {
        let shell = try shell()
        for (signal, name) in [(SIGSEGV, "SIGSEGV"), (SIGABRT, "SIGABRT"), (SIGTRAP, "SIGTRAP")] {
            // The first is told of with a backtrace, where Swift has what it takes.
            if signal != SIGSEGV {
                #expect(try shell.status(of: "export SWIFT_BACKTRACE=enable=no") == 0)
            }
            try session.open(in: shell)
            let screen = try #require(shell.screenPID)
            kill(screen, signal)
            try shell.wait(outside: "the end of the screen after \(name)") {
                kill(screen, 0) != 0
            }
            try expectGivenBack(shell, "after \(name)")
        }
        try end(shell)
    }
}
