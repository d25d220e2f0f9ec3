import DiffusionModels
import Pictures
import Populations
import TensorCore

/// How populations are collected from the base model.
public struct CollectionPlan: Sendable, Equatable {
    /// The professions to collect for, in this order.
    public var professions: [Profession]
    /// Confirmed winners to keep for each profession, spread evenly over the identities.
    public var winnersPerPrompt: Int
    /// Pictures to draw for each neutral prompt, all of which are kept as losers.
    public var losersPerPrompt: Int
    /// Scale of classifier-free guidance; 1 leaves the conditional prediction as it is.
    public var guidanceScale: Float
    /// DDIM steps a picture.
    public var inferenceSteps: Int
    /// The classifier's least confidence in an identity that it is to confirm.
    public var confidence: Double
    /// Seed of the starting noise of winners and losers.
    public var seed: UInt64

    /// A plan over the aligned professions, unless others are given.
    public init(
        professions: [Profession] = Profession.aligned, winnersPerPrompt: Int,
        losersPerPrompt: Int, guidanceScale: Float, inferenceSteps: Int, confidence: Double,
        seed: UInt64
    ) {
        self.professions = professions
        self.winnersPerPrompt = winnersPerPrompt
        self.losersPerPrompt = losersPerPrompt
        self.guidanceScale = guidanceScale
        self.inferenceSteps = inferenceSteps
        self.confidence = confidence
        self.seed = seed
    }
}

/// Collects a winning and a losing population for every profession, one profession at a time.
///
/// Losers are what the base draws for the neutral prompt. Winners are drawn for every identity's own
/// prompt and kept only where the classifier agrees, equally many of each identity; both carry the
/// neutral caption. Reference: Li et al., "PopAlign", arXiv 2406.19668.
public final class PopulationCollection {
    private static let mostRounds = 5
    private let plan: CollectionPlan
    private let sampling: PopulationSampling
    private var next = 0
    private var winners: [PopulationMember] = []
    private var losers: [PopulationMember] = []
    /// What the classifier confirmed too rarely, a line a profession.
    public private(set) var shortages: [String] = []
    /// Candidates drawn and kept so far.
    public private(set) var candidates = (drawn: 0, kept: 0)

    /// A collection of which nothing is drawn yet.
    public init(plan: CollectionPlan, sampling: PopulationSampling) {
        self.plan = plan
        self.sampling = sampling
    }

    /// Professions done and in all.
    public var progress: (done: Int, total: Int) { (next, plan.professions.count) }

    /// What has been collected.
    public var populations: PopulationPair { PopulationPair(winners: winners, losers: losers) }

    /// Collects one more profession; false when none is left.
    ///
    /// - Throws: `EngineError` when the classifier confirms fewer than half of the identities.
    public func advance() throws -> Bool {
        guard next < plan.professions.count else { return false }
        let profession = plan.professions[next]
        let caption = Caption(profession).text
        // Noise of its own for every profession: the same noise would repeat poses across prompts.
        let firstNoise = profession.index * 100_000
        let neutral = try draw(
            Array(repeating: caption, count: plan.losersPerPrompt), firstNoise: firstNoise)
        for (picture, seen) in zip(neutral.pictures, neutral.seen) {
            losers.append(
                PopulationMember(
                    picture: picture, text: caption, attributes: seen.attributes,
                    confidence: Float(seen.confidences.min() ?? 0)))
        }
        try collectWinners(profession, caption: caption, firstNoise: firstNoise + 50_000)
        next += 1
        return true
    }

    private func collectWinners(
        _ profession: Profession, caption: String, firstNoise: Int
    ) throws {
        let identities = Identity.all
        var missing = [Identity: Int]()
        for index in 0..<plan.winnersPerPrompt {
            missing[identities[index % identities.count], default: 0] += 1
        }
        var noise = firstNoise
        // What is hard to draw is drawn more often each round; what cannot be drawn at all is an error.
        for round in 0..<Self.mostRounds where missing.values.contains(where: { $0 > 0 }) {
            let asked = identities.flatMap { identity -> [Identity] in
                let count = missing[identity] ?? 0
                let candidates = round == 0 || count == 0 ? count : count + 4 * round
                return Array(repeating: identity, count: candidates)
            }
            let prompts = asked.map {
                Caption(profession, gender: $0.gender, tone: $0.tone).text
            }
            let drawn = try draw(prompts, firstNoise: noise)
            noise += prompts.count
            for (index, identity) in asked.enumerated() {
                let seen = drawn.seen[index]
                candidates.drawn += 1
                guard seen.attributes.identity == identity,
                    seen.attributes.profession == profession,
                    seen.confidences.allSatisfy({ $0 >= plan.confidence })
                else { continue }
                candidates.kept += 1
                guard missing[identity, default: 0] > 0 else { continue }
                missing[identity, default: 0] -= 1
                winners.append(
                    PopulationMember(
                        picture: drawn.pictures[index], text: caption,
                        attributes: seen.attributes,
                        confidence: Float(seen.confidences.min() ?? 0)))
            }
        }
        let short = identities.filter { missing[$0, default: 0] > 0 }
        guard !short.isEmpty else { return }
        let confirmed = Set(winners.lazy.filter { $0.text == caption }.map(\.attributes.identity))
        guard confirmed.count >= identities.count / 2 else {
            throw EngineError(
                "the classifier confirmed \(confirmed.count) of \(identities.count) identities for \"\(profession.name)\": lower populations.confidence in the recipe, or train the base longer"
            )
        }
        // Training draws identities evenly, so a few pictures of one weigh as much as many of another.
        let names = short.map { "\($0.tone.name) \($0.gender.name)" }.joined(separator: ", ")
        shortages.append("\(profession.name): too few confirmed pictures of \(names)")
    }

    private func draw(
        _ prompts: [String], firstNoise: Int
    ) throws -> (pictures: [Picture], seen: [Classification]) {
        let request = SamplingRequest(
            prompts: prompts, noise: (0..<prompts.count).map { firstNoise + $0 }, seed: plan.seed,
            inferenceSteps: plan.inferenceSteps, guidanceScale: plan.guidanceScale)
        guard let drawn = try sampling.draw(request) else {
            throw EngineError("sampling was cancelled")
        }
        return drawn
    }
}

extension Classification {
    /// The person seen, for a classifier of the emoji people.
    public var attributes: PersonAttributes {
        PersonAttributes(
            profession: Profession.all[classes[0]], gender: Gender.all[classes[1]],
            tone: SkinTone.all[classes[2]])
    }
}
