/// The errors of one side of a batch, winners or losers: one number per image.
///
/// An error is the mean over all latent elements of (prediction - target)^2; policy and reference
/// see the same noised image.
public struct SideErrors: Sendable, Equatable {
    /// l_theta, [B].
    public let policy: [Double]
    /// l_ref, [B].
    public let reference: [Double]
    /// g = l_ref - l_theta, [B]: positive where the policy explains the image better.
    public let logRatios: [Double]

    /// Takes both errors of each image.
    ///
    /// - Precondition: equally many of both.
    public init(policy: [Double], reference: [Double]) {
        precondition(policy.count == reference.count, "one policy and one reference error an image")
        self.policy = policy
        self.reference = reference
        logRatios = zip(reference, policy).map { $0 - $1 }
    }
}

/// The errors of a whole global batch; winner i and loser i share timestep and noise.
public struct PairedErrors: Sendable, Equatable {
    /// The preferred images.
    public let winners: SideErrors
    /// The images they are preferred to.
    public let losers: SideErrors
    /// How many pairs there are.
    public var pairs: Int { winners.policy.count }

    /// Pairs the two sides by index.
    ///
    /// - Precondition: at least one pair, and equally many winners and losers.
    public init(winners: SideErrors, losers: SideErrors) {
        precondition(winners.policy.count == losers.policy.count, "winners and losers in pairs")
        precondition(!winners.policy.isEmpty, "an objective needs at least one pair")
        self.winners = winners
        self.losers = losers
    }
}

/// One addend of an objective's mean: an image or a pair, as the objective has it.
public struct ObjectiveTerm: Sendable, Equatable {
    /// The index of the pair, by which a term finds its timestep.
    public let pair: Int
    /// The term's loss; the objective's is the mean over terms.
    public let loss: Double
    /// The argument of the log-sigmoid; NaN for an objective without one.
    public let margin: Double
    /// How many of the term's images lie on the linear continuation of their divergence.
    public let cappedImages: Int
    /// Whether the term hardly pulls any more: less than a thousandth of its steepest gradient.
    public let isSaturated: Bool

    /// A term whose loss, as a function of the margin, is `shape`.
    init(pair: Int, margin: Double, shape: MarginLoss, cappedImages: Int = 0) {
        self.pair = pair
        loss = shape.loss(margin)
        self.margin = margin
        self.cappedImages = cappedImages
        isSaturated = shape.isSaturated(margin)
    }

    /// A term without a margin.
    init(pair: Int, loss: Double) {
        self.pair = pair
        self.loss = loss
        margin = .nan
        cappedImages = 0
        isSaturated = false
    }
}

/// What an objective makes of a batch: its value, its gradient and what each term contributed.
public struct ObjectiveOutcome: Sendable, Equatable {
    /// The loss, the mean over `terms`.
    public let loss: Double
    /// dLoss/dg of each winner, [B]; by the policy's error it is the negative, as g = l_ref - l_theta.
    public let winnerGradients: [Double]
    /// dLoss/dg of each loser, [B].
    public let loserGradients: [Double]
    /// The addends, by pair.
    public let terms: [ObjectiveTerm]
    /// How many images a term is made of.
    public let imagesPerTerm: Int
    /// The detached number that all images are compared with: PopAlign's b, Diffusion-KTO's
    /// reference point; nil for objectives of pairs.
    public let offset: Double?

    init(
        terms: [ObjectiveTerm], imagesPerTerm: Int, winnerGradients: [Double],
        loserGradients: [Double], offset: Double? = nil
    ) {
        loss = terms.reduce(0) { $0 + $1.loss } / Double(terms.count)
        self.winnerGradients = winnerGradients
        self.loserGradients = loserGradients
        self.terms = terms
        self.imagesPerTerm = imagesPerTerm
        self.offset = offset
    }

    /// The same value with each loser's gradient multiplied by its scale.
    func scalingLosers(by scales: [Double]) -> ObjectiveOutcome {
        ObjectiveOutcome(
            terms: terms, imagesPerTerm: imagesPerTerm, winnerGradients: winnerGradients,
            loserGradients: zip(loserGradients, scales).map { $0 * $1 }, offset: offset)
    }
}

/// A loss over the per-image errors of a batch, with its gradient.
///
/// All arithmetic is in Double. The batch is the global one: every forward pass of a step comes
/// before `evaluate`, every backward pass after it.
///
/// A new objective is a file with a type of this protocol, its test, and a line in
/// `ObjectiveName.kinds`.
public protocol Objective: Sendable {
    /// The name in recipes, commands and lines.
    static var name: ObjectiveName { get }

    /// Whether the objective takes a divergence.
    static var divergenceRule: DivergenceRule { get }

    /// Where a lane that names only its objective, and its divergence if it has one, starts.
    ///
    /// - Parameter divergence: as `divergenceRule` has it.
    static func preset(_ divergence: Divergence?) -> ObjectivePreset

    /// Why a lane of this objective cannot have a `LoserSafeguard`; nil where it can.
    ///
    /// An objective of pairs says nil; what is not said otherwise is the reason of objectives that
    /// compare populations.
    static var safeguardObstacle: String? { get }

    /// Makes the objective; a constant that it does not have is left unread.
    ///
    /// - Parameter divergence: as `divergenceRule` has it.
    /// - Throws: `AlignmentError.notPositive`.
    init(divergence: Divergence?, beta: Double, kappa: Double) throws

    /// Twice the size of a pair's gradient by g at g = 0, times the number of pairs: for f-DPO the
    /// slope of the margin, beta kappa f''(1). Objectives of equal slope start alike; it is
    /// proportional to beta, and nil where there is no margin.
    var initialSlope: Double? { get }

    /// The loss of a global batch, its gradient by each image's g, and its terms.
    func evaluate(_ batch: PairedErrors) -> ObjectiveOutcome

    /// The gradient field over (ln X1, ln X2) = kappa (g_w, g_l); nil for an objective without one.
    ///
    /// - Parameters:
    ///   - kappa: what a log-ratio g is multiplied with on the axes.
    ///   - offset: the batch's detached offset, where the objective has one.
    func field(kappa: Double, offset: Double?) -> GradientField?
}

extension Objective {
    /// The name in recipes, commands and lines.
    public var name: ObjectiveName { Self.name }

    /// No loser has a winner of its own to be safe for.
    public static var safeguardObstacle: String? { "which pairs no loser with a winner" }
}

/// Whether an objective takes a divergence.
public enum DivergenceRule: Sendable {
    /// It has none, and one that is given is refused.
    case none
    /// It has a form without and one with.
    case optional
    /// It has no form without.
    case required
}

/// Constants at which an objective moves a small model without breaking it.
public struct ObjectivePreset: Sendable, Equatable {
    /// The outer scale; 0 for an objective without margin.
    public let beta: Double
    /// The inner scale, l = kappa g, which makes betas of divergences of order one.
    public let kappa: Double
    /// AdamW's step size.
    public let learningRate: Double

    init(beta: Double, kappa: Double = 1_000, learningRate: Double = 1e-4) {
        self.beta = beta
        self.kappa = kappa
        self.learningRate = learningRate
    }
}
