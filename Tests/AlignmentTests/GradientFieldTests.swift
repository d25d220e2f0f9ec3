import Alignment
import Foundation
import Testing

@Suite struct GradientFieldTests {
    static let points: [(Double, Double)] = [
        (0, 0), (1, -1), (-1, 1), (2.5, 0.3), (-3, -4), (4, 5), (-8, 6), (9, -9),
    ]

    @Test("The ratio |dX1/dX2| is the closed form of each divergence", arguments: everyDivergence)
    func ratios(_ divergence: Divergence) {
        let field = GradientField(law: .paired(divergence), beta: 0.8)
        for (l1, l2) in Self.points {
            let x1 = exp(l1)
            let x2 = exp(l2)
            let (ratio, logRatio): (Double, Double)
            switch divergence {
            case .reverseKL: (ratio, logRatio) = (x2 / x1, 1)
            case .forwardKL: (ratio, logRatio) = (pow(x2 / x1, 2), x2 / x1)
            case .jensenShannon:
                (ratio, logRatio) = (x2 * (1 + x2) / (x1 * (1 + x1)), (1 + x2) / (1 + x1))
            case .alpha(let a): (ratio, logRatio) = (pow(x2 / x1, 1 + a), pow(x2 / x1, a))
            case .jeffreys:
                ratio = (1 / x1 + 1 / (x1 * x1)) / (1 / x2 + 1 / (x2 * x2))
                logRatio = (1 + 1 / x1) / (1 + 1 / x2)
            }
            #expect(agree(field.ratio(l1, l2), ratio, 1e-10))
            #expect(agree(field.logRatio(l1, l2), logRatio, 1e-10))
            let gradient = field.gradient(l1, l2)
            // At (9, -9) the gradient of the steep divergences underflows; its ratio does not.
            if gradient.winner < -1e-200 {
                #expect(agree(-gradient.winner / gradient.loser, ratio, 1e-9))
            }
        }
    }

    @Test("The partial derivatives by X are beta sigma(-m) f''(X)", arguments: everyDivergence)
    func partials(_ divergence: Divergence) {
        let beta = 0.8
        let field = GradientField(law: .paired(divergence), beta: beta)
        for (l1, l2) in Self.points {
            let m = beta * (divergence.derivative(exp(l1)) - divergence.derivative(exp(l2)))
            let gradient = field.gradient(l1, l2)
            let pull = beta * sigmoid(-m)
            #expect(agree(gradient.winner, -pull * divergence.secondDerivative(exp(l1)), 1e-9))
            #expect(agree(gradient.loser, pull * divergence.secondDerivative(exp(l2)), 1e-9))
        }
    }

    @Test(
        "The log-space gradient is the central difference of the loss", arguments: everyDivergence)
    func differences(_ divergence: Divergence) {
        let laws = [
            GradientField(law: .paired(divergence), beta: 0.3),
            GradientField(law: .centred(divergence, offset: 0.4), beta: 0.3),
            GradientField(law: .centred(.reverseKL, offset: 0.4), beta: 0.9),
            GradientField(law: .utility(reference: 0.4), beta: 0.9),
        ]
        for field in laws {
            for (l1, l2) in Self.points + [(-14, -12), (-30, 2)] {
                let gradient = field.logGradient(l1, l2)
                let winner = slope(at: l1, step: 1e-3) { field.loss($0, l2) }
                let loser = slope(at: l2, step: 1e-3) { field.loss(l1, $0) }
                let lost = 1e-11 * (1 + field.loss(l1, l2))
                #expect(abs(winner - gradient.winner) < 1e-6 * abs(gradient.winner) + lost)
                #expect(abs(loser - gradient.loser) < 1e-6 * abs(gradient.loser) + lost)
            }
        }
    }

    @Test("At (1, 1) and (2, 1/2) the partial derivatives are those done by hand, and differences'")
    func worked() {
        let js = GradientField(law: .paired(.jensenShannon), beta: 1)
        #expect(agree(js.loss(0, 0), log(2)))
        #expect(agree(js.gradient(0, 0).winner, -0.25) && agree(js.gradient(0, 0).loser, 0.25))
        // m = ln(4/3) - ln(2/3) = ln 2, so sigma(-m) = 1/3; f''(2) = 1/6 and f''(1/2) = 4/3.
        let (l1, l2) = (log(2.0), log(0.5))
        #expect(agree(js.loss(l1, l2), log(1.5)))
        #expect(agree(js.gradient(l1, l2).winner, -1.0 / 18))
        #expect(agree(js.gradient(l1, l2).loser, 4.0 / 9))
        #expect(agree(js.ratio(l1, l2), 0.125))
        for divergence in everyDivergence {
            for beta in [0.3, 1, 4] {
                let field = GradientField(law: .paired(divergence), beta: beta)
                for (x1, x2) in [(1.0, 1.0), (2, 0.5), (0.5, 2)] {
                    let gradient = field.gradient(log(x1), log(x2))
                    let winner = slope(at: x1, step: 1e-3) { field.loss(log($0), log(x2)) }
                    let loser = slope(at: x2, step: 1e-3) { field.loss(log(x1), log($0)) }
                    #expect(agree(gradient.winner, winner, 1e-8))
                    #expect(agree(gradient.loser, loser, 1e-8))
                }
            }
        }
    }

