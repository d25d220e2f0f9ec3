import BenchProtocol
import Foundation
import GRDB
import Testing
import TrainingEngine

@Suite("Curves of the timestep quartiles")
struct QuartileCurveTests {
    private func history(_ random: inout SeededGenerator, steps: Int) -> [StepMetrics] {
        var step = 0
        return (0..<steps).map { _ in
            step += random.next() % 10 == 0 ? Int.random(in: 1...30, using: &random) : 1
            var metrics = StepMetrics(lane: "a", step: step)
            // Some steps have too few quartiles, some values that do not exist.
            metrics.quartiles = (0..<Int(random.next() % 6 == 0 ? 1 + random.next() % 3 : 4)).map {
                _ in
                var part = TimestepQuartile(images: 4)
                part.loss = random.next() % 5 == 0 ? .nan : .random(in: -5...5, using: &random)
                part.capped =
                    random.next() % 9 == 0 ? .infinity : .random(in: 0...1, using: &random)
                return part
            }
            return metrics
        }
    }

    private func value(_ metrics: StepMetrics, _ quarter: Int, isLoss: Bool) -> Double {
        guard metrics.quartiles.count >= quarter else { return .nan }
        let part = metrics.quartiles[quarter - 1]
        return isLoss ? part.loss : part.capped
    }

    private func check(
        _ store: MetricsStore, _ rows: [StepMetrics], _ random: inout SeededGenerator
    ) throws {
        let last = rows[rows.count - 1].step
        for _ in 0..<60 {
            let quarter = Int.random(in: 1...4, using: &random)
            let isLoss = Bool.random(using: &random)
            let first = Int.random(in: 0...last, using: &random)
            let end = Int.random(in: first...(last + 9), using: &random)
            let points = Int.random(in: 1...300, using: &random)
            let request = CurveRequest(
                lane: "a", quantity: (isLoss ? "loss" : "capped") + "_q\(quarter)",
                firstStep: first, lastStep: end, points: points)
            let curve = try store.curve(request)
            #expect(curve.firstStep == first && curve.lastStep == end)
            #expect(curve.buckets.count <= points)
            let wanted = rows.filter { (first...end).contains($0.step) }
            #expect(curve.buckets.last?.step == wanted.last?.step)
            var previous = Int.min
            for bucket in curve.buckets {
                let inside = wanted.filter { $0.step > previous && $0.step <= bucket.step }
                    .map { value($0, quarter, isLoss: isLoss) }.filter(\.isFinite)
                if inside.isEmpty {
                    #expect(bucket.mean.isNaN && bucket.minimum.isNaN)
                } else {
                    #expect(bucket.minimum == inside.min() && bucket.maximum == inside.max())
                    let mean = inside.reduce(0, +) / Double(inside.count)
                    #expect(abs(bucket.mean - mean) < 1e-9)
                }
                previous = bucket.step
            }
        }
    }

    @Test("Buckets equal minima, maxima and means taken one by one", arguments: 0..<4)
    func pyramid(seed: Int) throws {
        let scratch = Scratch()
        let store = try MetricsStore(path: "\(scratch.path)/metrics.sqlite")
        var random = SeededGenerator(UInt64(seed))
        var rows = history(&random, steps: 2500)
        for row in rows {
            store.record(row)
            if random.next() % 200 == 0 { try store.flush() }
        }
        try check(store, rows, &random)
        let cut = rows[1700].step
        try store.truncate(afterStep: cut)
        rows.removeAll { $0.step > cut }
        try check(store, rows, &random)
        try store.remove(lane: "a")
        let request = CurveRequest(
            lane: "a", quantity: "loss_q1", firstStep: 0, lastStep: 9999, points: 9)
        #expect(try store.curve(request).buckets == [])
    }

    @Test("A database of a program that had no such pyramid gets it when it is opened")
    func older() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/metrics.sqlite"
        var random = SeededGenerator(7)
        let rows = history(&random, steps: 900)
        let first = try MetricsStore(path: path)
        rows.forEach(first.record)
        try first.close()
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: "DROP TABLE quartile") }
        try database.close()
        let second = try MetricsStore(path: path)
        #expect(second.openingWarning == nil)
        try check(second, rows, &random)
    }

    @Test("Names that only look like a quarter's are refused")
    func names() throws {
        let scratch = Scratch()
        let store = try MetricsStore(path: "\(scratch.path)/metrics.sqlite")
        store.record(StepMetrics(lane: "a", step: 1))
        for name in ["loss_q0", "loss_q5", "loss_q12", "loss_q", "_q1", "offset_q1", "loss_q+1"] {
            #expect(throws: MetricsError.unknownQuantity(name)) {
                try store.curve(
                    CurveRequest(lane: "a", quantity: name, firstStep: 0, lastStep: 9, points: 9))
            }
        }
    }
}
