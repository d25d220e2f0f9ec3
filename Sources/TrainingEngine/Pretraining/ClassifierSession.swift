import Alignment
import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import Populations
import TensorCore

/// How an attribute classifier is trained.
public struct ClassifierConfiguration: Codable, Sendable, Equatable {
    /// Optimiser steps in all.
    public var steps = 1500
    /// Renderings a step.
    public var batch = 64
    /// Seed of the starting weights, of what is drawn and of its augmentation.
    public var seed: UInt64 = 11
    /// Peak rate, reached after 50 steps of warm-up; a cosine takes it to zero.
    public var learningRate = 3e-3
    /// Channels of the network's stages.
    public var widths = [32, 64, 96]
    /// Groups of every GroupNorm; they divide each width.
    public var groups = 16
    /// Residual blocks of each stage; nil for a plain network.
    public var blocks: Int?

    /// The classifier that filters populations, open to change.
    public init() {}

    /// The evaluator: another architecture and another seed, so that the filter does not judge its own
    /// work.
    public static var evaluator: ClassifierConfiguration {
        var configuration = ClassifierConfiguration()
        configuration.steps = 4_000
        configuration.seed = 29
        configuration.learningRate = 2e-3
        configuration.widths = [32, 48, 64]
        configuration.groups = 8
        configuration.blocks = 2
        return configuration
    }
}

extension AttributeNetworkConfiguration {
    /// Profession, gender presentation and skin tone of the emoji people.
    ///
    /// - Parameter blocks: residual blocks of each stage; nil for a plain network.
    public static func emojiPeople(
        widths: [Int], groups: Int, blocks: Int? = nil
    ) -> AttributeNetworkConfiguration {
        AttributeNetworkConfiguration(
            widths: widths, groups: groups, blocks: blocks,
            attributes: [
                Attribute(name: "profession", classes: Profession.all.map(\.name)),
                Attribute(name: "gender", classes: Gender.all.map(\.name)),
                Attribute(name: "tone", classes: SkinTone.all.map(\.name)),
            ])
    }
}

/// Trains an attribute classifier on augmented renderings and tests it on renderings it never saw.
public struct ClassifierSession {
    /// Renderings of each person that a finished network is tested on.
    static let testRenderings = 10

    private let configuration: ClassifierConfiguration
    private let output: String
    private let half: Bool
    private let checkpointEvery: Int

    /// A run that will write into the folder `output`, in half precision where `half` says so.
    ///
    /// - Parameter checkpointEvery: steps between checkpoints, at least 1.
    public init(
        configuration: ClassifierConfiguration, output: String, half: Bool,
        checkpointEvery: Int = 200
    ) {
        self.configuration = configuration
        self.output = output
        self.half = half
        self.checkpointEvery = checkpointEvery
    }

    /// Trains to the end and writes `config.json`, `model.safetensors` and `training.json`; goes on from
    /// the checkpoint in the output folder if there is one, to the very same weights.
    ///
    /// - Parameters:
    ///   - stop: asked after every step; true saves a checkpoint and ends early.
    ///   - report: takes one line of progress at a time.
    public func run(
        stop: (_ done: Int) -> Bool = { _ in false }, _ report: (String) -> Void
    ) throws {
        let people = try EmojiPeople(environment: ProcessInfo.processInfo.environment)
        let c = configuration
        let classifier = AttributeClassifier(
            .emojiPeople(widths: c.widths, groups: c.groups, blocks: c.blocks), seed: c.seed)
        let training = ClassifierTraining(
            classifier, configuration: AdamWConfiguration(weightDecay: 0.01))
        try PipelineFolder(path: output).create([])
        let checkpoint = try TrainingCheckpoint(
            path: output + "/training.safetensors", configuration: c)
        if try checkpoint.restore(classifier.weights, training.optimiser) {
            report("resuming at step \(training.optimiser.step) of \(c.steps)")
        }
        var progress = TrainingProgress(steps: c.steps, first: training.optimiser.step)
        while training.optimiser.step < c.steps {
            let step = training.optimiser.step
            let (pictures, labels) = draw(people, step: step)
            let loss = training.step(
                pictures, labels: labels,
                learningRate: Float(warmCosineRate(c.learningRate, step: step, steps: c.steps)))
            progress.note(loss, done: step + 1, report)
            let stops = stop(step + 1)
            if stops || (step + 1) % checkpointEvery == 0, step + 1 < c.steps {
                try checkpoint.save(classifier.weights, training.optimiser)
            }
            if stops { return }
        }
        try classifier.write(to: output, as: half ? .float16 : .float32)
        let stored = try AttributeClassifier(opening: output)
        let accuracy = Self.heldOutAccuracy(stored, people, seed: c.seed)
        for (name, share) in accuracy.sorted(by: { $0.key < $1.key }) {
            report(
                String(
                    format: "held-out %@: %.2f %% [%.2f, %.2f] n %d", name, 100 * share.value,
                    100 * share.low, 100 * share.high, share.n))
        }
        try TrainingRecord(
            command: TrainingRecord.portable(CommandLine.arguments), seed: c.seed, steps: c.steps,
            dataDigest: people.digest, finalLoss: progress.meanLoss, seconds: progress.seconds,
            kernel: MatrixKernel.name, heldOutAccuracy: accuracy.mapValues(\.value),
            heldOut: accuracy.mapValues { TrainingRecord.HeldOut($0) }
        ).write(to: output + "/training.json")
        checkpoint.remove()
        report("wrote \(output)")
    }

    private func draw(_ people: EmojiPeople, step: Int) -> (pictures: [Float], labels: [[Int]]) {
        var random = Philox(seed: configuration.seed, purpose: .classifier, step: step)
        let drawn = (0..<configuration.batch).map { _ in
            PersonAttributes.all[random.index(below: PersonAttributes.all.count)]
        }
        return (
            RenderedBatch.draw(people, drawn, seed: configuration.seed, step: step),
            drawn.map { [$0.profession.index, $0.gender.index, $0.tone.index] }
        )
    }

    /// Shares of rightly classified attributes over ten unseen renderings of each person, with Wilson's
    /// intervals.
    static func heldOutAccuracy(
        _ classifier: AttributeClassifier, _ people: EmojiPeople, seed: UInt64
    ) -> [String: Estimate] {
        let names = ["profession", "gender", "tone"]
        var right = [0, 0, 0]
        var total = 0
        for round in 0..<testRenderings {
            let pictures = PersonAttributes.all.flatMap {
                people.rendering($0, seed: seed, index: round, split: .test)
            }
            for (seen, truth) in zip(classifier.classify(pictures), PersonAttributes.all) {
                let labels = [truth.profession.index, truth.gender.index, truth.tone.index]
                for i in 0..<3 where seen.classes[i] == labels[i] { right[i] += 1 }
                total += 1
            }
        }
        return Dictionary(
            uniqueKeysWithValues: zip(names, right).map {
                ($0, Estimate.proportion($1, of: total))
            })
    }
}
