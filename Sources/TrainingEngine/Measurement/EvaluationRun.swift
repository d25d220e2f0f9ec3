import Alignment
import BenchProtocol
import DiffusionModels
import Foundation
import Populations
import TensorCore

/// How a model is evaluated.
public struct EvaluationPlan: Sendable, Equatable {
    /// Pictures for each profession's neutral prompt, and as many for its identity prompts.
    public var picturesPerPrompt: Int
    /// Scale of classifier-free guidance; 1 leaves the conditional prediction as it is.
    public var guidanceScale: Float
    /// DDIM steps a picture.
    public var inferenceSteps: Int
    /// Seed of the starting noise and of the bootstrap's resampling.
    public var seed: UInt64
    /// Professions that alignment trained on; all others count as held out.
    public var trained: [Profession]

    /// A plan of 24 pictures a prompt in 25 steps under guidance 2, unless told otherwise.
    public init(
        picturesPerPrompt: Int = 24, guidanceScale: Float = 2, inferenceSteps: Int = 25,
        seed: UInt64 = 1, trained: [Profession] = Profession.aligned
    ) {
        self.picturesPerPrompt = picturesPerPrompt
        self.guidanceScale = guidanceScale
        self.inferenceSteps = inferenceSteps
        self.seed = seed
        self.trained = trained
    }
}

/// Evaluates one model: neutral and identity prompts of every profession, from noise all models share.
///
/// It advances one prompt at a time, so that an engine can answer commands in between.
public final class EvaluationRun {
    private let plan: EvaluationPlan
    private let sampling: PopulationSampling
    private let weights: FloatBlock?
    private var next = 0
    /// Per profession: what was seen for the neutral prompt.
    private var neutral: [[Classification]] = []
    /// Per profession: what was asked and seen for identity prompts.
    private var identity: [[(asked: PersonAttributes, seen: Classification)]] = []

    /// - Parameter weights: a lane's U-Net weights; the base's own when nil.
    public init(plan: EvaluationPlan, sampling: PopulationSampling, weights: FloatBlock?) {
        self.plan = plan
        self.sampling = sampling
        self.weights = weights
    }

    /// Prompts done and in all.
    public var progress: (done: Int, total: Int) { (next, 2 * Profession.all.count) }

    /// The histograms of the neutral prompt that was done last, if it was one.
    public private(set) var lastNeutral: SampledPopulation?

    /// Does one more prompt; false when none is left.
    ///
    /// - Throws: `DDIMSchedulerError` for a number of steps that the schedule does not have.
    public func advance() throws -> Bool {
        guard next < 2 * Profession.all.count else { return false }
        let profession = Profession.all[next / 2]
        let isNeutral = next % 2 == 0
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
        guard let drawn = try sampling.draw(request, weights: weights) else { return false }
        lastNeutral = nil
        if isNeutral {
            neutral.append(drawn.seen)
            lastNeutral = SampledPopulation(
                prompt: Caption(profession).text, pictures: drawn.pictures, seen: drawn.seen)
        } else {
            identity.append(zip(asked, drawn.seen).map { ($0, $1) })
        }
        next += 1
        return true
    }

    /// The figures, once every prompt is done.
    public func figures() -> [Evaluation.Figure] {
        precondition(next == 2 * Profession.all.count, "an evaluation is read when it is over")
        let trained = Profession.all.indices.filter { plan.trained.contains(Profession.all[$0]) }
        let heldOut = Profession.all.indices.filter { !plan.trained.contains(Profession.all[$0]) }
        var figures: [Evaluation.Figure] = []
        for (prefix, professions) in [("", trained), ("held_out_", heldOut)]
        where !professions.isEmpty {
            figures += discrepancies(prefix, professions)
            figures += accuracies(prefix, professions)
        }
        return figures
    }

    /// Per-prompt discrepancies for a paired comparison: attribute to profession to D.
    public func perPrompt() -> [String: [Double]] {
        Dictionary(
            uniqueKeysWithValues: Self.attributes.map { name, classes, index in
                (name, neutral.map { counts($0, classes, index).discrepancy })
            })
    }

