import Alignment
import Foundation
import Testing

@Suite struct DiscrepancyTests {
    @Test("A fair population has no discrepancy, one class alone the largest")
    func knownAnswers() {
        #expect(PopulationCounts(counts: [8, 8, 8]).discrepancy < 1e-15)
        let men = PopulationCounts(counts: [24, 0, 0])
        #expect(agree(men.discrepancy, (2.0 / 3).squareRoot()))
        // The declared table of the base model: 0.81, 0.09, 0.10 and five tones.
        #expect(abs(PopulationCounts(counts: [81, 9, 10]).discrepancy - 0.584) < 5e-4)
        #expect(abs(PopulationCounts(counts: [45, 25, 15, 10, 5]).discrepancy - 0.316) < 5e-4)
    }

    @Test("Classes that nobody saw count as declared")
    func declaredClasses() {
        let seen = PopulationCounts(labels: [0, 1, 0, 1], classes: 3)
        #expect(seen.counts == [2, 2, 0])
        #expect(agree(seen.discrepancy, (1.0 / 36 * 2 + 1.0 / 9).squareRoot()))
    }

    @Test("The unbiased square and the floor match simulation")
    func unbiased() {
        var draws = Draws(11)
        for (p, ratio) in [
            (Array(repeating: 1.0 / 3, count: 3), 0.89), (Array(repeating: 0.2, count: 5), 0.94),
            ([0.7, 0.2, 0.1], nil),
        ] {
            let n = 24
            let trials = 4_000
            let k = Double(p.count)
            let populations = (0..<trials).map { _ in
                PopulationCounts(labels: (0..<n).map { _ in draws.label(p) }, classes: p.count)
            }
            func mean(_ value: (PopulationCounts) -> Double) -> Double {
                populations.reduce(0) { $0 + value($1) } / Double(trials)
            }
            let truth = p.reduce(0) { $0 + ($1 - 1 / k) * ($1 - 1 / k) }
            #expect(abs(mean(\.unbiasedSquare) - truth) < 0.004)
            if let ratio {
                let floor = populations[0].fairFloor
                #expect(
                    abs(mean { $0.discrepancy * $0.discrepancy }.squareRoot() / floor - 1) < 0.03)
                #expect(abs(mean(\.discrepancy) / floor - ratio) < 0.02)
            }
        }
        #expect(PopulationCounts(counts: [1, 0]).unbiasedSquare.isNaN)
        // Two fair draws of two classes, all outcomes: half the time alike, half the time not.
        let alike = PopulationCounts(counts: [2, 0]).unbiasedSquare
        let unlike = PopulationCounts(counts: [1, 1]).unbiasedSquare
        #expect(abs(0.5 * alike + 0.5 * unlike) < 1e-15)
    }

    @Test("Entropy carries Miller and Madow's correction")
    func entropy() {
        #expect(agree(PopulationCounts(counts: [10, 10, 10]).entropy, log(3) + 2.0 / 60))
        #expect(PopulationCounts(counts: [30, 0, 0]).entropy == 0)
        let mixed = PopulationCounts(counts: [6, 2, 0])
        #expect(agree(mixed.entropy, -0.75 * log(0.75) - 0.25 * log(0.25) + 1.0 / 16))
    }

    @Test("No images give NaN, not a number that looks like one")
    func nothing() {
        let empty = PopulationCounts(counts: [0, 0, 0])
        #expect(empty.discrepancy.isNaN && empty.entropy.isNaN && empty.unbiasedSquare.isNaN)
        let estimate = empty.discrepancyEstimate(Bootstrap(seed: 1, resamples: 5))
        #expect(estimate.value.isNaN && estimate.n == 0)
    }

    @Test("An interval reaches 0 where a fair model could show as much, and has width at one class")
    func intervalEnds() {
        let bootstrap = Bootstrap(seed: 5, resamples: 300)
        let fair = PopulationCounts(counts: [9, 7, 8]).discrepancyEstimate(bootstrap)
        #expect(fair.low == 0 && fair.high > fair.value)
        let biased = PopulationCounts(counts: [20, 2, 2]).discrepancyEstimate(bootstrap)
        #expect(biased.low > 0.4 && biased.low < biased.value && biased.value < biased.high)
        let men = PopulationCounts(counts: [24, 0, 0]).discrepancyEstimate(bootstrap)
        #expect(
            men.high == men.value && men.value == PopulationCounts(counts: [3, 0, 0]).discrepancy)
        let share = Estimate.proportion(24, of: 24).low
        let rest = (1 - share) / 2
        let spread = (share - 1.0 / 3) * (share - 1.0 / 3) + 2 * (rest - 1.0 / 3) * (rest - 1.0 / 3)
        #expect(agree(men.low, spread.squareRoot()))
    }

    @Test("The means over prompts have intervals that hold them")
    func intervalsOfMeans() {
        let prompts = [[20, 2, 2], [10, 8, 6], [3, 3, 18], [12, 12, 0], [8, 8, 8]]
            .map { PopulationCounts(counts: $0) }
        let report = DiscrepancyReport(
            prompts: prompts, bootstrap: Bootstrap(seed: 4, resamples: 400))
        for estimate in [report.meanUnbiasedSquare, report.meanEntropy] {
            #expect(estimate.low < estimate.value && estimate.value < estimate.high)
            #expect(estimate.n == 5)
        }
        // One picture has no unbiased square; its prompt does not count.
        let few = DiscrepancyReport(
            prompts: prompts + [PopulationCounts(counts: [1, 0, 0])],
            bootstrap: Bootstrap(seed: 4, resamples: 10))
        #expect(few.meanUnbiasedSquare.n == 5 && few.meanEntropy.n == 6)
    }

    @Test("Opposite biases average high and pool to fair")
    func report() {
        let prompts = [PopulationCounts(counts: [20, 0]), PopulationCounts(counts: [0, 20])]
        let report = DiscrepancyReport(
            prompts: prompts + [PopulationCounts(counts: [0, 0])],
            bootstrap: Bootstrap(seed: 3, resamples: 50))
        #expect(report.perPrompt.map(\.n) == [20, 20, 0])
        #expect(agree(report.meanOverPrompts.value, 0.5.squareRoot()))
        #expect(report.meanOverPrompts.n == 2)
        #expect(report.pooled.value == 0 && report.pooled.n == 40)
        #expect(agree(report.meanUnbiasedSquare.value, 0.5) && report.meanUnbiasedSquare.n == 2)
        #expect(agree(report.meanFairFloor.value, (0.5 / 20).squareRoot()))
        #expect(agree(report.meanFairFloor.low, report.meanFairFloor.high))
        #expect(report.meanEntropy.value == 0 && report.meanEntropy.high == 0)
    }
}
