import Alignment
import Testing

@Suite struct LoserSafeguardTests {
    @Test(
        "The scale is (1 - slack) |G_w|^2 / (G_w . G_l), at most 1, and 1 where they do not conflict"
    )
    func scale() throws {
        let safeguard = try LoserSafeguard(slack: 0.25)
        #expect(safeguard.scale(descent: 2, ascent: 3) == 0.5)
        #expect(safeguard.scale(descent: 4, ascent: 3) == 1)
        #expect(safeguard.scale(descent: 40, ascent: 3) == 1)
        #expect(safeguard.scale(descent: 0, ascent: 3) == 0)
        #expect(safeguard.scale(descent: 2, ascent: 0) == 1)
        #expect(safeguard.scale(descent: 2, ascent: -3) == 1)
        #expect(try LoserSafeguard(slack: 1).scale(descent: 2, ascent: 3) == 0)
        #expect(try LoserSafeguard(slack: 0).scale(descent: 2, ascent: 4) == 0.5)
    }

    @Test("What is no number lets no loser through")
    func notANumber() throws {
        let safeguard = try LoserSafeguard(slack: 0)
        #expect(safeguard.scale(descent: .nan, ascent: 1) == 0)
        #expect(safeguard.scale(descent: 1, ascent: .nan) == 0)
        #expect(safeguard.scale(descent: .infinity, ascent: .infinity) == 0)
    }

    @Test("A slack outside 0...1 is refused")
    func slack() {
        for bad in [-0.1, 1.1, .infinity] {
            let error = AlignmentError.slackOutOfRange(bad)
            #expect(throws: error) { try LoserSafeguard(slack: bad) }
            #expect(error.description.contains("\(bad)"))
        }
        #expect(throws: AlignmentError.self) { try LoserSafeguard(slack: .nan) }
    }

    /// Pairs whose predictions react alike to the parameters: a model that predicts its parameters.
    private struct Model {
        var weights: [[Double]]
        let winners: [[Double]]
        let losers: [[Double]]

        init(_ draws: inout Draws, pairs: Int, size: Int) {
            weights = (0..<pairs).map { _ in draws.list(size, -1, 1) }
            winners = (0..<pairs).map { _ in draws.list(size, -1, 1) }
            losers = (0..<pairs).map { _ in draws.list(size, -1, 1) }
        }

        private func means(_ term: (Double, Double, Double) -> Double) -> [Double] {
            weights.indices.map { pair in
                let terms = weights[pair].indices.map {
                    term(weights[pair][$0], winners[pair][$0], losers[pair][$0])
                }
                return terms.reduce(0, +) / Double(terms.count)
            }
        }

        var winnerErrors: [Double] { means { p, w, _ in (p - w) * (p - w) } }
        var loserErrors: [Double] { means { p, _, l in (p - l) * (p - l) } }
        var residualProducts: [Double] { means { p, w, l in (p - w) * (p - l) } }
        var batch: PairedErrors {
            func side(_ errors: [Double]) -> SideErrors {
                SideErrors(policy: errors, reference: errors.map { _ in 0.6 })
            }
            return PairedErrors(winners: side(winnerErrors), losers: side(loserErrors))
        }

        /// The model after a short step down an outcome's gradient.
        func stepped(_ outcome: ObjectiveOutcome, rate: Double) -> Model {
            var next = self
            for pair in weights.indices {
                let scale = 2 / Double(weights[pair].count)
                for i in weights[pair].indices {
                    let p = weights[pair][i]
                    // By the error the gradient is minus that by g.
                    next.weights[pair][i] +=
                        rate * scale
                        * (outcome.winnerGradients[pair] * (p - winners[pair][i])
                            + outcome.loserGradients[pair] * (p - losers[pair][i]))
                }
            }
            return next
        }
    }

    private static func objectives() throws -> [any Objective] {
        try [
            DiffusionDPO(beta: 3), PopAlign(beta: 3), DiffusionKTO(beta: 3),
            FDPO(divergence: .jensenShannon, beta: 2, kappa: 2),
            FDPO(divergence: .forwardKL, beta: 2, kappa: 2),
            PopAlign(divergence: .jeffreys, beta: 1, kappa: 2),
        ]
    }

