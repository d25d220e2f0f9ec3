import BenchProtocol
import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import Populations
import TensorCore
import TrainingEngine

/// One arm in one seed: a session of lanes in lockstep, which can be put down and taken up again.
final class StudyUnit {
    let arm: StudyArm
    let seed: UInt64
    /// The lanes that are trained, which may be fewer than the arm has: those with results need none.
    let lanes: [Lane]
    /// What was wrong with saved files, in sentences.
    private(set) var notes: [String] = []
    private let store: SessionStore
    private let trainer: LockstepTrainer
    private let recipe: Recipe
    private let steps: [String: [Int]]
    /// Seconds of training by lane, of earlier runs too.
    private(set) var seconds: [String: Double] = [:]
    private var savedStep = 0

    /// Opens the unit's session, or makes it, and goes on from its last good checkpoint.
    ///
    /// - Parameters:
    ///   - folder: the session's folder; its name has to be one.
    ///   - steps: by lane, the steps at which it has still to be evaluated, ascending; lanes without
    ///     are left out, and a saved lane that is past its first step begins anew.
    /// - Throws: `SessionError`, `AlignmentError` or `EngineError`.
    init(
        _ arm: StudyArm, seed: UInt64, bench: StudyBench, folder: String,
        steps: [String: [Int]]
    ) throws {
        self.arm = arm
        self.steps = steps
        self.seed = seed
        var recipe = arm.recipe
        recipe.session.seed = seed
        recipe.session.name = (folder as NSString).lastPathComponent
        recipe.session.keep = 1
        recipe.session.keepEvery = 0
        recipe.lanes = recipe.lanes.filter { steps[$0.name] != nil }
        let resolved = recipe
        self.recipe = resolved
        if SessionStore.isSession(folder) {
            let (store, cleared) = try SessionStore.resume(at: folder)
            self.store = store
            if !cleared.isEmpty {
                notes.append("cleared what an interrupted save left in \(folder)")
            }
            try store.write(recipe)
        } else {
            store = try SessionStore.create(
                at: folder, recipe: recipe, created: Date().timeIntervalSince1970)
        }
        let t = recipe.training
        lanes = try recipe.lanes.map { settings in
            try Lane(
                settings, base: bench.pipeline.unetWeights,
                adamW: AdamWConfiguration(
                    beta1: Float(t.adamBeta1), beta2: Float(t.adamBeta2), eps: Float(t.adamEpsilon),
                    weightDecay: Float(t.weightDecay), maxGradientNorm: Float(t.maxGradNorm)),
                averages: t.policyEMA > 0)
        }
        trainer = LockstepTrainer(
            pipeline: bench.pipeline,
            bank: try bench.bank(recipe),
            plan: TrainingPlan(
                seed: seed, pairsPerStep: recipe.session.pairsPerStep,
                captionDropout: t.captionDropout, identityCaptions: t.identityCaptions,
                policyEMA: t.policyEMA, learningRate: { resolved.learningRate(of: $0, atStep: $1) })
        )
        try restore()
    }

    private func restore() throws {
        let choice = try store.latestCheckpoint()
        for defect in choice.defects { notes.append("a checkpoint is damaged: \(defect)") }
        guard let checkpoint = choice.checkpoint else { return }
        for lane in lanes {
            let name = lane.settings.name
            guard let path = checkpoint.path(of: LaneWeights.fileName(lane: name)),
                let step = checkpoint.facts["step \(name)"].flatMap({ Int($0) }),
                step <= steps[name]?.first ?? 0,
                checkpoint.facts["settings \(name)"] == "\(lane.settings)"
            else { continue }
            try lane.read(from: path)
            seconds[name] = checkpoint.facts["seconds \(name)"].flatMap { Double($0) } ?? 0
        }
        if let kernel = checkpoint.facts["kernel"], kernel != MatrixKernel.name {
            notes.append(
                "saved with the \(kernel) kernel, now \(MatrixKernel.name): results will differ in the last bits"
            )
        }
        savedStep = step
    }

    /// How far the farthest lane has come.
    var step: Int { lanes.map(\.step).max() ?? 0 }

    /// Takes one step in the lanes that are farthest behind.
    ///
    /// - Parameter end: no lane goes beyond it.
    /// - Returns: how many lanes took a step; 0 at the end.
    func advance(to end: Int) -> Int {
        // Lanes of which nothing is wanted any more need not come along.
        let open = lanes.filter { $0.step < end && end <= steps[$0.settings.name]?.last ?? 0 }
        guard let behind = open.map(\.step).min() else { return 0 }
        let moving = open.filter { $0.step == behind }
        let start = ContinuousClock.now
        _ = trainer.advance(moving)
        let share = (ContinuousClock.now - start).inSeconds / Double(moving.count)
        for lane in moving { seconds[lane.settings.name, default: 0] += share }
        return moving.count
    }

    /// Whether enough was done since the last save to save again.
    var isSaveDue: Bool { step - savedStep >= recipe.session.autosaveSteps }

    /// Writes a checkpoint, which takes the place of the one before.
    func save() throws {
        guard !lanes.isEmpty, lanes.contains(where: { $0.step > 0 }) else { return }
        var facts = ["kernel": MatrixKernel.name]
        for lane in lanes {
            let name = lane.settings.name
            facts["step \(name)"] = "\(lane.step)"
            facts["settings \(name)"] = "\(lane.settings)"
            facts["seconds \(name)"] = "\(seconds[name] ?? 0)"
        }
        let files = lanes.map { lane in
            CheckpointFile(
                name: LaneWeights.fileName(lane: lane.settings.name),
                expectedBytes: 16 * lane.weights.count + 4096
            ) { try lane.write(to: $0) }
        }
        let (_, problem) = try store.save(
            step: step, contents: files, facts: facts, recipe: recipe,
            created: Date().timeIntervalSince1970)
        if let problem { notes.append("old checkpoints stay: \(problem)") }
        savedStep = step
    }

    /// Figures on draws that never change, from the lane's training.
    func fixedFigures(of lane: Lane) -> [Evaluation.Figure] { trainer.fixedFigures(of: lane) }

    /// Takes the notes that have not been told yet.
    func takeNotes() -> [String] {
        defer { notes = [] }
        return notes
    }
}

extension Duration {
    /// The duration as a number of seconds.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

extension Lane {
    /// Whether every weight that pictures would be sampled from is a number.
    var isFinite: Bool {
        let weights = samplingWeights
        return (0..<weights.count).allSatisfy { weights.pointer[$0].isFinite }
    }
}
