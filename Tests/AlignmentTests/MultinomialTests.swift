import Alignment
import Foundation
import TensorCore
import Testing

@Suite struct MultinomialTests {
    @Test("Binomial draws follow the binomial distribution, small and large")
    func binomial() {
        for (n, p) in [(1, 0.3), (5, 0.02), (24, 0.81), (40, 0.5), (7, 0.999)] {
            let trials = 40_000
            var seen = Array(repeating: 0, count: n + 1)
            for trial in 0..<trials {
                var random = Philox(seed: 3, purpose: .bootstrap, step: trial, sample: n)
                seen[Multinomial.binomial(n, p, from: &random)] += 1
            }
            var probability = pow(1 - p, Double(n))
            for k in 0...n {
                let spread = (probability * (1 - probability) / Double(trials)).squareRoot()
                #expect(
                    abs(Double(seen[k]) / Double(trials) - probability) < 5 * spread + 1e-4,
                    "\(k) of \(n) at \(p)")
                probability *= Double(n - k) * p / (Double(k + 1) * (1 - p))
            }
        }
    }

    @Test("Draws of millions have the mean and the variance they should")
    func large() {
        let (n, p, trials) = (2_000_000, 0.37, 4_000)
        let mean = Double(n) * p
        let variance = mean * (1 - p)
        var (sum, square) = (0.0, 0.0)
        for trial in 0..<trials {
            var random = Philox(seed: 8, purpose: .bootstrap, step: trial)
            let offset = Double(Multinomial.binomial(n, p, from: &random)) - mean
            sum += offset
            square += offset * offset
        }
        #expect(abs(sum / Double(trials)) < 4 * (variance / Double(trials)).squareRoot())
        #expect(abs(square / Double(trials) / variance - 1) < 0.1)
    }

    @Test("Counts add up, and a class without weight is never drawn")
    func multinomial() {
        for trial in 0..<2_000 {
            var random = Philox(seed: 9, purpose: .bootstrap, step: trial)
            let counts = Multinomial.draw(trial % 50, weights: [3, 0, 5, 1, 0], from: &random)
            #expect(counts.reduce(0, +) == trial % 50)
            #expect(counts[1] == 0 && counts[4] == 0 && counts.allSatisfy { $0 >= 0 })
        }
        var random = Philox(seed: 9, purpose: .bootstrap)
        #expect(Multinomial.draw(12, weights: [0, 7, 0], from: &random) == [0, 12, 0])
    }

    @Test("Intervals agree with those of drawing picture by picture")
    func sameDistribution() {
        let bootstrap = Bootstrap(seed: 6, resamples: 4_000)
        let counts = PopulationCounts(counts: [70, 20, 10])
        let labels = [0, 1, 2].flatMap { Array(repeating: $0, count: counts.counts[$0]) }
        let draws = bootstrap.replicates(count: 100) { indices in
            PopulationCounts(labels: indices.map { labels[$0] }, classes: 3).discrepancy
        }
        let estimate = counts.discrepancyEstimate(bootstrap)
        #expect(abs(estimate.low - draws[100]) < 0.012)
        #expect(abs(estimate.high - draws[3_900]) < 0.012)
    }

    @Test("Large populations are no slower for their size than they need be")
    func effort() {
        // Two million pictures: drawn one by one, a thousand resamples would take a minute and more.
        let estimate = PopulationCounts(counts: [1_200_000, 500_000, 300_000])
            .discrepancyEstimate(Bootstrap(seed: 1))
        #expect(estimate.low < estimate.value && estimate.value < estimate.high)
        #expect(estimate.high - estimate.low < 0.003 && estimate.n == 2_000_000)
    }
}
