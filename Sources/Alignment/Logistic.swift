import Foundation

// The logistic function and its logarithm in forms that neither overflow nor lose digits, whatever
// the argument: a margin of -200 * 1000 is ordinary once beta multiplies a log-ratio.

/// ln(1 + exp(x)).
public func softplus(_ x: Double) -> Double {
    max(x, 0) + log1p(exp(-abs(x)))
}

/// ln sigma(x) = -softplus(-x).
public func logSigmoid(_ x: Double) -> Double {
    -softplus(-x)
}

/// sigma(x) = 1 / (1 + exp(-x)).
public func sigmoid(_ x: Double) -> Double {
    // Each branch exponentiates a number that is not positive.
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let small = exp(x)
    return small / (1 + small)
}
