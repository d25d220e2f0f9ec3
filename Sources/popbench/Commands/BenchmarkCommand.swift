import ArgumentParser
import Foundation
import TrainingEngine

/// `popbench benchmark`: how fast the engine's work runs on this machine.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Time training steps, sampling and the screen on this machine.",
        discussion: """
            Random weights of the embedded model's shape; text embeddings precomputed, data in \
            memory, optimiser and clipping included. GFLOP/s count direct convolution and stand \
            beside what the matrix kernel reaches in the same run.

            --what screen opens the workbench on a new session of the starter recipe, in a terminal \
            that only this program sees, and prints one JSON object: milliseconds from a key's \
            press to the changed screen while the engine trains on every core (first and last \
            byte, median and 99th percentile), the screen's share of a core, wake-ups a second \
            when paused, and the memory of both processes; before that, the memory of a screen \
            that is told a million steps. It takes about two minutes.
            """)

    @Option(help: "unet, pretrain, align, lanes, sample or screen.")
    var what: String = "pretrain"

    @Option(help: "Pictures a step; align takes half of them as winners.")
    var batch = 32

    @Option(help: "Timed runs; the median counts.")
    var repeats = 7

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard StepBenchmark.Work(rawValue: what) != nil || what == "screen" else {
            let known = (StepBenchmark.Work.allCases.map(\.rawValue) + ["screen"])
                .joined(separator: ", ")
            throw ValidationError("--what takes \(known), not \(what)")
        }
        guard (2...1024).contains(batch), (1...1000).contains(repeats) else {
            throw ValidationError("--batch is 2 to 1024, --repeats 1 to 1000")
        }
    }

    func run() throws {
        if what == "screen" {
            return print(try jsonText(ScreenBenchmark(presses: 300, seconds: 10).run()))
        }
        guard let work = StepBenchmark.Work(rawValue: what) else { return }
        let result = try StepBenchmark(batch: batch, repeats: repeats).run(work)
        if json { return print(try jsonText(result)) }
        print(
            String(
                format:
                    "%@: %.1f ms a step, %.1f pictures/s, %.0f of %.0f GFLOP/s (%@, %d cores), %.0f MB",
                result.what, result.medianSeconds * 1000, result.imagesPerSecond, result.gflops,
                result.peakGflops, result.kernel, result.cores, result.peakMemoryMB))
    }
}
