import BenchProtocol
import MessageBus
import Populations

/// The detectors of a session's lanes.
struct SessionDiagnostics: Sendable {
    /// Prompts of which the base's figures are remembered.
    private static let mostPrompts = 256
    /// Steps that are looked at again when a session is opened: enough for every window to fill.
    private static let replayedSteps = 100

    private var steps: [String: StepDetector] = [:]
    private var pictures: [String: PictureDetector] = [:]
    /// By prompt and number of pictures, as only those from the same noise can be compared.
    private var base: [BaseKey: PictureFigures] = [:]

    private struct BaseKey: Hashable {
        let prompt: String
        let count: Int
    }

    /// Takes a step of any lane.
    mutating func observe(_ metrics: StepMetrics) -> [Diagnostic] {
        steps[metrics.lane, default: StepDetector(lane: metrics.lane)].observe(metrics)
    }

    /// Takes pictures of the base, which are remembered, or of a lane.
    mutating func observe(_ population: SampledPopulation, lane: String, step: Int) -> [Diagnostic]
    {
        let figures = PictureFigures(
            pictures: population.pictures,
            confidences: population.seen.map { $0.confidences.min() ?? .nan })
        let key = BaseKey(prompt: population.prompt, count: figures.count)
        guard lane != LaneWeights.baseName else {
            if base.count >= Self.mostPrompts { base = [:] }
            base[key] = figures
            return []
        }
        guard let base = base[key] else { return [] }
        return pictures[lane, default: PictureDetector(lane: lane)]
            .observe(figures, beside: base, prompt: population.prompt, step: step)
    }

    /// Takes an evaluation of a lane beside the base's; figures that either lacks tell nothing.
    mutating func observe(_ evaluation: Evaluation, beside base: Evaluation?) -> [Diagnostic] {
        guard let base, evaluation.lane != LaneWeights.baseName else { return [] }
        return pictures[evaluation.lane, default: PictureDetector(lane: evaluation.lane)].observe(
            PictureFigures(evaluation), beside: PictureFigures(base), prompt: "",
            step: evaluation.step, isEvaluation: true)
    }

    /// Catches up on what was logged before the session was opened; what had begun then stands.
    mutating func replay(_ store: MetricsStore, lanes: [Lane]) throws {
        for lane in lanes where lane.step > 0 {
            let first = max(1, lane.step - Self.replayedSteps + 1)
            for metrics in try store.metrics(lane: lane.settings.name, steps: first...lane.step) {
                _ = observe(metrics)
            }
        }
    }

    /// Drops a lane that has left the session.
    mutating func forget(_ lane: String) {
        steps[lane] = nil
        pictures[lane] = nil
    }

    /// What stands for the given lanes, in their order.
    func standing(_ lanes: [Lane]) -> [Diagnostic] {
        lanes.map(\.settings.name).flatMap { name in
            (steps[name]?.standing ?? []) + (pictures[name]?.standing ?? [])
        }
    }
}

extension PictureFigures {
    /// What an evaluation says of the pictures of neutral prompts; the spread is of features there.
    init(_ evaluation: Evaluation) {
        func figure(_ name: String) -> Evaluation.Figure? {
            evaluation.figures.first { $0.name == name }
        }
        let (spread, confidence) = (figure("pairwise_distance"), figure("evaluator_confidence"))
        self.init(
            count: max(spread?.n ?? 0, confidence?.n ?? 0), spread: spread?.value ?? .nan,
            confidence: confidence?.value ?? .nan)
    }
}

extension Trainer {
    /// Tells what a detector found, and puts its sentence into the log.
    func tell(_ found: [Diagnostic]) {
        for diagnostic in found {
            events.publish(.diagnostic(diagnostic))
            log(
                diagnostic.cleared ? .info : .warning, diagnostic.message,
                diagnostic: diagnostic.kind)
        }
    }
}
