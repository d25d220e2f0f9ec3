import BenchProtocol
import TerminalKit
import Testing
import Workbench

/// Whole screens, compared with text files beside this one.
///
/// `POPBENCH_RECORD=1 swift test --filter GoldenTests` writes them anew; read the difference before
/// committing it.
@Suite("Golden screens")
struct GoldenTests {
    /// A screen that has a file of its own.
    struct Screen: CustomTestStringConvertible, Sendable {
        var name: String
        var width: Int
        var height: Int
        /// What is pressed before the screen is drawn.
        var keys: [Key] = []

        var testDescription: String { "\(name)-\(width)x\(height)" }
    }

    static let screens: [Screen] =
        [(40, 15), (80, 24), (120, 40), (200, 50)].map {
            Screen(name: "dashboard", width: $0.0, height: $0.1)
        } + [
            Screen(
                name: "curves", width: 120, height: 40,
                keys: [.character("z"), .left, .left, .left]),
            Screen(name: "lanes", width: 120, height: 40, keys: [.right, .character("z")]),
            Screen(
                name: "field", width: 120, height: 40,
                keys: [.down, .character("z"), .alt("4")]),
            Screen(
                name: "population", width: 120, height: 40,
                keys: [.right, .down, .character("z")]),
            Screen(
                name: "samples", width: 120, height: 40, keys: [.down, .down, .character("z")]),
            Screen(
                name: "samples", width: 80, height: 24, keys: [.down, .down, .character("z")]),
        ]

    @Test("the screen is as committed", arguments: screens)
    func screen(_ screen: Screen) throws {
        var model = Scripted.model(width: screen.width, height: screen.height)
        for key in screen.keys { _ = update(&model, .key(key)) }
        // Pictures as dots, so that a text file shows them.
        model.colorDepth = .mono
        try compareWithGolden(
            snapshotFrame(model, width: screen.width, height: screen.height, theme: .builtin),
            named: screen.testDescription)
    }

    @Test("a screen whose engine died is as committed")
    func engineLost() throws {
        var model = Scripted.model(width: 80, height: 24)
        _ = update(
            &model,
            .engineLost(
                reason: "The engine (process 4711) was killed by signal 9.",
                lastLogLines: ["step 39 loss 0.412", "step 40 loss 0.409"]))
        model.colorDepth = .mono
        try compareWithGolden(
            snapshotFrame(model, width: 80, height: 24, theme: .builtin), named: "lost-80x24")
    }

    @Test("a screen before any engine has answered is as committed")
    func empty() throws {
        let model = WorkbenchModel()
        try compareWithGolden(
            snapshotFrame(model, width: 80, height: 24, theme: .builtin), named: "empty-80x24")
    }
}
