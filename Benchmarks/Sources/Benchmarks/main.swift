// Times the engine's work and prints one JSON object a line; run.sh sets PyTorch's beside it.
//
//     swift run -c release Benchmarks [unet|pretrain|align|lanes|sample ...]
import Foundation
import TrainingEngine

let asked = CommandLine.arguments.dropFirst()
let works =
    asked.isEmpty ? StepBenchmark.Work.allCases : asked.compactMap(StepBenchmark.Work.init)
let encoder = JSONEncoder()
encoder.outputFormatting = [.sortedKeys]
for work in works {
    let result = try StepBenchmark(batch: 32, repeats: 7).run(work)
    print(String(decoding: try encoder.encode(result), as: UTF8.self))
}
