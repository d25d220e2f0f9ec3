import ArgumentParser
import DiffusionModels
import Foundation
import ModelStore
import Pictures
import Populations
import TensorCore
import TrainingEngine

/// `popbench pretrain`: trains the base model from the installed emoji font.
struct PretrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Train the base text-to-image model on the emoji people.",
        discussion: """
            Writes a diffusers pipeline folder with a sample sheet and a record of how it was made. A \
            checkpoint is kept beside it while training runs: the same command goes on where an \
            interrupted one stopped, and ends with the very same weights.
            """)

    @Option(help: "The folder to write.")
    var output: String

    @Option(help: "Optimiser steps in all.")
    var steps = PretrainingConfiguration().steps

    @Option(help: "Pictures a step.")
    var batch = PretrainingConfiguration().batch

    @Option(help: "Peak learning rate.")
    var learningRate = PretrainingConfiguration().learningRate

    @Option(help: "The seed of weights, data and noise.")
    var seed: UInt64 = PretrainingConfiguration().seed

    @Option(help: "Steps between checkpoints.")
    var checkpointEvery = 200

    @Option(help: "A tokenizer's folder; the shipped one when not given.")
    var tokenizer: String?

    @Flag(help: "Store the weights in half precision.")
    var half = false

    func validate() throws {
        guard steps > 0, (1...4096).contains(batch), checkpointEvery > 0, learningRate > 0 else {
            throw ValidationError(
                "steps, batch, learning rate and checkpoint interval are positive")
        }
    }

    func run() throws {
        MatrixKernel.open()
        var configuration = PretrainingConfiguration()
        configuration.steps = steps
        configuration.batch = batch
        configuration.seed = seed
        configuration.learningRate = learningRate
        try PretrainingSession(
            configuration: configuration, output: output, checkpointEvery: checkpointEvery,
            tokenizer: tokenizer ?? Shipped.tokenizer(), half: half
        ).run { print($0) }
    }
}
