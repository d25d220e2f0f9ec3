import TrainingEngine

/// Whole steps and sampling, as `popbench benchmark` times them.
enum StepBenchmarks {
    /// - Parameter only: one kind of work; all kinds when nil.
    static func run(only: String?) throws {
        for work in StepBenchmark.Work.allCases where only == nil || work.rawValue == only {
            let result = try StepBenchmark(batch: 32, repeats: work == .sample ? 3 : 7).run(work)
            Line(
                group: "step", name: work.rawValue, seconds: result.medianSeconds,
                value: result.imagesPerSecond, unit: "images/s", ceiling: result.peakGflops
            ).print()
            Line(
                group: "work", name: work.rawValue, seconds: result.medianSeconds,
                value: result.gflops, unit: "GFLOP/s", ceiling: result.peakGflops
            ).print()
            Line(
                group: "outside", name: work.rawValue, value: result.shareOutsideProducts,
                unit: "share"
            ).print()
            Line(
                group: "memory", name: work.rawValue, value: result.peakMemoryMB, unit: "MB"
            ).print()
        }
    }
}
