import Alignment
import Foundation
import Testing

@Suite struct ObjectiveTests {
    static func everyObjective(beta: Double, kappa: Double) throws -> [any Objective] {
        try [SupervisedFineTuning(), DiffusionDPO(beta: beta), PopAlign(beta: beta)]
            + everyDivergence.map { try FDPO(divergence: $0, beta: beta, kappa: kappa) }
    }

    @Test("SFT is the winners' mean error, and pulls each winner alike")
    func fineTuning() {
        let batch = PairedErrors(
            winners: SideErrors(policy: [0.1, 0.2, 0.6], reference: [0.3, 0.3, 0.3]),
            losers: SideErrors(policy: [5, 6, 7], reference: [1, 1, 1]))
        let outcome = SupervisedFineTuning().evaluate(batch)
        #expect(agree(outcome.loss, 0.3))
        #expect(outcome.winnerGradients == Array(repeating: -1.0 / 3, count: 3))
        #expect(outcome.loserGradients == [0, 0, 0])
        #expect(outcome.terms.allSatisfy { $0.margin.isNaN && !$0.isSaturated })
    }

    @Test("Diffusion-DPO is the mean over pairs of -log sigma(beta/2 (g_w - g_l))")
    func diffusionDPO() throws {
        let winners = [0.002, -0.001, 0.0]
        let losers = [-0.001, 0.003, 0.0]
        let outcome = try DiffusionDPO(beta: 900).evaluate(
            PairedErrors(winners: winners, losers: losers))
        let expected = zip(winners, losers).map { -log(1 / (1 + exp(-450 * ($0 - $1)))) }
        #expect(agree(outcome.loss, expected.reduce(0, +) / 3))
        #expect(outcome.terms.map(\.pair) == [0, 1, 2])
        #expect(agree(outcome.terms[0].margin, 450 * 0.003))
    }

    @Test("PopAlign is the mean over images of -log sigma(s beta (g - b)) at the balanced mean b")
    func popAlign() throws {
        let winners = [0.002, -0.001]
        let losers = [-0.001, 0.004]
        let outcome = try PopAlign(beta: 700).evaluate(
            PairedErrors(winners: winners, losers: losers))
        let b = 0.5 * (0.002 - 0.001) / 2 + 0.5 * (-0.001 + 0.004) / 2
        #expect(try agree(#require(outcome.offset), b))
        let expected =
            winners.map { log(1 + exp(-700 * ($0 - b))) }
            + losers.map { log(1 + exp(700 * ($0 - b))) }
        #expect(agree(outcome.loss, expected.reduce(0, +) / 4))
    }

    @Test("f-DPO is the mean over pairs of -log sigma(beta (phi(kappa g_w) - phi(kappa g_l)))")
    func fDPO() throws {
        var draws = Draws(1)
        let winners = draws.list(4, -0.003, 0.003)
        let losers = draws.list(4, -0.003, 0.003)
        for divergence in everyDivergence {
            let outcome = try FDPO(divergence: divergence, beta: 0.7, kappa: 1_000).evaluate(
                PairedErrors(winners: winners, losers: losers))
            let expected = zip(winners, losers).map { w, l in
                let m =
                    0.7
                    * (divergence.derivative(exp(1_000 * w)) - divergence.derivative(exp(1_000 * l)))
                return log(1 + exp(-m))
            }
            #expect(agree(outcome.loss, expected.reduce(0, +) / 4, 1e-10))
        }
    }

    @Test("Every gradient is the central difference of the loss, offsets held fixed")
    func gradients() throws {
        var draws = Draws(2)
        for trial in 0..<20 {
            let size = 1 + trial % 5
            let g = draws.list(2 * size, -0.012, 0.012)
            func batch(_ g: [Double]) -> PairedErrors {
                PairedErrors(winners: Array(g[..<size]), losers: Array(g[size...]))
            }
            for objective in try Self.everyObjective(beta: trial < 10 ? 0.6 : 300, kappa: 1_000) {
                if objective.name == .sft { continue }
                let outcome = objective.evaluate(batch(g))
                let gradient = outcome.winnerGradients + outcome.loserGradients
                for i in g.indices {
                    let numeric = slope(at: g[i], step: 1e-6) { value in
                        var moved = g
                        moved[i] = value
                        guard let popAlign = objective as? PopAlign, let b = outcome.offset else {
                            return objective.evaluate(batch(moved)).loss
                        }
                        let losses = moved.indices.map { k in
                            softplus((k < size ? -1 : 1) * popAlign.beta * (moved[k] - b))
                        }
                        return losses.reduce(0, +) / Double(losses.count)
                    }
                    let lost = 1e-9 * (1 + outcome.loss) / 1e-6 * 1e-5
                    #expect(abs(numeric - gradient[i]) < 1e-5 * abs(gradient[i]) + lost)
                }
            }
        }
    }

