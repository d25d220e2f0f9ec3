import Alignment

/// What a figure becomes when one block of pictures after the other is left out.
package struct LeftOut: Sendable, Equatable {
    /// The figure without each block.
    package let values: [Double]
    /// Which pictures form the blocks.
    package let blocks: PictureBlocks

    package init(_ blocks: PictureBlocks, _ values: [Double]) {
        precondition(values.count == blocks.count, "one value a block")
        self.blocks = blocks
        self.values = values
    }

    /// The variance of the figure, by the delete-m jackknife for blocks of unequal size.
    ///
    /// Reference: Busing, Meijer, van der Leeden, "Delete-m jackknife for unequal m", Statistics
    /// and Computing 9, 1999.
    package func variance(around value: Double) -> Double {
        let n = Double(blocks.blockOf.count)
        let centre =
            Double(values.count) * value
            - zip(values, blocks.sizes).reduce(0) { $0 + (1 - Double($1.1) / n) * $1.0 }
        let sum = zip(values, blocks.sizes).reduce(0) { sum, block in
            let h = n / Double(block.1)
            let offset = h * value - (h - 1) * block.0 - centre
            return sum + offset * offset / (h - 1)
        }
        return sum / Double(values.count)
    }
}

/// A figure of a whole set of pictures with a jackknife interval over prompts.
///
/// KID, the Vendi score and the neighbourhood figures look at pairs of pictures. A bootstrap draws
/// pictures twice, and a picture beside itself looks like a lack of diversity; the jackknife only
/// ever leaves pictures out.
///
/// Reference: Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 11.
public struct Jackknifed: Sendable, Equatable {
    /// What kind of number the figure is, which decides the form of its interval.
    package enum Scale: Sendable, Equatable {
        /// A number between two ends, either of which may be infinite.
        case number(ClosedRange<Double>)
        /// A share of so many.
        case proportion(of: Int)
    }

    /// The figure.
    public let value: Double
    /// How many pictures it describes.
    public let n: Int
    package let scale: Scale
    /// One entry for each set of pictures that the figure depends on.
    package let leftOut: [LeftOut]

    package init(
        _ metric: String, value: Double, n: Int, scale: Scale, leftOut: [LeftOut]
    ) throws(MetricError) {
        guard value.isFinite, leftOut.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else {
            throw .overflow(metric: metric)
        }
        self.value = value
        self.n = n
        self.scale = scale
        self.leftOut = leftOut
    }

    /// The figure with its 95 % interval; n counts pictures.
    ///
    /// Numbers get Student's interval, cut off where no value can lie. Shares get Wilson's score
    /// interval at as many independent trials as would have this variance, so that a share of 0 or
    /// 1 has a width too.
    public var estimate: Estimate {
        let error = standardError(of: leftOut, around: value)
        switch scale {
        case .number(let range):
            let half = error.quantile * error.size
            return Estimate(
                value: value, low: max(range.lowerBound, value - half),
                high: min(range.upperBound, value + half), n: n)
        case .proportion(let count):
            var trials = Double(count)
            if value > 0, value < 1, error.size > 0 {
                trials = min(trials, value * (1 - value) / (error.size * error.size))
            }
            let (low, high) = scoreInterval(value, trials: trials, quantile: error.quantile)
            return Estimate(value: value, low: low, high: high, n: n)
        }
    }

    /// The jackknife's standard error.
    public var standardError: Double { standardError(of: leftOut, around: value).size }

    /// b - a for two lanes measured on the same prompts, with a 95 % interval in which what the
    /// lanes have in common cancels; n counts the pictures of one lane.
    ///
    /// Where one of two shares is 0 or 1 it is Newcombe's interval for two independent shares,
    /// which is wider: a share at its end hides its own variance.
    ///
    /// Reference: Newcombe, "Interval estimation for the difference between independent
    /// proportions", Statistics in Medicine 17, 1998, method 10.
    ///
    /// - Throws: ``MetricError/notPaired(reason:)`` where prompts, numbers of pictures or kinds of
    ///   figure differ.
    public static func difference(_ a: Jackknifed, _ b: Jackknifed) throws(MetricError) -> Estimate
    {
        guard a.scale == b.scale, a.leftOut.count == b.leftOut.count else {
            throw .notPaired(reason: "they are not of one kind, or sets differ in size")
        }
        for (one, other) in zip(a.leftOut, b.leftOut) where one.blocks != other.blocks {
            throw .notPaired(reason: "their pictures belong to different prompts")
        }
        let value = b.value - a.value
        if case .proportion = a.scale, [a.value, b.value].contains(where: { $0 == 0 || $0 == 1 }) {
            let (first, second) = (a.estimate, b.estimate)
            func length(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
            return Estimate(
                value: value,
                low: value - length(b.value - second.low, first.high - a.value),
                high: value + length(second.high - b.value, a.value - first.low), n: a.n)
        }
        let differences = zip(a.leftOut, b.leftOut).map { one, other in
            LeftOut(one.blocks, zip(one.values, other.values).map { $1 - $0 })
        }
        let error = a.standardError(of: differences, around: value)
        let half = error.quantile * error.size
        return Estimate(value: value, low: value - half, high: value + half, n: a.n)
    }

    /// The standard error, and Student's quantile at Satterthwaite's degrees of freedom.
    private func standardError(
        of sources: [LeftOut], around value: Double
    ) -> (size: Double, quantile: Double) {
        let variances = sources.map { $0.variance(around: value) }
        let total = variances.reduce(0, +)
        let spread = zip(variances, sources).reduce(0) {
            $0 + $1.0 * $1.0 / Double($1.1.values.count - 1)
        }
        // Without any variance the smallest set decides.
        let freedom =
            spread > 0
            ? total * total / spread : Double((sources.map(\.values.count).min() ?? 2) - 1)
        return (total.squareRoot(), studentQuantile(degreesOfFreedom: freedom))
    }
}

/// Wilson's score interval for a share, at a number of trials that need not be whole.
package func scoreInterval(
    _ share: Double, trials: Double, quantile z: Double
) -> (low: Double, high: Double) {
    let scale = 1 + z * z / trials
    let centre = (share + z * z / (2 * trials)) / scale
    let half =
        z / scale * (share * (1 - share) / trials + z * z / (4 * trials * trials)).squareRoot()
    return (share == 0 ? 0 : max(0, centre - half), share == 1 ? 1 : min(1, centre + half))
}

/// The 97.5 % quantile of Student's distribution; degrees of freedom are rounded down, which makes
/// intervals wider.
///
/// Up to 10 from a table to four decimals, above by the expansion around the normal quantile.
///
/// Reference: Abramowitz, Stegun, "Handbook of Mathematical Functions", 1964, 26.7.5.
package func studentQuantile(degreesOfFreedom: Double) -> Double {
    let table = [
        12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    ]
    // Rounding may leave the sum of whole degrees of freedom a hair below a whole number.
    let freedom = max(1, (degreesOfFreedom + 1e-9).rounded(.down))
    if freedom <= Double(table.count) { return table[Int(freedom) - 1] }
    let z = 1.959963984540054
    let z2 = z * z
    let first = z * (z2 + 1) / 4
    let second = z * ((5 * z2 + 16) * z2 + 3) / 96
    let third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384
    let fourth = z * ((((79 * z2 + 776) * z2 + 1_482) * z2 - 1_920) * z2 - 945) / 92_160
    return z + (first + (second + (third + fourth / freedom) / freedom) / freedom) / freedom
}
