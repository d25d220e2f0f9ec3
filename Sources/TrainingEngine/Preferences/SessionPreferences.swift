import BenchProtocol
import Foundation
import MessageBus
import Populations

extension TrainingSession {
    /// Where the session keeps pairs that it has collected.
    var preferencesPath: String { store.path + "/preferences" }

    /// Whether lanes train on pairs, and not on populations.
    var trainsOnPreferences: Bool { recipe.preferences.source != "none" }

    /// Makes the session ready to train on what is on the disk; false where it has to be collected.
    ///
    /// - Throws: what is wrong with the folder or with what lies in it.
    func useStored(_ locations: Locations) throws -> Bool {
        if trainsOnPreferences {
            guard let (pairs, path) = try storedPreferences(locations) else { return false }
            try use(pairs, name: path)
            return true
        }
        guard let populations = try storedPopulations(locations) else { return false }
        try use(populations)
        return true
    }

    /// The task that collects what the session trains on.
    func collectionTask() throws -> any EngineTask {
        trainsOnPreferences ? try PreferenceTask(self) : try CollectionTask(self)
    }

    /// The pairs that exist already with where they lie, or nil when they have to be collected.
    private func storedPreferences(_ locations: Locations) throws -> (
        PreferencePairs, path: String
    )? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: preferencesPath)) ?? []
        if names.contains(where: { $0.hasPrefix("metadata.") }) {
            return (try PreferencePairs(loading: preferencesPath), preferencesPath)
        }
        guard let path = try recipe.preferences.path(locations) else { return nil }
        return (try PreferencePairs(loading: path), path)
    }

    /// Makes the session ready to train on pairs.
    func use(_ pairs: PreferencePairs, name: String) throws {
        train(
            on: try PreferenceBank(
                pairs, professions: recipe.populations.professions, pipeline: pipeline, name: name))
        if pairs.unlabelled > 0 {
            note("\(name): \(pairs.unlabelled) pairs have no label and are left out")
        }
        if pairs.ties > 0 { note("\(name): \(pairs.ties) pairs tie and are left out") }
    }

    /// How the recipe wants pairs to be drawn and rated.
    func preferencePlan() throws -> PreferencePlan {
        PreferencePlan(
            professions: try professions(), pairsPerPrompt: recipe.preferences.pairsPerPrompt,
            rater: try recipe.preferences.rater(),
            guidanceScale: Float(recipe.populations.guidanceScale),
            inferenceSteps: recipe.populations.inferenceSteps,
            confidence: recipe.populations.confidence, seed: recipe.session.seed)
    }
}

extension Recipe.Preferences {
    /// The folder of pairs that the source names; nil where there are none or they are to be collected.
    ///
    /// - Throws: `SessionError` where the shipped pairs are not installed.
    public func path(_ locations: Locations) throws -> String? {
        switch source {
        case "none", "collect": nil
        case "shipped": try locations.path(of: "emoji-people/preferences", in: .models)
        default: source
        }
    }

    /// The rater that the weights and the temperature make.
    ///
    /// - Throws: `Rater.Problem`.
    public func rater() throws -> Rater {
        try Rater(
            matchWeight: matchWeight, fidelityWeight: fidelityWeight, tasteWeight: tasteWeight,
            temperature: temperature)
    }
}

/// Collects the session's pairs anew and trains on them from then on.
final class PreferenceTask: EngineTask {
    let name = "collect"
    private let collection: PreferenceCollection
    private let plan: PreferencePlan
    private let start = ContinuousClock.now

    init(_ session: TrainingSession) throws {
        plan = try session.preferencePlan()
        let people = try EmojiPeople(environment: ProcessInfo.processInfo.environment)
        collection = PreferenceCollection(
            plan: plan, sampling: session.sampling,
            rating: try PictureRating(classifier: session.sampling.classifier, people: people))
    }

    func advance(_ trainer: isolated Trainer) throws -> Bool {
        guard let session = trainer.session else { return true }
        if trainer.phase != .collecting {
            trainer.phase = .collecting
            trainer.tellState()
        }
        let more = try collection.advance()
        let (done, total) = collection.progress
        let elapsed = (ContinuousClock.now - start).seconds
        trainer.events.publish(
            .progress(
                TaskProgress(
                    task: name, done: done, total: total,
                    secondsLeft: elapsed / Double(max(1, done)) * Double(total - done),
                    message: "\(collection.pairs.pairs.count) pairs rated")))
        guard !more || done == total else { return false }
        if let remark = collection.remark { trainer.log(.warning, remark) }
        let pairs = collection.pairs
        try pairs.save(to: session.preferencesPath, rater: plan.rater)
        try session.use(pairs, name: session.preferencesPath)
        for note in session.takeNotes() { trainer.log(.warning, note) }
        for line in PreferenceSummary(pairs, rater: plan.rater).lines { trainer.log(.info, line) }
        return true
    }
}
