import ArgumentParser
import DiffusionModels
import Foundation
import Populations
import TensorCore
import TrainingEngine

/// `popbench collect`: winning and losing populations from a base model, as an image folder.
struct CollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Collect winning and losing populations from a base model.")

    @Option(help: "The base model's folder; the shipped one when not given.")
    var model: String?

    @Option(help: "The folder to write: pictures and metadata.csv.")
    var output: String

    @Option(help: "Winners for each profession, spread evenly over its identities.")
    var winners = Recipe().populations.winnersPerPrompt

    @Option(help: "Losers for each profession.")
    var losers = Recipe().populations.losersPerPrompt

    @Option(help: "The classifier's least confidence.")
    var confidence = Recipe().populations.confidence

    @Option(help: "The seed of the noise.")
    var seed: UInt64 = 101

    func validate() throws {
        guard (1...10_000).contains(winners), (1...10_000).contains(losers) else {
            throw ValidationError("1 to 10000 winners and losers can be collected")
        }
    }

    func run() throws {
        MatrixKernel.open()
        let sampling = try ModelOpening.sampling(model)
        let defaults = Recipe().populations
        let collection = PopulationCollection(
            plan: CollectionPlan(
                winnersPerPrompt: winners, losersPerPrompt: losers,
                guidanceScale: Float(defaults.guidanceScale),
                inferenceSteps: defaults.inferenceSteps, confidence: confidence, seed: seed),
            sampling: sampling)
        while try collection.advance() {
            let (done, total) = collection.progress
            let (drawn, kept) = collection.candidates
            print("\(done)/\(total) professions  \(kept) of \(drawn) candidates confirmed")
        }
        try collection.populations.save(to: output)
        print("wrote \(output)")
    }
}

/// Opens models for commands.
enum ModelOpening {
    /// A pipeline and the classifier that belongs to it.
    static func sampling(_ model: String?) throws -> PopulationSampling {
        let locations = Locations.current()
        let shipped = { try locations.path(of: "emoji-people", in: .models) }
        let path = try model ?? shipped()
        let own = path + "/classifier"
        let classifier =
            FileManager.default.fileExists(atPath: own + "/config.json")
            ? own : try shipped() + "/classifier"
        return PopulationSampling(
            pipeline: try DiffusionPipeline(opening: path),
            classifier: try AttributeClassifier(opening: classifier))
    }
}
