/// PopAlign: mean over images of -ln sigma(s beta (g - b)), s = +1 for a winner and -1 for a loser.
///
/// b = (mean g of winners + mean g of losers) / 2 over the global batch, detached from the gradient.
/// Images meet through b alone, so winners and losers need not be pairs: this is a lower bound of
/// the preference of one population over another. With a single pair it is Diffusion-DPO, value and
/// gradient.
///
/// Reference: Li et al., "PopAlign: Population-Level Alignment for Fair Text-to-Image Generation",
/// arXiv 2406.19668.
public struct PopAlign: Objective {
    /// The scale of the margin.
    public let beta: Double

    /// Takes the scale.
    ///
    /// - Throws: `AlignmentError.notPositive`.
    public init(beta: Double) throws {
        try requirePositive(beta, "beta")
        self.beta = beta
    }

    /// `popalign`.
    public var name: ObjectiveName { .popAlign }

    /// beta/2: at g = 0 the gradient is Diffusion-DPO's.
    public var initialSlope: Double? { beta / 2 }

    /// One term an image.
    public func evaluate(_ batch: PairedErrors) -> ObjectiveOutcome {
        let images = Double(2 * batch.pairs)
        // Means of the halves, not (sum of all) / 2n: one pair then gives Diffusion-DPO's digits.
        let offset =
            mean(batch.winners.logRatios) / 2 + mean(batch.losers.logRatios) / 2
        var terms: [ObjectiveTerm] = []
        var winnerGradients: [Double] = []
        var loserGradients: [Double] = []
        for (pair, g) in zip(batch.winners.logRatios, batch.losers.logRatios).enumerated() {
            let margins = (winner: beta * (g.0 - offset), loser: -beta * (g.1 - offset))
            for margin in [margins.winner, margins.loser] {
                terms.append(
                    ObjectiveTerm(
                        pair: pair, loss: softplus(-margin), margin: margin, cappedImages: 0))
            }
            winnerGradients.append(-beta * sigmoid(-margins.winner) / images)
            loserGradients.append(beta * sigmoid(-margins.loser) / images)
        }
        return ObjectiveOutcome(
            terms: terms, imagesPerTerm: 1, winnerGradients: winnerGradients,
            loserGradients: loserGradients, offset: offset)
    }

    /// The field of pairs that share timestep and noise, around the batch's offset.
    public func field(kappa: Double, offset: Double?) -> GradientField? {
        GradientField(law: .centred(offset: kappa * (offset ?? 0)), beta: beta / kappa)
    }
}
