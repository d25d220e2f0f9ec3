import BenchProtocol
import Foundation
import Testing
import TrainingEngine

@Suite("Metrics of earlier formats")
struct MetricsMigrationTests {
    /// Nine steps of a PopAlign lane as format 1 has them, before safeguards were logged.
    private static let formatOne = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures/metrics-format-1.sqlite").standardizedFileURL

    @Test(
        "Format 1 is brought up to date: every value stays, the new one is missing, more can come")
    func formatOne() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/metrics.sqlite"
        try FileManager.default.copyItem(atPath: Self.formatOne.path, toPath: path)
        for opening in 0..<2 {
            let store = try MetricsStore(path: path)
            #expect(store.openingWarning == nil)
            #expect(try store.lanes().sorted() == ["base", "popalign"])
            let steps = try store.metrics(lane: "popalign", steps: 1...100)
            #expect(steps.map(\.step) == Array(1...(9 + opening)))
            #expect(steps[0].loss == 0.6931471805599448)
            #expect(steps[0].gradientNorm == 117.86220044022491)
            #expect(steps[1].gradientNorm > 200 && steps[0].time > 1_700_000_000)
            #expect(steps[0].offset == 0 && steps[0].quartiles.count == 4)
            let isNew = steps.prefix(9).allSatisfy { $0.safeguardScale.isNaN }
            #expect(isNew)
            #expect(try store.evaluations().count == 1)
            if opening == 0 {
                var next = StepMetrics(lane: "popalign", step: 10)
                next.safeguardScale = 0.25
                next.gradientNorm = -.infinity
                store.record(next)
                let curve = try store.curve(
                    CurveRequest(
                        lane: "popalign", quantity: "loss", firstStep: 0, lastStep: 9, points: 2))
                #expect(curve.buckets.last?.step == 9 && curve.buckets.count <= 2)
            } else {
                #expect(steps[9].safeguardScale == 0.25 && steps[9].gradientNorm == -.infinity)
            }
            try store.close()
        }
    }

    @Test("A file that only says it is of format 1 is moved aside, as any damaged one")
    func notWhatItSays() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/metrics.sqlite"
        var bytes = try Data(contentsOf: Self.formatOne)
        // The name of a table, wherever the file's own description has it.
        while let range = bytes.range(of: Data("pyramid".utf8)) {
            bytes.replaceSubrange(range, with: Data("pyramyd".utf8))
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        let store = try MetricsStore(path: path)
        #expect(store.openingWarning?.contains("damaged-1") == true)
        #expect(try store.lanes().isEmpty)
        try store.close()
    }
}
