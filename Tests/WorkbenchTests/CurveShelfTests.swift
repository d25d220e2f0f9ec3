import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("Fetching curves")
struct CurveShelfTests {
    private static let steps = 1_000_000

    /// A history of a million steps at any grain, as the engine answers.
    private static func answer(_ request: CurveRequest) -> Curve {
        let first = max(1, request.firstStep)
        let last = min(request.lastStep, steps)
        var buckets: [Curve.Bucket] = []
        let width = max(1, (last - first + request.points) / request.points)
        for start in stride(from: first, through: last, by: width) {
            let end = min(start + width - 1, last)
            buckets.append(
                .init(step: end, minimum: Double(start), maximum: Double(end), mean: Double(end)))
        }
        return Curve(
            lane: request.lane, quantity: request.quantity, firstStep: request.firstStep,
            lastStep: request.lastStep, buckets: buckets)
    }

    private static func requests(_ effects: [WorkbenchEffect]) -> [CurveRequest] {
        effects.compactMap {
            if case .send(.fetchCurve(let request)) = $0 { return request }
            return nil
        }
    }

    /// A session of one lane with a million steps behind it, looked at from afar.
    private static func model() -> WorkbenchModel {
        var model = WorkbenchModel(now: Scripted.clock)
        _ = update(&model, .resized(width: 100, height: 30))
        _ = update(&model, .attached)
        let lane = [Scripted.settings[1]]
        for event in [
            Event.hello(EngineHello(version: "1", session: "long", processID: 1)),
            .state(Scripted.state(step: steps, phase: .paused, lanes: lane)),
        ] {
            deliver(requests(update(&model, .event(event))), &model)
        }
        deliver(requests(update(&model, .show(.curves))), &model)
        return model
    }

    private static func deliver(_ requests: [CurveRequest], _ model: inout WorkbenchModel) {
        for request in requests {
            deliver(Self.requests(update(&model, .event(.curve(answer(request))))), &model)
        }
    }

    @Test("zoomed in, the part that is shown is asked for and drawn to the step")
    func detail() throws {
        var model = Self.model()
        var zooms = 0
        while model.curves.window.steps(of: model.wholeSteps).count > 100, zooms < 60 {
            Self.deliver(Self.requests(model.type("+")), &model)
            zooms += 1
        }
        let steps = model.curves.window.steps(of: model.wholeSteps)
        #expect(steps.upperBound == Self.steps && steps.count <= 100)
        let shown = model.curveBuckets(lane: "dpo", .step(.loss)).filter { steps.contains($0.step) }
        #expect(shown.map(\.step) == Array(steps))
        #expect(!model.curveShelf.awaitsAny)
    }

    @Test("one question a curve is under way, and what is there is not asked for again")
    func oneQuestion() {
        var model = Self.model()
        let first = Self.requests(model.type("++++++++"))
        #expect(first.count == 1)
        #expect(model.curveShelf.awaitsAny)
        // The answer shows that more is wanted by now.
        let more = Self.requests(update(&model, .event(.curve(Self.answer(first[0])))))
        #expect(more.count == 1)
        Self.deliver(more, &model)
        #expect(!model.curveShelf.awaitsAny)
        #expect(Self.requests(model.press(.left, .left, .home, .end)).isEmpty)
    }

    @Test("an answer to another question changes nothing")
    func stale() {
        var model = Self.model()
        let request = Self.requests(model.type("+++++"))[0]
        var other = request
        other.firstStep += 1
        _ = update(&model, .event(.curve(Self.answer(other))))
        #expect(model.curveShelf.awaitsAny)
        _ = update(&model, .event(.curve(Self.answer(request))))
        #expect(
            model.curveShelf.details.values.allSatisfy {
                $0.steps == request.firstStep...request.lastStep
            })
    }

    @Test("an answer that never comes is asked for anew after a while")
    func patience() {
        var model = Self.model()
        #expect(Self.requests(model.type("+++++")).count == 1)
        #expect(Self.requests(model.type("c")).isEmpty)
        _ = update(&model, .clock(Scripted.clock + 60))
        #expect(Self.requests(model.type("c")).count == 1)
    }

    @Test("new steps are appended to what was fetched, and memory stays bounded")
    func live() {
        var model = Self.model()
        for _ in 0..<24 { Self.deliver(Self.requests(model.type("+")), &model) }
        for step in 1...20_000 {
            var metrics = StepMetrics(lane: "dpo", step: Self.steps + step)
            metrics.loss = -1
            _ = update(&model, .event(.step(metrics)))
        }
        let buckets = model.curveBuckets(lane: "dpo", .step(.loss))
        #expect(buckets.last?.step == Self.steps + 20_000)
        #expect(buckets.last?.mean == -1)
        let steps = buckets.map(\.step)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 })
        #expect(
            model.curveShelf.details.values.allSatisfy {
                $0.history.buckets.count <= CurveShelf.mostPoints
            })
        #expect(buckets.count <= CurveShelf.mostPoints + CurveHistory.capacity)
    }

    @Test("steps that telemetry left out are fetched once the engine has time")
    func thinned() {
        var model = Self.model()
        for step in [1, 5, 9] {
            _ = update(
                &model, .event(.step(StepMetrics(lane: "dpo", step: Self.steps + step))))
        }
        let lane = [Scripted.settings[1]]
        let training = update(
            &model, .event(.state(Scripted.state(step: Self.steps + 9, lanes: lane))))
        #expect(Self.requests(training).isEmpty)
        let paused = update(
            &model,
            .event(.state(Scripted.state(step: Self.steps + 9, phase: .paused, lanes: lane))))
        #expect(Self.requests(paused).contains { $0.quantity == "loss" && $0.firstStep == 0 })
    }

    @Test("quarters of the timesteps, figures and times are asked for by their names")
    func names() {
        for quantity in LoggedQuantity.ofSteps + [.time, .figure("fixed_loss")] {
            #expect(LoggedQuantity(name: quantity.name) == quantity)
        }
        let names = LoggedQuantity.ofSteps.map(\.name)
        #expect(Set(names).count == names.count && names.contains("loss_q4"))
        var model = Scripted.model()
        var asked = Self.requests(update(&model, .show(.curves)))
        asked += Self.requests(model.type("i"))
        #expect(asked.contains { $0.quantity == "time" })
        asked = Self.requests(
            model.type("f") + model.type("loss quarter 3") + model.press(.enter))
        #expect(Set(asked.map(\.quantity)) == ["loss_q3"] && asked.count == 4)
        asked = Self.requests(model.type("f") + model.type("discrepancy") + model.press(.enter))
        #expect(asked.contains { $0.quantity == "discrepancy_gender" })
    }

    @Test("an engine that went back to a checkpoint takes the finer parts with it")
    func rewinds() {
        var model = Self.model()
        for _ in 0..<8 { Self.deliver(Self.requests(model.type("+")), &model) }
        let lane = [Scripted.settings[1]]
        let asked = Self.requests(
            update(
                &model, .event(.state(Scripted.state(step: 500_000, phase: .paused, lanes: lane)))))
        #expect(!asked.isEmpty)
        #expect(model.curveBuckets(lane: "dpo", .step(.loss)).allSatisfy { $0.step <= 500_000 })
    }
}
