/// PopAlign: mean over images of -ln sigma(s beta (phi - b)), s = +1 for a winner and -1 for a loser.
///
/// phi is g itself as in the paper or, popbench's own extension, a divergence's score phi(kappa g);
/// b = (mean phi of winners + mean phi of losers) / 2 over the global batch, detached from the
/// gradient. Images meet through b alone, so winners and losers need not be pairs: without a
/// divergence this is a lower bound of the preference of one population over another. With a single
/// pair it is Diffusion-DPO, or f-DPO at beta/2, value and gradient.
///
/// Reference: Li et al., "PopAlign: Population-Level Alignment for Fair Text-to-Image Generation",
/// arXiv 2406.19668.
public struct PopAlign: Objective {
    /// What the policy is bounded by; nil for the published form, linear in g.
    public let divergence: Divergence?
    /// The scale of the margin.
    public let beta: Double
    /// The inner scale, l = kappa g; of no effect without a divergence.
    public let kappa: Double

    /// The published form.
    ///
    /// - Throws: `AlignmentError.notPositive`.
    public init(beta: Double) throws {
        try self.init(divergence: nil, beta: beta, kappa: 1)
    }

    /// The form over a divergence, or with nil the published one.
    ///
    /// - Throws: `AlignmentError.notPositive`.
    public init(divergence: Divergence?, beta: Double, kappa: Double) throws {
        try requirePositive(beta, "beta")
        if divergence != nil { try requirePositive(kappa, "kappa") }
        self.divergence = divergence
        self.beta = beta
        self.kappa = kappa
    }

    /// `popalign`.
    public static let name = ObjectiveName.popAlign
    /// Linear in g unless a divergence is asked for.
    public static let divergenceRule = DivergenceRule.optional

    /// Slope 1000: at half of it identity prompts suffer, here they keep within a few points.
    public static func preset(_ divergence: Divergence?) -> ObjectivePreset {
        ObjectivePreset(beta: divergence.map { 2 / $0.secondDerivative(1) } ?? 2_000)
    }

    /// beta/2, or beta kappa f''(1) / 2: at g = 0 the gradient is that of the paired objective.
    public var initialSlope: Double? {
        divergence.map { beta * kappa * $0.secondDerivative(1) / 2 } ?? beta / 2
    }

    /// One term an image.
    public func evaluate(_ batch: PairedErrors) -> ObjectiveOutcome {
        let images = Double(2 * batch.pairs)
        let winners = batch.winners.logRatios.map { ScoredRatio(of: self, $0) }
        let losers = batch.losers.logRatios.map { ScoredRatio(of: self, $0) }
        // Means of the halves, not (sum of all) / 2n: one pair then gives Diffusion-DPO's digits.
        let offset = mean(winners.map(\.score)) / 2 + mean(losers.map(\.score)) / 2
        var terms: [ObjectiveTerm] = []
        var winnerGradients: [Double] = []
        var loserGradients: [Double] = []
        for (pair, (winner, loser)) in zip(winners, losers).enumerated() {
            let margins = (
                winner: beta * (winner.score - offset), loser: -beta * (loser.score - offset)
            )
            for (margin, image) in [(margins.winner, winner), (margins.loser, loser)] {
                terms.append(
                    ObjectiveTerm(
                        pair: pair, margin: margin, shape: .logistic,
                        cappedImages: image.isCapped ? 1 : 0))
            }
            winnerGradients.append(-beta * winner.slope * sigmoid(-margins.winner) / images)
            loserGradients.append(beta * loser.slope * sigmoid(-margins.loser) / images)
        }
        return ObjectiveOutcome(
            terms: terms, imagesPerTerm: 1, winnerGradients: winnerGradients,
            loserGradients: loserGradients, offset: offset)
    }

    /// The field of pairs that share timestep and noise, around the batch's offset; without one,
    /// around that of g = 0.
    public func field(kappa: Double, offset: Double?) -> GradientField? {
        guard let divergence else {
            return GradientField(
                law: .centred(.reverseKL, offset: kappa * (offset ?? 0)), beta: beta / kappa)
        }
        return GradientField(
            law: .centred(divergence, offset: offset ?? divergence.score(0)), beta: beta)
    }
}

/// phi of an image, and its derivative by g.
private struct ScoredRatio {
    let score: Double
    let slope: Double
    let isCapped: Bool

    init(of objective: PopAlign, _ g: Double) {
        guard let divergence = objective.divergence else {
            (score, slope, isCapped) = (g, 1, false)
            return
        }
        let l = objective.kappa * g
        score = divergence.score(l)
        slope = objective.kappa * divergence.scoreDerivative(l)
        isCapped = divergence.isCapped(l)
    }
}

extension ObjectiveName {
    /// PopAlign.
    public static let popAlign = ObjectiveName(rawValue: "popalign")
}
