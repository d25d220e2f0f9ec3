import Foundation
import Populations

/// What rated pictures are like: the means of what was weighed, and how much noise labels have.
public struct PreferenceSummary: Sendable, Equatable {
    /// The mean and the standard deviation of one quantity over pictures.
    public struct Spread: Sendable, Equatable {
        /// The mean.
        public let mean: Double
        /// The standard deviation, of the whole population.
        public let deviation: Double

        init(_ values: [Double]) {
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            self.mean = mean
            deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        }
    }
    /// Pictures that were rated.
    public let pictures: Int
    /// Pairs in all; nil where single pictures were rated.
    public let pairs: Int?
    /// Over rated pictures.
    public let match: Spread
    /// Over rated pictures.
    public let fidelity: Spread
    /// Over rated pictures.
    public let taste: Spread
    /// Over rated pictures, by the rater's weights.
    public let score: Spread
    /// The share of labels that go against the score; NaN without rated pairs that are decided.
    public let againstScore: Double
    /// The share that the rater's temperature lets expect.
    public let expectedAgainstScore: Double

    /// Summarises ratings by a rater's weights.
    public init(_ ratings: [Rating], rater: Rater) {
        self.init(ratings, rater: rater, pairs: nil, againstScore: .nan, expected: .nan)
    }

    /// Summarises pairs by a rater's weights; those without ratings are counted only.
    public init(_ pairs: PreferencePairs, rater: Rater) {
        let rated = pairs.pairs.compactMap { pair -> (PreferencePair, Rating, Rating)? in
            guard let first = pair.first.rating, let second = pair.second.rating else { return nil }
            return (pair, first, second)
        }
        let against = rated.compactMap { pair, first, second -> Double? in
            guard pair.decided != nil else { return nil }
            let difference = rater.score(first) - rater.score(second)
            return difference * (pair.first.label - pair.second.label) < 0 ? 1 : 0
        }
        self.init(
            rated.flatMap { [$0.1, $0.2] }, rater: rater, pairs: pairs.pairs.count,
            againstScore: against.reduce(0, +) / Double(against.count),
            expected: rater.expectedLabelNoise(rated.map { ($0.1, $0.2) }))
    }

    private init(
        _ ratings: [Rating], rater: Rater, pairs: Int?, againstScore: Double, expected: Double
    ) {
        pictures = ratings.count
        self.pairs = pairs
        match = Spread(ratings.map(\.match))
        fidelity = Spread(ratings.map(\.fidelity))
        taste = Spread(ratings.map(\.taste))
        score = Spread(ratings.map(rater.score))
        self.againstScore = againstScore
        expectedAgainstScore = expected
    }

    /// A line for each quantity, for a person to read.
    public var lines: [String] {
        let head = pairs.map { "\($0) pairs, " } ?? ""
        guard pictures > 0 else { return ["\(head)no picture rated"] }
        let spreads = [
            ("match", match), ("fidelity", fidelity), ("taste", taste), ("score", score),
        ]
        var lines = ["\(head)\(pictures) pictures rated"]
        lines += spreads.map { name, spread in
            name.padding(toLength: 10, withPad: " ", startingAt: 0)
                + String(format: "mean %.3f, deviation %.3f", spread.mean, spread.deviation)
        }
        if againstScore.isFinite {
            lines.append(
                String(
                    format: "labels against the score: %.1f %% (%.1f %% expected)",
                    100 * againstScore, 100 * expectedAgainstScore))
        }
        return lines
    }
}
