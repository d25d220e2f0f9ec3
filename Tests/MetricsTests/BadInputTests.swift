import Alignment
import Metrics
import Testing

@Suite struct BadInputTests {
    @Test("A value that is no number is found with its row")
    func notFinite() {
        for bad in [Double.nan, .infinity, -.infinity] {
            #expect(throws: MetricError.notFinite(of: "pictures", row: 2)) {
                try Features([1, 2, 3, 4, 5, bad], dimension: 2, of: "pictures")
            }
        }
        let error = #expect(throws: MetricError.self) {
            try Features([Float.nan], dimension: 1, of: "generated pictures")
        }
        #expect(error?.description.contains("generated pictures: row 0") == true)
    }

    @Test("Single precision is taken as it is")
    func singles() throws {
        let values: [Float] = [0.1, -2, 3e30, 1e-30]
        let features = try Features(values, dimension: 2, of: "pictures")
        #expect(features.values == values.map(Double.init) && features.count == 2)
    }

    @Test("Too few pictures are refused by every figure, with what it needs")
    func tooFew() throws {
        var draws = Draws(95)
        let many = try draws.normal(30, 4, of: "reference")
        for count in 0...30 {
            let few = try draws.normal(count, 4)
            let kid = Result {
                try KernelDistance.estimate(reference: many, generated: few)
            }
            #expect((try? kid.get()) != nil || count < 3)
            let near = Result { try Neighbourhoods(reference: many, generated: few) }
            #expect((try? near.get()) != nil || count < 7)
            let vendi = Result { try VendiScore.estimate(of: few) }
            #expect((try? vendi.get()) != nil || count < 3)
            let distance = Result { try CosineDistance.estimate(of: few) }
            #expect((try? distance.get()) != nil || count < 3)
            if count < 3 {
                #expect((try? kid.get()) == nil && (try? distance.get()) == nil)
                #expect((try? vendi.get()) == nil)
            }
            if count < 7 { #expect((try? near.get()) == nil) }
            if count < 2 {
                #expect(throws: MetricError.self) { try VendiScore.value(of: few) }
                #expect(throws: MetricError.self) { try CosineDistance.mean(of: few) }
            }
        }
        #expect(
            throws: MetricError.tooFew(metric: "KID", of: "reference", count: 2, needed: 3)
        ) {
            try KernelDistance.estimate(reference: many.rows([0, 1]), generated: many)
        }
        #expect(
            throws: MetricError.tooFew(
                metric: "KID over subsets of 31", of: "reference", count: 30, needed: 31)
        ) {
            try KernelDistance.averagedOverSubsets(
                reference: many, generated: many, size: 31, seed: 1)
        }
    }

    @Test("Pictures of one prompt, or nearly, have no interval over prompts")
    func fewPrompts() throws {
        var draws = Draws(96)
        let x = try draws.normal(30, 4, of: "pictures")
        #expect(
            throws: MetricError.tooFew(
                metric: "an interval of KID", of: "prompts", count: 1, needed: 2)
        ) {
            try KernelDistance.estimate(
                reference: x, generated: x, prompts: Array(repeating: 3, count: 30))
        }
        #expect(
            throws: MetricError.tooFew(
                metric: "density and coverage with k = 5",
                of: "pictures besides those of any one prompt", count: 4, needed: 6)
        ) {
            try Neighbourhoods(
                reference: x, generated: x, prompts: (0..<30).map { $0 < 26 ? 0 : $0 })
        }
        let bootstrap = Bootstrap(seed: 1, resamples: 10)
        #expect(throws: MetricError.self) {
            try PromptMeans(of: [1, 2], prompts: [0, 0], name: "x", bootstrap: bootstrap)
        }
        #expect(throws: MetricError.notFinite(of: "x", row: 1)) {
            try PromptMeans(of: [1, .nan], prompts: [0, 1], name: "x", bootstrap: bootstrap)
        }
        #expect(throws: MetricError.unequalCounts(metric: "x", smallest: 14, largest: 16)) {
            try PromptMeans(
                within: x, prompts: (0..<30).map { $0 < 14 ? 0 : 1 }, name: "x",
                bootstrap: bootstrap, figure: VendiScore.value(of:))
        }
        #expect(throws: MetricError.self) {
            try PairedComparison([1], [1], bootstrap: bootstrap)
        }
        #expect(throws: MetricError.self) {
            try PairedComparison([1, 2, 3], [1, 2], bootstrap: bootstrap)
        }
        #expect(throws: MetricError.notFinite(of: "prompts compared", row: 1)) {
            try PairedComparison([1, 2, 3], [1, .nan, 4], bootstrap: bootstrap)
        }
    }

    @Test("A vector without a direction has no cosine")
    func zeroVector() throws {
        let features = try Features([1.0, 2, 0, 0, 3, 4], dimension: 2, of: "pictures")
        #expect(throws: MetricError.zeroVector(of: "pictures", row: 1)) {
            try VendiScore.value(of: features)
        }
        #expect(throws: MetricError.zeroVector(of: "pictures", row: 1)) {
            try CosineDistance.estimate(of: features)
        }
    }

    @Test("Huge and tiny features give a figure or an error, never a NaN")
    func extremes() throws {
        var draws = Draws(97)
        let values = draws.list(80)
        for scale in [1e-300, 1e300] {
            let features = try Features(
                values.map { $0 * scale }, dimension: 4, of: "pictures")
            let plain = try Features(values, dimension: 4, of: "pictures")
            #expect(
                agree(try VendiScore.value(of: features), try VendiScore.value(of: plain), 1e-9))
            #expect(
                agree(
                    try CosineDistance.mean(of: features), try CosineDistance.mean(of: plain), 1e-9)
            )
        }
        let huge = try Features(values.map { $0 * 1e200 }, dimension: 4, of: "pictures")
        #expect(throws: MetricError.overflow(metric: "KID")) {
            try KernelDistance.estimate(reference: huge, generated: huge)
        }
        #expect(throws: MetricError.overflow(metric: "KID")) {
            try KernelDistance.averagedOverSubsets(
                reference: huge, generated: huge, subsets: 2, size: 5, seed: 1)
        }
        #expect(throws: MetricError.overflow(metric: "density and coverage with k = 5")) {
            try Neighbourhoods(reference: huge, generated: huge)
        }
    }

    @Test("What would take too long is refused before it starts")
    func tooMany() throws {
        let long = try identical(10_001, [1, 2])
        let some = try orthogonal(2).rows((0..<20).map { $0 % 2 })
        #expect(
            throws: MetricError.tooMany(metric: "KID", of: "pictures", count: 10_001, limit: 10_000)
        ) {
            try KernelDistance.estimate(reference: some, generated: long)
        }
        #expect(throws: MetricError.self) { try VendiScore.value(of: long) }
        #expect(throws: MetricError.self) {
            try Neighbourhoods(reference: long.rows(Array(0...2_000)), generated: some)
        }
        let wide = try orthogonal(1_025)
        #expect(throws: MetricError.self) { try VendiScore.value(of: wide) }
        #expect(throws: MetricError.self) {
            try VendiScore.value(similarities: wide.values, count: 1_025)
        }
    }
}