    @Test("SFT's gradient by g is minus that by the policy's error")
    func fineTuningGradient() {
        let reference = [0.3, 0.2]
        let losers = SideErrors(policy: [1, 1], reference: [1, 1])
        func loss(_ g: Double) -> Double {
            let winners = SideErrors(policy: [0.3 - g, 0.1], reference: reference)
            return SupervisedFineTuning().evaluate(PairedErrors(winners: winners, losers: losers))
                .loss
        }
        #expect(abs(slope(at: 0.05, step: 1e-3, of: loss) + 0.5) < 1e-10)
    }

    @Test("With one pair PopAlign is Diffusion-DPO, value and gradient")
    func onePair() throws {
        var draws = Draws(3)
        for _ in 0..<500 {
            let beta = exp(draws.uniform(0, 9))
            let batch = PairedErrors(
                winners: draws.list(1, -0.02, 0.02), losers: draws.list(1, -0.02, 0.02))
            let popAlign = try PopAlign(beta: beta).evaluate(batch)
            let dpo = try DiffusionDPO(beta: beta).evaluate(batch)
            #expect(agree(popAlign.loss, dpo.loss, 1e-10))
            #expect(agree(popAlign.winnerGradients[0], dpo.winnerGradients[0], 1e-10))
            #expect(agree(popAlign.loserGradients[0], dpo.loserGradients[0], 1e-10))
        }
    }

