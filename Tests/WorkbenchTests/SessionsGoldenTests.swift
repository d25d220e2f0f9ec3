import BenchProtocol
import Foundation
import TerminalKit
import Testing
import Workbench

/// The screens of the sessions, compared with text files; see `GoldenTests` for how to write them.
@Suite("Golden screens of the sessions")
struct SessionsGoldenTests {
    static let sizes = [(40, 15), (80, 24), (120, 40), (200, 50)]

    private func shown(_ model: WorkbenchModel, _ width: Int, _ height: Int) -> Canvas {
        snapshotFrame(model, width: width, height: height, theme: .builtin)
    }

    @Test("the list is as committed at every size", arguments: sizes)
    func list(width: Int, height: Int) throws {
        var model = Scripted.sessions(width: width, height: height)
        _ = model.press(.down)
        try compareWithGolden(shown(model, width, height), named: "sessions-\(width)x\(height)")
    }

    @Test("the fork of a lane is as committed at every size", arguments: sizes)
    func fork(width: Int, height: Int) throws {
        var model = Scripted.sessions(width: width, height: height)
        _ = update(&model, .sessions(.sheet(Scripted.sheet(.forkLane("popalign")))))
        _ = model.type("5x")
        if let form = model.shownForm {
            let problem = RecipeProblem(
                line: 13, message: "line 13: expected valid TOML, found \"5x\" is no value",
                expected: "a number from 1e-09 to 1000000000.0")
            _ = update(&model, .sessions(.checked(ticket: form.ticket, problem)))
        }
        try compareWithGolden(
            shown(model, width, height), named: "sessions-fork-\(width)x\(height)")
    }

    @Test("recipes, a whole recipe, the trash, and the questions are as committed")
    func others() throws {
        var model = Scripted.sessions(width: 80, height: 24)
        _ = model.type("a")
        try compareWithGolden(shown(model, 80, 24), named: "sessions-recipes-80x24")
        _ = update(&model, .sessions(.sheet(Scripted.sheet(.new))))
        try compareWithGolden(shown(model, 80, 24), named: "sessions-new-80x24")
        model = Scripted.sessions(width: 80, height: 24)
        _ = model.type("v")
        try compareWithGolden(shown(model, 80, 24), named: "sessions-trash-80x24")
        model = Scripted.sessions(width: 80, height: 24)
        _ = model.press(.down, .enter)
        try compareWithGolden(shown(model, 80, 24), named: "sessions-opening-80x24")
        model = Scripted.sessions(width: 80, height: 24)
        _ = model.press(.down, .character("d"))
        try compareWithGolden(shown(model, 80, 24), named: "sessions-delete-80x24")
        model = Scripted.sessions(width: 80, height: 24)
        _ = model.press(.end)
        try compareWithGolden(shown(model, 80, 24), named: "sessions-torn-80x24")
    }

    @Test("without sessions it says what makes one")
    func empty() throws {
        var model = Scripted.model(width: 80, height: 24)
        _ = update(&model, .show(.sessions))
        _ = update(
            &model, .sessions(.shelf(SessionShelfContents(folder: "/data/sessions", cards: []))))
        try compareWithGolden(shown(model, 80, 24), named: "sessions-none-80x24")
    }

    @Test("in mono what is open, torn and at work is told by marks and words")
    func mono() throws {
        var theme = Theme.builtin
        theme.roles = [:]
        theme.foreground = nil
        theme.background = nil
        var model = Scripted.sessions(width: 80, height: 24)
        model.colorDepth = .mono
        let text = snapshotFrame(model, width: 80, height: 24, theme: theme).plainText()
        for mark in ["▶  starter", "●  long", "✗  torn", "cannot be opened"] {
            #expect(text.contains(mark), "\(mark)")
        }
    }

    @Test("its colours are as committed")
    func colours() throws {
        let model = Scripted.sessions(width: 80, height: 24)
        let svg = shown(model, 80, 24).svg(theme: .builtin)
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/sessions-80x24.svg")
        if ProcessInfo.processInfo.environment["POPBENCH_RECORD"] == "1" {
            try svg.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == svg)
    }
}
