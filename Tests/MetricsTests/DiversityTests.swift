import Alignment
import Foundation
import Metrics
import Testing

@Suite struct DiversityTests {
    @Test("Vendi score and pairwise distance are those of vendi-score and scipy, variances too")
    func reference() throws {
        for entry in try Fixture.read().diversity {
            let features = try entry.features.features()
            let vendi = try VendiScore.estimate(of: features, prompts: entry.prompts)
            #expect(agree(vendi.value, entry.vendi))
            #expect(vendi.value == (try VendiScore.value(of: features)))
            #expect(agree(vendi.standardError, entry.vendiVariance.squareRoot(), 1e-8))
            let distance = try CosineDistance.estimate(of: features, prompts: entry.prompts)
            #expect(agree(distance.value, entry.distance))
            #expect(distance.value == (try CosineDistance.mean(of: features)))
            #expect(agree(distance.standardError, entry.distanceVariance.squareRoot(), 1e-8))
            #expect(distance.estimate.n == features.count && vendi.n == features.count)
        }
    }

    @Test("Identical pictures count as one and have no distance")
    func identicalPictures() throws {
        let same = try identical(12, [0.3, -2, 5e5])
        #expect(same.distinctCount == 1)
        #expect(abs(try VendiScore.value(of: same) - 1) < 1e-10)
        #expect(abs(try CosineDistance.mean(of: same)) < 1e-12)
        let interval = try VendiScore.estimate(of: same).estimate
        #expect(abs(interval.high - interval.low) < 1e-9)
    }

    @Test("Orthogonal pictures all count, and are at distance 1")
    func orthogonalPictures() throws {
        let axes = try orthogonal(9)
        #expect(agree(try VendiScore.value(of: axes), 9))
        #expect(agree(try CosineDistance.mean(of: axes), 1))
        // Each twice: as many different ones, in twice as many pictures.
        let twice = axes.rows((0..<18).map { $0 % 9 })
        #expect(agree(try VendiScore.value(of: twice), 9))
        #expect(twice.distinctCount == 9)
        // Opposite pictures are at distance 2, and one direction.
        let opposite = try Features([1.0, 0, -3, 0], dimension: 2, of: "pictures")
        #expect(agree(try CosineDistance.mean(of: opposite), 2))
        #expect(agree(try VendiScore.value(of: opposite), 1))
    }

    @Test("The score does not depend on which of both matrices is the smaller, nor on lengths")
    func bothMatrices() throws {
        var draws = Draws(51)
        let features = try draws.normal(20, 19, shift: 0.5)
        // Zeros appended change no cosine, but make the other matrix the smaller one.
        let padded = try Features(
            (0..<20).flatMap { row in
                let scale = draws.uniform() + 0.1
                return features.values[row * 19..<(row + 1) * 19].map { $0 * scale } + [0, 0]
            }, dimension: 21, of: "pictures")
        let (a, b) = (try VendiScore.estimate(of: features), try VendiScore.estimate(of: padded))
        #expect(agree(a.value, b.value))
        #expect(agree(a.standardError, b.standardError, 1e-8))
    }

    @Test("A matrix of similarities has a score, and any other matrix is refused")
    func similarities() throws {
        #expect(agree(try VendiScore.value(similarities: [1, 0, 0, 1], count: 2), 2))
        let pair = try VendiScore.value(similarities: [1, 0.5, 0.5, 1], count: 2)
        #expect(agree(pair, exp(-0.75 * log(0.75) - 0.25 * log(0.25))))
        for wrong in [[1, 0.5, 0.4, 1], [1, 0, 0, 0.9], [1, 1.5, 1.5, 1]] {
            let error = #expect(throws: MetricError.self) {
                try VendiScore.value(similarities: wrong, count: 2)
            }
            if case .notSimilarities(let reason) = error {
                #expect(!reason.isEmpty)
            } else {
                Issue.record("\(String(describing: error)) for \(wrong)")
            }
        }
        #expect(throws: MetricError.notFinite(of: "similarities", row: 1)) {
            try VendiScore.value(similarities: [1, .nan, .nan, 1], count: 2)
        }
    }

    @Test("Diversity within prompts does not see what sets prompts apart")
    func withinPrompts() throws {
        var draws = Draws(52)
        // Every prompt has its own direction, far from the others, and little spread around it.
        let features = try Features(
            (0..<24).flatMap { picture in
                draws.list(8).enumerated().map { $1 * 0.01 + ($0 == picture % 4 ? 1 : 0) }
            }, dimension: 8, of: "pictures")
        let prompts = (0..<24).map { [40, 10, 30, 20][$0 % 4] }
        let means = try PromptMeans(
            within: features, prompts: prompts, name: "the Vendi score",
            bootstrap: Bootstrap(seed: 1, resamples: 200), figure: VendiScore.value(of:))
        #expect(means.prompts == [10, 20, 30, 40] && means.pictures == 24 && means.mean.n == 4)
        #expect(means.perPrompt.allSatisfy { $0 < 1.05 })
        #expect(try VendiScore.value(of: features) > 3.9)
        let second = try VendiScore.value(of: features.rows((0..<24).filter { $0 % 4 == 3 }))
        #expect(means.perPrompt[1] == second)
    }

    @Test("Intervals of the pairwise distance cover the truth about as often as they say")
    func coverage() throws {
        var draws = Draws(53)
        let trials = 300
        var covered = 0
        for _ in 0..<trials {
            // Without a shift, directions are uniform and the expected cosine of a pair is 0.
            let distance = try CosineDistance.estimate(of: draws.normal(40, 5)).estimate
            covered += distance.low <= 1 && 1 <= distance.high ? 1 : 0
        }
        #expect(Double(covered) / Double(trials) > 0.9)
    }
}
