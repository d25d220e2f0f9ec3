import BenchProtocol
import TerminalKit
import Testing
import Workbench

/// The overlays and the log at four sizes as text; dashboard and overlays in colour and in mono.
@Suite("Golden overlays")
struct OverlayGoldenTests {
    /// What is pressed to bring something up.
    struct Scene: CustomTestStringConvertible, Sendable {
        var name: String
        var keys: String
        var testDescription: String { name }
    }

    static let sizes = [(40, 15), (80, 24), (120, 40), (200, 50)]
    static let scenes = [
        Scene(name: "palette", keys: ":"), Scene(name: "palette-prompt", keys: ":prompt pi"),
        Scene(name: "help", keys: "?"), Scene(name: "help-found", keys: "?margin"),
        Scene(name: "themes", keys: "t"), Scene(name: "export", keys: "7x"),
        Scene(name: "type", keys: "G"), Scene(name: "quit", keys: "q"),
        Scene(name: "collect", keys: "C"), Scene(name: "log", keys: "7"),
    ]

    static func model(_ scene: Scene, _ width: Int, _ height: Int) -> WorkbenchModel {
        var model = Scripted.model(width: width, height: height)
        let lines: [(LogLine.Level, String, Diagnostic.Kind?)] = [
            (
                .warning, "lane dpo: likelihood displacement, winner g -0.041",
                .likelihoodDisplacement
            ),
            (.info, "saved step 28: 5.2 MB in 0.4 s", nil),
            (.error, "cannot sample: no such prompt", nil),
            (.warning, "lane fdpo-js: 82 % of pairs are saturated", .saturation),
        ]
        for (level, text, kind) in lines {
            let line = LogLine(
                level: level, message: text, time: Scripted.clock - 5, diagnostic: kind)
            _ = update(&model, .event(.log(line)))
        }
        _ = update(&model, .clock(Scripted.clock))
        _ = model.press(.escape)
        _ = model.type(scene.keys)
        // Pictures as dots, so that a text file shows them.
        model.colorDepth = .mono
        return model
    }

    @Test("overlays and the log are as committed at every size", arguments: scenes)
    func text(scene: Scene) throws {
        for (width, height) in Self.sizes {
            let model = Self.model(scene, width, height)
            let frame = snapshotFrame(model, width: width, height: height, theme: .builtin)
            try compareWithGolden(frame, named: "\(scene.name)-\(width)x\(height)")
        }
    }

    @Test("the dashboard's colours are as committed at every size")
    func dashboardInColour() throws {
        for (width, height) in Self.sizes {
            let model = Self.model(Scene(name: "", keys: ""), width, height)
            let frame = snapshotFrame(model, width: width, height: height, theme: .builtin)
            try compareWithGolden(
                frame.svg(theme: .builtin), file: "dashboard-\(width)x\(height).svg")
        }
    }

    @Test("the overlays' colours are as committed, in colour and without any")
    func overlaysInColour() throws {
        let mono = try Theme.load(name: "mono", directories: [ReadabilityTests.folder])
        for scene in Self.scenes where ["palette", "help", "themes", "log"].contains(scene.name) {
            for theme in [Theme.builtin, mono] {
                let frame = snapshotFrame(
                    Self.model(scene, 80, 24), width: 80, height: 24, theme: theme)
                try compareWithGolden(
                    frame.svg(theme: theme), file: "\(scene.name)-80x24-\(theme.name).svg")
            }
        }
        let frame = snapshotFrame(
            Self.model(Scene(name: "", keys: ""), 80, 24), width: 80, height: 24, theme: mono)
        try compareWithGolden(frame.svg(theme: mono), file: "dashboard-80x24-mono.svg")
    }
}
