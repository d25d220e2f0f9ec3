import BenchProtocol
import Foundation
import TerminalKit
import Testing
import Workbench

/// The population view's screens, compared with text files; `POPBENCH_RECORD=1` writes them anew.
@Suite("Golden screens of the population view")
struct PopulationGoldenTests {
    struct Screen: CustomTestStringConvertible, Sendable {
        var name: String
        var width: Int
        var height: Int
        var keys: [Key] = []

        var testDescription: String { "\(name)-\(width)x\(height)" }
    }

    static let screens: [Screen] =
        [(40, 15), (80, 24), (120, 40), (200, 50)].flatMap { width, height in
            [
                Screen(name: "gallery", width: width, height: height, keys: [.down, .right]),
                Screen(name: "picture", width: width, height: height, keys: [.right, .enter]),
                Screen(name: "ridgeline", width: width, height: height, keys: [.character("h")]),
                Screen(name: "heat-map", width: width, height: height, keys: [.character("m")]),
            ]
        } + [
            Screen(
                name: "gallery-women", width: 80, height: 24,
                keys: [.character("f"), .character("f"), .character("o")]),
            Screen(
                name: "gallery-one-lane", width: 120, height: 40, keys: [.tab, .character("l")]),
            Screen(
                name: "ridgeline-tone", width: 120, height: 40,
                keys: [.character("a"), .character("h"), .up]),
        ]

    @Test("the screen is as committed", arguments: screens)
    func screen(_ screen: Screen) throws {
        var model = PopulationViewTests.model(width: screen.width, height: screen.height)
        for key in screen.keys { _ = update(&model, .key(key)) }
        _ = update(&model, .event(.film(PopulationScript.film("base", index: 1, step: 0))))
        // Pictures as dots, so that a text file shows them.
        model.colorDepth = .mono
        try compareWithGolden(
            snapshotFrame(model, width: screen.width, height: screen.height, theme: .builtin),
            named: screen.testDescription)
    }

    @Test("a prompt without pictures says which keys help")
    func empty() throws {
        var model = Scripted.model(width: 80, height: 24)
        _ = model.press(.character("5"))
        _ = update(&model, .event(.state(Scripted.state(step: 40, prompt: "a pilot"))))
        try compareWithGolden(
            snapshotFrame(model, width: 80, height: 24, theme: .builtin),
            named: "gallery-empty-80x24")
    }

    @Test("the heat map's colours are as committed")
    func colours() throws {
        var model = PopulationViewTests.model(width: 80, height: 24)
        _ = model.press(.character("m"))
        let canvas = snapshotFrame(model, width: 80, height: 24, theme: .builtin)
        try compareWithGolden(canvas.svg(theme: .builtin), file: "heat-map-80x24.svg")
    }
}
