import Alignment
import Metrics
import Testing

@Suite struct AgreementTests {
    @Test("Counts, accuracy and kappa are scikit-learn's, kappa's error that of statsmodels")
    func reference() throws {
        for entry in try Fixture.read().agreement {
            let found = try Agreement(entry.first, entry.second, classes: entry.classes)
            #expect(found.counts == entry.counts)
            #expect(agree(found.accuracy.value, entry.accuracy))
            #expect(agree(found.kappa.value, entry.kappa))
            // The delta method and the jackknife agree but for a term of order 1/n.
            let half = (found.kappa.high - found.kappa.low) / 2
            let n = Double(entry.first.count)
            let quantile = studentQuantile(degreesOfFreedom: n - 1)
            #expect(agree(half, quantile * entry.kappaError, 5 / n))
            let wilson = Estimate.proportion(
                Int((entry.accuracy * n).rounded()), of: entry.first.count)
            #expect(agree(found.accuracy.low, wilson.low, 0.01))
            #expect(!found.oneClassOnly)
        }
    }

    @Test("Perfect agreement has kappa 1 in an interval of some width, opposition -1")
    func knownAnswers() throws {
        let labels = (0..<40).map { $0 % 2 }
        let perfect = try Agreement(labels, labels, classes: 2)
        #expect(perfect.kappa.value == 1 && perfect.kappa.high == 1)
        #expect(perfect.kappa.low < 0.9 && perfect.kappa.low > 0.5)
        #expect(perfect.accuracy.value == 1 && perfect.accuracy.low < 1)
        let opposed = try Agreement(labels, labels.map { 1 - $0 }, classes: 2)
        #expect(opposed.kappa.value == -1 && opposed.accuracy.value == 0)
        #expect(opposed.kappa.low >= -1 && opposed.accuracy.high > 0.05)
        // Every combination equally often: what chance gives.
        let chance = try Agreement(labels, (0..<40).map { $0 / 2 % 2 }, classes: 2)
        #expect(chance.kappa.value == 0 && chance.kappa.low < 0 && chance.kappa.high > 0)
        #expect(chance.chance == 0.5)
    }

    @Test("One class only is flagged, and is no agreement")
    func oneClass() throws {
        let ones = Array(repeating: 1, count: 30)
        let both = try Agreement(ones, ones, classes: 3)
        #expect(both.oneClassOnly && both.kappa.value.isNaN)
        #expect(both.kappa.low == -1 && both.kappa.high == 1 && both.accuracy.value == 1)
        let single = try Agreement(ones, (0..<30).map { $0 % 3 }, classes: 3)
        #expect(single.oneClassOnly && single.kappa.value == 0)
        // One picture makes all the difference, so nothing is known about kappa.
        let barely = try Agreement([0] + ones, ones + [1], classes: 2)
        #expect(barely.kappa.value == 0 && barely.kappa.low == -1 && barely.kappa.high == 1)
    }

    @Test("Pictures of a prompt are left out together, and one prompt is too few")
    func prompts() throws {
        var draws = Draws(91)
        let first = (0..<120).map { _ in draws.index(below: 2) }
        // Half of the prompts are judged right throughout, half of them wrong.
        let second = first.enumerated().map { $0 / 12 % 2 == 0 ? $1 : 1 - $1 }
        let alone = try Agreement(first, second, classes: 2)
        let together = try Agreement(first, second, classes: 2, prompts: (0..<120).map { $0 / 12 })
        #expect(alone.kappa.value == together.kappa.value)
        #expect(
            together.kappa.high - together.kappa.low > 2 * (alone.kappa.high - alone.kappa.low))
        #expect(
            throws: MetricError.tooFew(
                metric: "an interval of agreement", of: "prompts", count: 1, needed: 2)
        ) {
            try Agreement([0, 1, 1], [0, 1, 0], classes: 2, prompts: [4, 4, 4])
        }
        #expect(throws: MetricError.self) { try Agreement([], [], classes: 2) }
        #expect(throws: MetricError.self) { try Agreement([1], [1], classes: 2) }
    }
}
