import BenchProtocol

extension WorkbenchModel {
    /// The name that events use for the base model, which is no lane.
    package static let baseName = "base"
    /// Lanes of which telemetry is kept before a state has named them, at most.
    static let unnamedLaneCapacity = 16
    /// Histograms kept, at most.
    static let populationCapacity = 2048
    /// Points asked for when a curve is fetched.
    static let fetchedPoints = 512

    /// Takes in what the engine said.
    mutating func receive(_ event: Event) -> [WorkbenchEffect] {
        switch event {
        case .hello(let hello): receive(hello)
        case .state(let state): return receive(state)
        case .step(let metrics):
            receive(metrics)
            recordCurves(metrics)
        case .field(let field): receive(field)
        case .population(let histogram): receive(histogram)
        case .thumbnails(let sheet):
            if let complaint = sheets.place(sheet) { report(.warning, complaint) }
        case .evaluation(let evaluation):
            receive(evaluation)
            recordCurves(evaluation)
        case .diagnostic(let diagnostic): receive(diagnostic)
        case .populationHistory(let history): populationRecord.place(history)
        case .planted(let planted): populationRecord.place(planted)
        case .film(let film):
            if let complaint = populationRecord.place(film) { report(.warning, complaint) }
        case .checkpoint(let saved):
            receive(saved)
            return forkIfWished(at: saved.step)
        case .curve(let curve): return receive(curve)
        case .progress(let progress): receive(progress)
        case .log(let line):
            guard !line.isEarlier else {
                recall([line])
                break
            }
            // What stands is told as a diagnostic and as a line: either may come first.
            guard line.diagnostic == nil || !isLogged(line.message) else { break }
            append(line)
            if line.level == .warning || line.level == .error { announce(line.level, line.message) }
        case .failure(let failure): receive(failure)
        case .goodbye(let goodbye): return receive(goodbye)
        }
        return []
    }

    private mutating func receive(_ hello: EngineHello) {
        // A new process knows nothing of what its predecessor did after the last save.
        if let old = self.hello, old.processID != hello.processID { isRewindDue = true }
        self.hello = hello
        engine = .attached
        requestedCurves = []
        curveShelf.forgetQuestions()
        populationRecord.forgetRequests()
        if hello.protocolVersion != EngineHello.currentProtocol {
            report(
                .error,
                "engine \(hello.program) \(hello.version) speaks protocol "
                    + "\(hello.protocolVersion), this screen \(EngineHello.currentProtocol): "
                    + "update the older of the two")
        }
    }

    private mutating func receive(_ newState: SessionState) -> [WorkbenchEffect] {
        if case .connecting = engine { engine = .attached }
        // States are control messages, so a smaller step is no stale one: the engine went back to a
        // checkpoint, and what it had logged past that is void.
        if isRewindDue || newState.step < state?.step ?? 0 { rewind(to: newState.step) }
        isRewindDue = false
        if let old = state, old.phase != newState.phase {
            tasks = tasks.filter { newState.isBusy && $0.value.done < $0.value.total }
            if newState.phase == .finished {
                announce(.info, "the recipe has ended at step \(newState.step)")
            }
        }
        let selectedBefore = state?.selectedPrompt
        state = newState
        switch newState.phase {
        case .training, .preparing: trainingIntended = true
        case .idle, .paused, .finished: trainingIntended = false
        case .collecting, .sampling, .evaluating, .saving:
            if let trains = newState.trains { trainingIntended = trains }
        }
        if pendingPrompt == newState.selectedPrompt { pendingPrompt = nil }
        followInForm(newState.step)
        var names = Set(newState.lanes.map(\.settings.name))
        lanes = lanes.filter { names.contains($0.key) }
        names.insert(WorkbenchModel.baseName)
        evaluations = evaluations.filter { names.contains($0.key) }
        populations = populations.filter { names.contains($0.key.lane) }
        sheets.keep(lanes: names)
        populationRecord.keep(lanes: names)
        requestedCurves = requestedCurves.filter { names.contains($0.lane) }
        curveShelf.keep(lanes: names)
        forgetThinnedCurves()
        focusedLane = min(focusedLane, max(0, newState.lanes.count - 1))
        return fetchMissingCurves() + takeTypedPrompt(from: selectedBefore)
            + fetchShownPopulations()
    }

    /// Forgets whatever was logged after a step.
    private mutating func rewind(to step: Int) {
        for name in Array(lanes.keys) {
            for quantity in Quantity.allCases {
                lanes[name]?.histories[quantity]?.truncate(after: step)
            }
            if let latest = lanes[name]?.latest, latest.step > step { lanes[name]?.latest = nil }
            if let field = lanes[name]?.field, field.step > step { lanes[name]?.field = nil }
        }
        let base = WorkbenchModel.baseName
        for key in populations.keys where key.lane != base {
            populations[key]?.forget(after: step)
            if populations[key]?.newest == nil { populations[key] = nil }
        }
        evaluations = evaluations.filter { $0.key == base || $0.value.step <= step }
        sheets.truncate(after: step)
        curveShelf.truncate(after: step)
        populationRecord.truncate(after: step)
        requestedCurves = []
        if let cursor = cursorStep, cursor > step { cursorStep = nil }
    }

    /// Asks for the histories that the screen shows and does not have: a screen that attaches to a
    /// session in its middle shows the whole of it.
    mutating func fetchMissingCurves() -> [WorkbenchEffect] {
        guard let state else { return [] }
        var effects: [WorkbenchEffect] = []
        for lane in state.lanes {
            let shown = Set([Quantity.loss, quantity] + fieldPathQuantities)
            for wanted in shown.sorted(by: { $0.rawValue < $1.rawValue }) {
                let key = CurveKey(lane: lane.settings.name, quantity: .step(wanted))
                guard requestedCurves.insert(key).inserted, lane.step > 0 else { continue }
                effects.append(overview(of: key, to: lane.step))
            }
        }
        return effects + (view == .curves ? fetchShownCurves() : [])
    }

