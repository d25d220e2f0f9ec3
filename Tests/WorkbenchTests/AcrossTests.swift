import BenchProtocol
import Foundation
import TerminalKit
import Testing
import Workbench

/// What belongs to no view alone: hints, undo, themes, help, greeting, progress.
@Suite("Across the views")
struct AcrossTests {
    @Test("the picker shows each theme at once, enter keeps it, escape goes back")
    func themes() {
        var model = Scripted.model()
        #expect(model.type("t").isEmpty)
        #expect(model.press(.down) == [.useTheme("light")])
        #expect(model.press(.down) == [.useTheme("dark")])
        #expect(model.press(.up) == [.useTheme("light")])
        #expect(model.press(.escape) == [.useTheme("dark")])
        #expect(model.overlay == nil && model.themeIndex == 0)
        #expect(model.type("t") + model.press(.down) == [.useTheme("light")])
        #expect(model.press(.enter) == [.useTheme("light"), .rememberTheme("light")])
        #expect(model.themeIndex == 1 && model.overlay == nil)
        #expect(model.type("u") == [.useTheme("dark"), .rememberTheme("dark")])
    }

    @Test("undo takes choices back one after the other, runs of one kind together")
    func undo() {
        var model = Scripted.model()
        _ = model.type("z")
        _ = model.press(.escape)
        _ = model.press(.tab, .tab, .tab)
        _ = model.type("7")
        _ = model.type("n")
        #expect(model.shownPrompt == "a health worker")
        #expect(model.type("u") == [.send(.selectPrompt(prompt: "a judge"))])
        #expect(model.view == .log)
        // Where a view has u for something of its own, backspace does it.
        _ = model.press(.backspace)
        #expect(model.view == .dashboard && model.focusedLane == 3)
        _ = model.type("u")
        #expect(model.focusedLane == 0)
        _ = model.type("u")
        #expect(model.isZoomed)
        _ = model.type("u")
        #expect(!model.isZoomed)
        _ = model.type("u")
        #expect(model.notice?.text == "there is nothing to undo")
    }

    @Test("undo remembers a bounded number of steps and survives any keys")
    func undoIsBounded() {
        var model = Scripted.model()
        for _ in 0..<500 { _ = model.type("zn") }
        for _ in 0..<600 { _ = model.type("u") }
        #expect(model.notice?.text == "there is nothing to undo")
    }

    @Test("a key that can do nothing now is dim in the last line, and pressing it says why")
    func hints() throws {
        var model = Scripted.model(width: 120, height: 40)
        func style(of word: String) throws -> Style {
            let frame = snapshotFrame(model, width: 120, height: 40, theme: .builtin)
            let text = String(frame.row(39).map(\.glyph))
            let place = try #require(text.range(of: word))
            return frame[text.distance(from: text.startIndex, to: place.lowerBound), 39].style
        }
        #expect(try style(of: "save") == Theme.builtin.style(for: .text))
        _ = update(&model, .event(.state(Scripted.state(step: 2000, phase: .finished))))
        _ = update(&model, .clock(Scripted.clock + 60))
        #expect(try style(of: "start") == Theme.builtin.style(for: .dim))
        #expect(try style(of: "save") == Theme.builtin.style(for: .text))
        #expect(model.type(" ").isEmpty)
        #expect(model.notice?.text == "the recipe has ended at step 2000")
    }

    @Test("the help begins with the view one is in and finds what is typed in any section")
    func help() throws {
        var model = Scripted.model(width: 80, height: 24)
        _ = model.type("7?")
        let sections = model.helpSections(HelpText())
        #expect(sections.first?.title.hasPrefix("Log") == true)
        #expect(sections.dropFirst().first?.title == "In every view")
        for context in KeyContext.allCases {
            let rows = KeyTable.standard.shownBindings(in: context)
            for row in rows {
                #expect(
                    sections.contains { section in
                        section.entries.contains { $0.words == row.explanation }
                    })
            }
        }
        var sought = HelpText()
        sought.input = TextInput("checkpoint now")
        #expect(model.helpSections(sought).flatMap(\.entries).map(\.head) == ["s"])
        sought.input = TextInput("no such words at all")
        #expect(model.helpSections(sought).isEmpty)
        // Scrolled to its end it shows its last line, and no further.
        _ = model.press(.end)
        let end = snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
        _ = model.press(.down, .pageDown)
        #expect(snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText() == end)
        let last = try #require(
            KeyContext.allCases.flatMap { KeyTable.standard.shownBindings(in: $0) }.last)
        #expect(end.contains(last.explanation.prefix(20)))
    }

    @Test("somebody new is greeted until the first key, which does nothing else and is remembered")
    func greeting() {
        var model = Scripted.model(width: 80, height: 24)
        _ = update(&model, .newcomer)
        let text = snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
        #expect(text.contains("new here?") && text.contains("finds any command"))
        #expect(text.contains("pauses training, which has begun") && text.contains("0 is fair"))
        #expect(model.type(" ") == [.rememberGreeting])
        #expect(!model.greets)
        #expect(model.type("s") == [.send(.save)])
    }

    @Test("a long task shows a bar and when it ends; nonsense shows an empty bar")
    func progress() {
        #expect(ProgressBar.text(done: 5, of: 10, columns: 10) == "▕█████     ▏")
        #expect(ProgressBar.text(done: 1, of: 16, columns: 10) == "▕▋         ▏")
        for (done, total) in [(-3, 10), (0, 0), (5, 0), (7, -2), (Int.min, Int.max)] {
            #expect(ProgressBar.text(done: done, of: total, columns: 4) == "▕    ▏")
        }
        #expect(ProgressBar.text(done: 99, of: 3, columns: 4) == "▕████▏")
        var model = Scripted.model(width: 120, height: 40)
        _ = update(
            &model,
            .event(
                .progress(
                    TaskProgress(
                        task: "evaluate", done: 30, total: 40, secondsLeft: 65, message: ""))))
        let text = snapshotFrame(model, width: 120, height: 40, theme: .builtin).plainText()
        #expect(text.contains("evaluate ▕███████▌  ▏ 30/40 eta 1m"))
    }

    @Test("enter zooms a panel, and enter again opens the view of its subject")
    func enter() {
        for panel in Panel.allCases {
            var model = Scripted.model()
            while model.focusedPanel != panel { _ = model.type("w") }
            _ = model.press(.enter)
            #expect(model.isZoomed && model.view == .dashboard)
            _ = model.press(.enter)
            #expect(model.view == panel.wholeView)
        }
    }

    @Test("an answer to a refused command is given where the engine is gone: start it again")
    func gone() {
        var model = Scripted.model()
        _ = update(&model, .engineLost(reason: "killed", lastLogLines: []))
        _ = model.press(.escape)
        _ = model.type("s")
        #expect(model.overlay == .engineLost)
    }
}
