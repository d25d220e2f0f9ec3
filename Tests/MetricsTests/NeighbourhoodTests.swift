import Alignment
import Metrics
import Testing

@Suite struct NeighbourhoodTests {
    @Test("All four figures and their variances are those of prdc")
    func reference() throws {
        let fixture = try Fixture.read()
        for entry in fixture.neighbourhoods {
            let found = try Neighbourhoods(
                reference: fixture.reference.features(), generated: fixture.generated.features(),
                prompts: fixture.prompts, k: entry.k)
            for (mine, value, variance) in [
                (found.precision, entry.value.precision, entry.variance.precision),
                (found.recall, entry.value.recall, entry.variance.recall),
                (found.density, entry.value.density, entry.variance.density),
                (found.coverage, entry.value.coverage, entry.variance.coverage),
            ] {
                #expect(agree(mine.value, value))
                #expect(agree(mine.standardError, variance.squareRoot(), 1e-8))
                #expect(mine.estimate.low <= value && value <= mine.estimate.high)
                #expect(mine.estimate.low >= 0)
            }
            #expect(found.k == entry.k)
            #expect(found.emptyReferenceBalls == 0 && found.emptyGeneratedBalls == 0)
        }
    }

    @Test("A perfect model has density 1 and the expected coverage")
    func perfect() throws {
        var draws = Draws(61)
        let trials = 40
        var density = 0.0
        var coverage = 0.0
        for _ in 0..<trials {
            let found = try Neighbourhoods(
                reference: draws.normal(60, 4), generated: draws.normal(45, 4))
            density += found.density.value / Double(trials)
            coverage += found.coverage.value / Double(trials)
        }
        #expect(abs(density - 1) < 0.06)
        let expected = Neighbourhoods.expectedCoverage(reference: 60, generated: 45)
        #expect(abs(coverage - expected) < 0.02)
        #expect(Neighbourhoods.expectedCoverage(reference: 60, generated: 0) == 0)
    }

    @Test("The reference itself is covered and recalled in full, with an interval of some width")
    func same() throws {
        var draws = Draws(62)
        let x = try draws.normal(40, 6)
        let found = try Neighbourhoods(reference: x, generated: x)
        for figure in [found.precision, found.recall, found.coverage] {
            let estimate = figure.estimate
            #expect(estimate.value == 1 && estimate.high == 1)
            #expect(estimate.low < 0.95 && estimate.low > 0.85)
        }
        // A ball holds its centre and, without the k-th on its boundary, k - 1 neighbours.
        #expect(agree(found.density.value, 1))
    }

    @Test("Far away there is nothing, and a collapsed model covers next to nothing")
    func collapse() throws {
        var draws = Draws(63)
        let x = try draws.normal(50, 3, of: "reference")
        let far = try Neighbourhoods(reference: x, generated: draws.normal(30, 3, shift: 100))
        for figure in [far.precision, far.recall, far.density, far.coverage] {
            #expect(figure.value == 0)
        }
        #expect(far.precision.estimate.high > 0.05)
        let one = try Neighbourhoods(
            reference: x, generated: identical(30, Array(x.values.prefix(3))))
        #expect(one.precision.value == 1 && one.recall.value == 0)
        #expect(one.coverage.value < 0.4 && one.emptyGeneratedBalls == 30)
        // Half of the reference repeated: flagged, since nothing lies in those balls.
        let half = x.rows((0..<50).map { $0 < 25 ? $0 : 0 })
        let flagged = try Neighbourhoods(reference: half, generated: x)
        #expect(flagged.emptyReferenceBalls == 26)
        #expect(throws: MetricError.noExtent(of: "reference", neighbours: 5)) {
            try Neighbourhoods(reference: x.rows(Array(repeating: 3, count: 20)), generated: x)
        }
    }

    @Test("Two perfect lanes do not differ by exactly nothing")
    func differenceAtTheEnd() throws {
        var draws = Draws(64)
        let x = try draws.normal(40, 6)
        let found = try Neighbourhoods(reference: x, generated: x)
        let none = try Jackknifed.difference(found.coverage, found.coverage)
        #expect(none.value == 0 && none.low < -0.05 && none.high > 0.05)
    }
}
