import Alignment
import Metrics
import Testing

@Suite struct JackknifeTests {
    @Test("Student's quantiles are scipy's to four decimals, and wider between whole degrees")
    func student() throws {
        for row in try Fixture.read().student {
            #expect(abs(studentQuantile(degreesOfFreedom: row[0]) - row[1]) < 6e-5)
        }
        #expect(
            studentQuantile(degreesOfFreedom: 7.9) == studentQuantile(degreesOfFreedom: 7))
        #expect(
            studentQuantile(degreesOfFreedom: 6.999999999999)
                == studentQuantile(degreesOfFreedom: 7))
        #expect(studentQuantile(degreesOfFreedom: 0.3) == studentQuantile(degreesOfFreedom: 1))
    }

    @Test("The variance of a mean is the textbook's, in blocks of one size and of several")
    func meanVariance() throws {
        var draws = Draws(71)
        let values = draws.list(30)
        func mean(_ indices: [Int]) -> Double {
            indices.reduce(0) { $0 + values[$1] } / Double(indices.count)
        }
        func variance(_ prompts: [Int]?) -> Double {
            let blocks = PictureBlocks(count: 30, prompts: prompts)
            let without = (0..<blocks.count).map { mean(blocks.kept(without: $0)) }
            return LeftOut(blocks, without).variance(around: mean(Array(0..<30)))
        }
        let centre = mean(Array(0..<30))
        let single = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / (29 * 30)
        #expect(agree(variance(nil), single))
        let prompts = (0..<30).map { 7 * ($0 % 6) - 3 }
        let blocks = (0..<6).map { block in mean((0..<30).filter { $0 % 6 == block }) }
        let between = blocks.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / (5 * 6)
        #expect(agree(variance(prompts), between))
        // Unequal blocks: the formula of the paper reduces to this for a mean.
        let unequal = (0..<30).map { $0 < 20 ? 0 : $0 < 26 ? 1 : 2 }
        let sizes = [20.0, 6, 4]
        let sum = [0..<20, 20..<26, 26..<30].enumerated().reduce(0) { sum, block in
            let offset = mean(Array(block.element)) - centre
            return sum + offset * offset / (30 / sizes[block.offset] - 1)
        }
        #expect(agree(variance(unequal), sum / 3))
    }

    @Test("Many pictures fall into fifty blocks, and a prompt's stay together")
    func blocks() {
        let many = PictureBlocks(count: 120, prompts: nil)
        #expect(many.count == 50 && many.sizes.reduce(0, +) == 120)
        #expect(many.kept(without: 3).count == 117)
        let prompts = (0..<120).map { $0 % 60 }
        let folded = PictureBlocks(count: 120, prompts: prompts)
        #expect(folded.count == 50 && folded.blockOf[5] == folded.blockOf[65])
        #expect(folded.blockOf[5] == folded.blockOf[55])
    }

    @Test("Intervals of shares are those of statsmodels, by Wilson and by Newcombe")
    func shares() throws {
        let proportions = try Fixture.read().proportions
        for row in proportions.wilson {
            let found = scoreInterval(row[0], trials: row[1], quantile: 1.959963984540054)
            #expect(agree(found.low, row[2]) && agree(found.high, row[3]))
        }
        for row in proportions.newcombe {
            func figure(_ successes: Double) throws -> Jackknifed {
                let n = Int(row[2])
                let blocks = PictureBlocks(count: n, prompts: nil, limit: .max)
                let without = (0..<n).map { i in
                    (successes - (Double(i) < successes ? 1 : 0)) / Double(n - 1)
                }
                return try Jackknifed(
                    "share", value: successes / row[2], n: n, scale: .proportion(of: n),
                    leftOut: [LeftOut(blocks, without)])
            }
            let found = try Jackknifed.difference(figure(row[0]), figure(row[1]))
            // Student's quantile at n - 1 degrees of freedom is a little wider than the normal one.
            #expect(agree(found.value, (row[1] - row[0]) / row[2]))
            #expect(found.low <= row[3] && found.low > row[3] - 0.01)
            #expect(found.high >= row[4] && found.high < row[4] + 0.01)
        }
    }

    @Test("Pictures of a prompt that resemble each other are worth fewer")
    func clusters() throws {
        let hits = (0..<60).map { $0 / 6 % 2 == 0 ? 1.0 : 0 }
        func figure(_ prompts: [Int]?) throws -> Estimate {
            let blocks = PictureBlocks(count: 60, prompts: prompts)
            let without = (0..<blocks.count).map { block in
                let kept = blocks.kept(without: block)
                return kept.reduce(0) { $0 + hits[$1] } / Double(kept.count)
            }
            return try Jackknifed(
                "share", value: 0.5, n: 60, scale: .proportion(of: 60),
                leftOut: [LeftOut(blocks, without)]
            ).estimate
        }
        let alone = try figure(nil)
        let together = try figure((0..<60).map { $0 / 6 })
        #expect(agree(alone.low, Estimate.proportion(30, of: 60).low, 0.05))
        #expect(together.high - together.low > 2 * (alone.high - alone.low))
    }

    @Test("Figures of other prompts, other sizes or other kinds are not compared")
    func unpaired() throws {
        var draws = Draws(72)
        let x = try draws.normal(20, 4)
        let a = try CosineDistance.estimate(of: x, prompts: (0..<20).map { $0 % 5 })
        let b = try CosineDistance.estimate(of: x, prompts: (0..<20).map { $0 % 4 })
        for other in [
            b, try VendiScore.estimate(of: x),
            try CosineDistance.estimate(
                of: x.rows(Array(0..<15)), prompts: (0..<15).map { $0 % 5 }),
            try CosineDistance.estimate(of: x, prompts: (0..<20).map { 10 + $0 % 5 }),
        ] {
            let error = #expect(throws: MetricError.self) { try Jackknifed.difference(a, other) }
            #expect(error?.description.contains("cannot be compared") == true)
        }
    }
}
