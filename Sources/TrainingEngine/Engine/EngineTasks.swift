import Alignment
import BenchProtocol
import Foundation
import MessageBus
import Populations
import TensorCore

/// Work that comes before training: sampling, collecting, evaluating; done in pieces of a few seconds.
protocol EngineTask: AnyObject {
    /// What its progress lines call it, and `cancel` names.
    var name: String { get }
    /// Does the next piece; true when nothing is left.
    func advance(_ trainer: isolated Trainer) throws -> Bool
}

/// Collects the session's populations anew and trains on them from then on.
final class CollectionTask: EngineTask {
    let name = "collect"
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
                    task: name, done: done, total: total,
                    secondsLeft: elapsed / Double(max(1, done)) * Double(total - done),
                    message:
                        "\(collection.candidates.kept) of \(collection.candidates.drawn) candidates confirmed"
                )))
        guard !more || done == total else { return false }
        for shortage in collection.shortages { trainer.log(.warning, shortage) }
        let populations = collection.populations
        try populations.save(to: session.store.populationsPath)
        try session.use(populations)
        for note in session.takeNotes() { trainer.log(.warning, note) }
        trainer.log(
            .info,
            "collected \(populations.winners.count) winners and \(populations.losers.count) losers")
        return true
    }
}

/// Evaluates the base and every lane on all prompts.
final class EvaluationTask: EngineTask {
    let name = "evaluate"
    private let plan: EvaluationPlan
    private var queue: [String]
    private let total: Int
    /// What it tells before the first prompt: that it waits or begins.
    var beginning: TaskProgress {
        TaskProgress(
            task: name, done: 0, total: total, secondsLeft: .nan, message: "prompts")
    }
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
                        task: self.name, done: done, total: total,
                        secondsLeft: elapsed / Double(done) * Double(total - done),
                        message: "prompts, \(name)")))
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
        let base = session.lastEvaluations(lane: LaneWeights.baseName)
            .first { !$0.isOnFixedDraws }
        trainer.tell(session.diagnostics.observe(evaluation, beside: base))
        current = nil
        return queue.isEmpty
    }
}
