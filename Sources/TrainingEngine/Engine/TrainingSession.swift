import Alignment
import BenchProtocol
import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import Populations
import TensorCore

/// An opened session: its recipe, its models, its lanes and what is stored of them.
///
/// Confined to the trainer; it knows no bus and no clock of its own.
final class TrainingSession {
    let store: SessionStore
    let metrics: MetricsStore
    let pipeline: DiffusionPipeline
    let sampling: PopulationSampling
    var recipe: Recipe
    private(set) var lanes: [Lane] = []
    private var trainer: LockstepTrainer?
    /// The step and time of the last save.
    private(set) var saved: (step: Int, at: Double)?
    /// What is wrong with the lanes, as far as it can be seen.
    var diagnostics = SessionDiagnostics()
    /// What a person should hear of how it was opened.
    private(set) var notes: [String] = []

    /// Opens a session's folder and goes on from its last good checkpoint.
    ///
    /// - Throws: `SessionError`, `RecipeError`, `ModelStoreError`, `MetricsError` or `AlignmentError`.
    init(
        folder: String, locations: Locations, onMetricsFailure: @escaping @Sendable (String) -> Void
    ) throws {
        MatrixKernel.open()
        let (store, cleared) = try SessionStore.resume(at: folder)
        self.store = store
        if !cleared.isEmpty {
            notes.append(
                "cleared what an interrupted save left: \(cleared.joined(separator: ", "))")
        }
        recipe = try store.recipe()
        metrics = try MetricsStore(path: store.metricsPath) { onMetricsFailure("\($0)") }
        if let warning = metrics.openingWarning { notes.append(warning) }
        let base =
            recipe.model.base == "embedded"
            ? try locations.path(of: "emoji-people", in: .models) : recipe.model.base
        pipeline = try DiffusionPipeline(opening: base)
        let judges = try PopulationJudges.open(
            recipe.model, rater: try recipe.preferences.rater(), locations: locations,
            pictureSize: pipeline.pictureSize)
        notes += judges.remarks
        sampling = PopulationSampling(pipeline: pipeline, judges: judges)
        lanes = try recipe.lanes.map(makeLane)
        try restore()
    }

    private func restore() throws {
        let choice = try store.latestCheckpoint()
        for defect in choice.defects { notes.append("a checkpoint is damaged: \(defect)") }
        guard let checkpoint = choice.checkpoint else {
            try metrics.truncate(afterStep: 0)
            return
        }
        for lane in lanes {
            guard let path = checkpoint.path(of: Self.fileName(of: lane.settings.name)) else {
                notes.append("\(lane.settings.name) is not in the checkpoint and starts anew")
                continue
            }
            try lane.read(from: path)
        }
        if let kernel = checkpoint.facts["kernel"], kernel != MatrixKernel.name {
            notes.append(
                "saved with the \(kernel) kernel, now \(MatrixKernel.name): results will differ in the last bits"
            )
        }
        saved = (checkpoint.step, checkpoint.created)
        try metrics.truncate(afterStep: checkpoint.step)
        try store.checkpoints.discard(after: checkpoint.step)
        try diagnostics.replay(metrics, lanes: lanes)
    }

    /// The step that the farthest lane has reached.
    var step: Int { lanes.map(\.step).max() ?? 0 }

    /// Whether every lane has come to the recipe's end.
    var isFinished: Bool { lanes.allSatisfy { $0.step >= recipe.session.steps } }

    static func fileName(of lane: String) -> String { "lanes/\(lane).safetensors" }

    private func makeLane(_ settings: LaneSettings) throws -> Lane {
        let t = recipe.training
        return try Lane(
            settings, base: pipeline.unetWeights,
            adamW: AdamWConfiguration(
                beta1: Float(t.adamBeta1), beta2: Float(t.adamBeta2), eps: Float(t.adamEpsilon),
                weightDecay: Float(t.weightDecay), maxGradientNorm: Float(t.maxGradNorm)),
            averages: t.policyEMA > 0)
    }

    // MARK: Lanes

    /// Adds a lane that starts from the base.
    func addLane(_ settings: LaneSettings) throws {
        try RecipeLane.check(settings)
        guard !lanes.contains(where: { $0.settings.name == settings.name }) else {
            throw EngineError("there is a lane called \"\(settings.name)\" already")
        }
        lanes.append(try makeLane(settings))
        try writeLanes()
    }

    /// Gives a lane other settings; weights and optimiser stay.
    func changeLane(_ settings: LaneSettings) throws {
        try RecipeLane.check(settings)
        let lane = try lane(named: settings.name)
        lane.objective = try Lane.objective(of: settings)
        lane.safeguard = try Lane.safeguard(of: settings)
        lane.settings = settings
        try writeLanes()
    }

    /// Takes a lane and its metrics out of the session.
    func removeLane(_ name: String) throws {
        _ = try lane(named: name)
        guard lanes.count > 1 else { throw EngineError("a session keeps at least one lane") }
        lanes.removeAll { $0.settings.name == name }
        try metrics.remove(lane: name)
        try writeLanes()
    }

