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

    /// The default configuration, open to change.
    public init() {}

    func learningRate(at step: Int) -> Double {
        let warmup = 50
        if step < warmup { return learningRate * Double(step + 1) / Double(warmup) }
        let progress = Double(step - warmup) / Double(max(1, steps - warmup))
        return learningRate * 0.5 * (1 + cos(.pi * min(1, progress)))
    }
}

extension AttributeNetworkConfiguration {
    /// Profession, gender presentation and skin tone of the emoji people.
    public static func emojiPeople(widths: [Int], groups: Int) -> AttributeNetworkConfiguration {
        AttributeNetworkConfiguration(
            widths: widths, groups: groups,
            attributes: [
                Attribute(name: "profession", classes: Profession.all.map(\.name)),
                Attribute(name: "gender", classes: Gender.all.map(\.name)),
                Attribute(name: "tone", classes: SkinTone.all.map(\.name)),
            ])
    }
}

/// Trains the attribute classifier on augmented renderings and tests it on renderings it never saw.
public struct ClassifierSession {
    private let configuration: ClassifierConfiguration
    private let output: String
    private let half: Bool

    /// A run that will write into the folder `output`, in half precision where `half` says so.
    public init(configuration: ClassifierConfiguration, output: String, half: Bool) {
        self.configuration = configuration
        self.output = output
        self.half = half
    }

    /// Trains to the end and writes `config.json`, `model.safetensors` and `training.json`.
    ///
    /// - Parameter report: takes one line of progress at a time.
    public func run(_ report: (String) -> Void) throws {
        let people = try EmojiPeople(environment: ProcessInfo.processInfo.environment)
        let classifier = AttributeClassifier(
            .emojiPeople(widths: configuration.widths, groups: configuration.groups),
            seed: configuration.seed)
        let training = ClassifierTraining(
            classifier, configuration: AdamWConfiguration(weightDecay: 0.01))
        let start = ContinuousClock.now
        var losses: [Double] = []
        for step in 0..<configuration.steps {
            let (pictures, labels) = draw(people, step: step)
            losses.append(
                training.step(
                    pictures, labels: labels,
                    learningRate: Float(configuration.learningRate(at: step))))
            if (step + 1) % 50 == 0 {
                let recent = losses.suffix(50)
                let rate = Double(step + 1) / (ContinuousClock.now - start).seconds
                report(
                    String(
                        format: "step %d/%d  loss %.4f  %.0f s left", step + 1,
                        configuration.steps, recent.reduce(0, +) / Double(recent.count),
                        Double(configuration.steps - step - 1) / rate))
            }
        }
        try classifier.write(to: output, as: half ? .float16 : .float32)
        let stored = try AttributeClassifier(opening: output)
        let accuracy = Self.heldOutAccuracy(stored, people, seed: configuration.seed)
        for (name, share) in accuracy.sorted(by: { $0.key < $1.key }) {
            report(String(format: "held-out %@: %.2f %%", name, 100 * share))
        }
        try TrainingRecord(
            command: CommandLine.arguments.joined(separator: " "), seed: configuration.seed,
            steps: configuration.steps, dataDigest: people.digest,
            finalLoss: losses.suffix(50).reduce(0, +) / Double(min(50, max(1, losses.count))),
            seconds: (ContinuousClock.now - start).seconds, kernel: MatrixKernel.name,
            heldOutAccuracy: accuracy
        ).write(to: output + "/training.json")
        report("wrote \(output)")
    }

    private func draw(_ people: EmojiPeople, step: Int) -> (pictures: [Float], labels: [[Int]]) {
        let size = EmojiPeople.renderingCount
        let count = configuration.batch
        var random = Philox(seed: configuration.seed, purpose: .classifier, step: step)
        let drawn = (0..<count).map { _ in
            PersonAttributes.all[random.index(below: PersonAttributes.all.count)]
        }
        var pictures = [Float](repeating: 0, count: count * size)
        let seed = configuration.seed
        pictures.withUnsafeMutableBufferPointer { buffer in
            let out = Confined(buffer.baseAddress!)
            Shards.concurrently { shard in
                for index in Shards.range(shard, of: count) {
                    let target = out.value + index * size
                    people.render(
                        drawn[index], seed: seed, index: step * count + index, split: .train,
                        into: target)
                    // Generated pictures are never as crisp as renderings: a little noise keeps the
                    // classifier from leaning on exact edges.
                    var noise = Philox(
                        seed: seed, purpose: .augmentation, step: step, sample: index)
                    let strength = 0.15 * noise.uniform()
                    let grain = [Float](unsafeUninitializedCapacity: size) { values, n in
                        noise.fillNormal(values.baseAddress!, count: size)
                        n = size
                    }
                    for i in 0..<size { target[i] += strength * grain[i] }
                }
            }
        }
        return (
            pictures, drawn.map { [$0.profession.index, $0.gender.index, $0.tone.index] }
        )
    }

    /// Shares of rightly classified attributes over ten unseen renderings of each person.
    static func heldOutAccuracy(
        _ classifier: AttributeClassifier, _ people: EmojiPeople, seed: UInt64
    ) -> [String: Double] {
        var right = [0, 0, 0]
        var total = 0
        for round in 0..<10 {
            let pictures = PersonAttributes.all.flatMap {
                people.rendering($0, seed: seed, index: round, split: .test)
            }
            for (seen, truth) in zip(classifier.classify(pictures), PersonAttributes.all) {
                let labels = [truth.profession.index, truth.gender.index, truth.tone.index]
                for i in 0..<3 where seen.classes[i] == labels[i] { right[i] += 1 }
                total += 1
            }
        }
        return [
            "profession": Double(right[0]) / Double(total),
            "gender": Double(right[1]) / Double(total), "tone": Double(right[2]) / Double(total),
        ]
    }
}