    @Test("With more pairs the two agree at g = 0 and part as g grows")
    func severalPairs() throws {
        let popAlign = try PopAlign(beta: 500)
        let dpo = try DiffusionDPO(beta: 500)
        let still = PairedErrors(winners: [0, 0, 0], losers: [0, 0, 0])
        #expect(agree(popAlign.evaluate(still).loss, log(2)))
        #expect(popAlign.evaluate(still).winnerGradients == dpo.evaluate(still).winnerGradients)
        #expect(popAlign.evaluate(still).loserGradients == dpo.evaluate(still).loserGradients)
        #expect(popAlign.initialSlope == dpo.initialSlope)
        let moved = PairedErrors(winners: [0.01, -0.004, 0.02], losers: [-0.01, 0.005, 0])
        #expect(
            !agree(
                popAlign.evaluate(moved).winnerGradients[0],
                dpo.evaluate(moved).winnerGradients[0], 0.1))
    }

    @Test("Diffusion-DPO(beta) is f-DPO with reverse KL at kappa beta' = beta/2")
    func reverseKL() throws {
        var draws = Draws(4)
        for _ in 0..<500 {
            let beta = exp(draws.uniform(0, 9))
            let kappa = exp(draws.uniform(-2, 8))
            let batch = PairedErrors(
                winners: draws.list(5, -0.02, 0.02), losers: draws.list(5, -0.02, 0.02))
            let dpo = try DiffusionDPO(beta: beta).evaluate(batch)
            let fDPO = try FDPO(divergence: .reverseKL, beta: beta / 2 / kappa, kappa: kappa)
            let other = fDPO.evaluate(batch)
            #expect(agree(dpo.loss, other.loss, 1e-10))
            for i in 0..<5 {
                #expect(agree(dpo.winnerGradients[i], other.winnerGradients[i], 1e-10))
                #expect(agree(dpo.loserGradients[i], other.loserGradients[i], 1e-10))
            }
        }
    }

    @Test("PopAlign bounds the preference of one population over another from below")
    func bound() throws {
        var draws = Draws(5)
        for _ in 0..<2_000 {
            let beta = exp(draws.uniform(-3, 7))
            let spread = exp(draws.uniform(-6, 1))
            let winners = draws.list(1 + draws.index(below: 9), -spread, spread)
            let losers = draws.list(1 + draws.index(below: 9), -spread, spread)
            let b = draws.uniform(-spread, spread)
            func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
            let population = logSigmoid(beta * (mean(winners) - mean(losers)))
            let images =
                0.5 * mean(winners.map { logSigmoid(2 * beta * ($0 - b)) })
                + 0.5 * mean(losers.map { logSigmoid(-2 * beta * ($0 - b)) })
            #expect(population >= images - 1e-12 * abs(images))

            let size = min(winners.count, losers.count)
            let batch = PairedErrors(
                winners: Array(winners[..<size]), losers: Array(losers[..<size]))
            let margin = beta * (mean(batch.winners.logRatios) - mean(batch.losers.logRatios))
            let loss = try PopAlign(beta: 2 * beta).evaluate(batch).loss
            #expect(softplus(-margin) <= loss * (1 + 1e-12))
        }
    }

    @Test("Nothing is NaN or infinite at l = +-200 with beta 1000, in Float after clipping either")
    func extremes() throws {
        let kappa = 1_000.0
        let ends = [-200.0, -20, 0, 20, 200]
        let pairs = ends.flatMap { w in ends.map { (w / kappa, $0 / kappa) } }
        let batch = PairedErrors(winners: pairs.map(\.0), losers: pairs.map(\.1))
        for objective in try Self.everyObjective(beta: 1_000, kappa: kappa) {
            let outcome = objective.evaluate(batch)
            #expect(outcome.loss.isFinite)
            #expect(outcome.terms.allSatisfy { $0.loss.isFinite })
            let gradient = outcome.winnerGradients + outcome.loserGradients
            #expect(gradient.allSatisfy { $0.isFinite })
            #expect(gradient.allSatisfy { Float($0).isFinite })
            let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(norm.isFinite && norm > 0)
            let clipped = gradient.map { Float($0 * min(1, 1 / norm)) }
            #expect(clipped.allSatisfy { $0.isFinite })
            #expect(clipped.reduce(0) { $0 + $1 * $1 } < 1.0001)
        }
    }

    @Test("Signs are right: descent raises winners and lowers losers")
    func signs() throws {
        var draws = Draws(6)
        let batch = PairedErrors(
            winners: draws.list(8, -0.005, 0.005), losers: draws.list(8, -0.005, 0.005))
        for objective in try Self.everyObjective(beta: 0.5, kappa: 1_000) {
            let outcome = objective.evaluate(batch)
            #expect(outcome.winnerGradients.allSatisfy { $0 < 0 })
            #expect(outcome.loserGradients.allSatisfy { objective.name == .sft || $0 > 0 })
        }
    }

    @Test("Capped and saturated terms are counted")
    func flags() throws {
        let fDPO = try FDPO(divergence: .forwardKL, beta: 1, kappa: 1_000)
        let outcome = fDPO.evaluate(
            PairedErrors(winners: [0.001, -0.02, -0.02], losers: [-0.009, -0.021, 0]))
        #expect(outcome.terms.map(\.cappedImages) == [0, 2, 1])
        #expect(outcome.terms.map(\.isSaturated) == [true, true, false])
        let edge = log(999.0)
        let dpo = try DiffusionDPO(beta: 2)
        let near = dpo.evaluate(PairedErrors(winners: [edge - 1e-6, edge + 1e-6], losers: [0, 0]))
        #expect(near.terms.map(\.isSaturated) == [false, true])
    }

    @Test("An equal slope is an equal first gradient, which an equal beta is not")
    func slopes() throws {
        let still = PairedErrors(winners: [0, 0], losers: [0, 0])
        let dpo = try DiffusionDPO(beta: 1_000)
        for divergence in everyDivergence {
            let beta = FDPO.beta(matchingSlope: 500, divergence: divergence, kappa: 1_000)
            let fDPO = try FDPO(divergence: divergence, beta: beta, kappa: 1_000)
            #expect(try agree(#require(fDPO.initialSlope), #require(dpo.initialSlope)))
            #expect(
                agree(
                    fDPO.evaluate(still).winnerGradients[0], dpo.evaluate(still).winnerGradients[0])
            )
        }
        #expect(FDPO.beta(matchingSlope: 500, divergence: .jensenShannon, kappa: 1_000) == 1)
        #expect(FDPO.beta(matchingSlope: 500, divergence: .forwardKL, kappa: 1_000) == 0.5)
    }
}
