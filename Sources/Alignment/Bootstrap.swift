import TensorCore

/// Resampling with replacement, from counter-based random numbers: the same seed gives the same
/// interval, and each stream and resample has numbers of its own.
///
/// Reference: Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 13 and 15.
public struct Bootstrap: Sendable {
    /// The session's seed.
    public let seed: UInt64
    /// How often to resample.
    public let resamples: Int

    /// Takes the seed and the number of resamples.
    ///
    /// - Precondition: at least one resample.
    public init(seed: UInt64, resamples: Int = 1_000) {
        precondition(resamples > 0, "a bootstrap needs a resample")
        self.seed = seed
        self.resamples = resamples
    }

    /// The statistic of every resample, in ascending order.
    ///
    /// - Parameters:
    ///   - count: how many observations a resample draws.
    ///   - population: how many there are to draw from; as many as are drawn if nil.
    ///   - stream: which sequence of random numbers; two figures of the same stream and count are
    ///     computed on the same draws.
    ///   - statistic: the statistic of the drawn indices.
    public func replicates(
        count: Int, population: Int? = nil, stream: Int = 0,
        statistic: (_ indices: [Int]) -> Double
    ) -> [Double] {
        var indices = Array(repeating: 0, count: count)
        return (0..<resamples).map { resample in
            var random = Philox(seed: seed, purpose: .bootstrap, step: resample, sample: stream)
            for i in indices.indices { indices[i] = random.index(below: population ?? count) }
            return statistic(indices)
        }.sorted()
    }

    /// The statistic of every resample, in ascending order, where the caller draws the resample itself.
    ///
    /// - Parameters:
    ///   - stream: which sequence of random numbers.
    ///   - statistic: draws one resample from the numbers given and computes its statistic.
    func draws(stream: Int, statistic: (inout Philox) -> Double) -> [Double] {
        (0..<resamples).map { resample in
            var random = Philox(seed: seed, purpose: .bootstrap, step: resample, sample: stream)
            return statistic(&random)
        }.sorted()
    }

    /// The mean with its percentile interval over resampled observations; NaN of nothing.
    public func mean(of values: [Double], stream: Int = 0) -> Estimate {
        paired(values, values, stream: stream) { first, _ in first }
    }

    /// mean(b) - mean(a) over prompts, resampled together; n counts prompts.
    ///
    /// - Precondition: one value of each for every prompt.
    public func difference(_ a: [Double], _ b: [Double], stream: Int = 0) -> Estimate {
        paired(a, b, stream: stream) { $1 - $0 }
    }

    /// mean(b) / mean(a) - 1 over prompts, resampled together: -0.3 is 30 % less; n counts prompts.
    ///
    /// - Precondition: one value of each for every prompt.
    public func relativeChange(_ a: [Double], _ b: [Double], stream: Int = 0) -> Estimate {
        paired(a, b, stream: stream) { $1 / $0 - 1 }
    }

    private func paired(
        _ a: [Double], _ b: [Double], stream: Int, statistic: (Double, Double) -> Double
    ) -> Estimate {
        precondition(a.count == b.count, "a paired bootstrap compares the same prompts")
        guard !a.isEmpty else { return Estimate(value: .nan, low: .nan, high: .nan, n: 0) }
        let count = Double(a.count)
        func value(_ indices: [Int]) -> Double {
            let sums = indices.reduce(into: (0.0, 0.0)) { sums, i in
                sums.0 += a[i]
                sums.1 += b[i]
            }
            return statistic(sums.0 / count, sums.1 / count)
        }
        let draws = replicates(count: a.count, stream: stream, statistic: value)
        return Estimate(
            value: value(Array(a.indices)), low: quantile(0.025, ofSorted: draws),
            high: quantile(0.975, ofSorted: draws), n: a.count)
    }
}
