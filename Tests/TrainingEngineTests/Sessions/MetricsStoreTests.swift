import BenchProtocol
import Foundation
import Testing
import TrainingEngine

@Suite("Metrics")
struct MetricsStoreTests {
    private func store(_ scratch: Scratch) throws -> MetricsStore {
        try MetricsStore(path: "\(scratch.path)/metrics.sqlite")
    }

    private static let paths: [any WritableKeyPath<StepMetrics, Double> & Sendable] = [
        \.loss, \.implicitAccuracy, \.margin, \.winnerLogRatio, \.loserLogRatio, \.policyError,
        \.referenceError, \.offset, \.klProxy, \.gradientNorm, \.saturated, \.capped,
        \.safeguardScale, \.learningRate, \.imagesPerSecond, \.time,
    ]
    private static let quartilePaths: [any WritableKeyPath<TimestepQuartile, Double> & Sendable] = [
        \.loss, \.implicitAccuracy, \.margin, \.winnerLogRatio, \.loserLogRatio, \.policyError,
        \.referenceError, \.klProxy, \.saturated, \.capped,
    ]

    private func odd(_ random: inout SeededGenerator) -> Double {
        switch random.next() % 8 {
        case 0: .nan
        case 1: -0.0
        case 2:
            [Double.infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
                .randomElement(using: &random)!
        case 3: 3
        default:
            .random(in: -1...1, using: &random) * pow(10, .random(in: -200...200, using: &random))
        }
    }

    /// Bit patterns, every NaN being the same.
    private func bits(_ metrics: StepMetrics) -> [UInt64] {
        func bits(_ value: Double) -> UInt64 { value.isNaN ? 1 : value.bitPattern }
        return Self.paths.map { bits(metrics[keyPath: $0]) }
            + metrics.quartiles.flatMap { quartile in
                [UInt64(quartile.images)] + Self.quartilePaths.map { bits(quartile[keyPath: $0]) }
            }
    }

    @Test("Every value comes back to the bit, also after reopening", arguments: 0..<5)
    func exact(seed: Int) throws {
        let scratch = Scratch()
        var random = SeededGenerator(UInt64(seed))
        let recorded = (0..<100).map { step in
            var metrics = StepMetrics(lane: "a", step: step)
            for path in Self.paths { metrics[keyPath: path] = odd(&random) }
            for _ in 0..<(random.next() % 5) {
                var quartile = TimestepQuartile(images: Int(random.next() % 100))
                for path in Self.quartilePaths { quartile[keyPath: path] = odd(&random) }
                metrics.quartiles.append(quartile)
            }
            return metrics
        }
        let first = try store(scratch)
        recorded.forEach(first.record)
        let live = try first.metrics(lane: "a", steps: 0...1000)
        #expect(live.map(bits) == recorded.map(bits))
        try first.close()
        let second = try store(scratch)
        #expect(second.openingWarning == nil)
        let found = try second.metrics(lane: "a", steps: 10...20)
        #expect(found.map(\.step) == Array(10...20))
        #expect(found.map(bits) == recorded[10...20].map(bits))
        #expect(try second.lastMetrics().map(bits) == [bits(recorded[99])])
    }

    /// A history with gaps and values that do not exist.
    private func history(
        _ random: inout SeededGenerator, steps: Int, lane: String = "a"
    ) -> [StepMetrics] {
        var step = Int.random(in: 0...100, using: &random)
        return (0..<steps).map { _ in
            step += random.next() % 10 == 0 ? Int.random(in: 1...40, using: &random) : 1
            var metrics = StepMetrics(lane: lane, step: step)
            if random.next() % 7 != 0 { metrics.loss = .random(in: -5...5, using: &random) }
            if random.next() % 99 == 0 { metrics.loss = .infinity }
            metrics.margin = Double(step)
            return metrics
        }
    }

    /// Checks a curve against all the rows: its buckets part the range, and each is exact.
    private func check(_ curve: Curve, _ request: CurveRequest, against rows: [StepMetrics]) {
        let wanted = rows.filter { ($0.step >= request.firstStep) && ($0.step <= request.lastStep) }
        #expect(curve.buckets.count <= max(request.points, 1))
        #expect(curve.buckets.last?.step == wanted.last?.step)
        var previous = Int.min
        for bucket in curve.buckets {
            #expect(bucket.step > previous)
            let inside = wanted.filter { $0.step > previous && $0.step <= bucket.step }
            #expect(inside.last?.step == bucket.step)
            let values = inside.map(\.loss).filter(\.isFinite)
            if values.isEmpty {
                #expect(bucket.minimum.isNaN && bucket.maximum.isNaN && bucket.mean.isNaN)
            } else {
                #expect(bucket.minimum == values.min())
                #expect(bucket.maximum == values.max())
                let mean = values.reduce(0, +) / Double(values.count)
                #expect(abs(bucket.mean - mean) < 1e-9)
            }
            previous = bucket.step
        }
    }

    @Test("Curves equal minima, maxima and means taken one by one", arguments: 0..<8)
    func pyramid(seed: Int) throws {
        let scratch = Scratch()
        let store = try store(scratch)
        var random = SeededGenerator(UInt64(seed))
        let rows = history(&random, steps: 3000)
        let others = history(&random, steps: 500, lane: "b")
        for (index, row) in rows.enumerated() {
            store.record(row)
            if index < others.count { store.record(others[index]) }
            // Batches of any size, with bucket borders anywhere in them.
            if random.next() % 200 == 0 { try store.flush() }
        }
        let last = rows[rows.count - 1].step
        for _ in 0..<40 {
            let request = CurveRequest(
                lane: "a", quantity: "loss", firstStep: .random(in: -10...last, using: &random),
                lastStep: .random(in: 0...(last + 50), using: &random),
                points: .random(in: 1...400, using: &random))
            check(try store.curve(request), request, against: rows)
        }
        let all = CurveRequest(
            lane: "b", quantity: "loss", firstStep: .min, lastStep: .max, points: 7)
        check(try store.curve(all), all, against: others)
    }

    @Test("Steps past the checkpoint are replaced, never doubled and never kept", arguments: 0..<8)
    func truncates(seed: Int) throws {
        let scratch = Scratch()
        let store = try store(scratch)
        var random = SeededGenerator(UInt64(seed) &+ 50)
        let rows = history(&random, steps: 1200)
        rows.forEach(store.record)
        let cut = rows[Int.random(in: 0..<1200, using: &random)].step
        let kept = rows.filter { $0.step <= cut }
        try store.truncate(afterStep: cut)
        func check(_ rows: [StepMetrics]) throws {
            for points in [1, 5, 33, 5000] {
                let request = CurveRequest(
                    lane: "a", quantity: "loss", firstStep: 0, lastStep: .max, points: points)
                self.check(try store.curve(request), request, against: rows)
            }
        }
        try check(kept)
        #expect(try store.lastMetrics().map(\.step) == [cut])
        // The same steps again, with other values, one of them twice.
        var again = rows.filter { $0.step > cut }
        for index in again.indices { again[index].loss = .random(in: 10...20, using: &random) }
        (again + again.suffix(1)).forEach(store.record)
        try check(kept + again)
        #expect(try store.metrics(lane: "a", steps: 0...Int.max).count == rows.count)
        try store.truncate(afterStep: -1)
        try check([])
        #expect(try store.lastMetrics() == [])
    }

    @Test("Odd requests get an answer or a typed error, never a trap")
    func oddRequests() throws {
        let scratch = Scratch()
        let store = try store(scratch)
        store.record(StepMetrics(lane: "a", step: 3))
        func curve(_ quantity: String, _ first: Int, _ last: Int, _ points: Int) throws -> Int {
            try store.curve(
                CurveRequest(
                    lane: "a", quantity: quantity, firstStep: first, lastStep: last, points: points)
            ).buckets.count
        }
        #expect(try curve("loss", .min, .max, .max) == 1)
        #expect(try curve("loss", .max, .min, 10) == 0)
        #expect(try curve("loss", 0, 10, -4) == 1)
        #expect(throws: MetricsError.unknownQuantity("loss\"; DROP TABLE step")) {
            try curve("loss\"; DROP TABLE step", 0, 10, 10)
        }
        let request = CurveRequest(
            lane: "nobody", quantity: "loss", firstStep: 0, lastStep: 9, points: 9)
        #expect(try store.curve(request).buckets == [])
    }

