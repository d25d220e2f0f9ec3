import BenchProtocol
import DiffusionModels
import NeuralLayers
import Pictures
import Populations
import TensorCore
import Testing
import TrainingEngine

private typealias Fixture = TrainingFixture

@Suite("Training with the safeguard")
struct TrainingSafeguardTests {
    /// Losers are what winners are and more: whatever pushes losers away pushes winners with them.
    private static func conflict(side: Int = 8) -> PopulationPair {
        func population(_ level: UInt8) -> [PopulationMember] {
            Fixture.professions.map { profession in
                PopulationMember(
                    picture: Picture(
                        width: side, height: side,
                        rgb: [UInt8](repeating: level, count: side * side * 3)),
                    text: Caption(profession).text,
                    attributes: PersonAttributes(
                        profession: profession, gender: .woman, tone: SkinTone.all[0]),
                    confidence: 1)
            }
        }
        return PopulationPair(winners: population(155), losers: population(255))
    }

    private static func trainer(_ pipeline: DiffusionPipeline) throws -> LockstepTrainer {
        LockstepTrainer(
            pipeline: pipeline,
            bank: try PreferenceBank(
                conflict(), professions: Fixture.professions.map(\.name), pipeline: pipeline),
            plan: TrainingPlan(
                seed: 3, pairsPerStep: 8, captionDropout: 0, policyEMA: 0
            ) { settings, _ in settings.learningRate })
    }

    /// A lane whose optimiser is plain gradient descent: beside so large an epsilon, AdamW's root of
    /// the second moment is nothing.
    private static func descending(
        _ settings: LaneSettings, _ weights: FloatBlock
    ) throws -> Lane {
        try Lane(
            settings, base: weights,
            adamW: AdamWConfiguration(
                beta1: 0, beta2: 0, eps: 1e4, weightDecay: 0, maxGradientNorm: .infinity),
            averages: false)
    }

    /// How much a lane's first step lowers the winners' error on the pairs of that step.
    private static func descent(
        _ objective: String, safeguard: Double?, pipeline: DiffusionPipeline
    ) throws -> (winners: Double, losers: Double, scale: Double) {
        let trainer = try trainer(pipeline)
        var settings = Fixture.settings(
            objective: objective, divergence: objective == "f-dpo" ? "js" : nil, beta: 1,
            learningRate: 20)
        settings.safeguard = safeguard
        let lane = try descending(settings, pipeline.unetWeights)
        let first = try #require(trainer.advance([lane]).first)
        // Another lane with these weights sees the pairs of the first step once more.
        let again = try descending(settings, lane.weights)
        let second = try #require(trainer.advance([again]).first)
        #expect(first.metrics.winnerLogRatio == 0)
        return (
            second.metrics.winnerLogRatio, second.metrics.loserLogRatio,
            first.metrics.safeguardScale
        )
    }

    @Test(
        "the winners' error rises without it and does not with it, while the losers' rises still",
        arguments: ["diffusion-dpo", "f-dpo"])
    func firstOrder(objective: String) throws {
        let pipeline = try Fixture.pipeline()
        let without = try Self.descent(objective, safeguard: nil, pipeline: pipeline)
        #expect(without.winners < 0 && without.losers < without.winners)
        #expect(without.scale.isNaN)
        let with = try Self.descent(objective, safeguard: 0.5, pipeline: pipeline)
        #expect(with.scale > 0 && with.scale < 1)
        #expect(with.winners >= 0, "\(with) beside \(without)")
        // All slack leaves the winners' descent alone.
        let all = try Self.descent(objective, safeguard: 1, pipeline: pipeline)
        #expect(all.scale == 0 && all.winners > with.winners)
    }

    @Test("a lane beside it that asks for none is left as it is")
    func beside() throws {
        let pipeline = try Fixture.pipeline()
        func first(_ safeguards: [Double?]) throws -> [Lane] {
            let lanes = try safeguards.enumerated().map { index, slack in
                var settings = Fixture.settings("lane-\(index)")
                settings.safeguard = slack
                return try Fixture.lane(settings, pipeline)
            }
            let trainer = try Self.trainer(pipeline)
            for _ in 0..<3 { _ = trainer.advance(lanes) }
            return lanes
        }
        let lanes = try first([nil, 0.9])
        #expect(lanes[0].isSame(as: try first([nil])[0]))
        #expect(!lanes[0].isSame(as: lanes[1]))
    }
}
