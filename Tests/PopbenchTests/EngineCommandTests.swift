import BenchProtocol
import DiffusionModels
import EngineLink
import Foundation
import MessageBus
import TensorCore
import Testing
import TrainingEngine

@Suite("Commands to a running engine", .serialized)
struct EngineCommandTests {
    private let tiny: TinySession

    init() throws { tiny = try TinySession() }

    private func engine(_ name: String, steps: Int = 1_000_000) throws -> RunningEngine {
        let recipe = try tiny.recipe(
            [TinySession.sft, TinySession.popalign], steps: steps, autosave: 1_000_000)
        return try RunningEngine(tiny.make(name, recipe: recipe).path)
    }

    @Test("a screen that attaches is told where the session stands, and steers it")
    func steer() throws {
        let engine = try engine("steered")
        let fresh = try engine.rest(at: 0)
        #expect(fresh.lanes.map(\.settings.name) == ["sft", "popalign"])
        #expect(fresh.savedStep == nil && fresh.selectedPrompt == "a farmer")
        #expect(
            fresh.prompts.filter(\.trained).map(\.prompt).sorted() == ["a farmer", "an artist"])

        engine.client.send(.step(count: 3))
        #expect(try engine.rest(at: 3).savedStep == 3)
        engine.client.send(.refresh)
        for lane in ["sft", "popalign"] {
            try engine.next("the last step of \(lane)") { event in
                if case .step(let m) = event, m.lane == lane, m.step == 3 { true } else { nil }
            }
        }
        engine.client.send(.start)
        let reached = try engine.step(beyond: 6)
        engine.client.send(.pause)
        let paused = try engine.state("a pause") { $0.phase == .paused && $0.step >= reached }
        engine.client.send(.save)
        let saved = try engine.next("a checkpoint") { event in
            if case .checkpoint(let saved) = event { saved } else { nil }
        }
        #expect(saved.step == paused.step)
        #expect(FileManager.default.fileExists(atPath: saved.path))

