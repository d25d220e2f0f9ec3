import ArgumentParser
import BenchProtocol
import Foundation
import TensorCore
import TrainingEngine

/// `popbench evaluate`: fairness, match, quality and diversity of a model, with intervals.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract:
            "Measure a model: who appears, whether prompts are obeyed, quality and diversity.",
        discussion: """
            Every figure has its n and a 95 % interval, for professions that alignment trains on and for \
            those held out. The evaluator that judges was trained apart from the classifier that filters \
            populations. Warnings go to standard error.
            """)

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
        let sampling = try chosen.sampling()
        for remark in sampling.judges.remarks { report(remark) }
        let run = EvaluationRun(
            plan: EvaluationPlan(
                picturesPerPrompt: pictures, guidanceScale: Float(guidanceScale),
                inferenceSteps: steps, seed: seed), sampling: sampling, weights: chosen.weights)
        let isTerminal = isatty(STDERR_FILENO) == 1
        while try run.advance() {
            let (done, total) = run.progress
            if isTerminal { ProgramRun.showProgress("\(done)/\(total) prompts") }
        }
        if isTerminal { ProgramRun.showProgress("") }
        let measured = run.report()
        for warning in measured.warnings { report(warning) }
        let evaluation = Evaluation(
            lane: choice.lane ?? LaneWeights.baseName, step: 0, figures: measured.figures)
        if json { return print(EventLine.text(.evaluation(evaluation))) }
        for line in EvaluationTable(evaluation.figures).lines { print(line) }
        print(
            String(
                format: "\n%.0f s, of which judging %.1f s",
                measured.samplingSeconds + measured.judgingSeconds, measured.judgingSeconds))
    }
}
