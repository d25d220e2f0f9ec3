import BenchProtocol
import Figures
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("The view of the comparison")
struct CompareViewTests {
    private func model(_ width: Int = 120, _ height: Int = 40) -> WorkbenchModel {
        FieldsScript.model(width: width, height: height, view: .compare)
    }

    private func text(_ model: WorkbenchModel) -> String {
        snapshotFrame(model, width: model.width, height: model.height, theme: .builtin)
            .plainText()
    }

    @Test("the recipe lists the settings that differ, and only those")
    func difference() {
        let alike = RecipeDifference([Scripted.settings[1], Scripted.settings[1]])
        #expect(alike.differing.isEmpty)
        #expect(alike.alike.contains { $0.name == "warmup steps" && $0.values == ["20", "20"] })
        var other = Scripted.settings[3]
        other.learningRate = 3e-5
        let found = RecipeDifference([Scripted.settings[3], other])
        #expect(found.differing.map(\.name) == ["learning rate"])
        #expect(found.differing.first?.values == ["1e-4", "3e-5"])
        // Supervised fine-tuning has a beta in its settings, but no use for it.
        let mixed = RecipeDifference([Scripted.settings[0], Scripted.settings[2]])
        #expect(mixed.differing.first { $0.name == "beta" }?.values == ["–", "2000"])
        #expect(RecipeDifference([]).differing.isEmpty)
    }

