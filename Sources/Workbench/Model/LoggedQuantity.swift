import BenchProtocol

/// Anything that has a curve over the steps of a lane.
public enum LoggedQuantity: Hashable, Sendable {
    /// What every step logs.
    case step(Quantity)
    /// The same over one quarter of the timestep range, 1 (least noise) to 4.
    case quartile(Quantity, quarter: Int)
    /// A figure of the evaluations, by its name.
    case figure(String)
    /// When each step was taken, in seconds since 1970.
    case time

    /// What each step logs by quarters of the timestep range too.
    static let byQuartile: [Quantity] = [
        .loss, .implicitAccuracy, .margin, .winnerLogRatio, .loserLogRatio, .policyError,
        .referenceError, .klProxy, .saturated, .capped,
    ]

    /// Everything that steps log, in the order of lists.
    public static let ofSteps: [LoggedQuantity] =
        Quantity.allCases.map(LoggedQuantity.step)
        + byQuartile.flatMap { quantity in
            (1...4).map { .quartile(quantity, quarter: $0) }
        }

    /// Its name in messages and files: `loss`, `loss_q1`, `discrepancy_gender`, `time`.
    public var name: String {
        switch self {
        case .step(let quantity): quantity.rawValue
        case .quartile(let quantity, let quarter): "\(quantity.rawValue)_q\(quarter)"
        case .figure(let name): name
        case .time: "time"
        }
    }

    /// The quantity of a name; any name that steps do not log is taken for a figure's.
    public init(name: String) {
        if let quantity = Quantity(rawValue: name) {
            self = .step(quantity)
        } else if name == "time" {
            self = .time
        } else if let known = LoggedQuantity.quartilesByName[name] {
            self = known
        } else {
            self = .figure(name)
        }
    }

    /// What a title or a list calls it.
    public var title: String {
        switch self {
        case .step(let quantity): quantity.title
        case .quartile(let quantity, let quarter): "\(quantity.title), noise quarter \(quarter)"
        case .figure(let name):
            name.hasPrefix("fixed_")
                ? "fixed draws: \(words(name.dropFirst(6)))"
                : name.hasPrefix("held_out_")
                    ? "held out: \(words(name.dropFirst(9)))" : words(name[...])
        case .time: "time"
        }
    }

    /// Whether there are few points, each with an interval: they are marked and never smoothed.
    public var isSparse: Bool {
        if case .figure = self { return true }
        return false
    }

    /// The value in one step's metrics; NaN where there is none, nil for what steps do not log.
    public func value(in metrics: StepMetrics) -> Double? {
        switch self {
        case .step(let quantity): return quantity.value(in: metrics)
        case .time: return metrics.time
        case .figure: return nil
        case .quartile(let quantity, let quarter):
            guard metrics.quartiles.indices.contains(quarter - 1) else { return .nan }
            let part = metrics.quartiles[quarter - 1]
            return switch quantity {
            case .loss: part.loss
            case .implicitAccuracy: part.implicitAccuracy
            case .margin: part.margin
            case .winnerLogRatio: part.winnerLogRatio
            case .loserLogRatio: part.loserLogRatio
            case .policyError: part.policyError
            case .referenceError: part.referenceError
            case .klProxy: part.klProxy
            case .saturated: part.saturated
            case .capped: part.capped
            case .offset, .gradientNorm, .learningRate, .imagesPerSecond: .nan
            }
        }
    }

    private static let quartilesByName = Dictionary(
        byQuartile.flatMap { quantity in
            (1...4).map { ("\(quantity.rawValue)_q\($0)", quartile(quantity, quarter: $0)) }
        }, uniquingKeysWith: { first, _ in first })

    private func words(_ name: Substring) -> String {
        String(name.map { $0 == "_" ? " " : $0 })
    }
}
