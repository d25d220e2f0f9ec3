/// Diffusion-KTO: mean over images of 1 - sigma(s beta (g - r)), s = +1 for a winner, -1 for a loser.
///
/// The reference point r = max(0, mean g) over the global batch, detached from the gradient, stands
/// for the KL divergence of policy and reference. The Kahneman-Tversky utility sigma is concave in
/// gains and convex in losses: unlike a log-sigmoid it lets go of images that are hopelessly on the
/// wrong side. Both classes weigh 1, as every batch holds as many winners as losers.
///
/// Reference: Li et al., "Aligning Diffusion Models by Optimizing Human Utility", arXiv 2404.04465.
public struct DiffusionKTO: Objective {
    /// The scale of the margin.
    public let beta: Double

    /// Takes the scale.
    ///
    /// - Throws: `AlignmentError.notPositive`.
    public init(beta: Double) throws {
        try requirePositive(beta, "beta")
        self.beta = beta
    }

    /// `diffusion-kto`.
    public static let name = ObjectiveName.diffusionKTO
    /// Its utility takes g as it is.
    public static let divergenceRule = DivergenceRule.none

    /// A quarter of the slope of Diffusion-DPO's preset: at equal slope most images saturate within
    /// thirty steps, as a sigmoid lets go on both sides.
    public static func preset(_ divergence: Divergence?) -> ObjectivePreset {
        ObjectivePreset(beta: 500)
    }

    /// Takes beta alone.
    public init(divergence: Divergence?, beta: Double, kappa: Double) throws {
        try self.init(beta: beta)
    }

    /// beta/4: at g = 0 the utility is half as steep as the log-sigmoid, and a pair is two terms.
    public var initialSlope: Double? { beta / 4 }

    /// One term an image.
    public func evaluate(_ batch: PairedErrors) -> ObjectiveOutcome {
        let images = Double(2 * batch.pairs)
        let reference = max(
            0, mean(batch.winners.logRatios) / 2 + mean(batch.losers.logRatios) / 2)
        let shape = MarginLoss.sigmoid
        var terms: [ObjectiveTerm] = []
        var winnerGradients: [Double] = []
        var loserGradients: [Double] = []
        for (pair, g) in zip(batch.winners.logRatios, batch.losers.logRatios).enumerated() {
            let margins = (winner: beta * (g.0 - reference), loser: -beta * (g.1 - reference))
            for margin in [margins.winner, margins.loser] {
                terms.append(ObjectiveTerm(pair: pair, margin: margin, shape: shape))
            }
            winnerGradients.append(-beta * shape.pull(margins.winner) / images)
            loserGradients.append(beta * shape.pull(margins.loser) / images)
        }
        return ObjectiveOutcome(
            terms: terms, imagesPerTerm: 1, winnerGradients: winnerGradients,
            loserGradients: loserGradients, offset: reference)
    }

    /// The field of pairs that share timestep and noise, around the batch's reference point.
    public func field(kappa: Double, offset: Double?) -> GradientField? {
        GradientField(law: .utility(reference: kappa * (offset ?? 0)), beta: beta / kappa)
    }
}

extension ObjectiveName {
    /// Diffusion-KTO.
    public static let diffusionKTO = ObjectiveName(rawValue: "diffusion-kto")
}
