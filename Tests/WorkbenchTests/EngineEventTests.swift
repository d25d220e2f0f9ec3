import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("What the engine tells")
struct EngineEventTests {
    @Test("a screen that attaches in the middle asks for the whole loss history of every lane")
    func fetchesHistory() {
        var model = WorkbenchModel()
        _ = update(&model, .attached)
        let effects = update(&model, .event(.state(Scripted.state(step: 500, phase: .paused))))
        let requests = effects.compactMap { effect -> CurveRequest? in
            if case .send(.fetchCurve(let request)) = effect { return request }
            return nil
        }
        #expect(requests.map(\.lane) == Scripted.settings.map(\.name))
        #expect(requests.allSatisfy { $0.firstStep == 0 && $0.lastStep == 500 })
        #expect(requests.allSatisfy { $0.quantity == "loss" && $0.points <= CurveHistory.capacity })
        // Asked once; another quantity is asked for when it is looked at.
        #expect(update(&model, .event(.state(Scripted.state(step: 501)))).isEmpty)
        #expect(model.type("v").count == Scripted.settings.count)
        #expect(model.type("V").isEmpty)
    }

    @Test("older telemetry never takes the place of newer")
    func ordering() {
        var model = Scripted.model()
        var old = Scripted.metrics(1, step: 12)
        old.loss = 99
        _ = update(&model, .event(.step(old)))
        _ = update(&model, .event(.field(Scripted.field(1, step: 3))))
        _ = update(
            &model, .event(.population(Scripted.histogram("dpo", "gender", [9, 0, 0], step: 3))))
        _ = update(&model, .event(.thumbnails(Scripted.sheet("dpo", step: 3))))
        #expect(model.lanes["dpo"]?.latest?.step == 40)
        #expect(model.lanes["dpo"]?.field?.step == 40)
        #expect(model.lanes["dpo"]?.histories[.loss]?.buckets.contains { $0.maximum > 9 } == false)
        #expect(model.population(lane: "dpo", attribute: "gender")?.step == 40)
        #expect(model.sheets.sheet(lane: "dpo", prompt: "a judge")?.step == 40)
    }

    @Test("an engine that goes back to a checkpoint takes the curves back with it")
    func rewinds() {
        var model = Scripted.model()
        let effects = update(&model, .event(.state(Scripted.state(step: 28, phase: .paused))))
        #expect(effects.count == Scripted.settings.count)
        #expect(model.lanes["dpo"]?.histories[.loss]?.lastStep == 28)
        #expect(model.lanes["dpo"]?.field == nil)
        #expect(model.sheets.sheet(lane: "dpo", prompt: "a judge") == nil)
        #expect(model.sheets.sheet(lane: "base", prompt: "a judge") != nil)
        _ = update(&model, .event(.step(Scripted.metrics(1, step: 29))))
        #expect(model.lanes["dpo"]?.latest?.step == 29)
        #expect(model.lanes["dpo"]?.histories[.loss]?.lastStep == 29)
    }

    @Test(
        "another engine's first state takes the curves back, even where no state had told of them")
    func rewindsForAnotherProcess() {
        var model = Scripted.model()
        for step in 41...60 { _ = update(&model, .event(.step(Scripted.metrics(1, step: step)))) }
        _ = update(&model, .attached)
        let hello = EngineHello(version: "0.1.0", session: "starter", processID: 4712)
        _ = update(&model, .event(.hello(hello)))
        _ = update(&model, .event(.state(Scripted.state(step: 50))))
        #expect(model.lanes["dpo"]?.histories[.loss]?.lastStep == 50)
        _ = update(&model, .event(.step(Scripted.metrics(1, step: 51))))
        #expect(model.lanes["dpo"]?.latest?.step == 51)
    }

    @Test("joining the same engine again takes nothing back")
    func sameProcess() {
        var model = Scripted.model()
        for step in 41...60 { _ = update(&model, .event(.step(Scripted.metrics(1, step: step)))) }
        _ = update(&model, .attached)
        _ = update(&model, .event(Scripted.startEvents()[0]))
        _ = update(&model, .event(.state(Scripted.state(step: 50))))
        #expect(model.lanes["dpo"]?.histories[.loss]?.lastStep == 60)
    }

