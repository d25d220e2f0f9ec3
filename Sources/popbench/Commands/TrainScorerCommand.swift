import ArgumentParser
import TensorCore
import TrainingEngine

/// `popbench train-scorer`: trains the joint text-image scorer from the installed emoji font.
struct TrainScorerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-scorer",
        abstract: "Train the scorer of how well pictures match their captions.",
        discussion: """
            A checkpoint is kept in the output folder while training runs: the same command goes on \
            where an interrupted one stopped, and ends with the very same weights.
            """)

    @Option(help: "The folder to write.")
    var output: String

    @Option(help: "Optimiser steps.")
    var steps = ScorerConfiguration().steps

    @Option(help: "Peak learning rate.")
    var learningRate = ScorerConfiguration().learningRate

    @Option(help: "The seed of weights and data.")
    var seed: UInt64 = ScorerConfiguration().seed

    @Option(help: "Steps between checkpoints.")
    var checkpointEvery = 200

    @Flag(help: "Store the weights in half precision.")
    var half = false

    func validate() throws {
        guard steps > 0, checkpointEvery > 0, learningRate > 0 else {
            throw ValidationError("steps, checkpoint interval and learning rate are positive")
        }
    }

    func run() throws {
        MatrixKernel.open()
        var configuration = ScorerConfiguration()
        configuration.steps = steps
        configuration.learningRate = learningRate
        configuration.seed = seed
        try ScorerSession(
            configuration: configuration, output: output, half: half,
            checkpointEvery: checkpointEvery
        ).run { print($0) }
    }
}
