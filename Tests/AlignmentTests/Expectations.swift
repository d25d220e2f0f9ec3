import Alignment
import Foundation
import TensorCore
import Testing

/// Whether two numbers agree to `tolerance`, relative to the larger of them or to 1e-30.
func agree(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
    abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-30)
}

/// The derivative by a central difference of fourth order.
func slope(at x: Double, step: Double, of function: (Double) -> Double) -> Double {
    let near = function(x + step) - function(x - step)
    let far = function(x + 2 * step) - function(x - 2 * step)
    return (8 * near - far) / (12 * step)
}

/// A reproducible source of Doubles for property tests.
struct Draws {
    private var random: Philox

    init(_ seed: UInt64) { random = Philox(seed: seed, purpose: .evaluation) }

    mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * Double(random.nextWord()) * 0x1p-32
    }

    mutating func list(_ count: Int, _ low: Double, _ high: Double) -> [Double] {
        (0..<count).map { _ in uniform(low, high) }
    }

    mutating func index(below count: Int) -> Int { random.index(below: count) }

    /// A class index by its probability.
    mutating func label(_ probabilities: [Double]) -> Int {
        var rest = uniform(0, 1)
        for (index, probability) in probabilities.dropLast().enumerated() {
            if rest < probability { return index }
            rest -= probability
        }
        return probabilities.count - 1
    }
}

extension PairedErrors {
    /// Errors whose log-ratios are exactly those given: a policy error of 0 everywhere.
    init(winners: [Double], losers: [Double]) {
        func side(_ g: [Double]) -> SideErrors {
            SideErrors(policy: g.map { _ in 0 }, reference: g)
        }
        self.init(winners: side(winners), losers: side(losers))
    }
}

extension Objective {
    /// The loss of a batch with the detached offset held where it is, which is what the gradient
    /// differentiates.
    func loss(_ batch: PairedErrors, offset: Double?) -> Double {
        guard let offset else { return evaluate(batch).loss }
        let sides = [(1.0, batch.winners.logRatios), (-1, batch.losers.logRatios)]
        let losses = sides.flatMap { sign, ratios in
            ratios.map { g in
                switch self {
                case let kto as DiffusionKTO: 1 - 1 / (1 + exp(-sign * kto.beta * (g - offset)))
                case let popAlign as PopAlign:
                    softplus(
                        -sign * popAlign.beta
                            * ((popAlign.divergence?.score(popAlign.kappa * g) ?? g) - offset))
                default: Double.nan
                }
            }
        }
        return losses.reduce(0, +) / Double(losses.count)
    }
}

/// Every divergence, the alpha ones at several orders.
let everyDivergence: [Divergence] =
    [.reverseKL, .forwardKL, .jensenShannon, .jeffreys]
    + [0.1, 0.3, 0.5, 0.9].map(Divergence.alpha)
