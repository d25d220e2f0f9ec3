import ArgumentParser
import TensorCore
import TrainingEngine

/// `popbench train-classifier`: trains the attribute classifier from the installed emoji font.
struct TrainClassifierCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-classifier",
        abstract: "Train the attribute classifier on renderings of the emoji people.")

    @Option(help: "The folder to write.")
    var output: String

    @Option(help: "Optimiser steps.")
    var steps = ClassifierConfiguration().steps

    @Option(help: "Pictures a step.")
    var batch = ClassifierConfiguration().batch

    @Option(help: "Peak learning rate.")
    var learningRate = ClassifierConfiguration().learningRate

    @Option(help: "The seed of weights and data.")
    var seed: UInt64 = ClassifierConfiguration().seed

    @Flag(help: "Store the weights in half precision.")
    var half = false

    func validate() throws {
        guard steps > 0, (1...4096).contains(batch), learningRate > 0 else {
            throw ValidationError("steps, batch and learning rate are positive")
        }
    }

    func run() throws {
        MatrixKernel.open()
        var configuration = ClassifierConfiguration()
        configuration.steps = steps
        configuration.batch = batch
        configuration.learningRate = learningRate
        configuration.seed = seed
        try ClassifierSession(configuration: configuration, output: output, half: half).run {
            print($0)
        }
    }
}
