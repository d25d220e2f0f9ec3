import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("The steps that the curves show")
struct StepWindowTests {
    @Test("whatever is stored, what is shown lies in what there is and is not empty")
    func alwaysSane() {
        var dice = RenderPropertyTests.Dice(state: 8)
        let odd = [Int.min, Int.min + 1, -1, 0, 1, 5, 1000, Int.max - 1, Int.max]
        for _ in 0..<4000 {
            let low = Int.random(in: 0...1000, using: &dice)
            let whole = low...(low + Int.random(in: 1...1_000_000, using: &dice))
            let a = odd.randomElement(using: &dice)!
            let b = odd.randomElement(using: &dice)!
            for window in [StepWindow.all, .newest(a), .between(a, b)] {
                let steps = window.steps(of: whole)
                #expect(whole.lowerBound <= steps.lowerBound)
                #expect(steps.upperBound <= whole.upperBound)
                #expect(steps.lowerBound < steps.upperBound)
            }
        }
    }
}

@Suite("The view of the curves as a machine")
struct CurvesMachineTests {
    private static let keys: [Key] =
        "fvVm+=-_h<l>KkJjr0][waAubdoOc/".map { Key.character($0) } + [
            .left, .right, .up, .down, .pageUp, .pageDown, .home, .end, .enter, .tab, .escape,
            .character("f"), .character("q"), .paste("loss"),
        ]

    private func isSane(_ model: WorkbenchModel) -> Bool {
        let whole = model.wholeSteps
        let steps = model.curves.window.steps(of: whole)
        let ranges = model.curves.valueRanges.values
        return steps.lowerBound >= whole.lowerBound && steps.upperBound <= whole.upperBound
            && steps.lowerBound < steps.upperBound
            && ranges.allSatisfy {
                $0.lowerBound.isFinite && $0.upperBound.isFinite && $0.lowerBound < $0.upperBound
            }
            && model.curves.quantities.indices.contains(model.curves.focused)
            && (1...CurvesState.capacity).contains(model.curves.quantities.count)
            && model.curves.crosshair.map { $0 >= 0 && $0 <= whole.upperBound } ?? true
            && (0...0.999).contains(model.smoothing)
            && (model.curves.showsDelta ? model.curves.baseline != nil : true)
    }

    @Test(
        "no keys, clicks, drags, wheels or news in any order lead to a senseless range",
        arguments: 0..<6)
    func anything(seed: UInt64) {
        var dice = RenderPropertyTests.Dice(state: seed)
        var model = CurvesGoldenTests.model(width: 100, height: 30)
        var step = 40
        for turn in 0..<400 {
            let input: WorkbenchInput
            switch Int.random(in: 0..<10, using: &dice) {
            case 0...5: input = .key(Self.keys.randomElement(using: &dice)!)
            case 6, 7:
                let actions: [MouseEvent.Action] = [
                    .press(button: 1), .release(button: 1), .scrollUp, .scrollDown,
                    .press(button: 3),
                ]
                input = .key(
                    .mouse(
                        MouseEvent(
                            actions.randomElement(using: &dice)!,
                            x: Int.random(in: 0..<100, using: &dice),
                            y: Int.random(in: 0..<30, using: &dice))))
            case 8:
                step += Int.random(in: 0...50, using: &dice)
                input = .event(
                    .step(Scripted.metrics(Int.random(in: 0..<4, using: &dice), step: step)))
            default:
                let low = Int.random(in: 0...step, using: &dice)
                input = .event(
                    turn % 7 == 0
                        ? .state(Scripted.state(step: step, phase: .paused))
                        : .curve(
                            Scripted.curve(
                                CurveRequest(
                                    lane: "dpo", quantity: "loss", firstStep: low,
                                    lastStep: low + 9, points: 5))))
            }
            CurvesGoldenTests.answer(update(&model, input), &model)
            if model.view != .curves { _ = update(&model, .show(.curves)) }
            #expect(isSane(model), "turn \(turn)")
            if turn % 5 == 0 {
                let (width, height) = [(100, 30), (40, 12), (200, 50), (81, 25)][turn / 5 % 4]
                _ = update(&model, .resized(width: width, height: height))
                var canvas = Canvas(width: width, height: height)
                render(model, into: &canvas, theme: .builtin)
                _ = update(&model, .drawn(canvas.hitAreas))
            }
        }
    }

    @Test("zooming in shows fewer steps about the crosshair, zooming out all of them again")
    func zooms() {
        var model = CurvesGoldenTests.model(width: 100, height: 30)
        for _ in 0..<10 { _ = model.press(.left) }
        let crosshair = model.curves.crosshair ?? 0
        _ = model.type("++")
        let steps = model.curves.window.steps(of: model.wholeSteps)
        #expect(steps.contains(crosshair) && steps.count < 20)
        _ = model.type("---")
        #expect(model.curves.window == .all)
    }

    @Test("a view at the newest step follows training, one in the past stays")
    func follows() {
        var model = CurvesGoldenTests.model(width: 100, height: 30)
        _ = model.type("+")
        let span = model.curves.window.steps(of: model.wholeSteps).count
        _ = update(&model, .event(.step(Scripted.metrics(0, step: 60))))
        #expect(model.curves.window.steps(of: model.wholeSteps) == (61 - span)...60)
        _ = model.type("hh")
        let past = model.curves.window.steps(of: model.wholeSteps)
        _ = update(&model, .event(.step(Scripted.metrics(0, step: 90))))
        #expect(model.curves.window.steps(of: model.wholeSteps) == past)
    }

    @Test(
        "a drag selects the steps and values under it, a click sets the crosshair, the wheel zooms")
    func mouse() throws {
        var model = CurvesGoldenTests.model(width: 100, height: 30)
        var canvas = Canvas(width: 100, height: 30)
        render(model, into: &canvas, theme: .builtin)
        _ = update(&model, .drawn(canvas.hitAreas))
        let plots = canvas.hitAreas.compactMap { area -> PlotTarget? in
            if case .plot(let plot) = area.target as? MouseTarget { return plot }
            return nil
        }
        let plot = try #require(plots.first { $0.part == .lines })
        let area = plot.geometry.plot
        func mouse(_ action: MouseEvent.Action, _ x: Int, _ y: Int) {
            _ = update(&model, .key(.mouse(MouseEvent(action, x: area.x + x, y: area.y + y))))
        }
        mouse(.press(button: 1), area.width / 2, 3)
        mouse(.release(button: 1), area.width / 2, 3)
        #expect(abs((model.curves.crosshair ?? 0) - 20) <= 1)
        mouse(.scrollUp, area.width - 1, 3)
        #expect(model.curves.window.steps(of: model.wholeSteps).upperBound == 40)
        _ = model.type("r")
        mouse(.press(button: 1), area.width / 4, 2)
        mouse(.release(button: 1), area.width / 2, area.height - 3)
        let steps = model.curves.window.steps(of: model.wholeSteps)
        #expect(abs(steps.lowerBound - 11) <= 1 && abs(steps.upperBound - 20) <= 1)
        let values = try #require(model.curves.valueRanges[.step(.loss)])
        #expect(plot.geometry.y.range.contains(values.lowerBound))
        #expect(plot.geometry.y.range.contains(values.upperBound))
        // A release far outside of the chart ends the drag at its edge.
        _ = model.type("r")
        mouse(.press(button: 1), 4, 2)
        _ = update(&model, .key(.mouse(MouseEvent(.release(button: 1), x: 99, y: 29))))
        #expect(model.curves.valueRanges.count == 1)
        #expect(model.curves.window.steps(of: model.wholeSteps).upperBound == 40)
    }
}
