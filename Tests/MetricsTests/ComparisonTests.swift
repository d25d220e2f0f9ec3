import Alignment
import Metrics
import Testing

@Suite struct ComparisonTests {
    @Test("A paired bootstrap has scipy's interval and share, but for the luck of the draw")
    func reference() throws {
        for entry in try Fixture.read().comparisons {
            let found = try PairedComparison(
                entry.a, entry.b, bootstrap: Bootstrap(seed: 6, resamples: 20_000))
            let width = entry.high - entry.low
            #expect(agree(found.difference.value, entry.difference))
            #expect(abs(found.difference.low - entry.low) < 0.03 * width)
            #expect(abs(found.difference.high - entry.high) < 0.03 * width)
            #expect(abs(found.share - entry.share) < 0.01)
            #expect(found.difference.n == entry.a.count)
        }
    }

    @Test("Equal lanes do not differ, and few prompts cannot show much")
    func share() throws {
        let bootstrap = Bootstrap(seed: 7, resamples: 999)
        let same = try PairedComparison([0.1, 0.4, 0.2], [0.1, 0.4, 0.2], bootstrap: bootstrap)
        #expect(same.difference.value == 0 && same.share == 1)
        let three = try PairedComparison([0.1, 0.4, 0.2], [0.3, 0.5, 0.6], bootstrap: bootstrap)
        #expect(three.difference.low > 0 && three.share == 0.25)
        let a = (0..<20).map { Double($0) / 20 }
        let many = try PairedComparison(a, a.map { $0 + 0.1 }, bootstrap: bootstrap)
        #expect(agree(many.share, 2.0 / 1_000))
        let back = try PairedComparison(a.map { $0 + 0.1 }, a, bootstrap: bootstrap)
        #expect(back.share == many.share && agree(back.difference.value, -0.1))
    }

    @Test("The share is below 5 % about that often where lanes do not differ")
    func calibration() throws {
        var draws = Draws(81)
        let trials = 400
        var found = 0
        for trial in 0..<trials {
            let comparison = try PairedComparison(
                draws.list(25), draws.list(25),
                bootstrap: Bootstrap(seed: UInt64(trial), resamples: 300))
            found += comparison.share < 0.05 ? 1 : 0
        }
        #expect(found > 4 && Double(found) / Double(trials) < 0.1)
    }

    @Test("A mean over prompts weighs prompts alike and compares by prompt")
    func promptMeans() throws {
        let bootstrap = Bootstrap(seed: 8, resamples: 200)
        let first = try PromptMeans(
            of: [1, 0, 0, 1, 0.5], prompts: [5, 5, 2, 5, 9], name: "a share", bootstrap: bootstrap)
        #expect(first.prompts == [2, 5, 9] && first.pictures == 5)
        #expect(agree(first.perPrompt[1], 2.0 / 3) && first.perPrompt[2] == 0.5)
        #expect(first.mean == bootstrap.mean(of: first.perPrompt))
        let second = try PromptMeans(
            of: [1, 1, 1], prompts: [2, 5, 9], name: "a share", bootstrap: bootstrap)
        let comparison = try PairedComparison(first, second, bootstrap: bootstrap)
        #expect(comparison.difference == bootstrap.difference(first.perPrompt, second.perPrompt))
        let other = try PromptMeans(
            of: [1, 1, 1], prompts: [2, 5, 8], name: "a share", bootstrap: bootstrap)
        #expect(throws: MetricError.notPaired(reason: "their pictures belong to different prompts"))
        {
            try PairedComparison(first, other, bootstrap: bootstrap)
        }
    }
}
