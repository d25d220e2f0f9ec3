/// A measured figure with its 95 % interval and the number of observations it rests on.
public struct Estimate: Sendable, Equatable {
    /// The figure; NaN where there was nothing to measure.
    public let value: Double
    /// The lower end of the interval.
    public let low: Double
    /// The upper end of the interval.
    public let high: Double
    /// How many observations: images, or prompts where the text says so.
    public let n: Int

    /// Takes a figure with its interval.
    public init(value: Double, low: Double, high: Double, n: Int) {
        self.value = value
        self.low = low
        self.high = high
        self.n = n
    }

    /// A proportion with Wilson's score interval, which stays inside 0...1 and has a width even
    /// where all or none succeed.
    ///
    /// Reference: Wilson, "Probable inference, the law of succession, and statistical inference",
    /// JASA 22, 1927.
    ///
    /// - Parameters:
    ///   - successes: how many succeeded.
    ///   - trials: how many there were; of 0 the value is NaN and the interval 0...1.
    /// - Precondition: 0 <= successes <= trials.
    public static func proportion(_ successes: Int, of trials: Int) -> Estimate {
        precondition(0 <= successes && successes <= trials, "no more successes than trials")
        guard trials > 0 else { return Estimate(value: .nan, low: 0, high: 1, n: 0) }
        let n = Double(trials)
        let p = Double(successes) / n
        let z = 1.959963984540054
        let scale = 1 + z * z / n
        let centre = (p + z * z / (2 * n)) / scale
        let half = z / scale * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        // At the ends the interval reaches 0 and 1 exactly; rounding is not to miss them.
        return Estimate(
            value: p, low: successes == 0 ? 0 : max(0, centre - half),
            high: successes == trials ? 1 : min(1, centre + half), n: trials)
    }
}
