import Alignment
import BenchProtocol
import DiffusionModels
import Foundation
import MessageBus
import Populations
import TensorCore

/// The engine's heart: an actor on a thread of its own that trains, samples and evaluates a session,
/// one short piece of work after another, and answers commands in between.
public actor Trainer {
    nonisolated let executor = ThreadExecutor(name: "popbench.trainer")
    /// The trainer's own thread, on which everything isolated to it runs.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    let events: Bus<Event>
    let locations: Locations
    let folder: String
    var session: TrainingSession?
    /// What was told, for screens that come later.
    let kept: KeptLog
    var phase = SessionState.Phase.preparing
    /// What is to be done before training goes on, first come first served.
    var tasks: [any EngineTask] = []
    var selectedPrompt = ""
    /// Prompts beyond the data set's own that were selected last, for `n` to come back to.
    var typedPrompts: [String] = []
    var trains = false
    /// Steps still to take; nil until the recipe's end.
    private var stepsLeft: Int?
    private var isPumping = false
    var pace = Pace()
    var stateTold = ContinuousClock.now - .seconds(10)
    private var failedSaveAt: Int?
    /// Whether any lane has come farther than its last save.
    private var isUnsaved = false
    /// Whether the goodbye has been said.
    public private(set) var hasLeft = false

    /// - Parameters:
    ///   - folder: the session's folder, which must exist.
    ///   - events: where everything is told.
    public init(folder: String, locations: Locations, events: Bus<Event>) {
        self.folder = folder
        self.locations = locations
        self.events = events
        kept = KeptLog(folder: folder, name: KeptLog.engineName)
    }

    /// Opens the session and makes it ready, collecting populations where it has to.
    ///
    /// - Throws: what is wrong with the session, its models or its populations.
    public func open() throws {
        let (events, kept) = (self.events, self.kept)
        let session = try TrainingSession(folder: folder, locations: locations) { problem in
            let line = LogLine(
                level: .warning, message: problem, time: Date().timeIntervalSince1970)
            kept.append(line)
            events.publish(.log(line))
        }
        self.session = session
        try takeUpPrompts(session)
        if try !session.useStored(locations) { tasks.append(try session.collectionTask()) }
        for note in session.takeNotes() { log(.warning, note) }
        // Screens that come before the next step see the field that the last save kept.
        let known = Set(session.lanes.map(\.settings.name))
        for field in (try? session.metrics.lastFields()) ?? [] where known.contains(field.lane) {
            fields[field.lane] = field
        }
        tasks.append(ProbeTask(prompt: selectedPrompt, count: session.recipe.sampling.count))
        phase = session.isFinished ? .finished : .idle
        tellState()
        pump()
    }

    /// What somebody who has just come needs to know.
    public func refresh() {
        guard let session else { return tellState() }
        tellState()
        if let last = try? session.metrics.lastMetrics() {
            for metrics in last { events.publish(.step(metrics)) }
        }
        for histogram in (try? session.metrics.lastHistograms(prompt: nil)) ?? [] {
            events.publish(.population(histogram))
        }
        for lane in ["base"] + session.lanes.map(\.settings.name) {
            for evaluation in session.lastEvaluations(lane: lane) {
                events.publish(.evaluation(evaluation))
            }
        }
        for line in kept.lines { events.publish(.log(line)) }
        for sheet in sheets.all { events.publish(.thumbnails(sheet)) }
        for field in fields.values { events.publish(.field(field)) }
        for diagnostic in session.diagnostics.standing(session.lanes) {
            events.publish(.diagnostic(diagnostic))
        }
    }

    /// The last sheet and field of each lane, for screens that come later.
    var sheets = SheetMemory()
    var fields: [String: GradientFieldSummary] = [:]

    /// Whether there is anything to do, or has the recipe ended.
    public var isBusy: Bool { trains || !tasks.isEmpty || phase == .preparing }

    // MARK: Commands

    /// Carries out commands that came together, with no step between them.
    ///
    /// A screen that asks for two dozen curves would otherwise wait for two dozen steps.
    public func handle(_ commands: [Command]) async {
        for command in commands where !hasLeft {
            do {
                try perform(command)
            } catch {
                fail("\(error)")
            }
        }
        pump()
    }

    private func perform(_ command: Command) throws {
        if case .refresh = command { return refresh() }
        if case .stop = command { return leave(because: "stopped") }
        guard let session else { throw EngineError("the session is not open yet") }
        switch command {
        case .hello, .refresh, .stop: break
        case .start:
            guard !session.isFinished else {
                throw EngineError(
                    "the recipe's \(session.recipe.session.steps) steps are done: raise steps in the session's recipe.toml to go on"
                )
            }
            trains = true
            stepsLeft = nil
            tellState()
        case .pause:
            trains = false
            // What was asked for apart from training goes on, until it is cancelled.
            if tasks.isEmpty { phase = .paused }
            tellState()
        case .step(let count):
            guard count > 0 else { throw EngineError("a number of steps is at least 1") }
            if session.isFinished { throw EngineError("the recipe's steps are done") }
            trains = true
            stepsLeft = count
            tellState()
        case .save: save()
        case .selectPrompt(let prompt):
            selectedPrompt = try checked(prompt)
            noteTyped(selectedPrompt)
            rememberPrompts(session)
            drop { $0 is ProbeTask }
            tasks.append(ProbeTask(prompt: selectedPrompt, count: session.recipe.sampling.count))
            tellState()
        case .sample(let prompt, let count):
            guard (1...512).contains(count) else {
                throw EngineError("1 to 512 pictures can be sampled at a time, not \(count)")
            }
            let prompt = try checked(prompt)
            let isUnderWay = tasks.contains { task in
                guard let probe = task as? ProbeTask, probe.prompt == prompt else { return false }
                return probe.raise(to: count)
            }
            if !isUnderWay { tasks.append(ProbeTask(prompt: prompt, count: count)) }
        case .film(let lane, let prompt, let index, let frames):
            if lane != "base" { _ = try session.lane(named: lane) }
            guard (0..<1_000_000).contains(index) else {
                throw EngineError("noise is numbered from 0 to 999999")
            }
            drop { $0 is FilmTask }
            // Somebody looks at one picture and waits: it comes before what takes long.
            tasks.insert(
                FilmTask(
                    lane: lane, prompt: try checked(prompt, warns: false), index: index,
                    frames: frames), at: 0)
        case .cancel(let name): cancel(name)
        case .fetchPopulations(let prompt, let points):
            try tellHistory(of: checked(prompt, warns: false), points: points, session)
        case .collect: tasks.append(try session.collectionTask())
        case .evaluate:
            let task = EvaluationTask(session, try evaluationPlan(session))
            tasks.append(task)
            // Told at once: who waits for the rest after it, or cancels it, must see it begin.
            events.publish(.progress(task.beginning))
            phase = .evaluating
            tellState()
        case .export(let lane, let path): try export(session, lane, path)
        case .addLane(let settings):
            try session.addLane(settings)
            tellState()
        case .changeLane(let settings):
            try session.changeLane(settings)
            tellState()
        case .removeLane(let name):
            try session.removeLane(name)
            sheets.remove(lane: name)
            fields[name] = nil
            session.diagnostics.forget(name)
            // A later lane of that name must not find these weights.
            if session.saved != nil { save() }
            tellState()
        case .fetchCurve(let request): events.publish(.curve(try session.metrics.curve(request)))
        }
    }

    private func export(_ session: TrainingSession, _ lane: String, _ path: String) throws {
        let weights =
            lane == "base"
            ? session.pipeline.unetWeights : try session.lane(named: lane).samplingWeights
        try session.pipeline.write(to: path, unetWeights: weights)
        log(.info, "exported \(lane) to \(path)")
    }

    func evaluationPlan(_ session: TrainingSession) throws -> EvaluationPlan {
        let e = session.recipe.evaluation
        return EvaluationPlan(
            picturesPerPrompt: e.picturesPerPrompt, guidanceScale: Float(e.guidanceScale),
            inferenceSteps: e.inferenceSteps, seed: session.recipe.session.seed,
            trained: try session.professions())
    }

    // MARK: Work

    /// Starts the pump where it does not run and there is something to do.
    private func pump() {
        guard !isPumping, !hasLeft, trains || !tasks.isEmpty else { return }
        isPumping = true
        Task { await self.work() }
    }

    /// Does one piece of work after another; between two of them, commands have their turn.
    private func work() async {
        while !hasLeft, trains || !tasks.isEmpty {
            do {
                if let task = tasks.first {
                    if try advance(task) {
                        tasks.removeAll { $0 === task }
                        if tasks.isEmpty { settle() }
                    }
                } else {
                    try train()
                }
            } catch {
                fail("\(error)")
                tasks = []
                trains = false
                phase = .paused
                tellState()
            }
            await Task.yield()
        }
        isPumping = false
    }

    /// Does a task's next piece; true when it is over.
    private func advance(_ task: any EngineTask) throws -> Bool {
        do {
            return try task.advance(self)
        } catch  where task.name != "collect" {
            // Training does not need it, and goes on.
            fail("\(error)")
            drop { $0 === task }
            return true
        }
    }

    private func train() throws {
        guard let session else { return }
        if phase != .training {
            phase = .training
            tellState()
        }
        let start = ContinuousClock.now
        let results = try session.advance()
        pace.note(
            seconds: (ContinuousClock.now - start).seconds,
            images: results.count * 2 * session.recipe.session.pairsPerStep)
        isUnsaved = true
        for result in results { tell(result) }
        let step = session.step
        // Lanes that catch up are saved as often as the others were.
        let taken = results.first?.metrics.step ?? step
        stepsLeft = stepsLeft.map { $0 - 1 }
        let inStep = session.lanes.allSatisfy { $0.step == step }
        let recipe = session.recipe
        if inStep, recipe.sampling.every > 0, step % recipe.sampling.every == 0 {
            tasks.append(
                ProbeTask(prompt: selectedPrompt, count: recipe.sampling.count, lanesOnly: true))
        }
        if inStep, recipe.evaluation.every > 0, step % recipe.evaluation.every == 0 {
            tasks.append(EvaluationTask(session, try evaluationPlan(session)))
        }
        let ends = session.isFinished || stepsLeft == 0
        if inStep, ends || (recipe.sampling.every > 0 && step % recipe.sampling.every == 0) {
            for evaluation in try session.evaluateFixedDraws() {
                events.publish(.evaluation(evaluation))
            }
        }
        if ends || taken % recipe.session.autosaveSteps == 0 { save() }
        if ends {
            trains = false
            // What the last step asked to be sampled or evaluated comes before the rest.
            if tasks.isEmpty { settle() }
        } else if (ContinuousClock.now - stateTold).seconds >= 1 {
            tellState()
        }
    }

    private func tell(_ result: LockstepTrainer.StepResult) {
        events.publish(.step(result.metrics))
        if let summary = GradientFieldSummary(result) {
            fields[summary.lane] = summary
            events.publish(.field(summary))
        }
        if let session { tell(session.diagnostics.observe(result.metrics)) }
    }

    /// The phase once every task is done.
    func settle() {
        guard let session else { return }
        phase =
            trains
            ? .training : session.isFinished ? .finished : session.step == 0 ? .idle : .paused
        tellState()
    }

    // MARK: Saving and leaving

    /// Writes a checkpoint; training goes on when that fails, and the last good save stands.
    @discardableResult
    func save() -> Bool {
        guard let session else { return false }
        let before = phase
        phase = .saving
        tellState()
        defer {
            phase = before
            tellState()
        }
        let start = ContinuousClock.now
        for field in fields.values { session.metrics.record(field) }
        do {
            let checkpoint = try session.save(now: Date().timeIntervalSince1970)
            for note in session.takeNotes() { log(.warning, note) }
            failedSaveAt = nil
            isUnsaved = false
            tell(
                CheckpointSaved(
                    step: checkpoint.step, path: checkpoint.path,
                    seconds: (ContinuousClock.now - start).seconds, bytes: checkpoint.bytes,
                    kept: CheckpointRetention(session.recipe).count(besides: checkpoint.step)))
            return true
        } catch {
            failedSaveAt = session.step
            let last =
                session.saved.map { "the save of step \($0.step) stands" } ?? "nothing is saved"
            fail("could not save step \(session.step): \(error); \(last), and training may go on")
            return false
        }
    }

    /// Saves what is unsaved and says goodbye; a failed save keeps the engine, once.
    public func leave(because reason: String) {
        guard !hasLeft else { return }
        trains = false
        tasks = []
        if isUnsaved, let session {
            let failedBefore = failedSaveAt == session.step
            if !save(), !failedBefore {
                phase = .paused
                return tellState()
            }
        }
        hasLeft = true
        try? session?.metrics.close()
        keep(.info, "engine left: \(reason)")
        events.publish(.goodbye(Goodbye(reason: reason, step: session?.step ?? 0)))
    }
}