    @Test("Evaluations and histograms come back, the newest where asked, and give curves")
    func evaluations() throws {
        let scratch = Scratch()
        let store = try store(scratch)
        func evaluation(_ lane: String, _ step: Int, _ value: Double) -> Evaluation {
            Evaluation(
                lane: lane, step: step,
                figures: [
                    .init(name: "z_first", value: .nan, low: 0, high: 1, n: 4),
                    .init(name: "discrepancy_gender", value: value, low: 0.1, high: 0.9, n: 336),
                ])
        }
        let all = [
            evaluation("base", 0, 0.7), evaluation("a", 100, 0.5), evaluation("a", 200, 0.25),
        ]
        all.forEach(store.record)
        #expect(try store.evaluations() == all)
        #expect(try store.evaluations(lane: "a") == Array(all[1...]))
        let request = CurveRequest(
            lane: "a", quantity: "discrepancy_gender", firstStep: 0, lastStep: 1000, points: 9)
        #expect(
            try store.curve(request).buckets == [
                .init(step: 100, minimum: 0.1, maximum: 0.9, mean: 0.5),
                .init(step: 200, minimum: 0.1, maximum: 0.9, mean: 0.25),
            ])
        func histogram(_ prompt: String, _ step: Int, _ counts: [Int]) -> PopulationHistogram {
            PopulationHistogram(
                lane: "a", prompt: prompt, step: step, attribute: "gender",
                classes: ["man", "woman", "person"], counts: counts, discrepancy: .nan,
                meanConfidence: 0.9)
        }
        let judge = histogram("a judge", 100, [1, 2, 3])
        [histogram("a judge", 50, [9, 9, 9]), judge, histogram("a cook", 10, [0, 0, 1])]
            .forEach(store.record)
        #expect(try store.lastHistograms(prompt: "a judge") == [judge])
        #expect(try store.lastHistograms().count == 2)
        try store.truncate(afterStep: 99)
        #expect(try store.evaluations() == [all[0]])
        #expect(try store.lastHistograms(prompt: "a judge").map(\.step) == [50])
    }

    @Test("Who appeared over the steps comes back by lane and attribute, thinned where it is long")
    func histories() throws {
        let scratch = Scratch()
        let store = try store(scratch)
        func record(_ lane: String, _ step: Int, _ counts: [Int], _ attribute: String = "gender") {
            store.record(
                PopulationHistogram(
                    lane: lane, prompt: "a judge", step: step, attribute: attribute,
                    classes: ["man", "woman", "person"], counts: counts, discrepancy: 0,
                    meanConfidence: 0.9))
        }
        record("base", 0, [20, 2, 2])
        for step in 1...500 { record("a", step, [step, 1, 1]) }
        record("a", 5, [1, 1, 1], "tone")
        let all = try store.histories(prompt: "a judge", points: 1000)
        #expect(all.map(\.lane) == ["a", "a", "base"])
        #expect(all.map(\.attribute) == ["gender", "tone", "gender"])
        #expect(all[0].points.map(\.step) == Array(1...500))
        #expect(all[0].points.map { $0.counts[0] } == Array(1...500))
        #expect(try store.histories(prompt: "a cook", points: 9) == [])
        for points in [2, 3, 7, 64, 499] {
            let steps = try store.histories(prompt: "a judge", points: points)[0].points.map(\.step)
            #expect(steps.count <= points && steps.count > points / 2)
            #expect(steps.first == 1 && steps.last == 500)
            let widest = zip(steps, steps.dropFirst()).map { $1 - $0 }.max() ?? 0
            #expect(widest <= 2 * (500 / (points - 1) + 1), "even")
        }
        // Of two measurements of one step the one of more pictures stays, whichever comes last.
        record("a", 500, [1, 0, 0])
        #expect(try store.histories(prompt: "a judge", points: 2)[0].points.last?.counts[0] == 500)
        record("a", 500, [900, 0, 0])
        #expect(try store.histories(prompt: "a judge", points: 2)[0].points.last?.counts[0] == 900)
        // A resumed session has nothing from beyond its checkpoint, but for the base.
        try store.truncate(afterStep: 100)
        let cut = try store.histories(prompt: "a judge", points: 1000)
        #expect(cut[0].points.last?.step == 100 && cut.last?.points.count == 1)
        record("a", 101, [1, 2, 3])
        #expect(try store.histories(prompt: "a judge", points: 1000)[0].points.count == 101)
    }

    @Test("A lane that leaves takes its rows along, and others keep theirs")
    func removesLanes() throws {
        let scratch = Scratch()
        let store = try store(scratch)
        for lane in ["b", "a"] {
            for step in 0..<100 { store.record(StepMetrics(lane: lane, step: step)) }
        }
        #expect(try store.lanes() == ["b", "a"])
        try store.remove(lane: "b")
        try store.remove(lane: "nobody")
        #expect(try store.lanes() == ["a"])
        #expect(try store.metrics(lane: "b", steps: 0...100) == [])
        #expect(try store.metrics(lane: "a", steps: 0...100).count == 100)
    }

    private func field(_ lane: String, _ step: Int) -> GradientFieldSummary {
        var quarter = FieldQuartile(pairs: 2)
        quarter.medianRatio = 0.5
        return GradientFieldSummary(
            lane: lane, step: step, shareOnWinner: 0.4, medianRatio: .nan, saturated: 0, capped: 0,
            meanDX: 0.7, meanDY: -0.7, arrows: [.init(x: -1, y: 1, dx: 0.5, dy: .nan)],
            points: [.init(x: 0.25, y: -0.5, dx: 0.1, dy: -0.1)], quartiles: [quarter])
    }

    @Test("The newest field of each lane comes back, before a step taken back the one before it")
    func fields() throws {
        let scratch = Scratch()
        let first = try store(scratch)
        for step in [10, 20, 30] { first.record(field("a", step)) }
        first.record(field("b", 30))
        try first.close()
        let second = try store(scratch)
        #expect(try second.lastFields() == [field("a", 30), field("b", 30)])
        try second.truncate(afterStep: 25)
        #expect(try second.lastFields() == [field("a", 20)])
        try second.remove(lane: "a")
        #expect(try second.lastFields() == [])
        // Only the newest few are kept: one that is taken back far enough is gone.
        for step in 1...100 { second.record(field("c", step)) }
        #expect(try second.lastFields() == [field("c", 100)])
        try second.truncate(afterStep: 50)
        #expect(try second.lastFields() == [])
    }

    @Test("A file from before fields were kept opens as it is, and keeps them from then on")
    func withoutFields() throws {
        let scratch = Scratch()
        let first = try store(scratch)
        first.record(StepMetrics(lane: "a", step: 7))
        try first.close()
        let path = "\(scratch.path)/metrics.sqlite"
        // The table under another name is a table that is not there.
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        while let place = bytes.range(of: Data("field".utf8)) {
            bytes.replaceSubrange(place, with: Data("other".utf8))
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        let second = try store(scratch)
        #expect(second.openingWarning == nil)
        #expect(try second.lastMetrics().map(\.step) == [7])
        #expect(try second.lastFields() == [])
        second.record(field("a", 8))
        #expect(try second.lastFields() == [field("a", 8)])
    }

    enum Damage: String, CaseIterable, Sendable { case noise, head, middle, other, newer }

    @Test(
        "A database that cannot be used is moved aside with a warning", arguments: Damage.allCases)
    func damage(_ damage: Damage) throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/metrics.sqlite"
        let first = try MetricsStore(path: path)
        for step in 0..<2000 {
            var metrics = StepMetrics(lane: "a", step: step)
            metrics.loss = 1.5 + Double(step)
            first.record(metrics)
        }
        try first.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.count > 50_000)
        switch damage {
        case .noise: bytes = Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        case .head: bytes = bytes.prefix(5000)
        case .middle: for index in 30_000..<40_000 { bytes[index] = 0xA5 }
        case .other:
            // A table of the right name with another column, as another program might have made.
            let column = try #require(bytes.range(of: Data("exceptions BLOB".utf8)))
            bytes.replaceSubrange(column, with: Data("exceptionz BLOB".utf8))
        case .newer:
            // The field at byte 60 of SQLite's header is the user version, big-endian.
            bytes.replaceSubrange(60..<64, with: [0, 0, 0, 9])
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        let second = try MetricsStore(path: path)
        let warning = try #require(second.openingWarning)
        #expect(warning.contains("metrics.sqlite.damaged-1"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path + ".damaged-1")) == bytes)
        #expect(try second.lastMetrics() == [])
        second.record(StepMetrics(lane: "a", step: 1))
        #expect(try second.lastMetrics().map(\.step) == [1])
    }

    @Test("A folder that cannot be written is a typed error that names the file")
    func unwritable() throws {
        let scratch = Scratch()
        try scratch.write("file", "")
        let path = "\(scratch.path)/file/metrics.sqlite"
        let error = try #require(throws: MetricsError.self) { try MetricsStore(path: path) }
        #expect("\(error)".contains(path))
    }

    @Test("What is recorded is on the disk after a flush, for another reader too")
    func flushes() throws {
        let scratch = Scratch()
        let writer = try store(scratch)
        let reader = try store(scratch)
        writer.record(StepMetrics(lane: "a", step: 7))
        try writer.flush()
        #expect(try reader.lastMetrics().map(\.step) == [7])
        #expect(writer.lostEntries == 0)
    }
}
