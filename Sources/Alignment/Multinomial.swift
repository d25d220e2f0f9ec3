import Foundation
import TensorCore

/// Draws from the binomial and multinomial distributions, by inversion.
///
/// A resample of n pictures with replacement is a multinomial draw of the classes' counts: drawing the
/// counts takes time by the root of n, drawing picture by picture time by n.
package enum Multinomial {
    /// Counts of n independent draws of classes.
    ///
    /// - Parameters:
    ///   - n: how many draws, not negative.
    ///   - weights: a class's probability is its weight's share; none is negative, one is positive.
    package static func draw(_ n: Int, weights: [Int], from random: inout Philox) -> [Int] {
        var left = n
        var rest = weights.reduce(0, +)
        return weights.map { weight in
            guard left > 0, weight > 0 else {
                rest -= weight
                return 0
            }
            // Given the classes before it, a class's count is binomial in what they have left.
            let count =
                weight == rest
                ? left : binomial(left, Double(weight) / Double(rest), from: &random)
            rest -= weight
            left -= count
            return count
        }
    }

    /// How many of n independent trials succeed.
    ///
    /// One uniform number is compared with the probabilities, added up from the most likely count
    /// outwards: exact up to rounding, and about as many terms as the distribution is wide.
    ///
    /// - Parameters:
    ///   - n: trials, at least 1.
    ///   - p: the probability of success, above 0 and below 1.
    package static func binomial(_ n: Int, _ p: Double, from random: inout Philox) -> Int {
        let q = 1 - p
        let mode = min(n, Int(Double(n + 1) * p))
        let (trials, middle) = (Double(n), Double(mode))
        let logPeak =
            logFactorial(trials) - logFactorial(middle) - logFactorial(trials - middle)
            + middle * log(p) + (trials - middle) * log1p(-p)
        var left = Double(random.next() >> 11) * 0x1p-53 - exp(logPeak)
        if left < 0 { return mode }
        var (below, above) = (mode, mode)
        var (pBelow, pAbove) = (exp(logPeak), exp(logPeak))
        while below > 0 || above < n {
            if below > 0 {
                pBelow *= Double(below) * q / (Double(n - below + 1) * p)
                below -= 1
                left -= pBelow
                if left < 0 { return below }
            }
            if above < n {
                pAbove *= Double(n - above) * p / (Double(above + 1) * q)
                above += 1
                left -= pAbove
                if left < 0 { return above }
            }
            // What is left of the distribution is less than rounding has lost of it.
            if pBelow < 1e-300 && pAbove < 1e-300 { return mode }
        }
        return mode
    }

    private static func logFactorial(_ n: Double) -> Double { lgamma(n + 1) }
}
