import BenchProtocol
import Foundation
import Populations
import TrainingEngine

/// What a result depends on, as one word: two results of the same key are the same result.
///
/// A key is the SHA-256 of a text that lists every setting, the seed, how it was measured, and the
/// digests of models and populations. Names, sampling while training and saving are not in it.
public struct StudyKeys: Sendable {
    private let plan: StudyPlan
    private let digests: [String: String]

    /// Changed when the same settings come to give other results.
    static let format = "popbench study 2"

    /// - Parameter digests: of each model and of the populations, by name.
    public init(plan: StudyPlan, digests: [String: String]) {
        self.plan = plan
        self.digests = digests
    }

    /// The key of an arm's training in one seed, whatever its lanes are.
    public func unit(_ arm: StudyArm, seed: UInt64) -> String {
        Self.digest(unitLines(arm, seed: seed))
    }

    /// The key of a lane's evaluation after a step.
    public func evaluation(_ arm: StudyArm, lane: LaneSettings, seed: UInt64, step: Int) -> String {
        Self.digest(
            unitLines(arm, seed: seed) + laneLines(lane) + ["step \(step)"]
                + evaluationLines(seed: seed))
    }

    /// The key of the base's evaluation.
    public func base(seed: UInt64) -> String {
        Self.digest(["base"] + digestLines + evaluationLines(seed: seed))
    }

    private var digestLines: [String] {
        digests.sorted { $0.key < $1.key }.map { "digest \($0.key) \($0.value)" }
    }

    private func unitLines(_ arm: StudyArm, seed: UInt64) -> [String] {
        var recipe = arm.recipe
        recipe.lanes = []
        // With a constant rate a longer run begins as a shorter one does.
        if recipe.training.schedule == .constant { recipe.session.steps = 1 }
        return ["seed \(seed)"] + Self.settings(of: recipe) + digestLines
    }

    private func laneLines(_ lane: LaneSettings) -> [String] {
        var recipe = Recipe()
        var lane = lane
        lane.name = "lane"
        recipe.lanes = [lane]
        let lines = Self.lines(of: recipe.resolved())
        guard let start = lines.firstIndex(of: "[[lane]]") else { return [] }
        return Array(lines[start...])
    }

    private func evaluationLines(seed: UInt64) -> [String] {
        let rater = plan.sharedRecipe.preferences
        return [
            "pictures \(plan.evaluation.pictures)", "steps \(plan.evaluation.inferenceSteps)",
            "guidance \(plan.evaluation.guidanceScale)", "noise \(seed)",
            "rater \(rater.matchWeight) \(rater.fidelityWeight) \(rater.tasteWeight)",
            "trained \(plan.sharedRecipe.populations.professions.joined(separator: ","))",
        ]
    }

    /// Sections that change no result, and keys that change none or are written elsewhere.
    private static let silentSections: Set = ["[model]", "[sampling]", "[evaluation]"]
    private static let silentKeys: Set = [
        "name", "seed", "autosave_steps", "keep", "keep_every", "source",
    ]

    /// The settings of a recipe without its lanes, a line each; a key that is new is a line by itself.
    private static func settings(of recipe: Recipe) -> [String] {
        var (section, kept) = ("", [String]())
        for line in lines(of: recipe.resolved()) {
            if line.hasPrefix("[") {
                // The brackets of a list that goes over several lines are no section.
                if line.hasSuffix("]") { section = line }
                continue
            }
            let key = line.prefix { $0 != "=" }.trimmingCharacters(in: .whitespaces)
            guard !silentSections.contains(section), !silentKeys.contains(key) else { continue }
            kept.append("\(section) \(line)")
        }
        return kept
    }

    private static func lines(of text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    private static func digest(_ lines: [String]) -> String {
        let text = ([format] + lines).joined(separator: "\n")
        return String(SHA256.digest(of: Array(text.utf8)).prefix(24))
    }
}
