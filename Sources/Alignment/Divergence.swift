import Foundation

/// An f-divergence D_f(p_theta || p_ref) = E_ref[f(u)], u = p_theta / p_ref, that f-DPO can bound
/// the policy by.
///
/// With l = ln u the objectives need `score(l)`, which is f'(exp(l)) up to a constant that cancels
/// in every difference. Where it holds an exponential, that is continued linearly above `cap`: a
/// hard clamp would kill the gradient exactly where it is needed, and exp(200) times beta helps
/// nobody.
///
/// Reference: Wang, Jiang, Yang, Liu, Chen, "Beyond Reverse KL: Generalizing Direct Preference
/// Optimization with Diverse Divergence Constraints", arXiv 2309.16240; for text-to-image models
/// arXiv 2409.09774.
public enum Divergence: Sendable, Hashable {
    /// KL(p_theta || p_ref), f = u ln u.
    case reverseKL
    /// KL(p_ref || p_theta), f = -ln u.
    case forwardKL
    /// Twice the Jensen-Shannon divergence, f = u ln u - (u + 1) ln((u + 1) / 2).
    case jensenShannon
    /// The alpha divergence of order 0 < a < 1, f = (u^(1-a) - (1-a) u - a) / (a (a-1)).
    ///
    /// a -> 0 is reverse KL and a -> 1 forward KL; TRL's alpha is 1 minus this one.
    ///
    /// Its members include, at a = 1/2, twice the squared Hellinger distance.
    case alpha(Double)
    /// KL(p_theta || p_ref) + KL(p_ref || p_theta), f = (u - 1) ln u.
    case jeffreys

    /// The exponent above which exp(t) is continued by its tangent, exp(c) (1 + t - c).
    public static let cap = 10.0

    /// The names that `init(name:alpha:)` accepts.
    public static let names = ["reverse-kl", "forward-kl", "js", "alpha", "jeffreys"]

    /// Names of divergences that the theory rules out: their f' has 0 in its domain.
    public static let namesOutsideTheory = [
        "pearson-chi2", "pearson", "chi-squared", "total-variation", "tv",
    ]

    /// The divergence of that name in recipes and commands.
    ///
    /// - Parameter alpha: the order, for `alpha` and for no other.
    /// - Throws: `AlignmentError` for a name that is unknown or outside the theory, and for an order
    ///   that is missing, superfluous or out of range.
    public init(name: String, alpha: Double? = nil) throws {
        switch name {
        case "reverse-kl": self = .reverseKL
        case "forward-kl": self = .forwardKL
        case "js": self = .jensenShannon
        case "alpha":
            guard let alpha else { throw AlignmentError.alphaMissing }
            guard alpha > 0, alpha < 1 else { throw AlignmentError.alphaOutOfRange(alpha) }
            self = .alpha(alpha)
        case "jeffreys": self = .jeffreys
        case _ where Divergence.namesOutsideTheory.contains(name):
            throw AlignmentError.outsideTheory(divergence: name)
        default: throw AlignmentError.unknownDivergence(name)
        }
        if alpha != nil, name != "alpha" { throw AlignmentError.alphaUnused(divergence: name) }
    }

    /// The order of an alpha divergence; nil for the others.
    public var order: Double? { if case .alpha(let a) = self { a } else { nil } }

    /// The name in recipes, commands and lines.
    public var name: String {
        switch self {
        case .reverseKL: "reverse-kl"
        case .forwardKL: "forward-kl"
        case .jensenShannon: "js"
        case .alpha: "alpha"
        case .jeffreys: "jeffreys"
        }
    }
}

// MARK: - In terms of u = p_theta / p_ref

extension Divergence {
    /// f(u), convex with f(1) = 0, for u >= 0.
    public func f(_ u: Double) -> Double {
        switch self {
        case .reverseKL: return xLogX(u)
        case .forwardKL: return -log(u)
        case .jensenShannon: return xLogX(u) - (u + 1) * log((u + 1) / 2)
        case .alpha(let a): return alphaValue(u, a)
        case .jeffreys: return (u - 1) * log(u)
        }
    }

