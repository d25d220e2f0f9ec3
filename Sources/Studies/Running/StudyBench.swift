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
    /// What is trained on in the place of populations, if anything is.
    let preferences: PreferencePairs?
    /// A hash of each model and of the populations, by name: what keys stand on.
    public let digests: [String: String]

    /// Takes what is open already.
    public init(
        sampling: PopulationSampling, populations: PopulationPair,
        preferences: PreferencePairs? = nil
    ) {
        self.sampling = sampling
        self.preferences = preferences
        pipeline = sampling.pipeline
        self.populations = populations
        let judges = sampling.judges
        var digests = [
            "unet": Self.digest(of: sampling.pipeline.unetWeights),
            "text_encoder": Self.digest(of: sampling.pipeline.textWeights),
            "classifier": Self.digest(of: judges.filter.weights),
            "populations": Self.digest(of: populations),
        ]
        digests["preferences"] = preferences.map { Self.digest(of: $0) }
        digests["evaluator"] = judges.evaluator.map { Self.digest(of: $0.weights) }
        digests["scorer"] = judges.scorer.map { Self.digest(of: $0.weights) }
        self.digests = digests
    }

    /// Opens what a recipe names.
    ///
    /// - Throws: `SessionError`, `ModelStoreError` or `ImageFolderError`, naming the file.
    public convenience init(recipe: Recipe, locations: Locations) throws {
        MatrixKernel.open()
        let base =
            recipe.model.base == "embedded"
            ? try locations.path(of: "emoji-people", in: .models) : recipe.model.base
        let pipeline = try DiffusionPipeline(opening: base)
        let populations =
            recipe.populations.source == "shipped"
            ? try locations.path(of: "emoji-people/populations", in: .models)
            : recipe.populations.source
        self.init(
            sampling: PopulationSampling(
                pipeline: pipeline,
                judges: try PopulationJudges.open(
                    recipe.model, rater: try recipe.preferences.rater(), locations: locations,
                    pictureSize: pipeline.pictureSize)),
            populations: try PopulationPair(loading: populations),
            preferences: try recipe.preferences.path(locations).map {
                try PreferencePairs(loading: $0)
            })
    }

    /// What lanes of a recipe draw their batches from.
    ///
    /// - Throws: `EngineError` for pictures or captions that the model has no use for.
    func bank(_ recipe: Recipe) throws -> PreferenceBank {
        guard let preferences else {
            return try PreferenceBank(
                populations, professions: recipe.populations.professions, pipeline: pipeline)
        }
        return try PreferenceBank(
            preferences, professions: recipe.populations.professions, pipeline: pipeline,
            name: "the pairs of pictures")
    }

    /// What a person should know of judges that are missing, a sentence each.
    public var remarks: [String] { sampling.judges.remarks }

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

    private static func digest(of preferences: PreferencePairs) -> String {
        var hash = CheckpointHash()
        for pair in preferences.pairs {
            for side in [pair.first, pair.second] {
                Array("\(pair.caption)|\(side.label)".utf8).withUnsafeBytes { hash.update($0) }
                side.picture.rgb.withUnsafeBytes { hash.update($0) }
            }
        }
        return hexadecimal(hash.digest)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
