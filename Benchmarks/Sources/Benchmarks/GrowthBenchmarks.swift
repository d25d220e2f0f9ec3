import Alignment
import BenchProtocol
import Foundation
import Populations
import TensorCore
import TrainingEngine

/// How cost grows: the same work at several sizes, from which the page fits an exponent.
enum GrowthBenchmarks {
    static func run() throws {
        try steps()
        try populations()
        try histories()
    }

    private static func steps() throws {
        func series(_ name: String, _ sizes: [Int], _ make: (Int) -> StepBenchmark, _ work: StepBenchmark.Work)
            throws
        {
            for size in sizes {
                let result = try make(size).run(work)
                Line(
                    group: "growth", name: name, seconds: result.medianSeconds, size: Double(size)
                ).print()
            }
        }
        try series(
            "pretraining step, pictures of a batch", [8, 16, 32, 64, 128],
            { StepBenchmark(batch: $0, repeats: 3) }, .pretrain)
        try series(
            "pretraining step of 16, width of the first level", [32, 64, 128],
            { width in
                var c = EmbeddedModel.unet
                c.blockOutChannels = [width, width * 3 / 2]
                return StepBenchmark(batch: 16, repeats: 3, configuration: c)
            }, .pretrain)
        try series(
            "pretraining step of 16, side of a sample", [8, 16, 32],
            { side in
                var c = EmbeddedModel.unet
                c.sampleSize = [side, side]
                return StepBenchmark(batch: 16, repeats: 3, configuration: c)
            }, .pretrain)
        try series(
            "alignment step, lanes", [1, 2, 4, 8],
            { StepBenchmark(batch: 32, repeats: 3, lanes: $0) }, .lanes)
    }

    /// Labelling pictures, and the report on what was found.
    private static func populations() throws {
        let classifier = try AttributeClassifier(
            opening: "../models/emoji-people/classifier")
        for count in [100, 1_000, 10_000, 100_000] {
            var random = Philox(seed: 1, purpose: .evaluation)
            // Labelled in pieces, as an evaluation does.
            let piece = (0..<(min(count, 1000) * 32 * 32 * 3)).map { _ in random.uniform(-1, 1) }
            let start = ContinuousClock.now
            var counts = [Int](repeating: 0, count: Gender.all.count)
            for _ in 0..<(count / min(count, 1000)) {
                for seen in classifier.classify(piece) { counts[seen.classes[1]] += 1 }
            }
            Line(
                group: "growth", name: "labelling pictures of a population",
                seconds: (ContinuousClock.now - start) / .seconds(1), size: Double(count)
            ).print()
            // Its resampling takes three quarters of a minute beyond that.
            guard count <= 10_000 else { continue }
            let populations = (0..<20).map { _ in PopulationCounts(counts: counts) }
            let seconds = medianSeconds(rounds: 3) {
                _ = DiscrepancyReport(prompts: populations, bootstrap: Bootstrap(seed: 1))
            }
            Line(
                group: "growth", name: "report on 20 prompts, pictures of each", seconds: seconds,
                size: Double(count)
            ).print()
        }
    }

    /// Writing a history, and reading it whole into the columns of a screen.
    private static func histories() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "popbench-history-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try MetricsStore(path: folder.appendingPathComponent("metrics.sqlite").path)
        var metrics = StepMetrics(lane: "lane", step: 0)
        var (written, seconds) = (0, 0.0)
        let deadline = ContinuousClock.now + .seconds(historySeconds)
        for count in [1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
            let start = ContinuousClock.now
            while written < count {
                written += 1
                metrics.step = written
                metrics.loss = sin(Double(written) / 1000)
                store.record(metrics)
                if written % 50_000 == 0 {
                    try store.flush()
                    if ContinuousClock.now > deadline { break }
                }
            }
            try store.flush()
            seconds += (ContinuousClock.now - start) / .seconds(1)
            guard written == count else { break }
            Line(
                group: "growth", name: "writing a history, steps", seconds: seconds,
                size: Double(count)
            ).print()
            var failed = false
            let read = medianSeconds(rounds: 5) {
                let request = CurveRequest(
                    lane: "lane", quantity: "loss", firstStep: 0, lastStep: count, points: 400)
                failed = failed || (try? store.curve(request).buckets.isEmpty) != false
            }
            precondition(!failed, "a history that was written can be read")
            Line(
                group: "growth", name: "reading it whole into 400 columns, steps", seconds: read,
                size: Double(count)
            ).print()
        }
        try store.close()
    }

    /// Ten million steps take longer than all else together; they are written where somebody waits.
    private static var historySeconds: Int {
        ProcessInfo.processInfo.environment["HISTORY_SECONDS"].flatMap { Int($0) } ?? 120
    }
}
