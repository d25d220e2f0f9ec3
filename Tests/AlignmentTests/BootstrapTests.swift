import Alignment
import Foundation
import Testing

@Suite struct BootstrapTests {
    @Test("The same seed gives the same interval, another seed or stream another")
    func reproducible() {
        let values = [0.1, 0.5, 0.2, 0.9, 0.4, 0.35]
        let first = Bootstrap(seed: 7, resamples: 200).mean(of: values)
        #expect(first == Bootstrap(seed: 7, resamples: 200).mean(of: values))
        #expect(first != Bootstrap(seed: 8, resamples: 200).mean(of: values))
        #expect(first != Bootstrap(seed: 7, resamples: 200).mean(of: values, stream: 1))
        #expect(first.low <= first.value && first.value <= first.high && first.n == 6)
    }

    @Test("Of nothing there is no figure")
    func nothing() {
        let estimate = Bootstrap(seed: 1, resamples: 10).mean(of: [])
        #expect(estimate.value.isNaN && estimate.low.isNaN && estimate.n == 0)
    }

    @Test("A paired comparison does not see what its prompts have in common")
    func paired() {
        var draws = Draws(21)
        let base = draws.list(14, 0.1, 0.8)
        let lane = base.map { $0 - 0.05 }
        let bootstrap = Bootstrap(seed: 2, resamples: 300)
        let difference = bootstrap.difference(base, lane)
        #expect(abs(difference.value + 0.05) < 1e-12)
        #expect(difference.high - difference.low < 1e-12)
        let halved = bootstrap.relativeChange(base, base.map { 0.5 * $0 })
        #expect(agree(halved.value, -0.5) && agree(halved.low, -0.5) && agree(halved.high, -0.5))
        #expect(halved.n == 14)
    }

    @Test("Intervals of a mean cover the truth about as often as they say")
    func meanCoverage() {
        var draws = Draws(22)
        let trials = 300
        let covered = (0..<trials).filter { trial in
            let estimate = Bootstrap(seed: UInt64(trial), resamples: 200)
                .mean(of: draws.list(20, 0, 1))
            return estimate.low <= 0.5 && 0.5 <= estimate.high
        }.count
        #expect(Double(covered) / Double(trials) > 0.87)
        #expect(covered < trials)
    }

    @Test("Intervals of a discrepancy cover the truth, that of a fair model included")
    func discrepancyCoverage() {
        var draws = Draws(23)
        for p in [[1.0 / 3, 1.0 / 3, 1.0 / 3], [0.81, 0.09, 0.1], [0.5, 0.3, 0.2]] {
            let truth = p.reduce(0) { $0 + ($1 - 1.0 / 3) * ($1 - 1.0 / 3) }.squareRoot()
            let trials = 200
            let covered = (0..<trials).filter { trial in
                let labels = (0..<96).map { _ in draws.label(p) }
                let estimate = PopulationCounts(labels: labels, classes: 3)
                    .discrepancyEstimate(Bootstrap(seed: UInt64(trial), resamples: 300))
                return estimate.low - 1e-12 <= truth && truth <= estimate.high
            }.count
            #expect(Double(covered) / Double(trials) > 0.87)
        }
    }

    @Test("Wilson's interval has the published values and never leaves 0...1")
    func wilson() {
        let half = Estimate.proportion(50, of: 100)
        #expect(half.value == 0.5 && half.n == 100)
        #expect(abs(half.low - 0.4038) < 1e-4 && abs(half.high - 0.5962) < 1e-4)
        let all = Estimate.proportion(10, of: 10)
        #expect(all.high == 1 && abs(all.low - 0.7225) < 1e-4)
        let none = Estimate.proportion(0, of: 10)
        #expect(none.low == 0 && abs(none.high - 0.2775) < 1e-4)
        let unknown = Estimate.proportion(0, of: 0)
        #expect(unknown.value.isNaN && unknown.low == 0 && unknown.high == 1)
        for trials in 1...40 {
            for successes in 0...trials {
                let e = Estimate.proportion(successes, of: trials)
                #expect(0 <= e.low && e.low <= e.value && e.value <= e.high && e.high <= 1)
            }
        }
    }
}