    func lane(named name: String) throws -> Lane {
        guard let lane = lanes.first(where: { $0.settings.name == name }) else {
            let known = lanes.map(\.settings.name).joined(separator: ", ")
            throw EngineError("there is no lane called \"\(name)\"; there are \(known)")
        }
        return lane
    }

    private func writeLanes() throws {
        recipe.lanes = lanes.map(\.settings)
        try store.write(recipe)
    }

    // MARK: Populations

    /// The populations that exist already, or nil when they have to be collected.
    func storedPopulations(_ locations: Locations) throws -> PopulationPair? {
        if let own = try existing(store.populationsPath) { return own }
        switch recipe.populations.source {
        case "collect": return nil
        case "shipped":
            return try PopulationPair(
                loading: try locations.path(of: "emoji-people/populations", in: .models))
        default: return try PopulationPair(loading: recipe.populations.source)
        }
    }

    private func existing(_ path: String) throws -> PopulationPair? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard names.contains(where: { $0.hasPrefix("metadata.") }) else { return nil }
        return try PopulationPair(loading: path)
    }

    /// How the recipe wants populations to be collected.
    func collectionPlan() throws -> CollectionPlan {
        CollectionPlan(
            professions: try professions(), winnersPerPrompt: recipe.populations.winnersPerPrompt,
            losersPerPrompt: recipe.populations.losersPerPrompt,
            guidanceScale: Float(recipe.populations.guidanceScale),
            inferenceSteps: recipe.populations.inferenceSteps,
            confidence: recipe.populations.confidence, seed: recipe.session.seed)
    }

    /// The professions that the recipe aligns.
    func professions() throws -> [Profession] {
        try recipe.populations.professions.map { name in
            guard let profession = Profession(rawValue: name) else {
                throw EngineError("\"\(name)\" in the recipe is no profession of the emoji people")
            }
            return profession
        }
    }

    /// Makes the session ready to train on populations.
    func use(_ populations: PopulationPair) throws {
        train(
            on: try PreferenceBank(
                populations, professions: recipe.populations.professions, pipeline: pipeline))
        notes += populations.remarks(
            professions: try professions(), confidence: recipe.populations.confidence)
    }

    /// Notes what a person should hear at the next occasion.
    func note(_ remark: String) { notes.append(remark) }

    /// Makes the session ready to train on what is in a bank.
    func train(on bank: PreferenceBank) {
        let recipe = self.recipe
        trainer = LockstepTrainer(
            pipeline: pipeline, bank: bank,
            plan: TrainingPlan(
                seed: recipe.session.seed, pairsPerStep: recipe.session.pairsPerStep,
                captionDropout: recipe.training.captionDropout,
                identityCaptions: recipe.training.identityCaptions,
                policyEMA: recipe.training.policyEMA,
                learningRate: { recipe.learningRate(of: $0, atStep: $1) }))
    }

    // MARK: Training

    /// Takes one step in the lanes that are farthest behind; those that were added late catch up on
    /// the batches that the others have seen.
    func advance() throws -> [LockstepTrainer.StepResult] {
        guard let trainer else {
            throw EngineError("there are no populations to train on yet: collect them")
        }
        let open = lanes.filter { $0.step < recipe.session.steps }
        guard let behind = open.map(\.step).min() else { return [] }
        let results = trainer.advance(open.filter { $0.step == behind })
        for result in results { metrics.record(result.metrics) }
        return results
    }

    /// Measures every lane on the session's fixed draws.
    func evaluateFixedDraws() throws -> [Evaluation] {
        guard let trainer else { return [] }
        return lanes.map { lane in
            let evaluation = Evaluation(
                lane: lane.settings.name, step: lane.step, figures: trainer.fixedFigures(of: lane))
            metrics.record(evaluation)
            return evaluation
        }
    }

    /// The newest figures of a lane: those on sampled pictures and those on fixed draws.
    func lastEvaluations(lane: String) -> [Evaluation] {
        let all = (try? metrics.evaluations(lane: lane)) ?? []
        return [false, true].compactMap { fixed in
            guard
                var last = all.last(where: { evaluation in
                    evaluation.figures.contains { $0.isOnFixedDraws == fixed }
                })
            else { return nil }
            last.figures = last.figures.filter { $0.isOnFixedDraws == fixed }
            return last
        }
    }

    /// Writes a checkpoint; the last good one stands if that fails.
    func save(now: Double) throws -> Checkpoint {
        try metrics.flush()
        let files = lanes.map { lane in
            CheckpointFile(
                name: Self.fileName(of: lane.settings.name), expectedBytes: lane.byteCount
            ) { try lane.write(to: $0) }
        }
        let (checkpoint, retentionError) = try store.save(
            step: step, contents: files, facts: ["kernel": MatrixKernel.name], recipe: recipe,
            created: now)
        saved = (checkpoint.step, checkpoint.created)
        if let retentionError { notes.append("old checkpoints stay: \(retentionError)") }
        return checkpoint
    }

    /// Takes the notes that have not been told yet.
    func takeNotes() -> [String] {
        defer { notes = [] }
        return notes
    }
}
