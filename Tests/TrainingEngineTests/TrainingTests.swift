import BenchProtocol
import DiffusionModels
import Foundation
import NeuralLayers
import TensorCore
import Testing
import TrainingEngine

private typealias Fixture = TrainingFixture

/// The figures of a step without those of the clock.
private func figures(_ result: LockstepTrainer.StepResult) -> [Double] {
    let m = result.metrics
    return [
        m.loss, m.implicitAccuracy, m.margin, m.winnerLogRatio, m.loserLogRatio, m.policyError,
        m.referenceError, m.klProxy, m.gradientNorm, m.learningRate,
    ] + m.quartiles.flatMap { [Double($0.images), $0.policyError.isNaN ? -1 : $0.policyError] }
}

@Suite("Lockstep training")
struct TrainingTests {
    @Test(
        "before the first step every log-ratio is zero, no side is preferred and nothing has moved",
        arguments: ["diffusion-dpo", "popalign", "f-dpo", "diffusion-kto"])
    func firstStep(objective: String) throws {
        let pipeline = try Fixture.pipeline()
        let lane = try Fixture.lane(
            Fixture.settings(
                objective: objective, divergence: objective == "f-dpo" ? "js" : nil), pipeline)
        #expect(lane.weights.array == pipeline.unetWeights.array)
        let results = try Fixture.trainer(pipeline).advance([lane])
        let result = try #require(results.first)
        #expect(results.count == 1 && result.ratios.count == 5)
        #expect(result.ratios.allSatisfy { $0.l1 == 0 && $0.l2 == 0 })
        let m = result.metrics
        #expect(m.lane == "lane" && m.step == 1 && lane.step == 1)
        #expect(m.winnerLogRatio == 0 && m.loserLogRatio == 0 && m.margin == 0)
        #expect(m.implicitAccuracy == 0.5 && m.klProxy == 0 && m.saturated == 0)
        #expect(abs(m.loss - (objective == "diffusion-kto" ? 0.5 : log(2))) < 1e-12)
        #expect(m.policyError == m.referenceError && m.policyError > 0)
        #expect(m.gradientNorm > 0 && m.imagesPerSecond > 0)
        #expect(abs(m.learningRate - 2e-3 / 3) < 1e-12)
        #expect(m.quartiles.reduce(0) { $0 + $1.images } == 10)
        let moved = lane.weights.array != pipeline.unetWeights.array
        #expect(moved, "and then the weights move")
    }

    @Test("training moves winners and losers apart, and fine-tuning lowers the winners' error")
    func learning() throws {
        let pipeline = try Fixture.pipeline()
        let base = pipeline.unetWeights.array
        let trainer = try Fixture.trainer(pipeline)
        let lanes = try ["diffusion-dpo", "popalign", "sft"].map {
            try Fixture.lane(Fixture.settings($0, objective: $0), pipeline)
        }
        var margins = [Double](repeating: 0, count: 3)
        var last: [LockstepTrainer.StepResult] = []
        for step in 0..<60 {
            last = trainer.advance(lanes)
            #expect(last.map(\.metrics.lane) == ["diffusion-dpo", "popalign", "sft"])
            if step >= 50 {
                for (index, result) in last.enumerated() {
                    margins[index] +=
                        result.metrics.winnerLogRatio - result.metrics.loserLogRatio
                }
            }
        }
        #expect(margins.allSatisfy { $0 > 0 })
        #expect(last[0].metrics.loss < log(2) && last[1].metrics.loss < log(2))
        #expect(last[2].metrics.winnerLogRatio > 0)
        #expect(last[0].metrics.klProxy > 0)
        #expect(lanes[0].weights.array != lanes[1].weights.array)
        let untouched = pipeline.unetWeights.array == base
        #expect(untouched, "the reference stays as it is")
    }

    @Test("with next to no beta, a preference lane is what its SFT weight makes of it")
    func sftWeight() throws {
        let pipeline = try Fixture.pipeline()
        let trainer = try Fixture.trainer(pipeline, identityCaptions: 0.4)
        let lanes = try [
            Fixture.settings("sft", objective: "sft"),
            Fixture.settings("dpo", beta: 1e-9, sftWeight: 1),
            Fixture.settings("popalign", objective: "popalign", beta: 4, sftWeight: 1),
        ].map { try Fixture.lane($0, pipeline) }
        func distance(_ a: Lane, _ b: Lane) -> Float {
            zip(a.weights.array, b.weights.array).reduce(0) { max($0, abs($1.0 - $1.1)) }
        }
        for _ in 0..<6 { _ = trainer.advance(lanes) }
        #expect(distance(lanes[0], lanes[1]) < 1e-5)
        #expect(distance(lanes[0], lanes[2]) > 1e-3, "a real beta still pulls")
    }

    @Test("anchors take the place of pairs, which leaves fewer to the objective")
    func anchors() throws {
        let pipeline = try Fixture.pipeline()
        let settings = ["diffusion-dpo", "sft"].map { Fixture.settings($0, objective: $0) }
        func firstStep(_ share: Double) throws -> (metrics: [StepMetrics], lanes: [Lane]) {
            let lanes = try settings.map { try Fixture.lane($0, pipeline) }
            let trainer = try Fixture.trainer(pipeline, identityCaptions: share)
            return (trainer.advance(lanes).map(\.metrics), lanes)
        }
        let plain = try firstStep(0)
        let anchored = try firstStep(0.4)
        #expect(plain.metrics[0].quartiles.reduce(0) { $0 + $1.images } == 10)
        #expect(anchored.metrics[0].quartiles.reduce(0) { $0 + $1.images } == 6)
        for index in 0..<2 {
            #expect(!anchored.lanes[index].isSame(as: plain.lanes[index]))
        }
        // However large the share, one pair is left to prefer.
        #expect(try firstStep(0.9).metrics[0].quartiles.reduce(0) { $0 + $1.images } == 2)
    }