    @Test("a difference is called by the interval that two independent figures have")
    func verdicts() throws {
        func figure(_ name: String, _ value: Double, _ half: Double) -> Evaluation.Figure {
            .init(name: name, value: value, low: value - half, high: value + half, n: 9)
        }
        let base = figure("discrepancy_gender", 0.7, 0.06)
        let better = try #require(FigureDelta(figure("discrepancy_gender", 0.5, 0.08), to: base))
        #expect(better.verdict == .better && abs(better.half - 0.1) < 1e-12)
        #expect(abs(better.value + 0.2) < 1e-12)
        let near = FigureDelta(figure("discrepancy_gender", 0.61, 0.08), to: base)
        #expect(near?.verdict == .undecided)
        let worse = FigureDelta(
            figure("identity_accuracy", 0.5, 0.01), to: figure("identity_accuracy", 0.9, 0.01))
        #expect(worse?.verdict == .worse)
        // What has no better end, or no interval, is not judged.
        let unknown = FigureDelta(
            figure("discrepancy_gender_fair_floor", 0.1, 0.01),
            to: figure("discrepancy_gender_fair_floor", 0.5, 0.01))
        #expect(unknown?.verdict == .undecided)
        var open = figure("identity_accuracy", 0.1, 0)
        open.low = .nan
        #expect(
            FigureDelta(open, to: figure("identity_accuracy", 0.9, 0.01))?.verdict == .undecided)
        #expect(FigureDelta(nil, to: base) == nil)
    }

    @Test("the front is those that no other beats in both, whichever ends are better")
    func front() {
        let points = [(x: 1.0, y: 1.0), (2, 2), (3, 3), (2, 1), (1, 3), (.nan, 0)]
        #expect(ScatterFigure.front(points, .lower, .lower) == [0])
        #expect(ScatterFigure.front(points, .higher, .lower) == [3, 2])
        #expect(ScatterFigure.front(points, .higher, .higher) == [2])
        #expect(ScatterFigure.front(points, nil, .higher).isEmpty)
        var dice = RenderPropertyTests.Dice(state: 4)
        for _ in 0..<50 {
            let cloud = (0..<20).map { _ in
                (x: Double(dice.next() % 8), y: Double(dice.next() % 8))
            }
            let front = Set(ScatterFigure.front(cloud, .higher, .lower))
            for index in cloud.indices {
                let isBeaten = cloud.contains {
                    $0.x >= cloud[index].x && $0.y <= cloud[index].y && $0 != cloud[index]
                }
                #expect(front.contains(index) == !isBeaten)
            }
        }
    }

    @Test("lanes can be hidden and taken in again, but one stays")
    func hiding() {
        var model = model()
        #expect(model.compared.map(\.name) == ["base", "sft", "dpo", "popalign", "fdpo-js"])
        _ = model.press(.alt("2"), .character("h"))
        #expect(model.compared.map(\.name) == ["base", "sft", "popalign", "fdpo-js"])
        _ = model.type("h")
        #expect(model.compared.count == 5)
        for number: Character in ["1", "2", "3", "4"] {
            _ = model.press(.alt(number), .character("h"))
        }
        #expect(model.comparedLanes.map(\.name) == ["fdpo-js"])
        #expect(model.notice?.text == "one lane has to stay")
        _ = model.type("H")
        #expect(model.compared.count == 5)
    }

    @Test("at most eight lanes are compared at a time, the focused one among them")
    func mostLanes() {
        var model = model()
        let many = (0..<12).map { Scripted.lane("lane-\($0)", "popalign", beta: Double($0 + 1)) }
        _ = update(&model, .event(.state(Scripted.state(step: 40, lanes: many))))
        for focus in 0..<8 {
            _ = model.press(.alt(Character("\(focus + 1)")))
            #expect(model.comparedLanes.count == 8)
            #expect(model.comparedLanes.contains { $0.index == focus })
        }
    }

    @Test("a pinned baseline is what differences are taken to; pinned again it is the base")
    func baseline() {
        var model = model()
        _ = model.type("d")
        #expect(text(model).contains("less base"))
        _ = model.press(.alt("3"), .character("b"))
        #expect(text(model).contains("less popalign"))
        #expect(text(model).contains("✓") && text(model).contains("~"))
        _ = model.type("b")
        #expect(model.compare.baseline == "base")
    }

    @Test("the trade-off starts as alignment against diversity, and keys change its axes")
    func axes() throws {
        var model = model()
        let first = try #require(model.tradeoffAxes)
        #expect(first.y == "held_out_discrepancy_gender" && first.x == "held_out_vendi_score")
        _ = model.type("a")
        let second = try #require(model.tradeoffAxes)
        #expect(second.x != first.x && second.y == first.y)
        _ = model.type("A")
        #expect(model.tradeoffAxes?.x == first.x)
        _ = model.type("o")
        #expect(model.tradeoffAxes?.x == first.y && model.tradeoffAxes?.y == first.x)
        var empty = Scripted.model()
        _ = empty.press(.character("3"))
        _ = empty.type("v")
        _ = empty.type("v")
        _ = empty.type("v")
        _ = empty.type("a")
        #expect(empty.notice?.text.contains("e evaluates") == true)
    }

    @Test("every section is written as CSV, JSON, SVG and PNG")
    func exports() throws {
        for section in 0..<5 {
            var model = model()
            _ = model.press(.left)
            for _ in 0..<section { _ = model.press(.right) }
            for key: Character in ["c", "j", "s", "p"] {
                let effects = model.press(.character("x"), .character(key))
                guard case .write(let file)? = effects.last else {
                    throw TestFailure("section \(section) has no \(key)")
                }
                switch file.content {
                case .text(let text):
                    if key == "j" {
                        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
                    } else {
                        let widths = Set(
                            text.split(separator: "\n").map { row in
                                row.split(separator: ",", omittingEmptySubsequences: false).count
                            })
                        // The labels of pictures hold a comma within quotes.
                        #expect(section == 4 ? widths.count == 2 : widths.count == 1)
                    }
                    #expect(text.contains("popalign"))
                case .figure(let figure):
                    #expect(figure.svg().contains("popalign"))
                    #expect(figure.background == Color(hex: 0xFFFFFF))
                    if section == 4 {
                        #expect(figure.svg().contains("data:image/png;base64,iVBOR"))
                    }
                }
            }
        }
    }

    @Test(
        "SVG draws what the section shows: the metrics' list and chosen row, the trade-off's axes")
    func drawnSections() throws {
        func svg(_ model: WorkbenchModel) throws -> String {
            var model = model
            let effects = model.press(.character("x"), .character("s"))
            guard case .write(let file)? = effects.last, case .figure(let figure) = file.content
            else { throw TestFailure("nothing was drawn") }
            return figure.svg()
        }
        var model = model(80, 24)
        _ = model.press(.down, .character("d"))
        var drawn = try svg(model)
        for words in [
            "differences to base", "discrepancy tone, less base", "baseline", "-0.040±0.057 ~",
            FigureMeaning.sentence("discrepancy_tone") ?? "", "popalign",
        ] {
            #expect(drawn.contains(words), "\(words)")
        }
        #expect(drawn.contains("held out vendi score"))
        // What is not listed is not drawn either.
        _ = model.press(.character("v"))
        drawn = try svg(model)
        #expect(drawn.contains("held out:") && !drawn.contains(">discrepancy tone<"))
        _ = model.press(.character("v"), .character("v"), .character("v"), .right)
        #expect(model.compare.section == .tradeoff)
        let axes = try #require(model.tradeoffAxes)
        drawn = try svg(model)
        for name in [axes.x, axes.y] { #expect(drawn.contains(FigureKind.words(name)), "\(name)") }
        _ = model.press(.character("o"))
        drawn = try svg(model)
        #expect(drawn.contains(FigureKind.words(axes.x)))
        #expect(drawn.contains("4 fdpo-js"))
    }

    @Test("the sections tile the view at every size")
    func layout() {
        for width in stride(from: 40, through: 260, by: 7) {
            for height in stride(from: 9, through: 90, by: 4) {
                for lanes in [1, 4, 8] {
                    let area = Rect(x: 0, y: 1, width: width, height: height)
                    let layout = CompareLayout(
                        area, SizeClass(width: width, height: height + 3), chosen: .metrics,
                        isZoomed: false, lanes: lanes)
                    let rects = layout.sections.map(\.rect) + [layout.tabs].compactMap { $0 }
                    #expect(rects.reduce(0) { $0 + $1.width * $1.height } == width * height)
                    for (index, rect) in rects.enumerated() {
                        #expect(rect.intersection(area) == rect)
                        for other in rects.dropFirst(index + 1) {
                            #expect(rect.intersection(other).isEmpty)
                        }
                    }
                }
            }
        }
    }

    @Test("clicks focus sections, lanes and rows")
    func mouse() throws {
        var model = model()
        let frame = snapshotFrame(model, width: 120, height: 40, theme: .builtin)
        _ = update(&model, .drawn(frame.hitAreas))
        func area(_ wanted: Int) throws -> Rect {
            try #require(
                frame.hitAreas.last { $0.target as? MouseTarget == .item(.compare, wanted) }?.rect)
        }
        let tradeoff = try area(2)
        _ = model.press(
            .mouse(
                MouseEvent(
                    .press(button: 1), x: tradeoff.x + 2, y: tradeoff.y + tradeoff.height / 2)
            ))
        #expect(model.compare.section == .tradeoff)
        let lane = try area(100 + 2)
        _ = model.press(.mouse(MouseEvent(.press(button: 1), x: lane.x + 1, y: lane.y)))
        #expect(model.focusedLane == 2)
        let row = try area(10_000 + 3)
        _ = model.press(.mouse(MouseEvent(.press(button: 1), x: row.x + 1, y: row.y)))
        #expect(model.compare.row == 3 && model.compare.section == .metrics)
        _ = model.press(.mouse(MouseEvent(.scrollDown, x: row.x + 1, y: row.y)))
        #expect(model.compare.row == 4)
    }

    @Test("every section says something at every size, with nothing known as with odd numbers")
    func everySize() {
        for (width, height) in [(40, 12), (41, 13), (79, 23), (80, 24), (119, 35), (120, 36)] {
            for rights in 0..<5 {
                var empty = WorkbenchModel()
                _ = update(&empty, .resized(width: width, height: height))
                _ = update(&empty, .show(.compare))
                #expect(text(empty).contains("Waiting"))
                _ = update(&empty, .event(.state(Scripted.state(step: 0))))
                var full = model(width, height)
                var dice = RenderPropertyTests.Dice(state: UInt64(width))
                for _ in 0..<3 {
                    for event in RenderPropertyTests.hostile(&dice) {
                        _ = update(&full, .event(event))
                    }
                }
                for shown in [empty, model(width, height), full] {
                    var shown = shown
                    for _ in 0..<rights { _ = shown.press(.right) }
                    for key in ["z", "d", "v", "h"] {
                        _ = shown.type(key)
                        #expect(text(shown).contains("╭"), "\(width)x\(height) \(rights) \(key)")
                    }
                }
            }
        }
    }
}
