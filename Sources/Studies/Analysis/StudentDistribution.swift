import Foundation

/// Student's t distribution for any positive number of degrees of freedom.
///
/// Reference: Abramowitz, Stegun, "Handbook of Mathematical Functions", 1964, 26.5.8 and 26.7.1.
public struct StudentDistribution: Sendable, Equatable {
    /// How many degrees of freedom; infinity is the normal distribution.
    public let degreesOfFreedom: Double

    /// - Precondition: more than 0 degrees of freedom.
    public init(degreesOfFreedom: Double) {
        precondition(degreesOfFreedom > 0, "Student's distribution has degrees of freedom")
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(T > t).
    public func upperTail(_ t: Double) -> Double {
        guard !t.isNaN else { return .nan }
        guard t.isFinite else { return t > 0 ? 0 : 1 }
        // Beyond this many the normal distribution is as exact as the continued fraction.
        guard degreesOfFreedom < 1e8 else { return erfc(t / 2.0.squareRoot()) / 2 }
        let x = degreesOfFreedom / (degreesOfFreedom + t * t)
        let half = incompleteBeta(x, degreesOfFreedom / 2, 0.5) / 2
        return t >= 0 ? half : 1 - half
    }

    /// The t that `share` of the distribution lies below, 0 < share < 1.
    public func quantile(_ share: Double) -> Double {
        precondition(share > 0 && share < 1, "a quantile of a share between 0 and 1")
        if share < 0.5 { return -quantile(1 - share) }
        guard share > 0.5 else { return 0 }
        var (low, high) = (0.0, 1.0)
        while upperTail(high) > 1 - share, high < 1e300 { (low, high) = (high, high * 2) }
        for _ in 0..<200 where high - low > 1e-12 * high {
            let middle = (low + high) / 2
            if upperTail(middle) > 1 - share { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

/// The regularised incomplete beta function I_x(a, b), by its continued fraction.
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below the distribution's middle only.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
    let logFront = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
    // Lentz's method, as modified by Thompson and Barnett.
    let tiny = 1e-300
    var fraction = 1.0
    var (c, d) = (1.0, 0.0)
    for index in 0..<10_000 {
        let m = Double(index / 2)
        let numerator: Double
        if index == 0 {
            numerator = 1
        } else if index.isMultiple(of: 2) {
            numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        } else {
            numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        }
        d = 1 + numerator * d
        if abs(d) < tiny { d = tiny }
        d = 1 / d
        c = 1 + numerator / c
        if abs(c) < tiny { c = tiny }
        fraction *= c * d
        if index > 0, abs(1 - c * d) < 1e-15 { break }
    }
    return exp(logFront) * (fraction - 1) / a
}
