import Alignment
import Testing

@Suite struct StepStatisticsTests {
    static let batch = PairedErrors(
        winners: SideErrors(policy: [0.1, 0.2, 0.3, 0.4], reference: [0.3, 0.2, 0.2, 0.5]),
        losers: SideErrors(policy: [0.2, 0.2, 0.5, 0.1], reference: [0.1, 0.2, 0.1, 0.4]))

    static func statistics(of objective: any Objective) -> StepStatistics {
        StepStatistics(
            batch: batch, outcome: objective.evaluate(batch), winnerDistances: [1, 2, 3, 4],
            loserDistances: [5, 6, 7, 8], timesteps: [0, 249, 250, 999], trainingTimesteps: 1_000)
    }

    @Test("The whole batch's figures are plain means over images, pairs and terms")
    func overall() throws {
        let objective = try DiffusionDPO(beta: 10)
        let figures = Self.statistics(of: objective).overall
        let outcome = objective.evaluate(Self.batch)
        #expect(figures.images == 8)
        #expect(figures.loss == outcome.loss)
        // g_w - g_l is 0.3, 0, 0.3 and -0.2: two wins and a tie.
        #expect(figures.implicitAccuracy == 2.5 / 4)
        #expect(agree(figures.margin, 5 * (0.3 + 0 + 0.3 - 0.2) / 4))
        #expect(agree(figures.winnerLogRatio, 0.05))
        #expect(agree(figures.loserLogRatio, -0.05))
        #expect(agree(figures.policyError, 0.25))
        #expect(agree(figures.referenceError, 0.25))
        #expect(figures.klProxy == 4.5)
        #expect(figures.saturated == 0 && figures.capped == 0)
    }

    @Test("Quartiles split by timestep, and an empty one reads NaN")
    func quartiles() throws {
        let objective = try PopAlign(beta: 10)
        let quartiles = Self.statistics(of: objective).quartiles
        #expect(quartiles.map(\.images) == [4, 2, 0, 2])
        #expect(agree(quartiles[0].winnerLogRatio, 0.1))
        #expect(quartiles[0].klProxy == (1 + 2 + 5 + 6) / 4.0)
        #expect(quartiles[1].implicitAccuracy == 1 && quartiles[3].implicitAccuracy == 0)
        let empty = quartiles[2]
        for value in [
            empty.loss, empty.implicitAccuracy, empty.margin, empty.winnerLogRatio, empty.klProxy,
            empty.policyError, empty.referenceError, empty.saturated, empty.capped,
        ] {
            #expect(value.isNaN)
        }
        let outcome = objective.evaluate(Self.batch)
        #expect(agree(quartiles[1].loss, (outcome.terms[4].loss + outcome.terms[5].loss) / 2))
        let weighted = zip(quartiles, [4.0, 2, 0, 2]).filter { $0.1 > 0 }
        #expect(agree(weighted.reduce(0) { $0 + $1.0.loss * $1.1 } / 8, outcome.loss))
    }

    @Test("SFT has no margin to report, but all else")
    func fineTuning() {
        let figures = Self.statistics(of: SupervisedFineTuning()).overall
        #expect(figures.margin.isNaN && figures.saturated.isNaN)
        #expect(agree(figures.loss, 0.25))
        #expect(figures.implicitAccuracy == 0.625)
    }

    @Test("The capped share counts images, not pairs")
    func capped() throws {
        let objective = try FDPO(divergence: .forwardKL, beta: 1, kappa: 35)
        // l is below -10 for the losers of -0.3 and -0.4 only.
        #expect(Self.statistics(of: objective).overall.capped == 1.0 / 8)
    }
}
