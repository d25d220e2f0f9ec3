import ArgumentParser
import TensorCore
import TrainingEngine

/// `popbench train-classifier`: trains the attribute classifiers from the installed emoji font.
struct TrainClassifierCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-classifier",
        abstract:
            "Train the attribute classifier, or the evaluator, on renderings of the emoji people.",
        discussion: """
            The classifier filters populations. With --evaluator it is the network that judges models, \
            of another architecture and seed. A checkpoint is kept in the output folder while training \
            runs: the same command goes on where an interrupted one stopped, and ends with the very \
            same weights.
            """)

    @Option(help: "The folder to write.")
    var output: String

    @Flag(help: "Train the evaluator instead of the classifier that filters populations.")
    var evaluator = false

    @Option(help: ArgumentHelp("Optimiser steps: 1500, and 4000 for the evaluator."))
    var steps: Int?

    @Option(help: "Pictures a step.")
    var batch = ClassifierConfiguration().batch

    @Option(help: ArgumentHelp("Peak learning rate: 0.003, and 0.002 for the evaluator."))
    var learningRate: Double?

    @Option(help: ArgumentHelp("The seed of weights and data: 11, and 29 for the evaluator."))
    var seed: UInt64?

    @Option(help: "Steps between checkpoints.")
    var checkpointEvery = 200

    @Flag(help: "Store the weights in half precision.")
    var half = false

    func validate() throws {
        guard steps.map({ $0 > 0 }) ?? true, (1...4096).contains(batch), checkpointEvery > 0,
            learningRate.map({ $0 > 0 }) ?? true
        else {
            throw ValidationError(
                "steps, batch, checkpoint interval and learning rate are positive")
        }
    }

    func run() throws {
        MatrixKernel.open()
        var configuration =
            evaluator ? ClassifierConfiguration.evaluator : ClassifierConfiguration()
        configuration.steps = steps ?? configuration.steps
        configuration.batch = batch
        configuration.learningRate = learningRate ?? configuration.learningRate
        configuration.seed = seed ?? configuration.seed
        try ClassifierSession(
            configuration: configuration, output: output, half: half,
            checkpointEvery: checkpointEvery
        ).run { print($0) }
    }
}
