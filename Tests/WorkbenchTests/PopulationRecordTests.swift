import BenchProtocol
import Figures
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("What the population view remembers and writes")
struct PopulationRecordTests {
    @Test("histories of the engine and measurements of now are one, and a rewind cuts them")
    func histories() throws {
        var model = PopulationViewTests.model()
        let table = HistoryTable(model)
        #expect(table.steps == [10, 20, 30, 40])
        #expect(table.planted == [0.81, 0.09, 0.10])
        #expect(table.references.map(\.name) == ["planted", "base", "uniform"])
        #expect(table.base?.counts == [20, 2, 2])
        #expect(table.lanes.count == 4 && table.lanes[1].byStep[40]?.counts == [12, 8, 4])
        _ = update(
            &model, .event(.population(Scripted.histogram("dpo", "gender", [4, 4, 4], step: 50))))
        #expect(HistoryTable(model).steps == [10, 20, 30, 40, 50])
        #expect(
            abs(HistoryTable.distance([1, 0, 0], [1 / 3.0, 1 / 3.0, 1 / 3.0]) - 0.816_5) < 1e-4)
        // A glance at fewer pictures of the same step changes nothing.
        _ = update(
            &model, .event(.population(Scripted.histogram("dpo", "gender", [1, 0, 0], step: 50))))
        #expect(HistoryTable(model).lanes[1].byStep[50]?.counts == [4, 4, 4])
        // The engine went back to step 20: what came after never was.
        _ = update(&model, .event(.state(Scripted.state(step: 20))))
        #expect(HistoryTable(model).steps == [10, 20])
        #expect(HistoryTable(model).base != nil)
    }

    @Test("steps are chosen with the first, the last and the one under the cursor")
    func chosenSteps() {
        let model = PopulationViewTests.model()
        var table = HistoryTable(model)
        table.steps = Array(stride(from: 0, through: 1000, by: 25))
        for count in 1...45 {
            let steps = table.steps(atMost: count, with: 475)
            #expect(steps.count <= count && steps == steps.sorted())
            #expect(steps.contains(475))
            if count > 2 { #expect(steps.first == 0 && steps.last == 1000) }
        }
    }

    @Test("histories stay bounded, and hostile ones are left alone")
    func bounded() {
        var record = PopulationRecord()
        for prompt in 0..<40 {
            for step in 0..<100 {
                record.note(
                    Scripted.histogram("dpo", "gender", [1, 2, 3], step: step, prompt: "\(prompt)"))
            }
        }
        #expect(record.prompts.count <= 8)
        for step in 100..<4000 {
            record.note(Scripted.histogram("dpo", "gender", [1, 2, 3], step: step, prompt: "39"))
        }
        let points = record.history(lane: "dpo", prompt: "39", attribute: "gender")?.points ?? []
        #expect(points.count <= 512 && points.last?.step == 3999 && points.first?.step == 0)
        #expect(points.map(\.step) == points.map(\.step).sorted())
        record.place(
            PopulationHistory(
                lane: "x", prompt: "39", attribute: "gender", classes: ["a"],
                points: [.init(step: 1, counts: [.max])]))
        record.place(
            PopulationHistory(
                lane: "x", prompt: "39", attribute: "gender", classes: ["a", "b"],
                points: [.init(step: 1, counts: [1])]))
        #expect(record.history(lane: "x", prompt: "39", attribute: "gender") == nil)
        record.place(
            PlantedDistribution(prompt: "39", attribute: "gender", classes: ["a"], shares: [.nan]))
        #expect(record.planted(prompt: "39", attribute: "gender", classes: ["a"]) == nil)
        for index in 0..<100 {
            #expect(record.place(PopulationScript.film("dpo", index: index, step: 1)) == nil)
        }
        let kept = (0..<100).filter {
            record.film(.init(lane: "dpo", prompt: "a judge", index: $0)) != nil
        }
        #expect(kept == Array(76..<100))
    }

    @Test("the shelf of sheets stays within its bytes")
    func shelf() {
        var shelf = SheetShelf()
        let large = Thumbnails.Picture(
            rgb: Array(repeating: 9, count: 256 * 256 * 3), label: "man, light", confidence: 1)
        for prompt in 0..<8 {
            let sheet = Thumbnails(
                lane: "dpo", prompt: "\(prompt)", step: 1, width: 256, height: 256,
                pictures: Array(repeating: large, count: 40))
            #expect(shelf.place(sheet) == nil)
            #expect(shelf.byteCount <= 24 << 20)
        }
        #expect(shelf.sheet(lane: "dpo", prompt: "7") != nil)
        // The first pictures of a longer sheet do not displace it.
        var short = Scripted.sheet("dpo", step: 1, prompt: "7")
        _ = shelf.place(short)
        #expect(shelf.sheet(lane: "dpo", prompt: "7")?.pictures.count == 40)
        short.step = 2
        _ = shelf.place(short)
        #expect(shelf.sheet(lane: "dpo", prompt: "7")?.pictures.count == 8)
    }

    // MARK: Files

    @Test("labels and counts go out as tables that read back")
    func tables() throws {
        var model = PopulationViewTests.model()
        func text(_ effects: [WorkbenchEffect]) throws -> String {
            guard case .write(let file) = try #require(effects.first),
                case .text(let text) = file.content
            else { return "" }
            return text
        }
        let labels = try text(model.press(.character("x"), .character("c")))
        let lines = labels.split(separator: "\n")
        #expect(lines[0] == "prompt,lane,step,noise,label,gender,tone,confidence")
        #expect(lines.count == 1 + 5 * 8)
        #expect(lines[1].hasPrefix("a judge,base,0,0,\"man, light\",man,light,0."))
        let json = try text(model.press(.character("x"), .character("j")))
        let object =
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect((object?["pictures"] as? [Any])?.count == 40)
        #expect((object?["histograms"] as? [Any])?.count == 2)
        let counts = try text(
            model.press(.character("h"), .character("x"), .character("c")))
        #expect(counts.contains("a judge,planted,,gender,man,,0.81\n"))
        #expect(counts.contains("a judge,dpo,40,gender,man,12,0.5\n"))
    }

    @Test("sheets and figures go out with their labels")
    func pictures() throws {
        var model = PopulationViewTests.model()
        func content(_ effects: [WorkbenchEffect]) throws -> ExportedFile.Content {
            guard case .write(let file) = try #require(effects.first) else {
                throw CancellationError()
            }
            return file.content
        }
        guard case .figure(let sheet) = try content(model.press(.character("x"), .character("p")))
        else { return #expect(Bool(false), "no sheet") }
        #expect(sheet.width > 8 * 96 && sheet.height > 5 * 96)
        for page in [[Key.character("h")], [.character("m")]] {
            for key in page { _ = model.press(key) }
            guard
                case .figure(let figure) = try content(
                    model.press(.character("x"), .character("s")))
            else { return #expect(Bool(false), "no figure") }
            let svg = figure.svg()
            for word in ["planted", "base", "uniform", "fdpo-js", "40", "woman", "step"] {
                #expect(svg.contains(word), "\(word)")
            }
        }
        // Before anything was sampled there is nothing to write.
        var empty = WorkbenchModel()
        _ = update(&empty, .resized(width: 80, height: 24))
        #expect(empty.press(.character("5"), .character("x"), .character("c")).isEmpty)
    }
}