        // A second screen sees the same, and hangs up without ending anything.
        let other = try tiny.program.run("sessions", "--json")
        #expect(other.status == 0)
        engine.client.send(.stop)
        #expect(try engine.farewell() == .goodbye(Goodbye(reason: "stopped", step: paused.step)))
        #expect(try engine.exit() == .exited(0))
    }

    @Test("pictures are drawn of the prompt that is asked for, by the base and by every lane")
    func pictures() throws {
        let engine = try engine("drawn")
        engine.client.send(.step(count: 1))
        try engine.rest(at: 1)
        func sheets(_ command: Command, _ prompt: String, _ lanes: Set<String>) throws -> [Int] {
            var counts: [String: Int] = [:]
            engine.client.send(command)
            try engine.next("pictures of \(prompt)") { event in
                if case .thumbnails(let sheet) = event, sheet.prompt == prompt {
                    counts[sheet.lane] = sheet.pictures.count
                    #expect(sheet.width == 32 && sheet.height == 32)
                }
                return Set(counts.keys) == lanes ? true : nil
            }
            return counts.values.sorted()
        }
        let lanes: Set = ["base", "sft", "popalign"]
        #expect(try sheets(.selectPrompt(prompt: "an artist"), "an artist", lanes) == [2, 2, 2])
        #expect(try sheets(.sample(prompt: "a judge", count: 5), "a judge", lanes) == [5, 5, 5])
        engine.client.send(.refresh)
        try engine.state("the selected prompt") { $0.selectedPrompt == "an artist" }
        engine.client.send(.stop)
        _ = try engine.farewell()
    }

    @Test("a picture's denoising, histories of populations and prompts of other words are told")
    func populations() throws {
        let engine = try engine("looked-at")
        engine.client.send(.step(count: 1))
        try engine.rest(at: 1)
        engine.client.send(.film(lane: "popalign", prompt: "a farmer", index: 1, frames: 8))
        let film = try engine.next("a film") { event in
            if case .film(let film) = event { film } else { nil }
        }
        #expect(film.lane == "popalign" && film.index == 1 && film.step == 1)
        #expect(film.frames.map(\.taken) == [1, 2] && film.inferenceSteps == 2)
        #expect(film.frames.allSatisfy { $0.rgb.count == 32 * 32 * 3 && !$0.label.isEmpty })

        // Known words in another order: warned of, sampled, and among the prompts from now on.
        engine.client.send(.selectPrompt(prompt: "farmer woman"))
        try engine.next("a warning") { event in
            if case .log(let line) = event, line.level == .warning,
                line.message.contains("not the wording")
            {
                true
            } else {
                nil
            }
        }
        let state = try engine.state("the typed prompt") { $0.selectedPrompt == "farmer woman" }
        #expect(state.prompts.last == PromptState(prompt: "farmer woman", trained: false))
        try engine.rest(at: 1)

        engine.client.send(.fetchPopulations(prompt: "a farmer", points: 16))
        var histories: [PopulationHistory] = []
        let planted = try engine.next("what is planted") { event -> PlantedDistribution? in
            if case .populationHistory(let history) = event { histories.append(history) }
            if case .planted(let planted) = event { return planted }
            return nil
        }
        #expect(Set(histories.map(\.lane)).isSuperset(of: ["base"]))
        #expect(histories.allSatisfy { $0.points.allSatisfy { $0.counts.reduce(0, +) == 2 } })
        #expect(abs(planted.shares.reduce(0, +) - 1) < 1e-9)
        #expect(
            try engine.refusal(of: .film(lane: "nobody", prompt: "a farmer", index: 0, frames: 1))
                .message.contains("nobody"))
        engine.client.send(.stop)
        _ = try engine.farewell()
    }

    @Test("long work can be given up, and what was drawn of it stays")
    func cancel() throws {
        let engine = try engine("cancelled")
        engine.client.send(.step(count: 1))
        try engine.rest(at: 1)
        // What has ended meanwhile cannot be cancelled, which is nobody's mistake.
        engine.client.send(.cancel(task: "sample"))
        try engine.next("a word about it") { event in
            if case .log(let line) = event {
                line.message.contains("not under way") ? true : nil
            } else {
                nil
            }
        }
        engine.client.send(.sample(prompt: "a judge", count: 512))
        try engine.next("a part of the pictures") { event in
            if case .progress(let progress) = event, progress.task == "sample", progress.done > 0,
                progress.done < progress.total
            {
                true
            } else {
                nil
            }
        }
        engine.client.send(.cancel(task: "sample"))
        try engine.next("the end of the task") { event in
            if case .progress(let progress) = event, progress.done == progress.total {
                progress.message == "cancelled" ? true : nil
            } else {
                nil
            }
        }
        try engine.rest(at: 1)
        engine.client.send(.evaluate)
        try engine.state("evaluating") { $0.phase == .evaluating }
        engine.client.send(.cancel(task: "evaluate"))
        try engine.rest(at: 1)
        // Training was not asked to stop for ever.
        engine.client.send(.step(count: 1))
        try engine.rest(at: 2)
        engine.client.send(.stop)
        _ = try engine.farewell()
    }

    @Test("a lane that is added sees the batches that the others saw, changes and goes")
    func lanes() throws {
        let engine = try engine("lanes")
        engine.client.send(.step(count: 6))
        let state = try engine.rest(at: 6)
        var twin = try #require(state.lanes.last).settings
        #expect(twin.objective == "popalign")
        twin.name = "twin"
        engine.client.send(.addLane(lane: twin))
        try engine.state("the new lane") { $0.lanes.last?.settings == twin }
        // Six steps to catch up, two together.
        engine.client.send(.step(count: 8))
        try engine.rest(at: 8)
        for quantity in ["loss", "gradient_norm", "implicit_accuracy"] {
            let curve = try engine.curve("twin", quantity, to: 100)
            #expect(curve.map(\.step) == Array(1...8))
            #expect(try engine.curve("popalign", quantity, to: 100) == curve)
        }

        twin.beta = 75
        engine.client.send(.changeLane(lane: twin))
        try engine.state("the changed lane") {
            $0.lanes.last?.settings == twin && $0.lanes.last?.step == 8
        }
        engine.client.send(.step(count: 1))
        try engine.rest(at: 9)
        let changed = try engine.curve("twin", "loss", to: 100)
        #expect(try engine.curve("popalign", "loss", to: 100).prefix(8) == changed.prefix(8))
        engine.client.send(.removeLane(name: "twin"))
        try engine.state("two lanes") { $0.lanes.map(\.settings.name) == ["sft", "popalign"] }
        #expect(try engine.curve("twin", "loss", to: 100).isEmpty)
        engine.client.send(.stop)
        _ = try engine.farewell()
        let store = try SessionStore.open(at: engine.session)
        #expect(try store.recipe().lanes.map(\.name) == ["sft", "popalign"])
        let saved = try #require(try store.latestCheckpoint().checkpoint)
        #expect(saved.files.filter { $0.hasPrefix("lanes/") }.count == 2)
    }

    @Test("a lane that is still catching up is saved where it stands")
    func catchingUp() throws {
        let engine = try engine("late")
        engine.client.send(.step(count: 6))
        var late = try #require(try engine.rest(at: 6).lanes.first).settings
        late.name = "late"
        engine.client.send(.addLane(lane: late))
        engine.client.send(.start)
        try engine.next("a step of the late lane") { event in
            if case .step(let m) = event, m.lane == "late" { true } else { nil }
        }
        engine.client.send(.stop)
        _ = try engine.farewell()
        #expect(try engine.exit() == .exited(0))
        let again = try RunningEngine(engine.session)
        let state = try again.state("the reopened session") { $0.lanes.count == 3 }
        let reached = try #require(state.lanes.last).step
        #expect(reached > 0)
        #expect(try again.curve("late", "loss", to: 100).last?.step == reached)
        again.client.send(.stop)
        _ = try again.farewell()
    }

    @Test("an exported lane is a pipeline with the lane's weights")
    func export() throws {
        let engine = try engine("exported")
        engine.client.send(.step(count: 2))
        try engine.rest(at: 2)
        let path = tiny.folder("sft-pipeline")
        engine.client.send(.export(lane: "sft", path: path))
        try engine.next("the end of the export") { event in
            if case .log(let line) = event, line.message.contains(path) { true } else { nil }
        }
        engine.client.send(.stop)
        _ = try engine.farewell()
        let (lane, base) = (
            try DiffusionPipeline(opening: path), try DiffusionPipeline(opening: tiny.model)
        )
        let store = try SessionStore.open(at: engine.session)
        let saved = try LaneWeights.load(session: store, lane: "sft", pipeline: base)
        #expect(lane.unetWeights.array == saved.array)
        #expect(lane.unetWeights.array != base.unetWeights.array)
    }

    @Test("what cannot be done is refused with the reason, and the engine lives")
    func refusals() throws {
        let engine = try engine("refusing", steps: 4)
        let sft = try #require(try engine.rest(at: 0).lanes.first).settings
        func refuse(_ command: Command, _ reason: String) throws {
            let failure = try engine.refusal(of: command)
            #expect(!failure.fatal)
            #expect(failure.message.contains(reason), "\(command): \(failure.message)")
        }
        try refuse(.export(lane: "nobody", path: tiny.folder("x")), "nobody")
        try refuse(.export(lane: "sft", path: "/proc/nowhere/x"), "/proc/nowhere")
        try refuse(.selectPrompt(prompt: "two cats"), "two cats")
        try refuse(.sample(prompt: "a farmer", count: 100_000), "100000")
        try refuse(.removeLane(name: "nobody"), "there are sft, popalign")
        try refuse(.addLane(lane: sft), "already")
        var wrong = sft
        wrong.name = "base"
        try refuse(.addLane(lane: wrong), "name")
        wrong.name = "../../escape"
        try refuse(.addLane(lane: wrong), "name")
        (wrong.name, wrong.objective) = ("odd", "ppo")
        try refuse(.addLane(lane: wrong), "objective")
        (wrong.objective, wrong.divergence) = ("f-dpo", "chi-squared")
        try refuse(.addLane(lane: wrong), "divergence")
        wrong = sft
        wrong.learningRate = -1
        try refuse(.changeLane(lane: wrong), "learning_rate")
        try refuse(
            .fetchCurve(
                CurveRequest(
                    lane: "sft", quantity: "wisdom", firstStep: 0, lastStep: 9, points: 9)),
            "wisdom")
        engine.client.send(.step(count: 99))
        try engine.rest(at: 4)
        try refuse(.start, "steps")
        try refuse(.step(count: 1), "steps")
        engine.client.send(.removeLane(name: "popalign"))
        try engine.state("one lane") { $0.lanes.count == 1 }
        try refuse(.removeLane(name: "sft"), "at least one lane")
        engine.client.send(.stop)
        #expect(try engine.farewell() == .goodbye(Goodbye(reason: "stopped", step: 4)))
        #expect(try engine.exit() == .exited(0))
    }

    @Test("populations that a random model cannot give are not collected, and training can go on")
    func collect() throws {
        let engine = try engine("collecting")
        try engine.rest(at: 0)
        let failure = try engine.refusal(of: .collect)
        #expect(!failure.fatal && failure.message.contains("confidence"), "\(failure.message)")
        engine.client.send(.step(count: 2))
        try engine.rest(at: 2)
        engine.client.send(.stop)
        _ = try engine.farewell()
    }
}
