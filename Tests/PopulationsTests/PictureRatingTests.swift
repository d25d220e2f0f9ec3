import Foundation
import Pictures
import Populations
import TensorCore
import Testing

@Suite("Ratings of pictures")
struct PictureRatingTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../models/emoji-people/classifier").standardizedFileURL.path

    private func rating() throws -> PictureRating {
        MatrixKernel.open()
        return try PictureRating(
            classifier: AttributeClassifier(opening: Self.folder), people: drawnPeople.get())
    }

    private func rendering(_ attributes: PersonAttributes, index: Int = 0) throws -> Picture {
        let pixels = try drawnPeople.get().rendering(
            attributes, seed: 99, index: index, split: .test)
        return Picture(width: 32, height: 32, signedUnit: pixels)
    }

    @Test("a real rendering matches what it shows, looks real, and matches no other caption")
    func real() throws {
        let judge = PersonAttributes(profession: .judge, gender: .woman, tone: .dark)
        let picture = try rendering(judge)
        let captions = [
            Caption(.judge), Caption(judge), Caption(.judge, gender: .man), Caption(.farmer),
        ]
        let ratings = try rating().rate(
            Array(repeating: picture, count: captions.count), captions: captions)
        #expect(ratings[0].match > 0.9 && ratings[1].match > 0.8)
        #expect(ratings[2].match < 0.2 && ratings[3].match < 0.1)
        #expect(ratings[0].fidelity > 0.4)
        #expect(ratings[3].fidelity < ratings[0].fidelity, "a judge is no rendering of a farmer")
        #expect(ratings.allSatisfy { $0.taste == PlacementTaste.met(by: picture) })
    }

    @Test("noise and blank paper are farther from renderings than renderings are from each other")
    func unreal() throws {
        let people = Identity.all.prefix(6).map {
            PersonAttributes(profession: .cook, gender: $0.gender, tone: $0.tone)
        }
        let real = try people.map { try rendering($0, index: 3) }
        let unreal = [
            noisePicture(width: 32, height: 32, seed: 5),
            Picture(width: 32, height: 32, filledWith: .white),
            Picture(width: 32, height: 32, filledWith: .black),
        ]
        let all = real + unreal
        let ratings = try rating().rate(
            all, captions: Array(repeating: Caption(.cook), count: all.count))
        let leastReal = try #require(ratings.prefix(real.count).map(\.fidelity).min())
        #expect(ratings.suffix(unreal.count).allSatisfy { $0.fidelity < leastReal })
        for rating in ratings {
            #expect((0...1).contains(rating.match) && (0...1).contains(rating.taste))
            #expect(rating.fidelity > 0 && rating.fidelity <= 1)
        }
    }

    @Test("the taste tells nothing of who is shown: mirrored, everybody meets it as often")
    func orthogonal() throws {
        let people = try drawnPeople.get()
        for attributes in stride(from: 0, to: 300, by: 37).map({ PersonAttributes.all[$0] }) {
            var augmentation = RenderingAugmentation.none
            let plain = Picture(
                width: 32, height: 32, signedUnit: people.rendering(attributes, augmentation))
            augmentation.isFlipped = true
            let flipped = Picture(
                width: 32, height: 32, signedUnit: people.rendering(attributes, augmentation))
            let sum = PlacementTaste.offset(of: plain) + PlacementTaste.offset(of: flipped)
            #expect(abs(sum) < 0.3, "\(attributes): \(sum)")
        }
    }

    @Test("a caption that names nobody and a classifier of something else are refused")
    func refusals() throws {
        let picture = noisePicture(width: 32, height: 32, seed: 1)
        #expect(throws: PreferenceError.noProfession(caption: "")) {
            try rating().rate([picture], captions: [.empty])
        }
        var configuration = try AttributeClassifier(opening: Self.folder).configuration
        configuration.attributes.removeLast()
        let other = AttributeClassifier(configuration, seed: 1)
        #expect(throws: PreferenceError.foreignClassifier(attribute: "tone")) {
            try PictureRating(classifier: other, people: drawnPeople.get())
        }
    }
}
