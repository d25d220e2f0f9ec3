import Foundation
import TerminalKit
import Testing
import Workbench

/// Whole screens of the comparison and of the fields, compared with text files beside this one.
@Suite("Golden screens of compare and fields")
struct CompareGoldenTests {
    /// A screen that has a file of its own.
    struct Screen: CustomTestStringConvertible, Sendable {
        var view: BenchView
        var name: String
        var width: Int
        var height: Int
        /// What is pressed before the screen is drawn.
        var keys: [Key] = []

        var testDescription: String { "\(name)-\(width)x\(height)" }
    }

    static let sizes = [(40, 15), (80, 24), (120, 40), (200, 50)]

    static let screens: [Screen] =
        sizes.flatMap { width, height in
            [
                Screen(view: .fields, name: "fields", width: width, height: height),
                Screen(
                    view: .fields, name: "fields-large", width: width, height: height,
                    keys: [.character("z"), .alt("4"), .right, .right, .up]),
                Screen(view: .compare, name: "compare", width: width, height: height),
            ]
        } + [
            Screen(
                view: .fields, name: "fields-linear", width: 120, height: 40,
                keys: [.character("z"), .alt("2"), .character("a"), .character("m")]),
            Screen(
                view: .fields, name: "fields-quarters", width: 80, height: 24,
                keys: [.character("l"), .character("f")]),
            Screen(
                view: .compare, name: "compare-recipe", width: 80, height: 24, keys: [.left]),
            Screen(
                view: .compare, name: "compare-differences", width: 120, height: 40,
                keys: [.character("z"), .character("d"), .alt("2"), .character("b")]),
            Screen(
                view: .compare, name: "compare-tradeoff", width: 80, height: 24, keys: [.right]),
            Screen(
                view: .compare, name: "compare-fields", width: 80, height: 24,
                keys: [.right, .right]),
            Screen(
                view: .compare, name: "compare-pictures", width: 80, height: 24,
                keys: [.right, .right, .right, .down]),
            Screen(
                view: .compare, name: "compare-pictures", width: 40, height: 15,
                keys: [.right, .right, .right]),
        ]

    @Test("the screen is as committed", arguments: screens)
    func screen(_ screen: Screen) throws {
        try compareWithGolden(canvas(screen, .mono), named: screen.testDescription)
    }

    @Test("without any colour the screens say the same as with all")
    func monochrome() throws {
        for screen in Self.screens where screen.width == 120 {
            var plain = Theme.builtin
            plain.background = nil
            plain.foreground = nil
            plain.roles = [:]
            plain.series = []
            plain.ramp = []
            plain.heat = []
            #expect(
                canvas(screen, .mono, plain).plainText() == canvas(screen, .mono).plainText())
        }
    }

    @Test("the colours are as committed")
    func colours() throws {
        for (view, name) in [(BenchView.fields, "fields"), (.compare, "compare")] {
            let screen = Screen(view: view, name: name, width: 80, height: 24)
            try compareWithGolden(
                canvas(screen, .direct).svg(theme: .builtin), file: "\(name)-80x24.svg")
        }
    }

    private func canvas(
        _ screen: Screen, _ depth: ColorDepth, _ theme: Theme = .builtin
    ) -> Canvas {
        var model = FieldsScript.model(
            width: screen.width, height: screen.height, view: screen.view)
        for key in screen.keys { _ = update(&model, .key(key)) }
        // Pictures as dots, so that a text file shows them.
        model.colorDepth = depth
        return snapshotFrame(model, width: screen.width, height: screen.height, theme: theme)
    }
}