    /// f'(u), for u > 0.
    public func derivative(_ u: Double) -> Double {
        switch self {
        case .reverseKL: return log(u) + 1
        case .forwardKL: return -1 / u
        case .jensenShannon: return log(2 * u / (1 + u))
        case .alpha(let a): return alphaScore(log(u), a)
        case .jeffreys: return log(u) + 1 - 1 / u
        }
    }

    /// f''(u), for u > 0: what a step's gradient is proportional to.
    public func secondDerivative(_ u: Double) -> Double {
        switch self {
        case .reverseKL: return 1 / u
        case .forwardKL: return 1 / (u * u)
        case .jensenShannon: return 1 / (u * (1 + u))
        case .alpha(let a): return pow(u, -a - 1)
        case .jeffreys: return 1 / u + 1 / (u * u)
        }
    }

    private func xLogX(_ u: Double) -> Double { u == 0 ? 0 : u * log(u) }

    /// The alpha divergence's f without the cancellation that its formula has near a = 0 and a = 1.
    private func alphaValue(_ u: Double, _ a: Double) -> Double {
        let b = 1 - a
        if u == 0 { return 1 / b }
        return a < 0.5
            ? (1 - u + u * alphaScore(log(u), a)) / b
            : (u - 1 - expm1(b * log(u)) / b) / a
    }
}

// MARK: - In terms of l = ln u

extension Divergence {
    /// phi(l) = f'(exp(l)) up to a constant, its exponential continued linearly above `cap`.
    public func score(_ l: Double) -> Double {
        switch self {
        case .reverseKL: return l
        case .forwardKL: return -cappedExponential(-l)
        case .jensenShannon: return log(2) + logSigmoid(l)
        case .alpha(let a):
            let t = -a * l
            return t > Divergence.cap ? (1 - cappedExponential(t)) / a : alphaScore(l, a)
        case .jeffreys: return l - cappedExponential(-l)
        }
    }

    /// phi'(l), which is positive everywhere.
    public func scoreDerivative(_ l: Double) -> Double { exp(logScoreDerivative(l)) }

    /// ln phi'(l), for ratios of gradients that are themselves too small to be represented.
    public func logScoreDerivative(_ l: Double) -> Double {
        switch self {
        case .reverseKL: return 0
        case .forwardKL: return min(-l, Divergence.cap)
        case .jensenShannon: return logSigmoid(-l)
        case .alpha(let a): return min(-a * l, Divergence.cap)
        case .jeffreys: return softplus(min(-l, Divergence.cap))
        }
    }

    /// Whether `score(l)` lies on the linear continuation.
    public func isCapped(_ l: Double) -> Bool {
        switch self {
        case .reverseKL, .jensenShannon: return false
        case .forwardKL, .jeffreys: return -l > Divergence.cap
        case .alpha(let a): return -a * l > Divergence.cap
        }
    }

    /// The least upper bound of phi, beyond which a winner's score cannot rise; nil where none.
    public var ceiling: Double? {
        switch self {
        case .reverseKL, .jeffreys: return nil
        case .forwardKL: return 0
        case .jensenShannon: return log(2)
        case .alpha(let a): return 1 / a
        }
    }

    /// (1 - exp(-a l)) / a.
    private func alphaScore(_ l: Double, _ a: Double) -> Double {
        let t = -a * l
        // So small an order that the product loses digits is reverse KL to the last of them, and
        // expm1 keeps the digits that 1 - exp would lose at other small ones.
        return abs(t) < 0x1p-1000 ? l : -expm1(t) / a
    }

    private func cappedExponential(_ t: Double) -> Double {
        let c = Divergence.cap
        return t > c ? exp(c) * (1 + t - c) : exp(t)
    }
}