    @Test("lanes of one objective stay the same to the bit, beside others and alone")
    func sameObjective() throws {
        let pipeline = try Fixture.pipeline()
        let trainer = try Fixture.trainer(pipeline)
        let lanes = try [
            Fixture.settings("a", objective: "popalign"), Fixture.settings("other"),
            Fixture.settings("b", objective: "popalign"),
        ].map { try Fixture.lane($0, pipeline) }
        let alone = try Fixture.lane(Fixture.settings(objective: "popalign"), pipeline)
        let own = try Fixture.trainer(pipeline)
        for _ in 0..<8 {
            let together = trainer.advance(lanes)
            let single = own.advance([alone])
            #expect(figures(together[0]) == figures(together[2]))
            #expect(figures(together[0]) == figures(single[0]))
        }
        #expect(lanes[0].isSame(as: lanes[2]) && lanes[0].isSame(as: alone))
        #expect(!lanes[0].isSame(as: lanes[1]))
    }

    @Test("a lane that is added late and catches up is the same as one from the start")
    func lateLane() throws {
        let pipeline = try Fixture.pipeline()
        let trainer = try Fixture.trainer(pipeline)
        let early = try Fixture.lane(Fixture.settings("early", objective: "popalign"), pipeline)
        for _ in 0..<6 { _ = trainer.advance([early]) }
        let late = try Fixture.lane(Fixture.settings("late", objective: "popalign"), pipeline)
        for _ in 0..<6 { _ = trainer.advance([late]) }
        #expect(late.isSame(as: early))
        for _ in 0..<4 { _ = trainer.advance([early, late]) }
        #expect(late.isSame(as: early) && late.step == 10)
    }

    @Test("PopAlign's first step is Diffusion-DPO's to the bit, and the next is another")
    func firstGradient() throws {
        let pipeline = try Fixture.pipeline()
        let trainer = try Fixture.trainer(pipeline)
        let lanes = try ["popalign", "diffusion-dpo"].map {
            try Fixture.lane(Fixture.settings($0, objective: $0), pipeline)
        }
        let first = trainer.advance(lanes)
        #expect(first[0].metrics.gradientNorm == first[1].metrics.gradientNorm)
        #expect(lanes[0].isSame(as: lanes[1]))
        for _ in 0..<5 { _ = trainer.advance(lanes) }
        #expect(!lanes[0].isSame(as: lanes[1]))
    }

    @Test("f-DPO with reverse KL at half the scale is Diffusion-DPO, step after step")
    func reverseKL() throws {
        let pipeline = try Fixture.pipeline()
        let trainer = try Fixture.trainer(pipeline)
        let lanes = try [
            Fixture.settings("dpo", beta: 8),
            Fixture.settings(
                "f", objective: "f-dpo", divergence: "reverse-kl", beta: 2, kappa: 2),
        ].map { try Fixture.lane($0, pipeline) }
        for _ in 0..<4 {
            let results = trainer.advance(lanes)
            let (a, b) = (results[0].metrics, results[1].metrics)
            #expect(abs(a.loss - b.loss) <= 1e-6 * a.loss)
            #expect(abs(a.gradientNorm - b.gradientNorm) <= 1e-4 * a.gradientNorm)
        }
    }

    @Test("another seed trains on other pairs, the same seed on the same")
    func seeds() throws {
        let pipeline = try Fixture.pipeline()
        func trained(_ seed: UInt64) throws -> Lane {
            let lane = try Fixture.lane(Fixture.settings(), pipeline)
            let trainer = try Fixture.trainer(pipeline, seed: seed)
            for _ in 0..<3 { _ = trainer.advance([lane]) }
            return lane
        }
        #expect(try trained(1).isSame(as: trained(1)))
        #expect(try !trained(1).isSame(as: trained(2)))
    }

    @Test("one thread and all threads train the same bits", arguments: [1, 3, 5])
    func threads(pairs: Int) throws {
        let pipeline = try Fixture.pipeline()
        func trained() throws -> (Lane, [[Double]]) {
            let lane = try Fixture.lane(Fixture.settings(objective: "popalign"), pipeline)
            let trainer = try Fixture.trainer(pipeline, pairs: pairs)
            let results = (0..<4).map { _ in figures(trainer.advance([lane])[0]) }
            return (lane, results)
        }
        let parallel = try trained()
        let serial = try Fixture.serially(trained)
        #expect(parallel.0.isSame(as: serial.0))
        #expect(parallel.1 == serial.1)
    }

    @Test("pictures are sampled from the average where there is one, which follows the weights")
    func average() throws {
        let pipeline = try Fixture.pipeline()
        let trainer = try Fixture.trainer(pipeline)
        let with = try Fixture.lane(Fixture.settings("with"), pipeline)
        let without = try Fixture.lane(Fixture.settings("without"), pipeline, averages: false)
        _ = trainer.advance([with, without])
        #expect(with.samplingWeights === with.average)
        #expect(without.average == nil && without.samplingWeights === without.weights)
        let average = try #require(with.average).array
        for (i, base) in pipeline.unetWeights.array.enumerated() {
            let expected = 0.9 * base + 0.1 * with.weights.array[i]
            guard abs(average[i] - expected) <= 1e-6 else {
                Issue.record("element \(i) is \(average[i]), not \(expected)")
                break
            }
        }
    }

    @Test("no lanes make no step")
    func nothing() throws {
        let pipeline = try Fixture.pipeline()
        #expect(try Fixture.trainer(pipeline).advance([]).isEmpty)
    }
}
