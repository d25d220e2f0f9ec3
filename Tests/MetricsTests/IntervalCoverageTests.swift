import Alignment
import Metrics
import Testing

@Suite struct IntervalCoverageTests {
    @Test("Over prompts whose pictures resemble each other, 95 % intervals hold what is expected")
    func coverage() throws {
        var draws = Draws(101)
        let trials = 100
        let names = ["KID", "Vendi", "distance", "density", "coverage", "precision", "recall"]
        var figures: [[Jackknifed]] = Array(repeating: [], count: names.count)
        for _ in 0..<trials {
            let (reference, _) = try pictures(&draws, prompts: 100, each: 1)
            let (generated, prompts) = try pictures(&draws, prompts: 16, each: 8)
            let near = try Neighbourhoods(
                reference: reference, generated: generated, prompts: prompts)
            let found = [
                try KernelDistance.estimate(
                    reference: reference, generated: generated, prompts: prompts),
                try VendiScore.estimate(of: generated, prompts: prompts),
                try CosineDistance.estimate(of: generated, prompts: prompts),
                near.density, near.coverage, near.precision, near.recall,
            ]
            for (index, figure) in found.enumerated() { figures[index].append(figure) }
        }
        for (name, found) in zip(names, figures) {
            let expected = found.reduce(0) { $0 + $1.value } / Double(trials)
            let covered = found.filter {
                let estimate = $0.estimate
                return estimate.low <= expected && expected <= estimate.high
            }.count
            #expect(Double(covered) / Double(trials) >= 0.9, "\(name): \(covered)")
            // Too wide is a fault too.
            let spread =
                (found.reduce(0) { $0 + ($1.value - expected) * ($1.value - expected) }
                / Double(trials - 1)).squareRoot()
            let error = found.reduce(0) { $0 + $1.standardError } / Double(trials)
            #expect(error > 0.8 * spread && error < 2.5 * spread, "\(name): \(error) \(spread)")
        }
    }

    /// Pictures scattered around the centre of their prompt, centres around 0.
    private func pictures(
        _ draws: inout Draws, prompts: Int, each: Int
    ) throws -> (Features, [Int]) {
        var values: [Double] = []
        for _ in 0..<prompts {
            let centre = draws.list(8).map { $0 * 0.7 }
            for _ in 0..<each { values += zip(centre, draws.list(8)).map { $0 + $1 } }
        }
        return (
            try Features(values, dimension: 8, of: "pictures"),
            (0..<prompts * each).map { $0 / each }
        )
    }
}
