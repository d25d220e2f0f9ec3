import Pictures

/// One picture of a pair: how it was labelled, and what a rater made of it.
public struct RatedPicture: Sendable, Equatable {
    /// The picture.
    public let picture: Picture
    /// 1 where it is preferred, 0 where the other one is, 1/2 where neither.
    public let label: Double
    /// What a rater weighed; nil where the table has no ratings.
    public let rating: Rating?

    /// A picture with its label.
    public init(picture: Picture, label: Double, rating: Rating? = nil) {
        (self.picture, self.label, self.rating) = (picture, label, rating)
    }
}

/// Two pictures of one caption, one of them preferred, or neither.
public struct PreferencePair: Sendable, Equatable {
    /// What both pictures were drawn for.
    public let caption: String
    /// The first picture.
    public let first: RatedPicture
    /// The second picture.
    public let second: RatedPicture

    /// Pairs two pictures.
    ///
    /// - Precondition: labels of 0, 1/2 or 1 that add up to 1.
    public init(caption: String, first: RatedPicture, second: RatedPicture) {
        precondition(
            first.label + second.label == 1 && [0, 0.5, 1].contains(first.label),
            "one of two is preferred, or neither")
        (self.caption, self.first, self.second) = (caption, first, second)
    }

    /// The preferred picture and the other one; nil where neither is preferred.
    public var decided: (winner: Picture, loser: Picture)? {
        if first.label == second.label { return nil }
        return first.label > second.label
            ? (first.picture, second.picture) : (second.picture, first.picture)
    }
}

/// Pairs of pictures with the preference between them, in Pick-a-Pic's columns.
///
/// On disk it is a folder with `metadata.csv` (or `.jsonl`) and PNG files: `caption`, `jpg_0` and
/// `jpg_1` (the paths of the two, whatever their format, which is PNG here), `label_0` and `label_1` (1
/// and 0, or 0.5 twice), and, where a rater made the labels, `match_0`, `fidelity_0`, `taste_0`,
/// `score_0` and the same of the second.
///
/// Reference: Kirstain et al., "Pick-a-Pic", arXiv 2305.01569.
public struct PreferencePairs: Sendable, Equatable {
    /// The pairs in the table's order.
    public var pairs: [PreferencePair]
    /// Lines of the table that say of themselves that they have no label, and were passed over.
    public let unlabelled: Int

    /// Pairs as given.
    public init(pairs: [PreferencePair], unlabelled: Int = 0) {
        (self.pairs, self.unlabelled) = (pairs, unlabelled)
    }

    /// Pairs of which neither picture is preferred, which teach nothing.
    public var ties: Int { pairs.filter { $0.decided == nil }.count }

    /// Rates every picture anew; labels stay as they are.
    ///
    /// - Throws: `CaptionError` for a caption that is none of the emoji people's, or `PreferenceError`.
    public func rated(by rating: PictureRating) throws -> PreferencePairs {
        let captions = try pairs.map { try Caption(parsing: $0.caption) }
        let first = try rating.rate(pairs.map(\.first.picture), captions: captions)
        let second = try rating.rate(pairs.map(\.second.picture), captions: captions)
        return PreferencePairs(
            pairs: pairs.enumerated().map { index, pair in
                PreferencePair(
                    caption: pair.caption,
                    first: RatedPicture(
                        picture: pair.first.picture, label: pair.first.label, rating: first[index]),
                    second: RatedPicture(
                        picture: pair.second.picture, label: pair.second.label,
                        rating: second[index]))
            }, unlabelled: unlabelled)
    }

    /// Labels every pair anew, by a rater and the ratings that it has.
    ///
    /// - Parameter seed: the seed of the labels; a pair's place is its address.
    /// - Throws: `PreferenceError.unrated` for a pair without ratings.
    public func labelled(by rater: Rater, seed: UInt64) throws -> PreferencePairs {
        PreferencePairs(
            pairs: try pairs.enumerated().map { index, pair in
                guard let first = pair.first.rating, let second = pair.second.rating else {
                    throw PreferenceError.unrated(pair: index)
                }
                let prefersFirst = rater.prefersFirst(first, over: second, seed: seed, pair: index)
                return PreferencePair(
                    caption: pair.caption,
                    first: RatedPicture(
                        picture: pair.first.picture, label: prefersFirst ? 1 : 0, rating: first),
                    second: RatedPicture(
                        picture: pair.second.picture, label: prefersFirst ? 0 : 1, rating: second))
            }, unlabelled: 0)
    }
}

/// What may be wrong with preferences, beyond the folder that they lie in.
public enum PreferenceError: Error, Equatable, CustomStringConvertible {
    /// The classifier tells other classes apart than the emoji people have.
    case foreignClassifier(attribute: String)
    /// A rater was asked about a caption that names no profession.
    case noProfession(caption: String)
    /// A pair has no ratings to label it by.
    case unrated(pair: Int)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .foreignClassifier(let attribute):
            "the classifier has no attribute \"\(attribute)\" with the classes of the emoji people:"
                + " rate with the shipped one"
        case .noProfession(let caption):
            "a rater needs a profession in the caption, and \"\(caption)\" names none"
        case .unrated(let pair): "pair \(pair + 1) has no ratings: rate the folder first"
        }
    }
}