    @Test("a lane that is removed is forgotten, and its late telemetry is not kept")
    func removedLane() {
        var model = Scripted.model()
        _ = update(
            &model,
            .event(.state(Scripted.state(step: 41, lanes: Array(Scripted.settings.dropLast())))))
        #expect(model.lanes["fdpo-js"] == nil)
        _ = update(&model, .event(.step(Scripted.metrics(3, step: 42))))
        #expect(model.lanes["fdpo-js"] == nil)
    }

    @Test("what the screen holds is bounded however much it is told")
    func bounded() {
        var model = WorkbenchModel()
        for index in 0..<5000 {
            _ = update(&model, .event(.step(StepMetrics(lane: "lane \(index)", step: index))))
            _ = update(
                &model,
                .event(.log(LogLine(level: .info, message: "line \(index)", time: 0))))
            _ = update(
                &model,
                .event(
                    .progress(
                        TaskProgress(
                            task: "task \(index)", done: 0, total: 9, secondsLeft: .nan,
                            message: ""))))
            _ = update(
                &model,
                .event(
                    .population(
                        Scripted.histogram(
                            "base", "gender", [1, 1, 1], step: 0, prompt: "prompt \(index)"))))
            _ = update(
                &model, .event(.evaluation(Evaluation(lane: "lane \(index)", step: 1, figures: [])))
            )
        }
        for index in 0..<40 {
            _ = update(
                &model, .event(.thumbnails(Scripted.sheet("base", step: 0, prompt: "p \(index)"))))
        }
        #expect(model.lanes.count <= 16)
        #expect(model.evaluations.count <= 17)
        #expect(model.log.count == WorkbenchModel.logCapacity)
        #expect(model.log.last?.message == "line 4999")
        #expect(model.tasks.count <= 16)
        #expect(model.populations.count <= 2048)
        #expect(model.sheets.promptCount == 8)
    }

    @Test("pictures whose bytes do not match their size are refused with a reason")
    func lyingPictures() {
        var model = Scripted.model()
        var sheet = Scripted.sheet("dpo", step: 41)
        sheet.pictures[2].rgb.removeLast()
        _ = update(&model, .event(.thumbnails(sheet)))
        #expect(model.notice?.text.contains("3071 bytes") == true)
        sheet.width = Int.max
        _ = update(&model, .event(.thumbnails(sheet)))
        #expect(model.sheets.sheet(lane: "dpo", prompt: "a judge")?.step == 40)
    }

    @Test("a histogram whose counts do not match its classes is refused with a reason")
    func lyingHistograms() {
        var model = Scripted.model()
        var histogram = Scripted.histogram("dpo", "gender", [1, 2, 3], step: 41)
        histogram.counts = [1]
        _ = update(&model, .event(.population(histogram)))
        #expect(model.notice?.level == .warning)
        #expect(model.population(lane: "dpo", attribute: "gender")?.step == 40)
    }

    @Test("notices go away by themselves, errors stay until they are put away")
    func notices() {
        var model = Scripted.model()
        _ = update(&model, .event(.log(LogLine(level: .warning, message: "disk low", time: 0))))
        #expect(model.notice?.text == "disk low")
        #expect(model.nextClockChange.map { $0 > model.now } == true)
        _ = update(&model, .clock(Scripted.clock + 31))
        #expect(model.notice == nil)
        _ = update(&model, .event(.failure(Failure(message: "cannot sample", fatal: false))))
        _ = update(&model, .clock(Scripted.clock + 1000))
        _ = update(
            &model, .event(.checkpoint(CheckpointSaved(step: 41, path: "x", seconds: 1, bytes: 1))))
        #expect(model.notice?.text == "cannot sample")
        _ = model.press(.escape)
        #expect(model.notice == nil)
    }

    @Test("escape leaves the zoom past small news, but puts an error away first")
    func escapeOrder() {
        var model = Scripted.model()
        _ = model.type("zg")
        #expect(model.notice != nil)
        _ = model.press(.escape)
        #expect(!model.isZoomed)
        _ = model.type("z")
        _ = update(&model, .event(.failure(Failure(message: "cannot sample", fatal: false))))
        _ = model.press(.escape)
        #expect(model.isZoomed)
        #expect(model.notice == nil)
    }

    @Test("an engine of another protocol is named with what to do")
    func otherProtocol() {
        var model = Scripted.model()
        _ = update(
            &model,
            .event(
                .hello(
                    EngineHello(
                        protocolVersion: 9, version: "4.0", session: "starter", processID: 1))))
        #expect(model.notice?.text.contains("protocol 9") == true)
    }
}
