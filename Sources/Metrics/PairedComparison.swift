import Alignment
import Foundation

/// Two lanes compared on the same prompts by a paired bootstrap.
public struct PairedComparison: Sendable, Equatable {
    /// mean(b) - mean(a) with its 95 % percentile interval; n counts prompts.
    public let difference: Estimate
    /// Twice the smaller share of resamples on either side of no difference: small where hardly any
    /// resample turns the sign around.
    ///
    /// It reads like a two-sided p value. Resamples counted as (k + 1) / (B + 1), it is never 0, and
    /// never less than 2^(1-n), the least that n signs can show: with three prompts that agree, all
    /// resamples have one sign, and still a coin would have done it in one of four cases.
    public let share: Double

    /// Compares one value a prompt of each lane.
    ///
    /// - Parameters:
    ///   - a: the values of the lane compared with, one a prompt.
    ///   - b: the values of the other lane, for the same prompts in the same order.
    ///   - bootstrap: the resampling.
    ///   - stream: which sequence of random numbers it takes.
    /// - Throws: ``MetricError``, for fewer than two prompts, different numbers of them, and values
    ///   that are not finite.
    public init(
        _ a: [Double], _ b: [Double], bootstrap: Bootstrap, stream: Int = 0
    ) throws(MetricError) {
        guard a.count == b.count else {
            throw .notPaired(reason: "one has \(a.count) prompts, the other \(b.count)")
        }
        guard a.count >= 2 else {
            throw .tooFew(metric: "a comparison", of: "prompts", count: a.count, needed: 2)
        }
        let differences = zip(a, b).map { $1 - $0 }
        if let bad = differences.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(of: "prompts compared", row: bad)
        }
        difference = bootstrap.difference(a, b, stream: stream)
        let draws = bootstrap.replicates(count: a.count, stream: stream) { indices in
            indices.reduce(0) { $0 + differences[$1] }
        }
        let below = draws.filter { $0 <= 0 }.count
        let above = draws.filter { $0 >= 0 }.count
        let share = 2 * Double(min(below, above) + 1) / Double(draws.count + 1)
        self.share = min(1, max(share, exp2(1 - Double(a.count))))
    }

    /// Compares the means over prompts of two lanes.
    ///
    /// - Throws: ``MetricError/notPaired(reason:)`` where the lanes have pictures of other prompts.
    public init(
        _ a: PromptMeans, _ b: PromptMeans, bootstrap: Bootstrap, stream: Int = 0
    ) throws(MetricError) {
        guard a.prompts == b.prompts else {
            throw .notPaired(reason: "their pictures belong to different prompts")
        }
        try self.init(a.perPrompt, b.perPrompt, bootstrap: bootstrap, stream: stream)
    }
}
