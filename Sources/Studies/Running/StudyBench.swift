import DiffusionModels
import Foundation
import Pictures
import Populations
import TensorCore
import TrainingEngine

/// The models and populations that all units of a study share, opened once.
public final class StudyBench {
    let pipeline: DiffusionPipeline
    let sampling: PopulationSampling
    let populations: PopulationPair
    /// A hash of each model and of the populations, by name: what keys stand on.
    public let digests: [String: String]

    /// Takes what is open already.
    public init(sampling: PopulationSampling, populations: PopulationPair) {
        self.sampling = sampling
        pipeline = sampling.pipeline
        self.populations = populations
        digests = [
            "unet": Self.digest(of: sampling.pipeline.unetWeights),
            "text_encoder": Self.digest(of: sampling.pipeline.textWeights),
            "classifier": Self.digest(of: sampling.classifier.weights),
            "populations": Self.digest(of: populations),
        ]
    }

    /// Opens what a recipe names.
    ///
    /// - Throws: `SessionError`, `ModelStoreError` or `ImageFolderError`, naming the file.
    public convenience init(recipe: Recipe, locations: Locations) throws {
        MatrixKernel.open()
        let base =
            recipe.model.base == "embedded"
            ? try locations.path(of: "emoji-people", in: .models) : recipe.model.base
        let classifier =
            recipe.model.classifier == "embedded"
            ? try locations.path(of: "emoji-people/classifier", in: .models)
            : recipe.model.classifier
        let populations =
            recipe.populations.source == "shipped"
            ? try locations.path(of: "emoji-people/populations", in: .models)
            : recipe.populations.source
        self.init(
            sampling: PopulationSampling(
                pipeline: try DiffusionPipeline(opening: base),
                classifier: try AttributeClassifier(opening: classifier)),
            populations: try PopulationPair(loading: populations))
    }

    private static func digest(of block: FloatBlock) -> String {
        var hash = CheckpointHash()
        hash.update(UnsafeRawBufferPointer(start: block.pointer, count: block.count * 4))
        return hexadecimal(hash.digest)
    }

    private static func digest(of populations: PopulationPair) -> String {
        var hash = CheckpointHash()
        for (side, members) in [("+", populations.winners), ("-", populations.losers)] {
            for member in members {
                let seen = member.attributes
                let words =
                    "\(side)\(member.text)|\(seen.profession.name)|\(seen.gender.name)|\(seen.tone.name)"
                Array(words.utf8).withUnsafeBytes { hash.update($0) }
                member.picture.rgb.withUnsafeBytes { hash.update($0) }
            }
        }
        return hexadecimal(hash.digest)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
