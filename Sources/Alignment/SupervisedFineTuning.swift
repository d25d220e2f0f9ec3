/// SFT, the baseline: the denoising error of the winners, mean l_theta.
///
/// It acts on l_theta itself; written in g = l_ref - l_theta its gradient is -1/B for every winner.
/// Losers take no part.
public struct SupervisedFineTuning: Objective {
    /// Takes no constants.
    public init() {}

    /// `sft`.
    public static let name = ObjectiveName.sft
    /// There is no reference to diverge from.
    public static let divergenceRule = DivergenceRule.none

    /// The safeguard holds losers back.
    public static let safeguardObstacle: String? = "which has no losers"

    /// No scale, as there is no margin; the likelihood of winners bears a larger step.
    public static func preset(_ divergence: Divergence?) -> ObjectivePreset {
        ObjectivePreset(beta: 0, learningRate: 2e-4)
    }

    /// Leaves all constants unread.
    public init(divergence: Divergence?, beta: Double, kappa: Double) { self.init() }

    /// There is no margin.
    public var initialSlope: Double? { nil }

    /// The mean error of the policy on the winners.
    public func evaluate(_ batch: PairedErrors) -> ObjectiveOutcome {
        let terms = batch.winners.policy.enumerated().map { pair, error in
            ObjectiveTerm(pair: pair, loss: error)
        }
        return ObjectiveOutcome(
            terms: terms, imagesPerTerm: 1,
            winnerGradients: Array(repeating: -1 / Double(batch.pairs), count: batch.pairs),
            loserGradients: Array(repeating: 0, count: batch.pairs))
    }

    /// SFT compares nothing, so there is no field.
    public func field(kappa: Double, offset: Double?) -> GradientField? { nil }
}

extension ObjectiveName {
    /// Supervised fine-tuning on the winners.
    public static let sft = ObjectiveName(rawValue: "sft")
}
