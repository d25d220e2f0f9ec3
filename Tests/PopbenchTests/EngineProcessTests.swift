import BenchProtocol
import EngineLink
import Foundation
import MessageBus
import Testing
import TrainingEngine

@Suite("The engine's process", .serialized)
struct EngineProcessTests {
    private let tiny: TinySession

    init() throws { tiny = try TinySession() }

    /// A session that trains for longer than any test takes.
    private func make(_ name: String, autosave: Int = 1_000_000) throws -> SessionStore {
        let recipe = try tiny.recipe(
            [TinySession.sft, TinySession.popalign], steps: 10_000_000, autosave: autosave)
        return try tiny.make(name, recipe: recipe)
    }

    @Test("an engine that is told to end saves the step it has reached")
    func terminate() throws {
        let store = try make("terminated")
        let engine = try RunningEngine(store.path)
        engine.client.send(.start)
        try engine.step(beyond: 5)
        kill(engine.pid, SIGTERM)
        guard case .goodbye(let goodbye) = try engine.farewell() else {
            Issue.record("the engine left without a goodbye")
            return
        }
        #expect(try engine.exit() == .exited(0))
        let saved = try #require(try store.latestCheckpoint().checkpoint)
        #expect(goodbye.step > 5 && saved.step == goodbye.step)
        #expect(SessionStatus.inspect(store.path) == .idle)
        let lines = try tiny.run("terminated", steps: 1)
        #expect(lines.status == 0 && lines.output.contains("\"step\":\(saved.step + 1),\"loss\""))
    }

    @Test("while an engine works, a list tells its step and phase without joining it")
    func report() throws {
        let store = try make("reported")
        let engine = try RunningEngine(store.path)
        engine.client.send(.start)
        try engine.step(beyond: 3)
        let deadline = ContinuousClock.now + .seconds(30)
        var report: EngineReport?
        repeat {
            usleep(50_000)
            report = EngineReport.read(session: store.path)
        } while (report?.step ?? 0) <= 3 && ContinuousClock.now < deadline
        let told = try #require(report)
        #expect(told.step > 3 && told.endStep == 10_000_000 && told.pid == engine.pid)
        engine.client.send(.stop)
        _ = try engine.farewell()
        #expect(try engine.exit() == .exited(0))
        #expect(EngineReport.read(session: store.path) == nil)
    }

    @Test("a prompt that was selected and what was told are there again the next day")
    func nextDay() throws {
        let store = try make("tomorrow")
        let first = try RunningEngine(store.path)
        try first.rest(at: 0)
        first.client.send(.step(count: 2))
        try first.rest(at: 2)
        first.client.send(.selectPrompt(prompt: "an artist"))
        try first.state("the other prompt") { $0.selectedPrompt == "an artist" }
        _ = try first.refusal(of: .removeLane(name: "nobody"))
        first.client.send(.stop)
        _ = try first.farewell()
        #expect(try first.exit() == .exited(0))

        let second = try RunningEngine(store.path)
        let state = try second.rest(at: 2)
        #expect(state.selectedPrompt == "an artist")
        second.client.send(.refresh)
        let lines = try second.next("the end of what was told") { event in
            if case .log(let line) = event, line.message == "engine left: stopped" {
                line
            } else {
                nil
            }
        }
        #expect(lines.isEarlier)
        let told = second.events.compactMap { event in
            if case .log(let line) = event, line.isEarlier { line } else { nil }
        }
        #expect(told.contains { $0.message.contains("nobody") && $0.level == .error })
        #expect(told.contains { $0.message.hasPrefix("saved step 2: ") })
        second.client.send(.stop)
        _ = try second.farewell()
        // A fork shows the same prompt.
        let made = try tiny.program.run("sessions", "fork", store.path, "--name", "again")
        #expect(made.status == 0, "\(made.errors)")
        let fork = tiny.scratch.path + "/data/popbench/sessions/again"
        #expect(try SessionStore.open(at: fork).prompts().selected == "an artist")
    }

    @Test("an engine that is killed leaves its last good save, and the session opens again")
    func killed() throws {
        let store = try make("killed", autosave: 4)
        let engine = try RunningEngine(store.path)
        engine.client.send(.start)
        for _ in 0..<3 {
            try engine.next("a checkpoint") { event in
                if case .checkpoint = event { true } else { nil }
            }
        }
        kill(engine.pid, SIGKILL)
        let end = try engine.farewell()
        if case .goodbye = end { Issue.record("a killed engine says goodbye") }
        #expect(try engine.exit() == .killed(signal: SIGKILL))
        #expect(SessionStatus.inspect(store.path) == .stale(pid: engine.pid))
        let stop = try tiny.program.run("stop", "--session", store.path)
        #expect(stop.isRefusal && stop.errors.contains("died"))

        let saved = try #require(try store.latestCheckpoint().checkpoint).step
        #expect(saved >= 12 && saved % 4 == 0)
        let again = try tiny.run("killed", steps: 2)
        #expect(again.hasExited && again.status == 0, "\(again.errors)")
        let steps = again.output.split(separator: "\n").compactMap { line -> Int? in
            guard case .step(let metrics)? = try? EventLine.decode(String(line)) else { return nil }
            return metrics.lane == "sft" ? metrics.step : nil
        }
        #expect(steps == [saved + 1, saved + 2])
        #expect(SessionStatus.inspect(store.path) == .idle)
    }

