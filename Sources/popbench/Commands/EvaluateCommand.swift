import ArgumentParser
import BenchProtocol
import Foundation
import TensorCore
import TrainingEngine

/// `popbench evaluate`: discrepancies and accuracies of a model, with intervals.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure who appears in a model's pictures, and whether prompts are obeyed.")

    @OptionGroup var choice: ModelOptions

    @Option(help: "Pictures for each of the 20 neutral and 20 identity prompts.")
    var pictures = 24

    @Option(help: "Classifier-free guidance scale.")
    var guidanceScale: Double = 2

    @Option(help: "DDIM steps.")
    var steps = 25

    @Option(help: "The seed of the noise.")
    var seed: UInt64 = 7

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (2...10_000).contains(pictures), (1...1000).contains(steps) else {
            throw ValidationError("pictures are 2 to 10000, steps 1 to 1000")
        }
    }

    func run() throws {
        MatrixKernel.open()
        let chosen = try choice.open()
        for remark in chosen.remarks { report(remark) }
        let run = EvaluationRun(
            plan: EvaluationPlan(
                picturesPerPrompt: pictures, guidanceScale: Float(guidanceScale),
                inferenceSteps: steps, seed: seed),
            sampling: try chosen.sampling(), weights: chosen.weights)
        let isTerminal = isatty(STDERR_FILENO) == 1
        while try run.advance() {
            let (done, total) = run.progress
            if isTerminal { ProgramRun.showProgress("\(done)/\(total) prompts") }
        }
        if isTerminal { ProgramRun.showProgress("") }
        let evaluation = Evaluation(
            lane: choice.lane ?? LaneWeights.baseName, step: 0, figures: run.figures())
        if json { return print(EventLine.text(.evaluation(evaluation))) }
        for figure in evaluation.figures {
            let name = figure.name.padding(toLength: 44, withPad: " ", startingAt: 0)
            let interval =
                figure.low.isFinite
                ? String(format: "  [%.3f, %.3f]", figure.low, figure.high) : ""
            print("\(name) \(String(format: "%7.3f", figure.value))\(interval)  n \(figure.n)")
        }
    }
}
