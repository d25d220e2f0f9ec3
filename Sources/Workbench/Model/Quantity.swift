import BenchProtocol

/// A number that every lane logs at each step, as the curves and the lane table show it.
public enum Quantity: String, CaseIterable, Sendable {
    case loss
    case implicitAccuracy = "implicit_accuracy"
    case margin
    case winnerLogRatio = "winner_log_ratio"
    case loserLogRatio = "loser_log_ratio"
    case policyError = "policy_error"
    case referenceError = "reference_error"
    case offset
    case klProxy = "kl_proxy"
    case gradientNorm = "gradient_norm"
    case saturated
    case capped
    case learningRate = "learning_rate"
    case imagesPerSecond = "images_per_second"

    /// What a title or a table row calls it.
    public var title: String {
        switch self {
        case .loss: "loss"
        case .implicitAccuracy: "implicit accuracy"
        case .margin: "margin"
        case .winnerLogRatio: "winner log-ratio"
        case .loserLogRatio: "loser log-ratio"
        case .policyError: "policy error"
        case .referenceError: "reference error"
        case .offset: "offset b"
        case .klProxy: "KL proxy"
        case .gradientNorm: "gradient norm"
        case .saturated: "saturated"
        case .capped: "capped"
        case .learningRate: "learning rate"
        case .imagesPerSecond: "images/s"
        }
    }

    /// The value in one step's metrics; NaN where the objective has none.
    public func value(in metrics: StepMetrics) -> Double {
        switch self {
        case .loss: metrics.loss
        case .implicitAccuracy: metrics.implicitAccuracy
        case .margin: metrics.margin
        case .winnerLogRatio: metrics.winnerLogRatio
        case .loserLogRatio: metrics.loserLogRatio
        case .policyError: metrics.policyError
        case .referenceError: metrics.referenceError
        case .offset: metrics.offset
        case .klProxy: metrics.klProxy
        case .gradientNorm: metrics.gradientNorm
        case .saturated: metrics.saturated
        case .capped: metrics.capped
        case .learningRate: metrics.learningRate
        case .imagesPerSecond: metrics.imagesPerSecond
        }
    }

    /// The quantity `offset` places after this one, around the end.
    package func advanced(by offset: Int) -> Quantity {
        let all = Quantity.allCases
        let index = all.firstIndex(of: self) ?? 0
        let moved = (index + offset) % all.count
        return all[moved < 0 ? moved + all.count : moved]
    }
}
