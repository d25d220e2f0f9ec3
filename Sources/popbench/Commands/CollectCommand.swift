import ArgumentParser
import DiffusionModels
import Foundation
import Populations
import TensorCore
import TrainingEngine

/// `popbench collect`: winning and losing populations from a base model, or rated pairs, as a folder.
struct CollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Collect winning and losing populations, or rated pairs, from a base model.")

    @OptionGroup var choice: ModelOptions

    @Option(help: "The folder to write: pictures and metadata.csv.")
    var output: String

    @Option(help: "Winners for each profession, spread evenly over its identities.")
    var winners = Recipe().populations.winnersPerPrompt

    @Option(help: "Losers for each profession.")
    var losers = Recipe().populations.losersPerPrompt

    @Option(help: "The classifier's least confidence.")
    var confidence = Recipe().populations.confidence

    @Option(help: "The seed of the noise, and of the labels of pairs.")
    var seed: UInt64 = 101

    @Flag(
        help: "Collect pairs of pictures of which a rater prefers one, in the place of populations."
    )
    var preferences = false

    @Option(help: "Pairs for each profession, with --preferences.")
    var pairs = Recipe().preferences.pairsPerPrompt

    @OptionGroup var raterOptions: RaterOptions

    func validate() throws {
        guard (1...10_000).contains(winners), (1...10_000).contains(losers) else {
            throw ValidationError("1 to 10000 winners and losers can be collected")
        }
        guard (1...5_000).contains(pairs) else {
            throw ValidationError("1 to 5000 pairs can be collected for each profession")
        }
    }

    func run() throws {
        MatrixKernel.open()
        let sampling = try choice.open().sampling()
        let defaults = Recipe().populations
        if preferences { return try collectPairs(sampling, defaults) }
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
        let populations = collection.populations
        for remark in populations.remarks(
            professions: Profession.aligned, confidence: confidence)
        { report(remark) }
        try populations.save(to: output)
        print("wrote \(output)")
    }

    private func collectPairs(
        _ sampling: PopulationSampling, _ defaults: Recipe.Populations
    ) throws {
        let rater = try raterOptions.rater()
        let collection = PreferenceCollection(
            plan: PreferencePlan(
                pairsPerPrompt: pairs, rater: rater, guidanceScale: Float(defaults.guidanceScale),
                inferenceSteps: defaults.inferenceSteps, confidence: confidence, seed: seed),
            sampling: sampling,
            rating: try PictureRating(
                classifier: sampling.classifier,
                people: try EmojiPeople(environment: ProcessInfo.processInfo.environment)))
        while try collection.advance() {
            let (done, total) = collection.progress
            print("\(done)/\(total) professions  \(collection.pairs.pairs.count) pairs rated")
        }
        if let remark = collection.remark { report(remark) }
        PreferenceSummary(collection.pairs, rater: rater).lines.forEach { print($0) }
        try collection.pairs.save(to: output, rater: rater)
        print("wrote \(output)")
    }
}
