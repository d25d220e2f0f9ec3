import Alignment
import DiffusionModels
import Foundation
import Metrics
import ModelStore
import NeuralLayers
import Populations
import TensorCore

/// How a text-image scorer is trained.
public struct ScorerConfiguration: Codable, Sendable, Equatable {
    /// Optimiser steps in all.
    public var steps = 3_000
    /// Professions of a step, each with all fifteen identities: a batch has every near miss in it.
    public var professions = 6
    /// Seed of the starting weights, of what is drawn and of its augmentation.
    public var seed: UInt64 = 47
    /// Peak rate, reached after 50 steps of warm-up; a cosine takes it to zero.
    public var learningRate = 2e-3
    /// What cosines are divided by in the loss.
    public var temperature = 0.07
    /// Channels of the picture encoder's stages.
    public var widths = [32, 48, 64]
    /// Groups of every GroupNorm; they divide each width.
    public var groups = 8
    /// Residual blocks of each stage.
    public var blocks = 1
    /// Width of a word's embedding.
    public var textWidth = 32
    /// Dimensions of the shared space.
    public var embeddingSize = 32

    /// The shipped scorer, open to change.
    public init() {}
}

extension TextImageScorerConfiguration {
    /// A scorer of the emoji people's captions.
    static func emojiPeople(_ c: ScorerConfiguration) -> TextImageScorerConfiguration {
        let words = Set(
            Caption.all.flatMap { $0.text.split(separator: " ").map(String.init) }
        ).subtracting(["a", "an"]).sorted()
        return TextImageScorerConfiguration(
            widths: c.widths, groups: c.groups, blocks: c.blocks, textWidth: c.textWidth,
            embeddingSize: c.embeddingSize, longestCaption: 4, words: words)
    }
}

/// Trains the text-image scorer on augmented renderings and tests it on renderings it never saw.
public struct ScorerSession {
    private let configuration: ScorerConfiguration
    private let output: String
    private let half: Bool
    private let checkpointEvery: Int

    /// A run that will write into the folder `output`, in half precision where `half` says so.
    ///
    /// - Parameter checkpointEvery: steps between checkpoints, at least 1.
    public init(
        configuration: ScorerConfiguration, output: String, half: Bool, checkpointEvery: Int = 200
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
        let scorer = TextImageScorer(.emojiPeople(c), seed: c.seed)
        let training = ContrastiveTraining(
            scorer, configuration: AdamWConfiguration(weightDecay: 0.01),
            temperature: c.temperature)
        try PipelineFolder(path: output).create([])
        let checkpoint = try TrainingCheckpoint(
            path: output + "/training.safetensors", configuration: c)
        if try checkpoint.restore(scorer.weights, training.optimiser) {
            report("resuming at step \(training.optimiser.step) of \(c.steps)")
        }
        var progress = TrainingProgress(steps: c.steps, first: training.optimiser.step)
        while training.optimiser.step < c.steps {
            let step = training.optimiser.step
            let (drawn, captions) = draw(step: step)
            let pictures = RenderedBatch.draw(people, drawn, seed: c.seed, step: step)
            let loss = training.step(
                pictures, ids: try captions.map { try scorer.configuration.ids(of: $0.text) },
                learningRate: Float(warmCosineRate(c.learningRate, step: step, steps: c.steps))
            ) { captions[$0].describes(drawn[$1]) }
            progress.note(loss, done: step + 1, report)
            let stops = stop(step + 1)
            if stops || (step + 1) % checkpointEvery == 0, step + 1 < c.steps {
                try checkpoint.save(scorer.weights, training.optimiser)
            }
            if stops { return }
        }
        try scorer.write(to: output, as: half ? .float16 : .float32)
        let test = try Self.heldOutFigures(
            try TextImageScorer(opening: output), people, seed: c.seed)
        for (name, figure) in test.sorted(by: { $0.key < $1.key }) {
            report(
                String(
                    format: "held-out %@: %.4f [%.4f, %.4f] n %d", name, figure.value, figure.low,
                    figure.high, figure.n))
        }
        try TrainingRecord(
            command: TrainingRecord.portable(CommandLine.arguments), seed: c.seed, steps: c.steps,
            dataDigest: people.digest, finalLoss: progress.meanLoss, seconds: progress.seconds,
            kernel: MatrixKernel.name, heldOut: test.mapValues { TrainingRecord.HeldOut($0) }
        ).write(to: output + "/training.json")
        checkpoint.remove()
        report("wrote \(output)")
    }

    /// All identities of some professions; half of the captions name everything, a quarter one
    /// attribute, a quarter the profession alone.
    private func draw(step: Int) -> (people: [PersonAttributes], captions: [Caption]) {
        var random = Philox(seed: configuration.seed, purpose: .classifier, step: step)
        var left = Profession.all
        var people: [PersonAttributes] = []
        for _ in 0..<min(configuration.professions, left.count) {
            let profession = left.remove(at: random.index(below: left.count))
            people += Identity.all.map {
                PersonAttributes(profession: profession, gender: $0.gender, tone: $0.tone)
            }
        }
        let captions = people.map { person in
            let kind = random.index(below: 8)
            return Caption(
                person.profession, gender: kind < 5 ? person.gender : nil,
                tone: kind < 4 || kind == 5 ? person.tone : nil)
        }
        return (people, captions)
    }

    /// On ten unseen renderings of each person: how often its own caption is the nearest of all 300
    /// identity captions, how often its profession's of the 20 neutral ones, and the mean cosines.
    static func heldOutFigures(
        _ scorer: TextImageScorer, _ people: EmojiPeople, seed: UInt64
    ) throws -> [String: Estimate] {
        let rounds = ClassifierSession.testRenderings
        let pictures = (0..<rounds).flatMap { round in
            PersonAttributes.all.flatMap {
                people.rendering($0, seed: seed, index: round, split: .test)
            }
        }
        let embedded = scorer.embed(pictures: pictures)
        let shown = (0..<rounds).flatMap { _ in PersonAttributes.all }
        let size = scorer.configuration.embeddingSize
        let rows = try Features(embedded.flatMap { $0 }, dimension: size, of: "renderings")
        var figures: [String: Estimate] = [:]
        for (name, texts, own) in [
            ("identity", PersonAttributes.all.map { Caption($0).text }, shown.map(\.index)),
            (
                "neutral", Caption.allNeutralPrompts.map(\.text),
                shown.map(\.profession.index)
            ),
        ] {
            let captions = try Features(
                try scorer.embed(captions: texts).flatMap { $0 }, dimension: size, of: "captions")
            let score = try TextImageScore(
                pictures: rows, captions: captions, captionOf: own,
                prompts: shown.map(\.profession.index), bootstrap: Bootstrap(seed: seed))
            figures["\(name)_retrieval"] = score.retrieval.estimate
            figures["\(name)_score"] = score.score.mean
        }
        return figures
    }
}
