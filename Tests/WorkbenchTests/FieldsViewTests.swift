import BenchProtocol
import Figures
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("The view of the gradient fields")
struct FieldsViewTests {
    private func model(_ width: Int = 120, _ height: Int = 40) -> WorkbenchModel {
        FieldsScript.model(width: width, height: height, view: .fields)
    }

    private func text(_ model: WorkbenchModel) -> String {
        snapshotFrame(model, width: model.width, height: model.height, theme: .builtin)
            .plainText()
    }

    @Test("showing the view fetches the histories that the paths are made of, once")
    func fetches() {
        var model = Scripted.model()
        func asked(_ effects: [WorkbenchEffect]) -> [String] {
            effects.compactMap {
                guard case .send(.fetchCurve(let request)) = $0 else { return nil }
                return "\(request.lane) \(request.quantity)"
            }
        }
        let first = asked(model.type("4"))
        for lane in Scripted.settings.map(\.name) {
            #expect(first.contains("\(lane) winner_log_ratio"))
            #expect(first.contains("\(lane) loser_log_ratio"))
        }
        _ = model.type("1")
        #expect(asked(model.type("4")).isEmpty)
    }

    @Test("the numbers under the cursor are those of the law, and the arrow keys move it")
    func probe() throws {
        var model = model()
        _ = model.press(.alt("2"), .character("z"), .right)
        // The first key sets the cursor down where training starts.
        let start = try #require(model.fields.probe)
        #expect(start.l1 == 0 && start.l2 == 0)
        #expect(text(model).contains("0.693"))
        _ = model.press(.right, .up)
        let moved = try #require(model.fields.probe)
        #expect(moved.l1 > 0 && moved.l2 > 0 && abs(moved.l1 - moved.l2) < 1e-9)
        _ = model.press(.down, .down, .left, .left)
        let back = try #require(model.fields.probe)
        #expect(back.l1 < 0 && back.l2 < 0)
        _ = model.press(.home)
        #expect(model.fields.probe == start)
        _ = model.press(.end)
        let mean = try #require(model.fields.probe)
        #expect(mean.l1 > 5 && mean.l2 < -20)
    }

    @Test("the cursor takes the window along at its edges, wherever it goes")
    func edges() throws {
        for scale in ["", "a"] {
            for key in [Key.left, .right, .up, .down, .pageUp, .pageDown] {
                var model = model()
                _ = model.type(scale)
                for _ in 0..<300 { _ = model.press(key) }
                let probe = try #require(model.fields.probe)
                let plane = model.fieldPlane
                #expect(probe.l1.isFinite && probe.l2.isFinite)
                #expect((-1e-6...1 + 1e-6).contains(plane.across(probe.l1)), "\(scale) \(key)")
                #expect((-1e-6...1 + 1e-6).contains(plane.up(probe.l2)), "\(scale) \(key)")
            }
        }
    }

    @Test("zooming in keeps what is under the cursor in its place, and r goes back")
    func zoom() throws {
        var model = model()
        let wide = model.fieldPlane
        _ = model.press(.right, .right, .up)
        let probe = try #require(model.fields.probe)
        let before = wide.across(probe.l1)
        _ = model.type("+")
        let near = model.fieldPlane
        #expect(near.x.upperBound - near.x.lowerBound < wide.x.upperBound - wide.x.lowerBound)
        #expect(abs(near.across(probe.l1) - before) < 1e-9)
        _ = model.type("-")
        #expect(abs(model.fieldPlane.x.lowerBound - wide.x.lowerBound) < 1e-6)
        _ = model.type("+++r")
        #expect(model.fieldPlane == wide)
        for _ in 0..<200 { _ = model.type("+") }
        #expect(model.fieldPlane.x.upperBound > model.fieldPlane.x.lowerBound)
        for _ in 0..<400 { _ = model.type("-") }
        #expect(model.fieldPlane.x.upperBound <= 60 + 1e-6)
    }

    @Test("fit holds every batch and path; without any it says why it cannot")
    func fit() {
        var model = model()
        _ = model.type("f")
        let plane = model.fieldPlane
        for lane in Scripted.settings.dropFirst() {
            for point in model.lanes[lane.name]?.field?.points ?? [] {
                #expect((0...1).contains(plane.across(point.x)))
                #expect((0...1).contains(plane.up(point.y)))
            }
        }
        var empty = WorkbenchModel()
        _ = update(&empty, .resized(width: 80, height: 24))
        _ = update(&empty, .event(.state(Scripted.state(step: 0))))
        _ = empty.type("4f")
        #expect(empty.notice?.text.contains("no batch") == true)
    }

