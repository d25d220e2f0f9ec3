import DiffusionModels
import Populations
import TensorCore

/// How pairs are drawn from a base model and rated.
public struct PreferencePlan: Sendable, Equatable {
    /// The professions to draw for, in this order.
    public var professions: [Profession]
    /// Pairs for each profession's neutral prompt.
    public var pairsPerPrompt: Int
    /// Who rates them, and with which noise.
    public var rater: Rater
    /// Scale of classifier-free guidance; 1 leaves the conditional prediction as it is.
    public var guidanceScale: Float
    /// DDIM steps a picture.
    public var inferenceSteps: Int
    /// The classifier's confidence below which a picture counts as doubtful.
    public var confidence: Double
    /// Seed of the starting noise and of the labels.
    public var seed: UInt64

    /// A plan over the aligned professions, unless others are given.
    public init(
        professions: [Profession] = Profession.aligned, pairsPerPrompt: Int, rater: Rater,
        guidanceScale: Float, inferenceSteps: Int, confidence: Double, seed: UInt64
    ) {
        self.professions = professions
        self.pairsPerPrompt = pairsPerPrompt
        self.rater = rater
        self.guidanceScale = guidanceScale
        self.inferenceSteps = inferenceSteps
        self.confidence = confidence
        self.seed = seed
    }
}

/// Draws pairs of pictures from a base model and has a rater say which of the two it prefers, one
/// profession at a time.
///
/// Both pictures of a pair are drawn for the neutral prompt from noise of their own.
public final class PreferenceCollection {
    /// Places in the noise that lie beyond those of populations.
    private static let firstNoise = 1 << 24
    private let plan: PreferencePlan
    private let sampling: PopulationSampling
    private let rating: PictureRating
    private var next = 0
    private var drawn: [PreferencePair] = []
    /// Pictures about which the classifier is not as sure as the plan asks, and all of them.
    public private(set) var doubtful = (pictures: 0, of: 0)

    /// A collection of which nothing is drawn yet.
    public init(plan: PreferencePlan, sampling: PopulationSampling, rating: PictureRating) {
        (self.plan, self.sampling, self.rating) = (plan, sampling, rating)
    }

    /// Professions done and in all.
    public var progress: (done: Int, total: Int) { (next, plan.professions.count) }

    /// What has been collected.
    public var pairs: PreferencePairs { PreferencePairs(pairs: drawn) }

    /// A sentence about a classifier that doubts too many of the pictures, else nil.
    public var remark: String? {
        PopulationPair.doubtRemark(
            doubtful.pictures, of: doubtful.of, confidence: plan.confidence, what: "pictures")
    }

    /// Collects one more profession; false when none is left.
    ///
    /// - Throws: `DDIMSchedulerError` or `PreferenceError`.
    public func advance() throws -> Bool {
        guard next < plan.professions.count else { return false }
        let profession = plan.professions[next]
        let caption = Caption(profession)
        let count = 2 * plan.pairsPerPrompt
        let first = Self.firstNoise + profession.index << 16
        let request = SamplingRequest(
            prompts: Array(repeating: caption.text, count: count),
            noise: (0..<count).map { first + $0 }, seed: plan.seed,
            inferenceSteps: plan.inferenceSteps, guidanceScale: plan.guidanceScale)
        guard let (pictures, seen) = try sampling.draw(request) else {
            throw EngineError("sampling was cancelled")
        }
        doubtful.of += count
        doubtful.pictures +=
            seen.filter { !$0.confidences.allSatisfy { $0 >= plan.confidence } }.count
        let ratings = try rating.rate(
            pictures, captions: Array(repeating: caption, count: count))
        for index in 0..<plan.pairsPerPrompt {
            let (a, b) = (ratings[2 * index], ratings[2 * index + 1])
            // The profession is part of the address: a pair's label does not depend on which others
            // are collected.
            let prefersFirst = plan.rater.prefersFirst(
                a, over: b, seed: plan.seed, pair: profession.index << 16 + index)
            drawn.append(
                PreferencePair(
                    caption: caption.text,
                    first: RatedPicture(
                        picture: pictures[2 * index], label: prefersFirst ? 1 : 0, rating: a),
                    second: RatedPicture(
                        picture: pictures[2 * index + 1], label: prefersFirst ? 0 : 1, rating: b)))
        }
        next += 1
        return true
    }
}
