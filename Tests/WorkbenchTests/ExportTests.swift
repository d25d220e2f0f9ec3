import Figures
import Foundation
import TerminalKit
import Testing
import Workbench

/// Every view can be written as numbers and as a drawing.
@Suite("Exports of every view")
struct ExportTests {
    private static func model(_ view: BenchView) -> WorkbenchModel {
        var model =
            switch view {
            case .population: PopulationViewTests.model(width: 120, height: 40)
            case .sessions: Scripted.sessions(width: 120, height: 40)
            default: Scripted.model(width: 120, height: 40)
            }
        _ = model.press(.escape)
        _ = model.type("\(view.number)")
        return model
    }

    private static func file(_ model: WorkbenchModel, _ key: String) -> ExportedFile? {
        var model = model
        guard case .write(let file)? = model.type("x" + key).first else { return nil }
        return file
    }

    @Test(
        "each view writes CSV of equal rows, JSON that parses, SVG and PNG",
        arguments: BenchView.allCases)
    func everyView(view: BenchView) throws {
        let model = Self.model(view)
        try expectAllFormats(model, "\(view)")
    }

    @Test("each panel of the dashboard writes what it shows", arguments: Panel.allCases)
    func panels(panel: Panel) throws {
        var model = PopulationViewTests.model(width: 120, height: 40)
        _ = model.press(.escape)
        _ = model.type("1")
        let moves: [Key] =
            switch panel {
            case .curves: []
            case .lanes: [.right]
            case .field: [.down, .alt("4")]
            case .population: [.right, .down]
            case .samples: [.down, .down]
            }
        _ = model.press(.up, .up, .left)
        for move in moves { _ = model.press(move) }
        #expect(model.focusedPanel == panel)
        try expectAllFormats(model, "\(panel)")
    }

    private func expectAllFormats(_ model: WorkbenchModel, _ what: String) throws {
        let csv = try #require(Self.file(model, "c"), "no CSV of \(what)")
        guard case .text(let table) = csv.content else {
            Issue.record("\(what): CSV is no text")
            return
        }
        let lines = table.split(separator: "\n")
        #expect(lines.count > 1, "\(what)")
        let columns = lines[0].split(separator: ",", omittingEmptySubsequences: false).count
        for line in lines where !line.contains("\"") {
            #expect(
                line.split(separator: ",", omittingEmptySubsequences: false).count == columns,
                "\(what): \(line)")
        }
        let json = try #require(Self.file(model, "j"), "no JSON of \(what)")
        guard case .text(let text) = json.content else {
            Issue.record("\(what): JSON is no text")
            return
        }
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        for key in ["s", "p"] {
            let drawing = try #require(Self.file(model, key), "no \(key) of \(what)")
            switch drawing.content {
            case .figure(let figure):
                #expect(figure.width > 100 && figure.height > 50, "\(what)")
                #expect(!figure.marks.isEmpty, "\(what)")
            case .text: Issue.record("\(what): a drawing is text")
            }
        }
        #expect(model.exportFormats == ExportFormat.allCases, "\(what)")
    }
}
