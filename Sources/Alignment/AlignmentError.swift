/// What may be wrong with the objective that a recipe or a command asks for.
public enum AlignmentError: Error, Equatable, CustomStringConvertible {
    /// No objective of that name.
    case unknownObjective(String)
    /// No divergence of that name.
    case unknownDivergence(String)
    /// A divergence whose f'(0) is finite, for which the derivation of f-DPO does not hold.
    case outsideTheory(divergence: String)
    /// A safeguard's slack outside 0...1.
    case slackOutOfRange(Double)
    /// f-DPO without a divergence.
    case divergenceMissing(objective: String)
    /// A divergence for an objective that has none.
    case divergenceUnused(objective: String, divergence: String)
    /// The alpha divergence without its order.
    case alphaMissing
    /// An order for a divergence that has none.
    case alphaUnused(divergence: String?)
    /// An order outside the open interval (0, 1).
    case alphaOutOfRange(Double)
    /// A constant that has to be a positive, finite number.
    case notPositive(key: String, value: Double)

    /// What is wrong and what to write instead.
    public var description: String {
        switch self {
        case .unknownObjective(let name):
            return "unknown objective \"\(name)\": choose one of "
                + ObjectiveName.allCases.map(\.rawValue).joined(separator: ", ")
        case .unknownDivergence(let name):
            return "unknown divergence \"\(name)\": choose one of "
                + Divergence.names.joined(separator: ", ")
        case .outsideTheory(let name):
            return "divergence \"\(name)\" cannot be used: its f'(0) is finite, and f-DPO needs an"
                + " f' that does not have 0 in its domain, else the optimal policy may give some"
                + " images probability 0 and the loss no longer follows; choose one of "
                + Divergence.names.joined(separator: ", ")
        case .divergenceMissing(let objective):
            return "objective \"\(objective)\" needs a divergence: one of "
                + Divergence.names.joined(separator: ", ")
        case .divergenceUnused(let objective, let divergence):
            return "objective \"\(objective)\" has no divergence, \"\(divergence)\" was given:"
                + " remove it, or choose one of the objectives "
                + ObjectiveName.kinds.filter { $0.divergenceRule != .none }
                .map { $0.name.rawValue }.joined(separator: ", ")
        case .alphaMissing:
            return "divergence \"alpha\" needs alpha, a number between 0 (reverse KL) and 1"
                + " (forward KL)"
        case .alphaUnused(let divergence):
            let given =
                divergence.map { "divergence \"\($0)\"" } ?? "an objective without divergence"
            return "alpha was given with \(given): remove it, or choose the divergence \"alpha\""
        case .alphaOutOfRange(let value):
            return "alpha is \(value): it has to lie between 0 (reverse KL) and 1 (forward KL),"
                + " both excluded; TRL's alpha is 1 minus this one"
        case .slackOutOfRange(let value):
            return "the safeguard is \(value): it has to lie between 0 (the winner's error may just"
                + " not rise) and 1 (losers do nothing that could raise it)"
        case .notPositive(let key, let value):
            return "\(key) is \(value): it has to be a positive, finite number"
        }
    }
}
