/// SFT, the baseline: the denoising error of the winners, mean l_theta.
///
/// It acts on l_theta itself; written in g = l_ref - l_theta its gradient is -1/B for every winner.
/// Losers take no part.
public struct SupervisedFineTuning: Objective {
    /// Takes no constants.
    public init() {}

    /// `sft`.
    public var name: ObjectiveName { .sft }

    /// There is no margin.
    public var initialSlope: Double? { nil }

    /// The mean error of the policy on the winners.
    public func evaluate(_ batch: PairedErrors) -> ObjectiveOutcome {
        let terms = batch.winners.policy.enumerated().map { pair, error in
            ObjectiveTerm(pair: pair, loss: error, margin: .nan, cappedImages: 0)
        }
        return ObjectiveOutcome(
            terms: terms, imagesPerTerm: 1,
            winnerGradients: Array(repeating: -1 / Double(batch.pairs), count: batch.pairs),
            loserGradients: Array(repeating: 0, count: batch.pairs))
    }

    /// SFT compares nothing, so there is no field.
    public func field(kappa: Double, offset: Double?) -> GradientField? { nil }
}
