import BenchProtocol
import Foundation
import Populations
import TensorCore
import TrainingEngine

/// Carries a study out: trains what has no result yet, evaluates it, and records every result.
///
/// It can be stopped and killed at any time; a new runner on the same folder goes on.
public final class StudyRunner {
    private let plan: StudyPlan
    private let bench: StudyBench
    private let table: StudyTable
    private let folder: String
    private let version: String
    private let keepsModels: Bool
    private let keys: StudyKeys
    private let isStopped: () -> Bool
    private let tell: (StudyEvent) -> Void
    private var clock: StudyClock
    private var lastTold = ContinuousClock.now - .seconds(60)

    /// Prepares a study's work.
    ///
    /// - Parameters:
    ///   - folder: the table's folder, below which units keep their checkpoints.
    ///   - version: the program's, for the records.
    ///   - keepsModels: whether units keep their last checkpoint when they are done.
    ///   - isStopped: asked after every step and every prompt.
    public init(
        plan: StudyPlan, bench: StudyBench, table: StudyTable, folder: String, version: String,
        keepsModels: Bool = false, isStopped: @escaping () -> Bool,
        tell: @escaping (StudyEvent) -> Void
    ) {
        self.plan = plan
        self.bench = bench
        self.table = table
        self.folder = folder
        self.version = version
        self.keepsModels = keepsModels
        self.isStopped = isStopped
        self.tell = tell
        keys = StudyKeys(plan: plan, digests: bench.digests)
        clock = StudyClock(total: .init())
    }

    /// The folder of units' sessions, in which git sees nothing.
    private var unitsFolder: String { folder + "/units" }

    /// Evaluations that the plan asks for, and those that are recorded.
    public var progress: (done: Int, total: Int) {
        let all = allKeys()
        return (all.filter { table.evaluation($0) != nil }.count, all.count)
    }

    private func allKeys() -> [String] {
        plan.seeds.flatMap { seed in
            [keys.base(seed: seed)]
                + plan.arms.flatMap { arm in
                    arm.recipe.lanes.flatMap { lane in
                        arm.evaluatedSteps.map {
                            keys.evaluation(arm, lane: lane, seed: seed, step: $0)
                        }
                    }
                }
        }
    }

    /// The records of the plan that exist, in the plan's order, under the plan's names.
    public func records() -> [EvaluationRecord] {
        plan.seeds.flatMap { seed -> [EvaluationRecord] in
            let base = table.evaluation(keys.base(seed: seed)).map { [$0] } ?? []
            return base
                + plan.arms.flatMap { arm in
                    arm.recipe.lanes.flatMap { lane in
                        arm.evaluatedSteps.compactMap { step -> EvaluationRecord? in
                            let key = keys.evaluation(arm, lane: lane, seed: seed, step: step)
                            var record = table.evaluation(key)
                            record?.contender = arm.contender(lane.name)
                            return record
                        }
                    }
                }
        }
    }

    /// Does everything that is left.
    ///
    /// - Returns: false when it was stopped; the folder can be taken up again.
    /// - Throws: what is wrong with the plan, the models or the disk.
    public func run() throws -> Bool {
        clock = StudyClock(total: workLeft())
        if !FileManager.default.fileExists(atPath: unitsFolder) {
            try FileManager.default.createDirectory(
                atPath: unitsFolder, withIntermediateDirectories: true)
        }
        // Checkpoints are work under way, which no repository should take.
        try Data("*\n".utf8).write(to: URL(fileURLWithPath: unitsFolder + "/.gitignore"))
        for seed in plan.seeds {
            guard try evaluateBase(seed: seed) else { return false }
            for arm in plan.arms {
                guard try carryOut(arm, seed: seed) else { return false }
            }
        }
        return true
    }

    // MARK: What is left

    /// By lane, the steps at which an arm has still to be evaluated, ascending; lanes without are absent.
    private func missing(_ arm: StudyArm, seed: UInt64) -> [String: [Int]] {
        var missing: [String: [Int]] = [:]
        for lane in arm.recipe.lanes {
            let steps = arm.evaluatedSteps.filter {
                table.evaluation(keys.evaluation(arm, lane: lane, seed: seed, step: $0)) == nil
            }
            if !steps.isEmpty { missing[lane.name] = steps }
        }
        return missing
    }

    private var denoisingsOfEvaluation: Double { plan.denoisingsOfEvaluation }

    private func workLeft() -> StudyClock.Work {
        var work = StudyClock.Work()
        for seed in plan.seeds {
            if table.evaluation(keys.base(seed: seed)) == nil {
                work.denoisings += denoisingsOfEvaluation
            }
            for arm in plan.arms {
                for steps in missing(arm, seed: seed).values {
                    work.denoisings += denoisingsOfEvaluation * Double(steps.count)
                    work.pairSteps += Double((steps.last ?? 0) * arm.recipe.session.pairsPerStep)
                }
            }
        }
        return work
    }

    // MARK: One unit

    private func evaluateBase(seed: UInt64) throws -> Bool {
        let key = keys.base(seed: seed)
        guard table.evaluation(key) == nil else { return true }
        return try evaluate(
            EvaluationRecord.baseName, settings: nil, weights: nil, seed: seed, step: 0, key: key,
            trainingSeconds: 0, extra: [])
    }

