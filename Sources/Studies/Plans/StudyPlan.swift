import BenchProtocol
import Populations
import TrainingEngine

/// One set of lanes that are trained side by side under one recipe, once a seed.
public struct StudyArm: Sendable, Equatable {
    /// What pages call the arm; empty where a study has one only.
    public var name: String
    /// Models, populations, training and lanes; its seed is replaced by the study's.
    public var recipe: Recipe
    /// The steps after which every lane is evaluated, ascending; the recipe's last one is among them.
    public var evaluatedSteps: [Int]

    /// An arm that is evaluated at the recipe's end, and earlier where steps are given.
    public init(name: String, recipe: Recipe, evaluatedSteps: [Int] = []) {
        self.name = name
        self.recipe = recipe
        let last = recipe.session.steps
        self.evaluatedSteps = Set(evaluatedSteps.filter { (1..<last).contains($0) } + [last])
            .sorted()
    }

    /// What tables and claims call a lane of the arm.
    public func contender(_ lane: String) -> String { name.isEmpty ? lane : "\(name)/\(lane)" }
}

/// How every model of a study is evaluated.
public struct StudyEvaluation: Sendable, Equatable, Codable {
    /// Pictures for each neutral prompt, and as many for each profession's identity prompts.
    public var pictures: Int
    /// DDIM steps a picture.
    public var inferenceSteps: Int
    /// Scale of classifier-free guidance.
    public var guidanceScale: Double

    /// An evaluation with every field given.
    public init(pictures: Int, inferenceSteps: Int, guidanceScale: Double) {
        self.pictures = pictures
        self.inferenceSteps = inferenceSteps
        self.guidanceScale = guidanceScale
    }

    /// What a recipe says of evaluation.
    public init(_ recipe: Recipe) {
        self.init(
            pictures: recipe.evaluation.picturesPerPrompt,
            inferenceSteps: recipe.evaluation.inferenceSteps,
            guidanceScale: recipe.evaluation.guidanceScale)
    }
}

/// An experiment over many lanes and seeds: what is trained, how often, and how it is measured.
public struct StudyPlan: Sendable, Equatable {
    /// A short name, which folders carry.
    public var name: String
    /// What is trained.
    public var arms: [StudyArm]
    /// Each seed draws other batches and noise in training, and other noise in the evaluation.
    public var seeds: [UInt64]
    /// How models are measured.
    public var evaluation: StudyEvaluation

    /// Makes a plan.
    ///
    /// - Throws: ``StudyError`` for a plan without an arm or a seed, with a seed twice, for arms that
    ///   differ in model or populations, and for populations that are still to be collected.
    public init(
        name: String, arms: [StudyArm], seeds: [UInt64], evaluation: StudyEvaluation
    ) throws {
        guard let first = arms.first else { throw StudyError("\(name) has nothing to train") }
        guard !seeds.isEmpty, Set(seeds).count == seeds.count else {
            throw StudyError("\(name) needs at least one seed, and none of them twice")
        }
        for arm in arms
        where arm.recipe.model != first.recipe.model
            || arm.recipe.populations != first.recipe.populations
            || arm.recipe.preferences != first.recipe.preferences
        {
            throw StudyError(
                "\"\(arm.name)\" has another model, other populations or other pairs than \"\(first.name)\": "
                    + "lanes of a study are compared on the same data"
            )
        }
        guard first.recipe.populations.source != "collect" else {
            throw StudyError(
                "a study trains every lane on the same populations: collect them with popbench "
                    + "collect and name their folder in populations.source"
            )
        }
        guard first.recipe.preferences.source != "collect" else {
            throw StudyError(
                "a study trains every lane on the same pairs: collect them with popbench "
                    + "collect --preferences and name their folder in preferences.source"
            )
        }
        guard evaluation.pictures >= 2 else {
            throw StudyError("an evaluation needs at least 2 pictures a prompt")
        }
        self.name = name
        self.arms = arms
        self.seeds = seeds
        self.evaluation = evaluation
    }

    /// The recipe whose model and populations all arms share.
    public var sharedRecipe: Recipe { arms[0].recipe }

    /// The professions that alignment trains on.
    ///
    /// - Throws: ``StudyError`` for a name that is no profession.
    public func trainedProfessions() throws -> [Profession] {
        try sharedRecipe.populations.professions.map { name in
            guard let profession = Profession(rawValue: name) else {
                throw StudyError("\"\(name)\" is no profession of the emoji people")
            }
            return profession
        }
    }

    /// The evaluation of one seed.
    func evaluationPlan(seed: UInt64) throws -> EvaluationPlan {
        EvaluationPlan(
            picturesPerPrompt: evaluation.pictures,
            guidanceScale: Float(evaluation.guidanceScale),
            inferenceSteps: evaluation.inferenceSteps, seed: seed,
            trained: try trainedProfessions())
    }

    /// All contenders but the base, in the order of arms and lanes.
    public var contenders: [String] {
        arms.flatMap { arm in arm.recipe.lanes.map { arm.contender($0.name) } }
    }

    /// The settings of a contender, and its arm.
    public func lane(of contender: String) -> (arm: StudyArm, settings: LaneSettings)? {
        for arm in arms {
            for lane in arm.recipe.lanes where arm.contender(lane.name) == contender {
                return (arm, lane)
            }
        }
        return nil
    }
}
