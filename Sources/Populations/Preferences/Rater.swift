import Foundation
import TensorCore

/// What a rater knows of one picture: three numbers, each 0...1.
public struct Rating: Sendable, Equatable {
    /// How well the picture shows what its caption names: the classifier's probability of it.
    public let match: Double
    /// How near the picture is to real renderings; 1 as near as real ones are to each other.
    public let fidelity: Double
    /// How well the picture meets the rater's taste.
    public let taste: Double

    /// A rating as given.
    public init(match: Double, fidelity: Double, taste: Double) {
        (self.match, self.fidelity, self.taste) = (match, fidelity, taste)
    }
}

/// A stated preference: a score of pictures, and the noise with which it labels pairs of them.
///
///     score = w_match * match + w_fidelity * fidelity + w_taste * taste
///     P(first preferred) = sigma((score_first - score_second) / temperature)
///
/// Reference: Bradley, Terry, "Rank analysis of incomplete block designs", Biometrika 1952.
public struct Rater: Sendable, Equatable {
    /// What may be wrong with a rater's constants.
    public struct Problem: Error, Equatable, CustomStringConvertible {
        /// What is wrong and what it should be.
        public let description: String
    }

    /// The weight of `Rating.match`.
    public let matchWeight: Double
    /// The weight of `Rating.fidelity`.
    public let fidelityWeight: Double
    /// The weight of `Rating.taste`.
    public let tasteWeight: Double
    /// The difference of scores, as a multiple of which preferences are drawn: 0 without noise.
    public let temperature: Double

    /// Takes the weights and the temperature.
    ///
    /// - Throws: `Problem` for a weight or temperature that is negative or no number, and where every
    ///   weight is 0.
    public init(
        matchWeight: Double = 1, fidelityWeight: Double = 1, tasteWeight: Double = 1,
        temperature: Double = 0.1
    ) throws {
        let weights = [
            ("match_weight", matchWeight), ("fidelity_weight", fidelityWeight),
            ("taste_weight", tasteWeight), ("temperature", temperature),
        ]
        for (name, value) in weights where !(value >= 0 && value.isFinite) {
            throw Problem(description: "a rater's \(name) is \(value): it has to be at least 0")
        }
        guard weights.prefix(3).contains(where: { $0.1 > 0 }) else {
            throw Problem(description: "all three weights of a rater are 0: it prefers nothing")
        }
        (self.matchWeight, self.fidelityWeight) = (matchWeight, fidelityWeight)
        (self.tasteWeight, self.temperature) = (tasteWeight, temperature)
    }

    /// The rater that is meant where none is described.
    public static let usual = Rater(weights: (1, 1, 2), temperature: 0.1)

    private init(weights: (match: Double, fidelity: Double, taste: Double), temperature: Double) {
        (matchWeight, fidelityWeight, tasteWeight) = weights
        self.temperature = temperature
    }

    /// The score of a picture; the largest there can be is the sum of the weights.
    public func score(_ rating: Rating) -> Double {
        matchWeight * rating.match + fidelityWeight * rating.fidelity + tasteWeight * rating.taste
    }

    /// How likely the first of two pictures is preferred; without noise 0, 1/2 or 1.
    public func preference(_ first: Rating, over second: Rating) -> Double {
        let difference = score(first) - score(second)
        guard temperature > 0 else { return difference > 0 ? 1 : difference < 0 ? 0 : 0.5 }
        return 1 / (1 + exp(-difference / temperature))
    }

    /// Draws whether the first of two pictures is preferred.
    ///
    /// - Parameters:
    ///   - seed: the seed of the labels.
    ///   - pair: the pair's address; the same pair is labelled alike, whatever was drawn before.
    public func prefersFirst(
        _ first: Rating, over second: Rating, seed: UInt64, pair: Int
    ) -> Bool {
        var random = Philox(seed: seed, purpose: .preferenceLabel, sample: pair)
        return Double(random.uniform()) < preference(first, over: second)
    }

    /// The share of labels that go against the score, as expected over pairs of ratings; NaN of none.
    public func expectedLabelNoise(_ pairs: [(first: Rating, second: Rating)]) -> Double {
        let noise = pairs.map { pair in
            let preference = preference(pair.first, over: pair.second)
            return min(preference, 1 - preference)
        }
        return noise.reduce(0, +) / Double(noise.count)
    }
}
