import Foundation

/// What a gradient field does to the batch at hand, in log space.
public struct FieldSummary: Sendable, Equatable {
    /// The share of the gradient's absolute size that falls on winners, 0...1.
    public let shareOnWinners: Double
    /// The median over pairs of |dL/dl1| / |dL/dl2|.
    public let medianRatio: Double
    /// The share of margins that hardly pull any more: with a log-sigmoid, sigma(-m) < 1e-3.
    public let saturated: Double
    /// The share of images whose score is on the linear continuation.
    public let capped: Double
    /// The winner's component of the mean over pairs of the unit vector of descent.
    public let meanDX: Double
    /// The loser's component; the shorter the mean vector, the less pairs agree.
    public let meanDY: Double
}

extension GradientField {
    /// Summarises the field at a batch of pairs (l1, l2).
    ///
    /// - Precondition: at least one pair.
    public func summary(of pairs: [(l1: Double, l2: Double)]) -> FieldSummary {
        precondition(!pairs.isEmpty, "a summary needs a pair")
        let sizes = pairs.map { logMagnitudes($0.l1, $0.l2) }
        let largest = sizes.map { max($0.winner, $0.loser) }.max() ?? 0
        let onWinners = sizes.reduce(0) { $0 + exp($1.winner - largest) }
        let onLosers = sizes.reduce(0) { $0 + exp($1.loser - largest) }
        let margins = pairs.flatMap { pair in
            let m = self.margins(pair.l1, pair.l2)
            return [m.winner, m.loser]
        }
        let directions = pairs.map { direction($0.l1, $0.l2) }
        return FieldSummary(
            shareOnWinners: onWinners / (onWinners + onLosers),
            medianRatio: median(sizes.map { exp($0.winner - $0.loser) }),
            saturated: share(of: margins, where: shape.isSaturated),
            capped: share(of: pairs.flatMap { [$0.l1, $0.l2] }, where: divergence.isCapped),
            meanDX: mean(directions.map(\.dx)), meanDY: mean(directions.map(\.dy)))
    }

    /// Summarises the field at the pairs of each group, as of each quarter of the timesteps.
    ///
    /// - Parameters:
    ///   - pairs: the batch.
    ///   - groups: the group of each pair, 0..<count.
    ///   - count: how many groups there are.
    /// - Returns: a summary and a number of pairs for each group; no summary where it has none.
    /// - Precondition: as many groups as pairs.
    public func summaries(
        of pairs: [(l1: Double, l2: Double)], groups: [Int], count: Int
    ) -> [(pairs: Int, summary: FieldSummary?)] {
        precondition(groups.count == pairs.count, "a group a pair")
        return (0..<count).map { group in
            let chosen = zip(pairs, groups).filter { $0.1 == group }.map(\.0)
            return (chosen.count, chosen.isEmpty ? nil : summary(of: chosen))
        }
    }
}