    @Test("a session that is opened again tells the field of its last save, before any step")
    func fieldAfterReopening() throws {
        let store = try make("fields")
        let engine = try RunningEngine(store.path)
        engine.client.send(.step(count: 3))
        try engine.rest(at: 3)
        engine.client.send(.stop)
        _ = try engine.farewell()
        let told = engine.events.compactMap { event -> GradientFieldSummary? in
            if case .field(let field) = event { field } else { nil }
        }
        let last = try #require(told.last)
        #expect(last.lane == "popalign" && last.step == 3)
        #expect(last.quartiles.count == 4)
        #expect(last.quartiles.reduce(0) { $0 + $1.pairs } == last.points.count)
        #expect(try engine.exit() == .exited(0))

        let again = try RunningEngine(store.path)
        let found = try again.next("a field") { event in
            if case .field(let field) = event { field } else { nil }
        }
        #expect(found == last)
        let stepped = again.events.contains { event in
            if case .state(let state) = event { state.step != 3 } else { false }
        }
        #expect(!stepped)
        again.client.send(.stop)
        _ = try again.farewell()
    }

    @Test("a session has one engine, which outlives its terminal and ends when it is stopped")
    func stop() throws {
        let store = try make("shared")
        let engine = try RunningEngine(store.path)
        #expect(engine.client.hello.processID == engine.pid)
        #expect(engine.client.hello.session == store.path)
        let second = try tiny.program.run("engine", "--session", store.path)
        #expect(second.isRefusal && second.errors.contains("process \(engine.pid)"), "\(second)")
        let run = try tiny.run("shared", steps: 1)
        #expect(run.isRefusal && run.errors.contains("process \(engine.pid)"), "\(run)")

        engine.client.send(.start)
        let reached = try engine.step(beyond: 2)
        kill(engine.pid, SIGHUP)
        try engine.step(beyond: reached + 20)
        let stopped = try tiny.program.run("stop", "--session", store.path)
        #expect(stopped.status == 0 && stopped.errors.isEmpty, "\(stopped)")
        guard case .goodbye(let goodbye) = try engine.farewell() else {
            Issue.record("the engine left without a goodbye")
            return
        }
        #expect(stopped.output.hasPrefix("stopped at step \(goodbye.step); saved "))
        #expect(try engine.exit() == .exited(0))
        #expect(try store.latestCheckpoint().checkpoint?.step == goodbye.step)
    }

    @Test("training goes on when it cannot be saved, and the last good save stands")
    func unwritable() throws {
        let store = try make("full", autosave: 10)
        let engine = try RunningEngine(store.path)
        engine.client.send(.step(count: 10))
        try engine.rest(at: 10)
        let (checkpoints, aside) = (store.checkpoints.path, store.path + "/aside")
        try FileManager.default.moveItem(atPath: checkpoints, toPath: aside)
        try Data("in the way".utf8).write(to: URL(fileURLWithPath: checkpoints))
        engine.client.send(.start)
        let failure = try engine.next("a failure") { event in
            if case .failure(let failure) = event { failure } else { nil }
        }
        #expect(!failure.fatal)
        #expect(failure.message.contains("could not save step 20"), "\(failure.message)")
        #expect(failure.message.contains("step 10 stands"), "\(failure.message)")
        var reached = try engine.step(beyond: 25)
        var paused: SessionState
        repeat {
            engine.client.send(.start)
            reached = try engine.step(beyond: reached)
            engine.client.send(.pause)
            paused = try engine.state("a pause") { $0.phase == .paused && $0.step >= reached }
            // Where an automatic save has just failed, the engine would have said so already.
        } while paused.step % 10 == 0
        #expect(paused.step > 25 && paused.savedStep == 10)
        // Asked to stop, it says that it cannot save and stays; once there is room again, it can.
        let refusal = try engine.refusal(of: .stop)
        #expect(refusal.message.contains("could not save step \(paused.step)"))
        try FileManager.default.removeItem(atPath: checkpoints)
        try FileManager.default.moveItem(atPath: aside, toPath: checkpoints)
        #expect(try store.latestCheckpoint().checkpoint?.step == 10)
        engine.client.send(.stop)
        #expect(try engine.farewell() == .goodbye(Goodbye(reason: "stopped", step: paused.step)))
        #expect(try engine.exit() == .exited(0))
        #expect(try store.latestCheckpoint().checkpoint?.step == paused.step)
    }

    @Test("a run without a screen takes its steps though it cannot save, and fails at the end")
    func unwritableRun() throws {
        let store = try make("occupied", autosave: 3)
        for step in [3, 6, 7] {
            let path = store.checkpoints.path + "/step-00000\(step)"
            try Data("in the way".utf8).write(to: URL(fileURLWithPath: path))
        }
        let outcome = try tiny.run("occupied", steps: 7)
        #expect(outcome.hasExited && outcome.status == 1)
        #expect(outcome.output.contains("\"type\":\"failure\""))
        #expect(outcome.output.contains("\"lane\":\"popalign\",\"step\":7,\"loss\""))
        #expect(!outcome.output.contains("\"type\":\"checkpoint\""))
    }

    @Test("a session whose model is not there is refused, and the engine leaves")
    func noModel() throws {
        let store = try make("blind")
        try FileManager.default.removeItem(atPath: tiny.model)
        let outcome = try tiny.run("blind", steps: 1)
        #expect(outcome.isRefusal && outcome.errors.contains(tiny.model), "\(outcome)")
        guard
            case .failure(let failure)? = try outcome.output.split(separator: "\n").last.map({
                try EventLine.decode(String($0))
            })
        else {
            Issue.record("the last line is no failure: \(outcome.output)")
            return
        }
        #expect(failure.fatal)
        #expect(SessionStatus.inspect(store.path) == .idle)
    }
}
