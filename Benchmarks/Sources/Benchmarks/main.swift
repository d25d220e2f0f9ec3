// Times the engine's work and prints one JSON object a line; run.sh puts PyTorch's beside them and has
// all of it made into a page.
//
//     Benchmarks ceilings | kernels | layers | steps [WORK] | growth | screen [POINTS] | table FILE
import Foundation
import TensorCore

MatrixKernel.open()
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "ceilings": Ceilings.run()
case "kernels": KernelBenchmarks.run()
case "layers": LayerBenchmarks.run()
case "steps": try StepBenchmarks.run(only: arguments.dropFirst().first)
case "growth": try GrowthBenchmarks.run()
case "screen":
    try ScreenBenchmarks.run(most: arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000)
case "table" where arguments.count == 2:
    print(try Report(file: arguments[1]).text, terminator: "")
default:
    FileHandle.standardError.write(
        Data(
            ("Benchmarks ceilings | kernels | layers | steps [WORK] | growth | screen [POINTS] | "
                + "table FILE\n").utf8))
    exit(64)
}