    @Test("An objective's field has the gradient that the objective gives the pair")
    func agreement() throws {
        let kappa = 1_000.0
        let pairs = [(0.002, -0.001), (-0.003, 0.001), (0, 0), (0.004, 0.006)]
        var objectives: [any Objective] = try [
            DiffusionDPO(beta: 800), PopAlign(beta: 800), DiffusionKTO(beta: 800),
        ]
        objectives += try everyDivergence.map {
            try PopAlign(divergence: $0, beta: 0.4, kappa: kappa)
        }
        objectives += try everyDivergence.map { try FDPO(divergence: $0, beta: 0.4, kappa: kappa) }
        for objective in objectives {
            let batch = PairedErrors(winners: pairs.map(\.0), losers: pairs.map(\.1))
            let outcome = objective.evaluate(batch)
            let field = try #require(objective.field(kappa: kappa, offset: outcome.offset))
            for (index, pair) in pairs.enumerated() {
                let gradient = field.logGradient(kappa * pair.0, kappa * pair.1)
                // dL/dg = kappa dL/dl, and the batch's mean divides by the number of pairs.
                let scale = kappa / Double(pairs.count)
                #expect(agree(outcome.winnerGradients[index], scale * gradient.winner, 1e-9))
                #expect(agree(outcome.loserGradients[index], scale * gradient.loser, 1e-9))
            }
        }
        #expect(SupervisedFineTuning().field(kappa: kappa, offset: nil) == nil)
    }

    @Test("Once X1 > X2 the loser's gradient dominates, for every divergence")
    func dominance() {
        for divergence in everyDivergence {
            let field = GradientField(law: .paired(divergence), beta: 1)
            #expect(field.ratio(2, 0.5) < 1)
            #expect(field.ratio(0.5, 2) > 1)
            #expect(agree(field.ratio(1, 1), 1))
        }
    }

    @Test("The grid runs in row order from the lowest y, with descent up for winners")
    func grid() throws {
        let field = GradientField(law: .paired(.jensenShannon), beta: 1)
        let arrows = field.arrows(extent: 3, side: 7)
        #expect(arrows.count == 49)
        #expect(arrows[0].x == -3 && arrows[0].y == -3)
        #expect(arrows[6].x == 3 && arrows[6].y == -3)
        #expect(arrows[42].x == -3 && arrows[42].y == 3)
        #expect(arrows[24].x == 0 && arrows[24].y == 0)
        #expect(arrows.allSatisfy { $0.dx >= 0 && $0.dy <= 0 })
        let lengths = arrows.map { ($0.dx * $0.dx + $0.dy * $0.dy).squareRoot() }
        #expect(try abs(#require(lengths.max()) - 1) < 1e-12)
        let first = field.logGradient(-3, 3)
        let second = field.logGradient(1, 2)
        let expected = first.winner / second.winner
        let at = { (x: Double, y: Double) in arrows.first { $0.x == x && $0.y == y } }
        let measured = try #require(at(-3, 3)).dx / #require(at(1, 2)).dx
        #expect(agree(measured, expected, 1e-9))
    }

    @Test("Arrows and summaries stay finite where the gradient underflows")
    func underflow() {
        for divergence in everyDivergence {
            let field = GradientField(law: .paired(divergence), beta: 1_000)
            for (l1, l2) in [(200.0, -200.0), (-200, 200), (200, 200), (-200, -200)] {
                let unit = field.direction(l1, l2)
                #expect(agree(unit.dx * unit.dx + unit.dy * unit.dy, 1))
                let summary = field.summary(of: [(l1, l2)])
                #expect((0...1).contains(summary.shareOnWinners))
                #expect(summary.medianRatio.isFinite)
            }
            let arrows = field.arrows(extent: 200, side: 5)
            #expect(arrows.allSatisfy { $0.dx.isFinite && $0.dy.isFinite })
        }
    }

    @Test("A summary gives share, median ratio, saturated, capped and mean direction")
    func summary() {
        let forward = GradientField(law: .paired(.forwardKL), beta: 0.1)
        let pairs = [(l1: 0.0, l2: 1.0), (l1: 1.0, l2: 0.0), (l1: -12.0, l2: 2.0)]
        let summary = forward.summary(of: pairs)
        #expect(agree(summary.medianRatio, M_E, 1e-10))
        #expect(agree(summary.capped, 1.0 / 6))
        #expect(summary.saturated == 0)
        let gradients = pairs.map { forward.logGradient($0.l1, $0.l2) }
        let winners = gradients.reduce(0) { $0 - $1.winner }
        let losers = gradients.reduce(0) { $0 + $1.loser }
        #expect(agree(summary.shareOnWinners, winners / (winners + losers), 1e-10))
        let directions = pairs.map { forward.direction($0.l1, $0.l2) }
        #expect(agree(summary.meanDX, directions.reduce(0) { $0 + $1.dx } / 3))
        #expect(agree(summary.meanDY, directions.reduce(0) { $0 + $1.dy } / 3))

        let reverse = GradientField(law: .paired(.reverseKL), beta: 1)
        let even = reverse.summary(of: [(5, -5), (0, 0)])
        #expect(even.shareOnWinners == 0.5 && even.medianRatio == 1 && even.saturated == 0.5)

        let centred = GradientField(law: .centred(.reverseKL, offset: 0), beta: 1)
        let quarter = centred.summary(of: [(9, 0), (0, 0)])
        #expect(quarter.saturated == 0.25)
        #expect(quarter.capped == 0)
    }

    @Test("Summaries by group are those of each group's pairs alone, and none of an empty group")
    func groups() {
        let field = GradientField(law: .paired(.jensenShannon), beta: 2)
        let pairs = [(l1: 0.3, l2: -0.4), (l1: 1.2, l2: 0.1), (l1: -2.0, l2: 1.0)]
        let found = field.summaries(of: pairs, groups: [2, 0, 2], count: 4)
        #expect(found.map(\.pairs) == [1, 0, 2, 0])
        #expect(found[0].summary == field.summary(of: [pairs[1]]))
        #expect(found[2].summary == field.summary(of: [pairs[0], pairs[2]]))
        #expect(found[1].summary == nil && found[3].summary == nil)
    }
}
