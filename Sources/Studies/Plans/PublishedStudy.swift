import TrainingEngine

/// A question that papers have answered, as popbench asks it again.
public struct PublishedStudy: Sendable, Equatable {
    /// One arm: its name and the shipped recipe that it is trained by.
    public struct Arm: Sendable, Equatable {
        /// What tables call it; empty where it is the only one.
        public var name: String
        /// The recipe, below the folder of starter recipes.
        public var recipe: String
        /// Whether the quick form has it.
        public var isQuick: Bool
    }

    /// What `popbench reproduce` calls it.
    public var name: String
    /// The page's title.
    public var title: String
    /// What is asked and how, a paragraph each.
    public var introduction: [String]
    /// What is trained.
    public var arms: [Arm]
    /// The claims to be judged, of the arms that were trained.
    public var claims: @Sendable ([String]) -> [Claim]
    /// The axes of the trade-off plot: the horizontal one and the vertical one; of several the first
    /// that was measured.
    public var axes: (x: [String], y: String)
    /// In each arm, the lane that the others are compared with beside the base.
    public var focus: [String]

    /// Two studies are equal where they have one name.
    public static func == (a: PublishedStudy, b: PublishedStudy) -> Bool { a.name == b.name }

    /// Every study that can be reproduced.
    public static let all = [popalign, divergences]

    /// The plan of a study.
    ///
    /// - Parameters:
    ///   - seeds: one training run of every lane each.
    ///   - isQuick: the short form: fewer arms, pictures, optimiser steps and denoising steps.
    ///   - recipe: opens a shipped recipe by its name.
    public func plan(
        seeds: [UInt64], isQuick: Bool, recipe: (String) throws -> Recipe
    ) throws -> StudyPlan {
        let chosen = arms.filter { !isQuick || $0.isQuick }
        var evaluation: StudyEvaluation?
        let made = try chosen.map { arm in
            var found = try recipe(arm.recipe)
            if isQuick { found.session.steps = min(found.session.steps, Self.quickSteps) }
            evaluation = evaluation ?? StudyEvaluation(found)
            return StudyArm(name: chosen.count == 1 ? "" : arm.name, recipe: found)
        }
        var measured =
            evaluation ?? StudyEvaluation(pictures: 24, inferenceSteps: 25, guidanceScale: 2)
        if isQuick {
            measured.pictures = min(measured.pictures, Self.quickPictures)
            measured.inferenceSteps = min(measured.inferenceSteps, Self.quickInferenceSteps)
        }
        return try StudyPlan(
            name: isQuick ? name + "-quick" : name, arms: made, seeds: seeds, evaluation: measured)
    }

    /// Optimiser steps of the quick form, at most.
    static let quickSteps = 60
    /// Pictures a prompt of the quick form.
    static let quickPictures = 6
    /// Denoising steps of the quick form.
    static let quickInferenceSteps = 12
    /// Seeds where no number is given; fewer than this is underpowered.
    public static let usualSeeds = 3
}
