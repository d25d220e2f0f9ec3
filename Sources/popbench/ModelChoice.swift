import ArgumentParser
import DiffusionModels
import Foundation
import Populations
import TensorCore
import TrainingEngine

/// The options that choose a model's weights.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A diffusers pipeline folder; the shipped model when not given.", valueName: "dir"))
    var model: String?

    @Option(help: ArgumentHelp("A session, by name or folder.", valueName: "dir"))
    var session: String?

    @Option(
        help: ArgumentHelp(
            "The session's lane to take, or base for the model it began with.", valueName: "name"))
    var lane: String?

    func validate() throws {
        if model != nil, session != nil {
            throw ValidationError("--model and --session choose the same thing: give one of them")
        }
        if lane != nil, session == nil {
            throw ValidationError("--lane needs --session, which says whose lane it is")
        }
        if session != nil, lane == nil {
            throw ValidationError("--session needs --lane NAME (base for the model it began with)")
        }
    }

    /// Opens what the options name.
    ///
    /// - Throws: `SessionError`, `LaneWeightsError` or `ModelStoreError`.
    func open() throws -> ChosenModel {
        guard let session, let lane else {
            let path = try model ?? Shipped.model()
            return ChosenModel(
                pipeline: try DiffusionPipeline(opening: path), weights: nil, name: path,
                remarks: [])
        }
        return try ChosenModel.opening(lane: lane, of: session)
    }
}

/// A pipeline, and the weights to use in place of its own.
struct ChosenModel {
    let pipeline: DiffusionPipeline
    /// The U-Net's weights; nil for the pipeline's own.
    let weights: FloatBlock?
    /// What to call it in messages.
    let name: String
    /// What a user should know of how it was found.
    let remarks: [String]
    /// The models that the session's recipe names; nil outside a session.
    var recipe: Recipe.Model?

    /// Opens a session's lane as it was last saved.
    ///
    /// - Throws: `SessionError`, `RecipeError`, `LaneWeightsError` or `ModelStoreError`.
    static func opening(lane: String, of session: String) throws -> ChosenModel {
        let store = try SessionStore.open(at: Locations.current().session(session))
        let recipe = try store.recipe().model
        let base = recipe.base
        let pipeline = try DiffusionPipeline(
            opening: base == "embedded" ? Shipped.model() : base)
        guard lane != LaneWeights.baseName else {
            return ChosenModel(
                pipeline: pipeline, weights: nil, name: "the base of \(store.path)", remarks: [],
                recipe: recipe)
        }
        let found = try LaneWeights.open(session: store, lane: lane, pipeline: pipeline)
        return ChosenModel(
            pipeline: pipeline, weights: found.weights,
            name: "lane \(lane) of \(store.path) at step \(found.step)",
            remarks: found.defects.map { "passed over a broken checkpoint: \($0)" },
            recipe: recipe)
    }

    /// The pipeline with its judges: those that the session's recipe names, or else those that lie in the
    /// pipeline's folder, or else the shipped ones.
    ///
    /// - Throws: `ModelStoreError`, `SessionError` or `EngineError`.
    func sampling() throws -> PopulationSampling {
        if let recipe {
            return PopulationSampling(
                pipeline: pipeline,
                judges: try PopulationJudges.open(
                    recipe, locations: Locations.current(), pictureSize: pipeline.pictureSize))
        }
        let own = (pipeline.tokenizerPath as NSString).deletingLastPathComponent
        func place(_ part: String) -> String? {
            [own, try? Shipped.model()].compactMap { $0.map { "\($0)/\(part)" } }.first {
                FileManager.default.fileExists(atPath: $0 + "/config.json")
            }
        }
        return PopulationSampling(
            pipeline: pipeline,
            judges: try PopulationJudges.open(
                classifier: try place("classifier") ?? Shipped.model() + "/classifier",
                evaluator: .shipped(place("evaluator")), scorer: .shipped(place("scorer")),
                pictureSize: pipeline.pictureSize))
    }

    /// A prompt as the model is to get it.
    ///
    /// A model that knows the embedded captions and nothing else gets a caption in the form it was
    /// trained on; any other model gets the text as it is.
    ///
    /// - Throws: `CaptionError` with the word at fault and the words that exist.
    func caption(_ prompt: String) throws -> String {
        try pipeline.tokenizer.caption(prompt)
    }
}
