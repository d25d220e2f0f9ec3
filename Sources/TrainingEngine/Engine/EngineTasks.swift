import Alignment
import BenchProtocol
import Foundation
import MessageBus
import Populations
import TensorCore

/// Work that comes before training: sampling, collecting, evaluating; done in pieces of a few seconds.
protocol EngineTask: AnyObject {
    /// Whether `pause` ends it.
    var isCancelledByPause: Bool { get }
    /// Does the next piece; true when nothing is left.
    func advance(_ trainer: isolated Trainer) throws -> Bool
}

/// Samples one prompt from the base and every lane, and tells who appears.
final class ProbeTask: EngineTask {
    let isCancelledByPause = false
    private let prompt: String
    private let count: Int
    private let lanesOnly: Bool
    private var queue: [String]?

    /// - Parameter lanesOnly: leaves the base out, which does not change.
    init(prompt: String, count: Int, lanesOnly: Bool = false) {
        self.prompt = prompt
        self.count = count
        self.lanesOnly = lanesOnly
    }

    func advance(_ trainer: isolated Trainer) throws -> Bool {
        guard let session = trainer.session else { return true }
        var queue =
            self.queue
            ?? (lanesOnly ? [] : ["base"])
            + session.lanes.filter { $0.step > 0 }.map(\.settings.name)
        guard !queue.isEmpty else { return true }
        let name = queue.removeFirst()
        self.queue = queue
        if trainer.phase != .sampling {
            trainer.phase = .sampling
            trainer.tellState()
        }
        let lane = session.lanes.first { $0.settings.name == name }
        guard name == "base" || lane != nil else { return queue.isEmpty }
        let s = session.recipe.sampling
        guard
            let population = try session.sampling.population(
                of: prompt, count: count, seed: session.recipe.session.seed,
                inferenceSteps: s.inferenceSteps, guidanceScale: Float(s.guidanceScale),
                weights: lane?.samplingWeights)
        else { return true }
        let step = lane?.step ?? 0
        let classifier = session.sampling.judges.judge.configuration
        for histogram in population.histograms(lane: name, step: step, classifier: classifier) {
            session.metrics.record(histogram)
            trainer.events.publish(.population(histogram))
        }
        let sheet = population.thumbnails(lane: name, step: step, classifier: classifier)
        trainer.sheets[name] = sheet
        trainer.events.publish(.thumbnails(sheet))
        return queue.isEmpty
    }
}

/// Collects the session's populations anew and trains on them from then on.
final class CollectionTask: EngineTask {
    let isCancelledByPause = true
    private let collection: PopulationCollection
    private let start = ContinuousClock.now

    init(_ session: TrainingSession) throws {
        collection = PopulationCollection(
            plan: try session.collectionPlan(), sampling: session.sampling)
    }

    func advance(_ trainer: isolated Trainer) throws -> Bool {
        guard let session = trainer.session else { return true }
        if trainer.phase != .collecting {
            trainer.phase = .collecting
            trainer.tellState()
        }
        let more = try collection.advance()
        let (done, total) = collection.progress
        let elapsed = (ContinuousClock.now - start).seconds
        trainer.events.publish(
            .progress(
                TaskProgress(
                    task: "collect", done: done, total: total,
                    secondsLeft: elapsed / Double(max(1, done)) * Double(total - done),
                    message:
                        "\(collection.candidates.kept) of \(collection.candidates.drawn) candidates confirmed"
                )))
        guard !more || done == total else { return false }
        for shortage in collection.shortages { trainer.log(.warning, shortage) }
        let populations = collection.populations
        try populations.save(to: session.store.populationsPath)
        try session.use(populations)
        trainer.log(
            .info,
            "collected \(populations.winners.count) winners and \(populations.losers.count) losers")
        return true
    }
}

/// Evaluates the base and every lane on all prompts.
final class EvaluationTask: EngineTask {
    let isCancelledByPause = true
    private let plan: EvaluationPlan
    private var queue: [String]
    private let total: Int
    private var current: (name: String, step: Int, run: EvaluationRun)?
    private let start = ContinuousClock.now
    private var done = 0

    init(_ session: TrainingSession, _ plan: EvaluationPlan) {
        self.plan = plan
        let hasBase = ((try? session.metrics.evaluations(lane: "base").isEmpty) ?? true) == false
        queue =
            (hasBase ? [] : ["base"]) + session.lanes.filter { $0.step > 0 }.map(\.settings.name)
        total = max(1, queue.count * 2 * Profession.all.count)
    }

    func advance(_ trainer: isolated Trainer) throws -> Bool {
        guard let session = trainer.session else { return true }
        if current == nil {
            guard !queue.isEmpty else { return true }
            let name = queue.removeFirst()
            let lane = session.lanes.first { $0.settings.name == name }
            guard name == "base" || lane != nil else { return queue.isEmpty }
            current = (
                name, lane?.step ?? 0,
                EvaluationRun(
                    plan: plan, sampling: session.sampling, weights: lane?.samplingWeights)
            )
        }
        guard let (name, step, run) = current else { return true }
        if trainer.phase != .evaluating {
            trainer.phase = .evaluating
            trainer.tellState()
        }
        if try run.advance() {
            done += 1
            let elapsed = (ContinuousClock.now - start).seconds
            trainer.events.publish(
                .progress(
                    TaskProgress(
                        task: "evaluate", done: done, total: total,
                        secondsLeft: elapsed / Double(done) * Double(total - done), message: name)))
            if let population = run.lastNeutral {
                for histogram in population.histograms(
                    lane: name, step: step, classifier: session.sampling.judges.judge.configuration)
                {
                    session.metrics.record(histogram)
                    trainer.events.publish(.population(histogram))
                }
            }
            return false
        }
        let report = run.report()
        for warning in report.warnings { trainer.log(.warning, "\(name): \(warning)") }
        let evaluation = Evaluation(lane: name, step: step, figures: report.figures)
        session.metrics.record(evaluation)
        trainer.events.publish(.evaluation(evaluation))
        current = nil
        return queue.isEmpty
    }
}

extension GradientFieldSummary {
    /// Arrows of the analytic field around the batch, and the batch upon it; nil without a field.
    init?(_ result: LockstepTrainer.StepResult) {
        guard let field = result.field else { return nil }
        let summary = field.summary(of: result.ratios)
        // The grid reaches as far as the batch does, and at least a factor e each way.
        let farthest = result.ratios.reduce(1.0) { max($0, abs($1.l1), abs($1.l2)) }
        let extent = min(20, farthest.isFinite ? farthest : 20)
        self.init(
            lane: result.metrics.lane, step: result.metrics.step,
            shareOnWinner: summary.shareOnWinners, medianRatio: summary.medianRatio,
            saturated: summary.saturated, capped: summary.capped, meanDX: summary.meanDX,
            meanDY: summary.meanDY,
            arrows: field.arrows(extent: extent, side: 7).map {
                Arrow(x: $0.x, y: $0.y, dx: $0.dx, dy: $0.dy)
            },
            points: field.arrows(at: Array(result.ratios.prefix(64))).map {
                Arrow(x: $0.x, y: $0.y, dx: $0.dx, dy: $0.dy)
            })
    }
}
