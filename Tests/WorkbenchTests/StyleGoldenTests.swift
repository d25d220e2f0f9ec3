import Foundation
import TerminalKit
import Testing
import Workbench

/// The look of every view and overlay at four sizes, in colour and in mono: which cells have which style.
///
/// `POPBENCH_RECORD=1` writes the files anew; read the difference before committing it.
@Suite("Golden styles")
struct StyleGoldenTests {
    static let sizes = [(40, 15), (80, 24), (120, 40), (200, 50)]
    static let themes = ["dark", "mono"]

    @Test("every view looks as committed at every size, in colour and in mono", arguments: themes)
    func views(theme name: String) throws {
        let theme = try Self.theme(name)
        for view in BenchView.allCases {
            for (width, height) in Self.sizes {
                var model =
                    switch view {
                    case .population: PopulationViewTests.model(width: width, height: height)
                    case .sessions: Scripted.sessions(width: width, height: height)
                    default: Scripted.model(width: width, height: height)
                    }
                _ = model.press(.escape)
                _ = model.type("\(view.number)")
                try compare(model, theme, "\(view.rawValue)-\(width)x\(height)-\(name)")
            }
        }
    }

    @Test("every overlay looks as committed at every size in mono")
    func overlays() throws {
        let theme = try Self.theme("mono")
        for scene in OverlayGoldenTests.scenes {
            for (width, height) in Self.sizes {
                let model = OverlayGoldenTests.model(scene, width, height)
                try compare(model, theme, "\(scene.name)-overlay-\(width)x\(height)-mono")
            }
        }
    }

    @Test("a map has a letter where the style changes, and says what the letter means")
    func map() {
        var canvas = Canvas(width: 4, height: 2)
        canvas.put(
            "ab", x: 1, y: 1, style: Style(foreground: Color(hex: 0xFF0000), attributes: .bold))
        let lines = StyleMap(canvas).text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "" && lines[1] == " aa")
        #expect(lines[2] == "blank: plain")
        #expect(lines[3].hasPrefix("a: fg ") && lines[3].hasSuffix("bold"))
    }

    private static func theme(_ name: String) throws -> Theme {
        try Theme.load(name: name, directories: [ReadabilityTests.folder])
    }

    private func compare(_ model: WorkbenchModel, _ theme: Theme, _ name: String) throws {
        var model = model
        // Pictures as dots: what is compared is the screen's own colours.
        model.colorDepth = .mono
        let size = (model.width, model.height)
        let frame = snapshotFrame(model, width: size.0, height: size.1, theme: theme)
        try compareWithGolden(StyleMap(frame).text, file: "Styles/\(name).txt")
    }
}
