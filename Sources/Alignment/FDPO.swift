/// f-DPO: mean over pairs of -ln sigma(beta (phi(kappa g_w) - phi(kappa g_l))).
///
/// phi is the divergence's score, kappa the inner scale that turns g into the log-ratio
/// l = ln(p_theta / p_ref), beta the outer one. The two merge for reverse KL only, which at
/// kappa beta = beta_DPO / 2 is Diffusion-DPO.
///
/// Reference: arXiv 2309.16240 (f-DPO) and arXiv 2409.09774 (text-to-image models).
public struct FDPO: Objective {
    /// What the policy is bounded by.
    public let divergence: Divergence
    /// The outer scale, of the margin.
    public let beta: Double
    /// The inner scale, l = kappa g.
    public let kappa: Double

    /// Takes the divergence and both scales.
    ///
    /// - Throws: `AlignmentError.notPositive`.
    public init(divergence: Divergence, beta: Double, kappa: Double) throws {
        try requirePositive(beta, "beta")
        try requirePositive(kappa, "kappa")
        self.divergence = divergence
        self.beta = beta
        self.kappa = kappa
    }

    /// The beta at which `divergence` starts with the given slope, beta kappa f''(1).
    public static func beta(
        matchingSlope slope: Double, divergence: Divergence, kappa: Double
    ) -> Double {
        slope / (kappa * divergence.secondDerivative(1))
    }

    /// `f-dpo`.
    public var name: ObjectiveName { .fDPO }

    /// beta kappa f''(1).
    public var initialSlope: Double? { beta * kappa * divergence.secondDerivative(1) }

    /// One term a pair.
    public func evaluate(_ batch: PairedErrors) -> ObjectiveOutcome {
        let count = Double(batch.pairs)
        var terms: [ObjectiveTerm] = []
        var winnerGradients: [Double] = []
        var loserGradients: [Double] = []
        for (pair, g) in zip(batch.winners.logRatios, batch.losers.logRatios).enumerated() {
            let winner = kappa * g.0
            let loser = kappa * g.1
            let margin = beta * (divergence.score(winner) - divergence.score(loser))
            let capped = [winner, loser].filter(divergence.isCapped).count
            terms.append(
                ObjectiveTerm(
                    pair: pair, loss: softplus(-margin), margin: margin, cappedImages: capped))
            let pull = beta * kappa * sigmoid(-margin) / count
            winnerGradients.append(-pull * divergence.scoreDerivative(winner))
            loserGradients.append(pull * divergence.scoreDerivative(loser))
        }
        return ObjectiveOutcome(
            terms: terms, imagesPerTerm: 2, winnerGradients: winnerGradients,
            loserGradients: loserGradients)
    }

    /// Its own field, whose axes are l = kappa g with the objective's kappa.
    public func field(kappa: Double, offset: Double?) -> GradientField? {
        GradientField(law: .paired(divergence), beta: beta)
    }
}
