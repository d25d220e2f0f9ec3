import Foundation
import Glibc
import Testing

/// The real program in a terminal that only it sees: nothing that happens there ends it, leaves a
/// screen that is not whole, or harms training.
@Suite("The screen under stress", .serialized)
struct ScreenRobustnessTests {
    /// Numbers that look like chance and come again.
    private struct Chance {
        var state: UInt64

        mutating func below(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    private let session: ScreenSession

    init() throws { session = try ScreenSession() }

    @Test("a resize storm, down to one cell, leaves a whole screen that answers")
    func resizeStorm() throws {
        let terminal = try session.screen()
        try session.waitForTraining(in: terminal)
        var chance = Chance(state: 7)
        for _ in 0..<300 {
            terminal.resize(width: 1 + chance.below(300), height: 1 + chance.below(90))
        }
        terminal.resize(width: 1, height: 1)
        terminal.resize(width: 100, height: 30)
        try session.waitForWholeScreen(in: terminal)
        // Back at the size that the screen knows before it has looked, with all cells lost.
        for _ in 0..<20 {
            terminal.resize(width: 1, height: 1)
            terminal.resize(width: 100, height: 30)
        }
        try session.waitForWholeScreen(in: terminal)
        try session.expectAnswers(terminal)
        try session.leave(terminal)
        try session.endEngine()
    }

    @Test("a terminal of one cell shows a letter, and all once there is room")
    func oneCell() throws {
        let terminal = try session.screen(width: 1, height: 1)
        for _ in 0..<2 {
            // The first of "popbench needs 40x12".
            try terminal.wait(until: "a letter") { $0.lines == ["p"] }
            terminal.resize(width: 80, height: 24)
            try session.waitForTraining(in: terminal)
            terminal.resize(width: 1, height: 1)
        }
        try terminal.type(":")
        terminal.resize(width: 80, height: 24)
        try terminal.wait(for: "what to do")
        try terminal.type("\u{3}")
        try session.leave(terminal)
        try session.endEngine()
    }

    @Test("a parent that blocks signals does not keep the screen from hearing them")
    func blockedSignals() throws {
        let terminal = try session.screen(blocksSignals: true)
        try session.waitForTraining(in: terminal)
        terminal.resize(width: 100, height: 30)
        try session.waitForWholeScreen(in: terminal)
        kill(try #require(terminal.screenPID), SIGTERM)
        try terminal.expectOrderlyEnd()
        try session.endEngine()
    }

    @Test("a paste of a megabyte, over a view and into a line, leaves a screen that answers")
    func paste() throws {
        let terminal = try session.screen()
        try session.waitForTraining(in: terminal)
        let text = String(repeating: "paste q l s \u{1B}[ 医\n", count: 1 << 16)
        #expect(text.utf8.count >= 1 << 20)
        try terminal.type("\u{1B}[200~" + text + "\u{1B}[201~:")
        try terminal.wait(for: "what to do")
        try terminal.type("\u{1B}[200~" + String(text.prefix(1 << 15)) + "\u{1B}[201~")
        try terminal.wait(for: "paste q l s")
        try terminal.type("\u{3}")
        try terminal.wait(until: "the palette to go") { !$0.text.contains("what to do") }
        try terminal.type("?")
        try terminal.wait(for: "more below")
        try terminal.type("\u{1B}")
        try terminal.wait(until: "the help to go") { !$0.text.contains("more below") }
        try session.leave(terminal)
        try session.endEngine()
    }

    @Test("thousands of random keys end in a screen that runs or has left in order")
    func randomKeys() throws {
        let terminal = try session.screen()
        try session.waitForTraining(in: terminal)
        var chance = Chance(state: 99)
        let sequences = [
            "\u{1B}[A", "\u{1B}[B", "\u{1B}[C", "\u{1B}[D", "\u{1B}[5~", "\u{1B}[6~", "\u{1B}",
            "\r", "\t", "\u{1B}[Z", "\u{1B}OP", "\u{1B}[<0;10;10M", "\u{1B}[<64;30;12M", "\u{7F}",
            "\u{1B}[999;999H", "\u{1B}]0;x\u{7}", "\u{9B}", "é", "医", "\u{B}", "\0",
        ]
        for _ in 0..<200 {
            var keys = ""
            for _ in 0..<20 {
                if chance.below(3) == 0 {
                    keys += sequences[chance.below(sequences.count)]
                } else {
                    let letter = Character(UnicodeScalar(UInt8(32 + chance.below(95))))
                    // Left out is the key after which an l ends the screen.
                    if letter != "q" { keys.append(letter) }
                }
            }
            try terminal.type(keys)
        }
        try terminal.wait(outside: "all keys to be taken") {
            terminal.unread == 0 || terminal.screenPID == nil
        }
        // Another size is painted once the keys have been obeyed; one of the commands that they can
        // find is to leave.
        terminal.resize(width: 100, height: 30)
        try terminal.wait(until: "a screen of the new size, or its end") {
            !$0.isAlternate || $0.lines[29] != ""
        }
        if terminal.shown.isAlternate, let screen = terminal.screenPID { kill(screen, SIGTERM) }
        try terminal.expectOrderlyEnd()
        try terminal.wait(until: "the screen from before") { !$0.isAlternate }
        #expect(terminal.shown.modes == [7, 25])
        if session.enginePID != nil { try session.endEngine() }
    }

    @Test("a terminal that vanishes ends the screen and not the training")
    func vanishes() throws {
        let terminal = try session.screen()
        try session.waitForTraining(in: terminal)
        let engine = try #require(session.enginePID)
        terminal.vanish()
        try terminal.expectOrderlyEnd()
        #expect(session.enginePID == engine)
        try session.endEngine()
    }

    @Test("an engine that is killed is told of, and r starts it again from its last save")
    func engineKilled() throws {
        let terminal = try session.screen(width: 100, height: 30)
        try session.waitForTraining(in: terminal)
        try terminal.type("s")
        try terminal.wait(for: "saved step")
        let first = try #require(session.enginePID)
        kill(first, SIGKILL)
        try terminal.wait(for: "the engine is gone")
        try terminal.type("r")
        try terminal.wait(until: "an engine again") {
            !$0.text.contains("the engine is gone") && !$0.text.contains("engine lost")
        }
        try session.waitForTraining(in: terminal)
        let second = try #require(session.enginePID)
        #expect(second != first)
        try session.leave(terminal)
        try session.endEngine()
    }
}
