/// Diffusion-DPO: mean over pairs of -ln sigma(beta/2 (g_w - g_l)).
///
/// The logarithm is taken of each pair, then averaged. The paper's T omega(lambda_t) is folded into
/// beta, and no weight depends on the timestep.
///
/// Reference: Wallace et al., "Diffusion Model Alignment Using Direct Preference Optimization",
/// arXiv 2311.12908.
public struct DiffusionDPO: Objective {
    /// The scale of the margin.
    public let beta: Double

    /// Takes the scale.
    ///
    /// - Throws: `AlignmentError.notPositive`.
    public init(beta: Double) throws {
        try requirePositive(beta, "beta")
        self.beta = beta
    }

    /// `diffusion-dpo`.
    public static let name = ObjectiveName.diffusionDPO
    /// It has reverse KL built in.
    public static let divergenceRule = DivergenceRule.none
    /// Every loser has a winner of its own.
    public static let safeguardObstacle: String? = nil

    /// Equal to f-DPO with reverse KL at kappa beta' = 500.
    public static func preset(_ divergence: Divergence?) -> ObjectivePreset {
        ObjectivePreset(beta: 1_000)
    }

    /// Takes beta alone.
    public init(divergence: Divergence?, beta: Double, kappa: Double) throws {
        try self.init(beta: beta)
    }

    /// beta/2.
    public var initialSlope: Double? { beta / 2 }

    /// One term a pair.
    public func evaluate(_ batch: PairedErrors) -> ObjectiveOutcome {
        let count = Double(batch.pairs)
        var terms: [ObjectiveTerm] = []
        var winnerGradients: [Double] = []
        for (pair, g) in zip(batch.winners.logRatios, batch.losers.logRatios).enumerated() {
            let margin = beta / 2 * (g.0 - g.1)
            terms.append(ObjectiveTerm(pair: pair, margin: margin, shape: .logistic))
            winnerGradients.append(-beta / 2 * sigmoid(-margin) / count)
        }
        return ObjectiveOutcome(
            terms: terms, imagesPerTerm: 2, winnerGradients: winnerGradients,
            loserGradients: winnerGradients.map { -$0 })
    }

    /// That of f-DPO with reverse KL at kappa beta' = beta/2.
    public func field(kappa: Double, offset: Double?) -> GradientField? {
        GradientField(law: .paired(.reverseKL), beta: beta / (2 * kappa))
    }
}

extension ObjectiveName {
    /// Diffusion-DPO.
    public static let diffusionDPO = ObjectiveName(rawValue: "diffusion-dpo")
}
