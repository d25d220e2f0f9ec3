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

    @OptionGroup var choice: ModelOptions

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
        let sampling = try choice.open().sampling()
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
        for shortage in collection.shortages { report(shortage) }
        try collection.populations.save(to: output)
        print("wrote \(output)")
    }
}
