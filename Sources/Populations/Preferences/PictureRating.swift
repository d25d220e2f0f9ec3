import Foundation
import Pictures

/// Rates pictures of the emoji people: the numbers that a `Rater` weighs.
///
/// - Match is the classifier's softmax probability of everything that the caption names, multiplied.
/// - Fidelity is min(1, d0 / d), d the distance in the classifier's features (the pooled ones below its
///   head) to the nearest of the profession's training renderings, d0 the mean of that distance over
///   test renderings, which are real.
/// - Taste is `PlacementTaste`.
public final class PictureRating {
    /// Renderings of each of a profession's fifteen people to compare with.
    static let referencesPerPerson = 8
    /// Test renderings of each of them that say how near real ones are.
    static let testsPerPerson = 2
    private static let seed: UInt64 = 0x7A57_E001

    private let classifier: AttributeClassifier
    private let people: EmojiPeople
    private var references: [Profession: (features: [[Float]], nearest: Double)] = [:]
    /// Where the features of the three attributes start among the logits, by name.
    private let places: [String: Int]

    /// Joins a classifier of the emoji people with their renderings.
    ///
    /// - Throws: `PreferenceError.foreignClassifier` for a classifier of something else.
    public init(classifier: AttributeClassifier, people: EmojiPeople) throws {
        var (places, start) = ([String: Int](), 0)
        for attribute in classifier.configuration.attributes {
            places[attribute.name] = start
            start += attribute.classes.count
        }
        let expected = [
            ("profession", Profession.all.map(\.name)), ("gender", Gender.all.map(\.name)),
            ("tone", SkinTone.all.map(\.name)),
        ]
        for (name, classes) in expected {
            let found = classifier.configuration.attributes.first { $0.name == name }?.classes
            guard found == classes else { throw PreferenceError.foreignClassifier(attribute: name) }
        }
        (self.classifier, self.people, self.places) = (classifier, people, places)
    }

    /// Rates pictures of the classifier's size, each for its own caption.
    ///
    /// - Throws: `PreferenceError.noProfession` for a caption that names none.
    /// - Precondition: one caption a picture.
    public func rate(_ pictures: [Picture], captions: [Caption]) throws -> [Rating] {
        precondition(pictures.count == captions.count, "one caption a picture")
        let side = classifier.configuration.imageSize
        let pixels = pictures.flatMap { picture in
            (picture.width == side && picture.height == side
                ? picture : picture.centredSquare(side: side)).signedUnit
        }
        let (logits, features) = (classifier.logits(pixels), classifier.features(pixels))
        return try pictures.indices.map { index in
            guard let profession = captions[index].profession else {
                throw PreferenceError.noProfession(caption: captions[index].text)
            }
            return Rating(
                match: match(logits[index], captions[index], profession),
                fidelity: fidelity(features[index], profession),
                taste: PlacementTaste.met(by: pictures[index]))
        }
    }

    private func match(_ logits: [Float], _ caption: Caption, _ profession: Profession) -> Double {
        func probability(_ name: String, _ count: Int, _ index: Int) -> Double {
            let start = places[name] ?? 0
            let part = logits[start..<(start + count)].map(Double.init)
            let largest = part.max() ?? 0
            return exp(part[index] - largest) / part.reduce(0) { $0 + exp($1 - largest) }
        }
        var product = probability("profession", Profession.all.count, profession.index)
        if let gender = caption.gender {
            product *= probability("gender", Gender.all.count, gender.index)
        }
        if let tone = caption.tone {
            product *= probability("tone", SkinTone.all.count, tone.index)
        }
        return product
    }

    private func fidelity(_ features: [Float], _ profession: Profession) -> Double {
        let real = reference(profession)
        let distance = Self.nearest(features, real.features)
        guard distance > 0 else { return 1 }
        return min(1, real.nearest / distance)
    }

    private func reference(_ profession: Profession) -> (features: [[Float]], nearest: Double) {
        if let known = references[profession] { return known }
        func features(_ split: RenderingSplit, _ count: Int) -> [[Float]] {
            classifier.features(
                Identity.all.flatMap { identity in
                    (0..<count).flatMap { index in
                        people.rendering(
                            PersonAttributes(
                                profession: profession, gender: identity.gender,
                                tone: identity.tone),
                            seed: Self.seed, index: index, split: split)
                    }
                })
        }
        let learnt = features(.train, Self.referencesPerPerson)
        let tests = features(.test, Self.testsPerPerson).map { Self.nearest($0, learnt) }
        let found = (learnt, tests.reduce(0, +) / Double(tests.count))
        references[profession] = found
        return found
    }

    /// The Euclidean distance to the nearest of some points.
    private static func nearest(_ point: [Float], _ others: [[Float]]) -> Double {
        var least = Float.infinity
        for other in others {
            var sum: Float = 0
            for i in point.indices {
                let difference = point[i] - other[i]
                sum += difference * difference
            }
            least = min(least, sum)
        }
        return Double(least).squareRoot()
    }
}
