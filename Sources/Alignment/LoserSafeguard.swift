/// Diffusion-SDPO's safeguard: losers are pushed away only as hard as winners can bear.
///
/// Loser and winner share their parameters, so raising the loser's error may raise the winner's. To
/// first order a step along -a G_w + s b G_l (G the errors' gradients, a and b what the objective
/// multiplies them with) changes the winner's error by -a |G_w|^2 + s b G_w . G_l. The scale
///
///     s = (1 - slack) a |G_w|^2 / (b G_w . G_l), at most 1; 1 where G_w . G_l <= 0
///
/// leaves it falling at least at `slack` times its own rate. As in the paper, the gradients are
/// taken by the prediction and not by the parameters: with r = prediction - target they are
/// proportional to r, so |G_w|^2 is the winner's error and G_w . G_l the mean of r_w r_l over the
/// latent's elements. That is exact where the two predictions react alike to the parameters, and
/// the slack has to cover the rest, as well as AdamW's own scaling of the step.
///
/// Reference: Fu et al., "Diffusion-SDPO: Safeguarded Direct Preference Optimization for Diffusion
/// Models", arXiv 2511.03317; the weights a and b, which are equal there, are popbench's own.
public struct LoserSafeguard: Sendable, Equatable {
    /// What one scale is computed over.
    public enum Scope: Sendable {
        /// The whole batch, as in the authors' code: the mean winner's error does not rise.
        case batch
        /// Each pair for itself: no winner's error rises.
        case pair
    }

    /// The share of the winner's own descent that has to remain, 0...1; the authors train with 0.9
    /// and with 0.6.
    public let slack: Double
    /// What one scale is computed over.
    public let scope: Scope

    /// The slack that the authors train the smaller of their two models with.
    public static let defaultSlack = 0.9

    /// Takes the slack and the scope.
    ///
    /// - Throws: `AlignmentError.slackOutOfRange`.
    public init(slack: Double, scope: Scope = .batch) throws {
        guard (0...1).contains(slack) else { throw AlignmentError.slackOutOfRange(slack) }
        self.slack = slack
        self.scope = scope
    }

    /// The scale of the loser's gradient, 0...1.
    ///
    /// - Parameters:
    ///   - descent: a |G_w|^2, at which rate the winner's branch lowers the winner's error.
    ///   - ascent: b G_w . G_l, at which rate the loser's branch raises it.
    /// - Returns: 0 also where the rates are no numbers, as of a model that has diverged.
    public func scale(descent: Double, ascent: Double) -> Double {
        if ascent <= 0 { return 1 }
        let bearable = (1 - slack) * descent / ascent
        return bearable >= 1 ? 1 : bearable > 0 ? bearable : 0
    }

    /// Scales the losers' gradients of an objective's outcome; value and terms stay as they are.
    ///
    /// - Parameters:
    ///   - outcome: what the objective made of the batch.
    ///   - winnerErrors: the policy's error of each winner, mean (prediction - target)^2, [B].
    ///   - residualProducts: of each pair, the mean over the latent's elements of
    ///     (prediction - target) of the winner times that of the loser, by the policy, [B].
    /// - Returns: the outcome to descend along, and each loser's scale, [B].
    /// - Precondition: as many of each as there are pairs.
    public func apply(
        to outcome: ObjectiveOutcome, winnerErrors: [Double], residualProducts: [Double]
    ) -> (outcome: ObjectiveOutcome, scales: [Double]) {
        let pairs = outcome.winnerGradients.count
        precondition(
            winnerErrors.count == pairs && residualProducts.count == pairs,
            "one winner's error and one product a pair")
        // By g the winner's gradient is negative: the loss falls as the winner's error does.
        let descents = zip(outcome.winnerGradients, winnerErrors).map { -$0 * $1 }
        let ascents = zip(outcome.loserGradients, residualProducts).map { $0 * $1 }
        let scales =
            switch scope {
            case .pair: zip(descents, ascents).map { scale(descent: $0, ascent: $1) }
            case .batch:
                Array(
                    repeating: scale(
                        descent: descents.reduce(0, +), ascent: ascents.reduce(0, +)),
                    count: pairs)
            }
        return (outcome.scalingLosers(by: scales), scales)
    }
}