    /// Whether telemetry of this lane is worth keeping.
    private func knows(_ lane: String) -> Bool {
        if lanes[lane] != nil { return true }
        if let state, state.lanes.contains(where: { $0.settings.name == lane }) { return true }
        return state == nil && lanes.count < WorkbenchModel.unnamedLaneCapacity
    }

    private mutating func receive(_ metrics: StepMetrics) {
        guard knows(metrics.lane) else { return }
        // In place: a copy of the histories for every step would cost more than the rest.
        lanes[metrics.lane, default: LaneReadings()].record(metrics)
    }

    private mutating func receive(_ field: GradientFieldSummary) {
        guard knows(field.lane) else { return }
        var readings = lanes[field.lane] ?? LaneReadings()
        if let shown = readings.field, field.step < shown.step { return }
        readings.field = field
        lanes[field.lane] = readings
    }

    private mutating func receive(_ histogram: PopulationHistogram) {
        guard histogram.classes.count == histogram.counts.count, !histogram.classes.isEmpty,
            histogram.classes.count <= 64, histogram.counts.allSatisfy({ $0 >= 0 })
        else {
            report(
                .warning,
                "a histogram of \(histogram.counts.count) counts for \(histogram.classes.count) "
                    + "classes from lane \(histogram.lane)")
            return
        }
        populationRecord.note(histogram)
        let key = PopulationKey(
            lane: histogram.lane, prompt: histogram.prompt, attribute: histogram.attribute)
        if populations[key] == nil, populations.count >= WorkbenchModel.populationCapacity {
            let prompt = shownPrompt
            populations = populations.filter { $0.key.prompt == prompt }
            guard populations.count < WorkbenchModel.populationCapacity else { return }
        }
        populations[key, default: SampledHistograms()].take(histogram)
    }

    private mutating func receive(_ evaluation: Evaluation) {
        let isKnown = evaluation.lane == WorkbenchModel.baseName || knows(evaluation.lane)
        guard isKnown,
            evaluations[evaluation.lane] != nil
                || evaluations.count <= max(laneStates.count, WorkbenchModel.unnamedLaneCapacity)
        else { return }
        // Figures on fixed draws come often and by themselves; they do not displace the others.
        let kept = evaluations[evaluation.lane]?.figures.filter {
            $0.isOnFixedDraws != evaluation.isOnFixedDraws
        }
        var merged = evaluation
        merged.figures =
            evaluation.isOnFixedDraws
            ? (kept ?? []) + evaluation.figures : evaluation.figures + (kept ?? [])
        if evaluation.isOnFixedDraws, let kept, !kept.isEmpty {
            merged.step = evaluations[evaluation.lane]?.step ?? evaluation.step
        }
        evaluations[evaluation.lane] = merged
        guard !evaluation.isOnFixedDraws else { return }
        announce(.info, "evaluated \(evaluation.lane) at step \(evaluation.step)")
    }

    private mutating func receive(_ saved: CheckpointSaved) {
        state?.savedStep = saved.step
        state?.savedAt = now
        report(.info, saved.sentence)
    }

    private mutating func receive(_ curve: Curve) -> [WorkbenchEffect] {
        guard knows(curve.lane) || curve.lane == WorkbenchModel.baseName else { return [] }
        if case .step(let quantity) = LoggedQuantity(name: curve.quantity), curve.firstStep <= 0 {
            lanes[curve.lane, default: LaneReadings()]
                .histories[quantity, default: CurveHistory()].absorb(curve)
        }
        curveShelf.receive(curve)
        // What is looked at may have moved on while this one was on its way.
        return view == .curves ? fetchShownCurves() : []
    }

    private mutating func receive(_ progress: TaskProgress) {
        if progress.done >= progress.total {
            tasks[progress.task] = nil
        } else if tasks[progress.task] != nil || tasks.count < 16 {
            tasks[progress.task] = progress
        }
    }

    /// Logs a diagnostic; those that stand are told to every screen that comes.
    private mutating func receive(_ diagnostic: Diagnostic) {
        guard !diagnostic.cleared else { return }
        if let logged = log.last(where: { $0.message == diagnostic.message }) {
            // What stood before the screen came stands still: that is news to it.
            if logged.isEarlier { announce(.warning, diagnostic.message) }
            return
        }
        append(
            LogLine(
                level: .warning, message: diagnostic.message, time: now,
                diagnostic: diagnostic.kind))
        announce(.warning, diagnostic.message)
    }

    private func isLogged(_ message: String) -> Bool { log.contains { $0.message == message } }

    private mutating func receive(_ failure: Failure) {
        report(.error, failure.message)
        pendingPrompt = nil
        askAgain(failure)
        giveUpFork(because: failure.message)
        if !failure.fatal, case .stopping = engine {
            // It could not save, so it did not leave: the person decides anew.
            engine = .attached
            if overlay == .stopping { overlay = nil }
        }
    }

    private mutating func receive(_ goodbye: Goodbye) -> [WorkbenchEffect] {
        append(LogLine(level: .info, message: "engine left: \(goodbye.reason)", time: now))
        if case .stopping = engine { return [.quit(.stopped)] }
        engine = .left(goodbye)
        tasks = [:]
        overlay = .engineLost
        return []
    }

}

extension SessionState {
    /// Whether a long task occupies the engine.
    var isBusy: Bool {
        switch phase {
        case .preparing, .collecting, .sampling, .evaluating, .saving: true
        case .idle, .training, .paused, .finished: false
        }
    }
}