    /// The outcome with losers that do nothing: full slack stops each one that conflicts.
    private static func withoutLosers(_ outcome: ObjectiveOutcome) throws -> ObjectiveOutcome {
        let ones = outcome.winnerGradients.map { _ in 1.0 }
        let bare = try LoserSafeguard(slack: 1).apply(
            to: outcome, winnerErrors: ones, residualProducts: ones
        ).outcome
        #expect(bare.loserGradients.allSatisfy { $0 == 0 })
        return bare
    }

    @Test("To first order no winner's error rises, and without the safeguard it often would")
    func firstOrder() throws {
        var draws = Draws(11)
        var raisedWithout = 0
        for _ in 0..<60 {
            let model = Model(&draws, pairs: 4, size: 6)
            for objective in try Self.objectives() {
                let outcome = objective.evaluate(model.batch)
                let rate = 1e-6
                func change(_ outcome: ObjectiveOutcome) -> [Double] {
                    let next = model.stepped(outcome, rate: rate)
                    return zip(next.winnerErrors, model.winnerErrors).map { ($0 - $1) / rate }
                }
                let bare = change(outcome)
                raisedWithout += bare.filter { $0 > 1e-6 }.count
                for slack in [0, 0.3, 0.9] {
                    let pairwise = try LoserSafeguard(slack: slack, scope: .pair).apply(
                        to: outcome, winnerErrors: model.winnerErrors,
                        residualProducts: model.residualProducts)
                    let alone = change(try Self.withoutLosers(outcome))
                    for (safe, own) in zip(change(pairwise.outcome), alone) {
                        // It falls at least at `slack` times the rate that its own branch has.
                        #expect(safe <= slack * own + 1e-5)
                    }
                    let whole = try LoserSafeguard(slack: slack).apply(
                        to: outcome, winnerErrors: model.winnerErrors,
                        residualProducts: model.residualProducts)
                    #expect(Set(whole.scales).count == 1)
                    #expect(
                        change(whole.outcome).reduce(0, +) <= slack * alone.reduce(0, +) + 4e-5)
                    #expect((whole.scales + pairwise.scales).allSatisfy { (0...1).contains($0) })
                }
            }
        }
        #expect(raisedWithout > 100)
    }

    @Test(
        "For Diffusion-DPO the pair's scale is the paper's, |r_w|^2 / (r_w . r_l), weights cancelled"
    )
    func published() throws {
        var draws = Draws(12)
        for _ in 0..<50 {
            let model = Model(&draws, pairs: 3, size: 5)
            let outcome = try DiffusionDPO(beta: 3).evaluate(model.batch)
            let scales = try LoserSafeguard(slack: 0.4, scope: .pair).apply(
                to: outcome, winnerErrors: model.winnerErrors,
                residualProducts: model.residualProducts
            ).scales
            for (pair, scale) in scales.enumerated() {
                let product = model.residualProducts[pair]
                let expected =
                    product > 0 ? min(1, 0.6 * model.winnerErrors[pair] / product) : 1
                #expect(agree(scale, expected))
            }
        }
    }

    @Test("Only losers' gradients change: value, terms and winners' gradients stay")
    func untouched() throws {
        let batch = PairedErrors(winners: [0.1, 0.2], losers: [0.2, -0.1])
        let outcome = try PopAlign(beta: 3).evaluate(batch)
        let (safe, scales) = try LoserSafeguard(slack: 0.5, scope: .pair).apply(
            to: outcome, winnerErrors: [0.1, 0.1], residualProducts: [0.4, -0.4])
        #expect(scales[0] < 1 && scales[1] == 1)
        #expect(safe.loss == outcome.loss && safe.terms == outcome.terms)
        #expect(safe.winnerGradients == outcome.winnerGradients && safe.offset == outcome.offset)
        #expect(safe.loserGradients[0] == outcome.loserGradients[0] * scales[0])
        #expect(safe.loserGradients[1] == outcome.loserGradients[1])
    }

    @Test("Fine-tuning has no loser to hold back")
    func fineTuning() throws {
        let outcome = SupervisedFineTuning().evaluate(PairedErrors(winners: [0.1], losers: [0.2]))
        let (safe, scales) = try LoserSafeguard(slack: 0.9).apply(
            to: outcome, winnerErrors: [0.3], residualProducts: [0.2])
        #expect(safe.loserGradients == [0] && scales == [1])
    }
}