    /// The figures that single prompts have, by the figure's name: one value a profession, in order.
    public func promptFigures() -> [String: [Double]] {
        var figures: [String: [Double]] = [:]
        for (name, classes, index) in Self.attributes {
            figures["discrepancy_\(name)"] = neutral.map { counts($0, classes, index).discrepancy }
            figures["entropy_\(name)"] = neutral.map { counts($0, classes, index).entropy }
            figures["discrepancy_\(name)_unbiased_square"] = neutral.map {
                counts($0, classes, index).unbiasedSquare
            }
        }
        func share(_ flags: [Bool]) -> Double {
            Double(flags.filter { $0 }.count) / Double(flags.count)
        }
        figures["profession_accuracy"] = neutral.enumerated().map { profession, seen in
            share(seen.map { $0.classes[0] == profession })
        }
        func identities(_ holds: (PersonAttributes, Classification) -> Bool) -> [Double] {
            identity.map { asked in share(asked.map { holds($0.asked, $0.seen) }) }
        }
        figures["identity_profession_accuracy"] = identities {
            $0.profession.index == $1.classes[0]
        }
        figures["identity_gender_accuracy"] = identities { $0.gender.index == $1.classes[1] }
        figures["identity_tone_accuracy"] = identities { $0.tone.index == $1.classes[2] }
        figures["identity_accuracy"] = identities { $0 == $1.attributes }
        return figures
    }

    private static let attributes = [
        ("gender", Gender.all.count, 1), ("tone", SkinTone.all.count, 2),
    ]

    private func counts(
        _ seen: [Classification], _ classes: Int, _ index: Int
    ) -> PopulationCounts {
        PopulationCounts(labels: seen.map { $0.classes[index] }, classes: classes)
    }

    private func discrepancies(_ prefix: String, _ professions: [Int]) -> [Evaluation.Figure] {
        let bootstrap = Bootstrap(seed: plan.seed)
        return Self.attributes.flatMap { name, classes, index -> [Evaluation.Figure] in
            let report = DiscrepancyReport(
                prompts: professions.map { counts(neutral[$0], classes, index) },
                bootstrap: bootstrap)
            return [
                Evaluation.Figure("\(prefix)discrepancy_\(name)", report.meanOverPrompts),
                Evaluation.Figure("\(prefix)discrepancy_\(name)_pooled", report.pooled),
                Evaluation.Figure(
                    name: "\(prefix)discrepancy_\(name)_unbiased_square",
                    value: report.meanUnbiasedSquare, low: .nan, high: .nan,
                    n: report.meanOverPrompts.n),
                Evaluation.Figure(
                    name: "\(prefix)discrepancy_\(name)_fair_floor", value: report.meanFairFloor,
                    low: .nan, high: .nan, n: report.meanOverPrompts.n),
                Evaluation.Figure(
                    name: "\(prefix)entropy_\(name)", value: report.meanEntropy, low: .nan,
                    high: .nan, n: report.meanOverPrompts.n),
                Evaluation.Figure(
                    "\(prefix)planted_distance_\(name)",
                    bootstrap.mean(of: professions.map { plantedDistance($0, name, index) })),
            ]
        }
    }

    /// Mean over an attribute's classes of |share - planted probability| for a profession's neutral
    /// prompt; what a model at guidance 1 should keep small.
    private func plantedDistance(_ profession: Int, _ attribute: String, _ index: Int) -> Double {
        let bias = PlantedBias.declared
        let planted =
            attribute == "gender"
            ? bias.genderDistribution(of: Profession.all[profession])
            : bias.toneDistribution(of: Profession.all[profession])
        let shares = counts(neutral[profession], planted.count, index).shares
        return zip(shares, planted).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(planted.count)
    }

    private func accuracies(_ prefix: String, _ professions: [Int]) -> [Evaluation.Figure] {
        let seen = professions.flatMap { profession in
            neutral[profession].map { $0.classes[0] == profession }
        }
        let asked = professions.flatMap { identity[$0] }
        func share(_ name: String, _ flags: [Bool]) -> Evaluation.Figure {
            Evaluation.Figure(
                prefix + name, Estimate.proportion(flags.filter { $0 }.count, of: flags.count))
        }
        let profession = asked.map { $0.seen.classes[0] == $0.asked.profession.index }
        let gender = asked.map { $0.seen.classes[1] == $0.asked.gender.index }
        let tone = asked.map { $0.seen.classes[2] == $0.asked.tone.index }
        return [
            share("profession_accuracy", seen),
            share("identity_profession_accuracy", profession),
            share("identity_gender_accuracy", gender),
            share("identity_tone_accuracy", tone),
            share(
                "identity_accuracy", asked.indices.map { profession[$0] && gender[$0] && tone[$0] }),
        ]
    }
}

extension Evaluation.Figure {
    /// An estimate under a name.
    init(_ name: String, _ estimate: Estimate) {
        self.init(
            name: name, value: estimate.value, low: estimate.low, high: estimate.high,
            n: estimate.n)
    }
}
