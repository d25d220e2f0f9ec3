import BenchProtocol
import Studies
import Testing
import TrainingEngine

private typealias Fixture = StudyFixture

@Suite("Keys of results")
struct StudyKeysTests {
    private let digests = ["unet": "1", "populations": "2"]

    private func keys(
        _ change: (inout Recipe) -> Void = { _ in }, digests: [String: String]? = nil,
        evaluation: StudyEvaluation = StudyEvaluation(
            pictures: 2, inferenceSteps: 3, guidanceScale: 2)
    ) throws -> (keys: StudyKeys, arm: StudyArm) {
        var recipe = Fixture.recipe(
            lanes: [Fixture.sft, Fixture.popalign], schedule: .cosine)
        change(&recipe)
        let arm = StudyArm(name: "arm", recipe: recipe)
        let plan = try StudyPlan(name: "s", arms: [arm], seeds: [1], evaluation: evaluation)
        return (StudyKeys(plan: plan, digests: digests ?? self.digests), arm)
    }

    private func key(
        _ made: (keys: StudyKeys, arm: StudyArm), lane: LaneSettings = Fixture.popalign,
        seed: UInt64 = 1, step: Int = 4
    ) -> String {
        made.keys.evaluation(made.arm, lane: lane, seed: seed, step: step)
    }

    @Test("whatever changes a result changes its key")
    func sensitive() throws {
        let own = key(try keys())
        var lane = Fixture.popalign
        var others = [
            key(try keys(), seed: 2), key(try keys(), step: 3),
            key(try keys(), lane: Fixture.sft), key(try keys(digests: ["unet": "1"])),
            key(try keys(digests: ["unet": "1", "populations": "3"])),
            key(
                try keys(
                    evaluation: StudyEvaluation(pictures: 3, inferenceSteps: 3, guidanceScale: 2))),
            key(
                try keys(
                    evaluation: StudyEvaluation(pictures: 2, inferenceSteps: 4, guidanceScale: 2))),
            key(
                try keys(
                    evaluation: StudyEvaluation(pictures: 2, inferenceSteps: 3, guidanceScale: 3))),
            key(try keys { $0.session.pairsPerStep = 3 }),
            key(try keys { $0.session.steps = 5 }),
            key(try keys { $0.training.policyEMA = 0.5 }),
            key(try keys { $0.training.identityCaptions = 0.5 }),
            key(try keys { $0.training.schedule = .linear }),
            key(try keys { $0.training.weightDecay = 0.5 }),
            key(try keys { $0.populations.professions = ["farmer"] }),
        ]
        for change: (inout LaneSettings) -> Void in [
            { $0.beta = 51 }, { $0.kappa = 2 }, { $0.sftWeight = 1 }, { $0.learningRate = 2e-3 },
            { $0.warmupSteps = 3 },
        ] {
            lane = Fixture.popalign
            change(&lane)
            others.append(key(try keys(), lane: lane))
        }
        #expect(!others.contains(own))
        #expect(Set(others).count == others.count)
        #expect(try keys().keys.base(seed: 1) != keys().keys.base(seed: 2))
    }

    @Test("whatever changes no result leaves its key")
    func insensitive() throws {
        let own = key(try keys())
        var renamed = Fixture.popalign
        renamed.name = "other"
        for other in [
            key(try keys(), lane: renamed), key(try keys { $0.session.name = "other" }),
            key(try keys { $0.session.seed = 9 }), key(try keys { $0.session.autosaveSteps = 9 }),
            key(try keys { $0.session.keep = 9 }), key(try keys { $0.sampling.every = 9 }),
            key(try keys { $0.lanes = [Fixture.popalign] }),
            key(try keys { $0.evaluation.picturesPerPrompt = 99 }),
        ] {
            #expect(other == own)
        }
    }

    @Test("with a constant rate a longer run begins as a shorter one does")
    func prolonged() throws {
        func at(_ steps: Int, _ schedule: Recipe.Training.Schedule) throws -> String {
            key(
                try keys {
                    $0.session.steps = steps
                    $0.training.schedule = schedule
                })
        }
        #expect(try at(4, .constant) == at(9, .constant))
        #expect(try at(4, .cosine) != at(9, .cosine))
    }
}