    @Test("the wheel zooms about the mouse and a click sets the cursor where it points")
    func mouse() throws {
        var model = model()
        let frame = snapshotFrame(model, width: 120, height: 40, theme: .builtin)
        _ = update(&model, .drawn(frame.hitAreas))
        let surfaces = frame.hitAreas.compactMap { area -> Rect? in
            guard case .surface(.fields, let rect)? = area.target as? MouseTarget else {
                return nil
            }
            return rect
        }
        let surface = try #require(surfaces.first)
        let place = (x: surface.x + surface.width / 4, y: surface.y + surface.height / 4)
        let span = model.fieldPlane.x.upperBound - model.fieldPlane.x.lowerBound
        _ = model.press(.mouse(MouseEvent(.press(button: 1), x: place.x, y: place.y)))
        let probe = try #require(model.fields.probe)
        #expect(abs(model.fieldPlane.across(probe.l1) - 0.25) < 0.06)
        #expect(abs(model.fieldPlane.up(probe.l2) - 0.75) < 0.12)
        _ = model.press(.mouse(MouseEvent(.scrollUp, x: place.x, y: place.y)))
        #expect(model.fieldPlane.x.upperBound - model.fieldPlane.x.lowerBound < span)
    }

    @Test("a lane whose objective knows no loser is named with the reason, not drawn")
    func withoutField() {
        let shown = text(model())
        #expect(shown.contains("no field: 1 sft has no loser in the loss"))
        #expect(shown.contains("dpo") && shown.contains("popalign") && shown.contains("fdpo-js"))
    }

    @Test("without a law the engine's own arrows are drawn, and the cursor says what is missing")
    func toldArrows() {
        var model = model()
        model.pairLaw = { _, _ in nil }
        _ = model.press(.alt("2"), .character("z"), .character("r"))
        #expect(text(model).contains("→") || text(model).contains("↘"))
        _ = model.press(.right)
        #expect(text(model).contains("no formula"))
    }

    @Test("exports hold what the screen shows, under the names of the fields command")
    func exports() throws {
        var model = model()
        _ = model.press(.right)
        func exported(_ key: Character) throws -> ExportedFile {
            let effects = model.press(.character("x"), .character(key))
            guard case .write(let file)? = effects.last else {
                throw TestFailure("nothing written")
            }
            return file
        }
        guard case .text(let csv) = try exported("c").content else {
            throw TestFailure("no text")
        }
        let rows = csv.split(separator: "\n").map { $0.split(separator: ",") }
        #expect(rows[0].joined(separator: ",") == "lane,kind,number,x1,x2,loss,d_x1,d_x2,ratio")
        let batch = rows.filter { $0[0] == "popalign" && $0[1] == "batch" }
        #expect(batch.count == 12)
        let path = rows.filter { $0[0] == "popalign" && $0[1] == "path" }
        #expect(path.count == 40)
        let end = try #require(path.last.flatMap { Double($0[3]) })
        #expect(abs(log(end) - 1000 * (0.012 - 0.008)) < 1e-9)
        guard case .text(let json) = try exported("j").content else {
            throw TestFailure("no text")
        }
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let lanes = try #require(object["lanes"] as? [[String: Any]])
        #expect(lanes.map { $0["lane"] as? String } == ["dpo", "popalign", "fdpo-js"])
        let grid = try #require(lanes[0]["grid"] as? [[String: Double]])
        #expect(grid.count == 81)
        #expect(
            Set(grid.flatMap(\.keys)) == ["x1", "x2", "loss", "d_x1", "d_x2", "ratio"])
        #expect((lanes[0]["quartiles"] as? [Any])?.count == 4)
        for key: Character in ["s", "p"] {
            guard case .figure(let figure) = try exported(key).content else {
                throw TestFailure("no figure")
            }
            #expect(figure.width == 3 * 772)
            let svg = figure.svg()
            for words in ["dpo", "popalign", "X1, the winner", "the batch mean"] {
                #expect(svg.contains(words), "\(words)")
            }
            #expect(!svg.contains("nan") && !svg.contains("inf"))
        }
    }

    @Test("the screen says something useful at every size, and never trips over odd numbers")
    func everySize() {
        let odd: [Double] = [.nan, .infinity, -.infinity, 1e308, -1e308, 0]
        for (width, height) in [(40, 12), (41, 13), (79, 23), (80, 24), (119, 35), (250, 70)] {
            for keys in ["", "z", "a", "za", "l", "ll", "f", "b", "h", "m", "+++++", "-----"] {
                for value in odd {
                    var model = model(width, height)
                    var field = Scripted.field(1, step: 60)
                    field.points[0].x = value
                    field.arrows[0].y = value
                    field.arrows[1].dx = value
                    field.medianRatio = value
                    _ = update(&model, .event(.field(field)))
                    var metrics = Scripted.metrics(1, step: 61)
                    metrics.winnerLogRatio = value
                    metrics.offset = value
                    _ = update(&model, .event(.step(metrics)))
                    _ = model.press(.alt("2"), .right)
                    _ = model.type(keys)
                    let shown = text(model)
                    #expect(shown.contains("dpo"), "\(width)x\(height) \(keys)")
                }
            }
        }
    }
}

/// A test that cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
