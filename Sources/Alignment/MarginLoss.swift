/// What an objective makes of a margin: a loss that falls as the margin grows.
enum MarginLoss: Sendable {
    /// -ln sigma(m), which pulls the harder the more wrong the margin is.
    case logistic
    /// 1 - sigma(m), which lets go of margins that are hopelessly wrong as well.
    case sigmoid

    /// The loss of a margin.
    func loss(_ margin: Double) -> Double {
        switch self {
        case .logistic: softplus(-margin)
        case .sigmoid: Alignment.sigmoid(-margin)
        }
    }

    /// -dloss/dmargin, positive.
    func pull(_ margin: Double) -> Double {
        switch self {
        case .logistic: Alignment.sigmoid(-margin)
        case .sigmoid: Alignment.sigmoid(-margin) * Alignment.sigmoid(margin)
        }
    }

    /// ln of `pull`, which exists where the pull itself underflows.
    func logPull(_ margin: Double) -> Double {
        switch self {
        case .logistic: logSigmoid(-margin)
        case .sigmoid: logSigmoid(-margin) + logSigmoid(margin)
        }
    }

    /// Whether less than a thousandth of the steepest gradient is left.
    func isSaturated(_ margin: Double) -> Bool {
        switch self {
        case .logistic: pull(margin) < 1e-3
        // At its steepest, m = 0, the sigmoid's slope is 1/4.
        case .sigmoid: pull(margin) < 0.25e-3
        }
    }
}