    private func carryOut(_ arm: StudyArm, seed: UInt64) throws -> Bool {
        let missing = missing(arm, seed: seed)
        guard !missing.isEmpty else { return true }
        let name = arm.name.isEmpty ? plan.name : arm.name
        let key = keys.unit(arm, seed: seed)
        let unitFolder = "\(unitsFolder)/\(name.prefix(24))-seed-\(seed)-\(key.prefix(8))"
        let unit = try StudyUnit(
            arm, seed: seed, bench: bench, folder: unitFolder,
            steps: missing)
        for note in unit.takeNotes() { tell(.note(note)) }
        for step in arm.evaluatedSteps {
            let due = unit.lanes.filter { missing[$0.settings.name]?.contains(step) == true }
            guard !due.isEmpty else { continue }
            guard try train(unit, to: step) else { return false }
            for lane in due {
                let settings = lane.settings
                let key = keys.evaluation(arm, lane: settings, seed: seed, step: step)
                let contender = arm.contender(settings.name)
                let trained = unit.seconds[settings.name] ?? 0
                if lane.isFinite {
                    guard
                        try evaluate(
                            contender, settings: settings, weights: lane, seed: seed, step: step,
                            key: key, trainingSeconds: trained, extra: unit.fixedFigures(of: lane))
                    else { return false }
                } else {
                    try recordBroken(
                        contender, settings, seed: seed, step: step, key: key, seconds: trained)
                }
            }
        }
        if !keepsModels { try? FileManager.default.removeItem(atPath: unitFolder) }
        return true
    }

    /// Trains a unit's lanes to a step and saves; false when stopped, and saved then too.
    private func train(_ unit: StudyUnit, to end: Int) throws -> Bool {
        let pairs = Double(unit.arm.recipe.session.pairsPerStep)
        var moved = false
        while !isStopped() {
            let start = ContinuousClock.now
            let count = unit.advance(to: end)
            guard count > 0 else {
                if moved { try unit.save() }
                for note in unit.takeNotes() { tell(.note(note)) }
                return true
            }
            moved = true
            clock.trained(
                pairSteps: Double(count) * pairs, seconds: (ContinuousClock.now - start).inSeconds)
            let name = unit.arm.name.isEmpty ? "" : " \(unit.arm.name)"
            let place = "step \(unit.step) of \(end), \(unit.lanes.count) lanes"
            tellProgress("seed \(unit.seed), training\(name): \(place)")
            if unit.isSaveDue { try unit.save() }
        }
        if moved { try unit.save() }
        return false
    }

    /// Evaluates a model and records it; false when stopped, which forgets the pictures drawn so far.
    private func evaluate(
        _ contender: String, settings: LaneSettings?, weights lane: Lane?, seed: UInt64, step: Int,
        key: String, trainingSeconds: Double, extra: [Evaluation.Figure]
    ) throws -> Bool {
        let start = ContinuousClock.now
        let run = EvaluationRun(
            plan: try plan.evaluationPlan(seed: seed), sampling: bench.sampling,
            weights: lane?.samplingWeights)
        let total = Double(run.progress.total)
        var last = start
        while !isStopped() {
            guard try run.advance() else {
                let report = run.report()
                try record(
                    EvaluationRecord(
                        key: key, contender: contender, lane: settings, seed: seed, step: step,
                        figures: report.figures + extra, prompts: Self.prompts(of: report),
                        trained: try plan.trainedProfessions().map(\.name),
                        evaluation: plan.evaluation, trainingSeconds: trainingSeconds,
                        evaluationSeconds: (ContinuousClock.now - start).inSeconds,
                        kernel: MatrixKernel.name, version: version,
                        recorded: StudyRunRecord.timestamp(Date()),
                        warnings: report.warnings.isEmpty ? nil : report.warnings))
                return true
            }
            let now = ContinuousClock.now
            clock.evaluated(
                denoisings: denoisingsOfEvaluation / total, seconds: (now - last).inSeconds)
            last = now
            tellProgress(
                "seed \(seed), evaluating \(contender) at step \(step): prompt \(run.progress.done) of \(run.progress.total)"
            )
        }
        return false
    }

    private func recordBroken(
        _ contender: String, _ settings: LaneSettings, seed: UInt64, step: Int, key: String,
        seconds: Double
    ) throws {
        let problem = "its weights are not finite after step \(step)"
        tell(.note("\(contender), seed \(seed): \(problem); it is not evaluated"))
        clock.evaluated(denoisings: denoisingsOfEvaluation, seconds: 0)
        try record(
            EvaluationRecord(
                key: key, contender: contender, lane: settings, seed: seed, step: step, figures: [],
                prompts: [:], trained: try plan.trainedProfessions().map(\.name),
                evaluation: plan.evaluation, trainingSeconds: seconds, evaluationSeconds: 0,
                kernel: MatrixKernel.name, version: version,
                recorded: StudyRunRecord.timestamp(Date()),
                problem: problem))
    }

    private func record(_ record: EvaluationRecord) throws {
        try table.append(.evaluation(record))
        tell(.recorded(record))
    }

    /// Figures of single prompts by profession.
    private static func prompts(of report: EvaluationReport) -> [String: [String: Double?]] {
        var prompts: [String: [String: Double?]] = [:]
        for figures in report.prompts {
            for (name, value) in figures.values {
                prompts[name, default: [:]][figures.profession.name] =
                    .some(value.isFinite ? value : nil)
            }
        }
        return prompts
    }

    private func tellProgress(_ doing: String) {
        guard (ContinuousClock.now - lastTold).inSeconds >= 0.5 else { return }
        lastTold = .now
        tell(.progress(doing: doing, share: clock.share, secondsLeft: clock.secondsLeft))
    }
}
