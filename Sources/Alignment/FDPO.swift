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

    /// `f-dpo`.
    public static let name = ObjectiveName.fDPO
    /// It is a family, with a divergence for each member.
    public static let divergenceRule = DivergenceRule.required
    /// Every loser has a winner of its own.
    public static let safeguardObstacle: String? = nil

    /// Matched by slope, beta kappa f''(1) = 500: an equal beta would not be an equal start.
    public static func preset(_ divergence: Divergence?) -> ObjectivePreset {
        ObjectivePreset(beta: 0.5 / (divergence ?? .reverseKL).secondDerivative(1))
    }

    /// Takes the divergence and both scales.
    ///
    /// - Throws: `AlignmentError.divergenceMissing` or `AlignmentError.notPositive`.
    public init(divergence: Divergence?, beta: Double, kappa: Double) throws {
        guard let divergence else {
            throw AlignmentError.divergenceMissing(objective: Self.name.rawValue)
        }
        try self.init(divergence: divergence, beta: beta, kappa: kappa)
    }

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
                ObjectiveTerm(pair: pair, margin: margin, shape: .logistic, cappedImages: capped))
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

extension ObjectiveName {
    /// f-DPO with one of `Divergence.names`.
    public static let fDPO = ObjectiveName(rawValue: "f-dpo")
}
