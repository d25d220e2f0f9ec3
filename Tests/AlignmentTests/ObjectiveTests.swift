import Alignment
import Foundation
import Testing

@Suite struct ObjectiveTests {
    static func everyObjective(beta: Double, kappa: Double) throws -> [any Objective] {
        try [
            SupervisedFineTuning(), DiffusionDPO(beta: beta), PopAlign(beta: beta),
            DiffusionKTO(beta: beta),
        ]
            + everyDivergence.flatMap { divergence -> [any Objective] in
                [
                    try FDPO(divergence: divergence, beta: beta, kappa: kappa),
                    try PopAlign(divergence: divergence, beta: beta, kappa: kappa),
                ]
            }
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
                        return objective.loss(batch(moved), offset: outcome.offset)
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

    @Test("Diffusion-KTO is the mean over images of 1 - sigma(s beta (g - r)), r = max(0, mean g)")
    func diffusionKTO() throws {
        let objective = try DiffusionKTO(beta: 700)
        func sigma(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        for (winners, losers, r) in [
            ([0.002, -0.001], [-0.001, 0.004], 0.001), ([0.002, -0.004], [-0.001, 0.001], 0.0),
        ] {
            let outcome = objective.evaluate(PairedErrors(winners: winners, losers: losers))
            #expect(try agree(#require(outcome.offset), r))
            let expected =
                winners.map { 1 - sigma(700 * ($0 - r)) }
                + losers.map { 1 - sigma(-700 * ($0 - r)) }
            #expect(agree(outcome.loss, expected.reduce(0, +) / 4))
            let slopes = winners.map { g in
                let s = sigma(700 * (g - r))
                return -700 * s * (1 - s) / 4
            }
            for (gradient, slope) in zip(outcome.winnerGradients, slopes) {
                #expect(agree(gradient, slope, 1e-10))
            }
        }
    }

    @Test(
        "Diffusion-KTO lets go of images far on either side; a log-sigmoid of the right side only")
    func utility() throws {
        let far = PairedErrors(winners: [-0.02, 0.02, 0], losers: [0.02, -0.02, 0])
        let kto = try DiffusionKTO(beta: 1_000).evaluate(far)
        #expect(kto.offset == 0)
        #expect(kto.terms.map(\.isSaturated) == [true, true, true, true, false, false])
        #expect(agree(kto.winnerGradients[0], kto.winnerGradients[1], 1e-9))
        #expect(kto.winnerGradients[2] < 1e6 * kto.winnerGradients[0])
        let popAlign = try PopAlign(beta: 1_000).evaluate(far)
        #expect(popAlign.terms.map(\.isSaturated) == [false, false, true, true, false, false])
    }

    @Test("PopAlign over a divergence is the mean of -log sigma(s beta (phi(kappa g) - b))")
    func popAlignOverDivergence() throws {
        var draws = Draws(7)
        let winners = draws.list(3, -0.003, 0.003)
        let losers = draws.list(3, -0.003, 0.003)
        for divergence in everyDivergence {
            let outcome = try PopAlign(divergence: divergence, beta: 0.7, kappa: 1_000).evaluate(
                PairedErrors(winners: winners, losers: losers))
            // f' differs from phi by a constant, which cancels against b.
            let phi = { (g: Double) in divergence.derivative(exp(1_000 * g)) }
            let b = (winners + losers).map(phi).reduce(0, +) / 6
            let expected =
                winners.map { log(1 + exp(-0.7 * (phi($0) - b))) }
                + losers.map { log(1 + exp(0.7 * (phi($0) - b))) }
            #expect(agree(outcome.loss, expected.reduce(0, +) / 6, 1e-10))
            let constant = divergence.derivative(1) - divergence.score(0)
            #expect(try abs(#require(outcome.offset) + constant - b) < 1e-10 * (1 + abs(b)))
        }
    }

    @Test("Over reverse KL PopAlign is the published one at kappa beta' = beta, to the last digits")
    func popAlignOverReverseKL() throws {
        var draws = Draws(8)
        for _ in 0..<200 {
            let beta = exp(draws.uniform(0, 9))
            let kappa = exp(draws.uniform(-2, 8))
            let batch = PairedErrors(
                winners: draws.list(5, -0.02, 0.02), losers: draws.list(5, -0.02, 0.02))
            let published = try PopAlign(beta: beta).evaluate(batch)
            let other = try PopAlign(divergence: .reverseKL, beta: beta / kappa, kappa: kappa)
                .evaluate(batch)
            #expect(agree(published.loss, other.loss, 1e-10))
            for i in 0..<5 {
                #expect(agree(published.winnerGradients[i], other.winnerGradients[i], 1e-9))
                #expect(agree(published.loserGradients[i], other.loserGradients[i], 1e-9))
            }
        }
    }

    @Test(
        "With one pair PopAlign over a divergence is f-DPO at half its beta",
        arguments: everyDivergence)
    func onePairOverDivergence(_ divergence: Divergence) throws {
        var draws = Draws(9)
        for _ in 0..<100 {
            let beta = exp(draws.uniform(-4, 2))
            let batch = PairedErrors(
                winners: draws.list(1, -0.004, 0.004), losers: draws.list(1, -0.004, 0.004))
            let popAlign = try PopAlign(divergence: divergence, beta: beta, kappa: 1_000)
            let fDPO = try FDPO(divergence: divergence, beta: beta / 2, kappa: 1_000)
            #expect(popAlign.initialSlope == fDPO.initialSlope)
            let (a, b) = (popAlign.evaluate(batch), fDPO.evaluate(batch))
            #expect(agree(a.loss, b.loss, 1e-9))
            #expect(agree(a.winnerGradients[0], b.winnerGradients[0], 1e-9))
            #expect(agree(a.loserGradients[0], b.loserGradients[0], 1e-9))
        }
    }

    @Test("PopAlign counts the images that its divergence caps")
    func popAlignCaps() throws {
        let outcome = try PopAlign(divergence: .jeffreys, beta: 1, kappa: 1_000).evaluate(
            PairedErrors(winners: [0.001, -0.02], losers: [-0.009, -0.011]))
        #expect(outcome.terms.map(\.cappedImages) == [0, 0, 1, 1])
    }

    @Test("An equal slope is an equal first gradient, which an equal beta is not")
    func slopes() throws {
        let still = PairedErrors(winners: [0, 0], losers: [0, 0])
        let dpo = try DiffusionDPO(beta: 1_000)
        for divergence in everyDivergence {
            let beta = 500 / (1_000 * divergence.secondDerivative(1))
            let fDPO = try FDPO(divergence: divergence, beta: beta, kappa: 1_000)
            #expect(try agree(#require(fDPO.initialSlope), #require(dpo.initialSlope)))
            #expect(
                agree(
                    fDPO.evaluate(still).winnerGradients[0], dpo.evaluate(still).winnerGradients[0])
            )
        }
    }
}
