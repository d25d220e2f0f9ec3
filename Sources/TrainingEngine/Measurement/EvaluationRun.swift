import BenchProtocol
import DiffusionModels
import Pictures
import Populations
import TensorCore

/// Evaluates one model: neutral and identity prompts of every profession, from noise all models share.
///
/// It advances one prompt at a time, so that an engine can answer commands in between.
public final class EvaluationRun {
    private let plan: EvaluationPlan
    private let sampling: PopulationSampling
    private let weights: FloatBlock?
    private var neutral: [PromptObservation] = []
    private var identity: [PromptObservation] = []
    private var finished: EvaluationReport?
    private var seconds = (sampling: 0.0, judging: 0.0)

    /// - Parameter weights: a lane's U-Net weights; the base's own when nil.
    public init(plan: EvaluationPlan, sampling: PopulationSampling, weights: FloatBlock?) {
        self.plan = plan
        self.sampling = sampling
        self.weights = weights
    }

    /// Prompts done and in all.
    public var progress: (done: Int, total: Int) {
        (neutral.count + identity.count, 2 * Profession.all.count)
    }

    /// What the judge saw in the neutral prompt that was done last, if it was one.
    public private(set) var lastNeutral: SampledPopulation?

    /// Does one more prompt; false when none is left.
    ///
    /// - Throws: `DDIMSchedulerError` for a number of steps that the schedule does not have.
    public func advance() throws -> Bool {
        let (done, total) = progress
        guard done < total else { return false }
        let profession = Profession.all[done / 2]
        let isNeutral = done % 2 == 0
        let identities = Identity.all
        let asked = (0..<plan.picturesPerPrompt).map { index in
            let identity = identities[index % identities.count]
            return PersonAttributes(
                profession: profession, gender: identity.gender, tone: identity.tone)
        }
        let request = SamplingRequest(
            prompts: asked.map { isNeutral ? Caption(profession).text : Caption($0).text },
            // Noise of each prompt's own: shared by the prompts, one lucky draw would move all of them
            // at once, which an interval over prompts cannot see.
            noise: (0..<plan.picturesPerPrompt).map {
                profession.index * plan.picturesPerPrompt + $0
            }, seed: plan.seed,
            inferenceSteps: plan.inferenceSteps, guidanceScale: plan.guidanceScale)
        let start = ContinuousClock.now
        guard let drawn = try sampling.pictures(request, weights: weights) else { return false }
        let sampled = ContinuousClock.now
        lastNeutral = nil
        let observation = PromptObservation(
            profession, asked: isNeutral ? nil : asked, drawn, judges: sampling.judges)
        if isNeutral {
            neutral.append(observation)
            lastNeutral = SampledPopulation(
                Caption(profession).text, pictures: drawn, seen: observation.seen)
        } else {
            identity.append(observation)
        }
        seconds.sampling += (sampled - start).seconds
        seconds.judging += (ContinuousClock.now - sampled).seconds
        return true
    }

    /// Everything that was measured, once every prompt is done.
    public func report() -> EvaluationReport {
        let (done, total) = progress
        precondition(done == total, "an evaluation is read when it is over")
        if let finished { return finished }
        let start = ContinuousClock.now
        var measurement = EvaluationMeasurement(
            plan: plan, judges: sampling.judges, neutral: neutral, identity: identity)
        let used = weights ?? sampling.pipeline.unetWeights
        if !UnsafeBufferPointer(start: used.pointer, count: used.count).allSatisfy(\.isFinite) {
            // The sampler makes black pixels of them, which look like pictures to whoever counts.
            measurement.warnings.append(
                "the model's weights hold values that are no numbers: it has diverged, and its"
                    + " pictures mean nothing")
        }
        var report = measurement.report()
        report.samplingSeconds = seconds.sampling
        report.judgingSeconds = seconds.judging + (ContinuousClock.now - start).seconds
        finished = report
        return report
    }

    /// The figures, once every prompt is done.
    public func figures() -> [Evaluation.Figure] { report().figures }

    /// The figures that single prompts have, by name: one value a profession, in the order of
    /// `Profession.all`; NaN where a prompt has none.
    public func promptFigures() -> [String: [Double]] {
        let prompts = report().prompts
        let names = Set(prompts.flatMap(\.values.keys))
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, prompts.map { $0.values[name] ?? .nan })
            })
    }
}

/// What is kept of the pictures of one prompt.
struct PromptObservation {
    let profession: Profession
    /// Who was asked for, where the prompt named it.
    let asked: [PersonAttributes]?
    /// What the judge saw, one a picture.
    let seen: [Classification]
    /// What the filter saw, where it is not the judge.
    let filtered: [Classification]?
    /// The judge's features of the first pictures.
    let features: [[Float]]
    /// The scorer's embeddings of the first pictures, where there is a scorer.
    let embeddings: [[Float]]?
    /// What the rater says of each picture, or why it says nothing.
    let preferences: Result<[Double], any Error>

    init(
        _ profession: Profession, asked: [PersonAttributes]?, _ pictures: [Picture],
        judges: PopulationJudges
    ) {
        self.profession = profession
        self.asked = asked
        let pixels = pictures.flatMap(\.signedUnit)
        let first = pictures.prefix(EvaluationPlan.mostFeatures).flatMap(\.signedUnit)
        seen = judges.judge.classify(pixels)
        filtered = judges.evaluator == nil ? nil : judges.filter.classify(pixels)
        features = judges.judge.features(first)
        embeddings = judges.scorer?.embed(pictures: first)
        let captions =
            asked.map { $0.map { Caption($0) } }
            ?? Array(repeating: Caption(profession), count: pictures.count)
        preferences = Result { try judges.preferenceScores(of: pictures, captions: captions) }
    }
}
