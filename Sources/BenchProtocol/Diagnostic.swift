/// Something that is wrong with a lane, or that was wrong and is over.
public struct Diagnostic: Codable, Sendable, Equatable {
    /// What is watched; `docs/alignment.md` has the bounds and their reasons.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Winners and losers both become less likely while the margin grows.
        case likelihoodDisplacement = "likelihood_displacement"
        /// Most terms hardly pull any more.
        case saturation
        /// Images lie on the linear continuation of their divergence.
        case capped
        /// A loss or a gradient is no finite number.
        case nonFinite = "non_finite"
        /// The gradient is many times what it was.
        case explodingGradient = "exploding_gradient"
        /// The pictures of a prompt are more alike than the base's.
        case collapse
        /// The classifier doubts what it sees, so figures made of its verdicts say less.
        case unsureClassifier = "unsure_classifier"
    }
    /// What is watched.
    public var kind: Kind
    /// The lane's name.
    public var lane: String
    /// The step at which it was noticed.
    public var step: Int
    /// The first step of what was noticed, at most `step`.
    public var since: Int
    /// How bad it is, in the units of `bound`; NaN where it is no number.
    @Reading public var value: Double
    /// What `value` should not cross; NaN where there is no such bound.
    @Reading public var bound: Double
    /// What, in which lane, since when, how bad and what to do, for a person to read.
    public var message: String
    /// Whether it is over; false when it begins.
    public var cleared: Bool

    /// A diagnostic with every field given.
    public init(
        kind: Kind, lane: String, step: Int, since: Int, value: Double, bound: Double,
        message: String, cleared: Bool
    ) {
        self.kind = kind
        self.lane = lane
        self.step = step
        self.since = since
        self.value = value
        self.bound = bound
        self.message = message
        self.cleared = cleared
    }
}
