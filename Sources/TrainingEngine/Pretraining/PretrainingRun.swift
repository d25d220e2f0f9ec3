import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import Populations
import TensorCore

/// How the base model is trained.
public struct PretrainingConfiguration: Codable, Sendable, Equatable {
    /// Optimiser steps in all.
    public var steps = 4000
    /// Pictures a step.
    public var batch = 32
    /// Seed of the pictures drawn, of their timesteps and of the noise.
    public var seed: UInt64 = 1
    /// Peak of the cosine schedule.
    public var learningRate = 1.5e-3
    /// Steps of linear warm-up before the cosine.
    public var warmupSteps = 100
    /// Decay of the weights' moving average, which is what is kept.
    public var emaDecay = 0.995
    /// The gradient's norm over both networks is cut down to this.
    public var maxGradientNorm = 1.0
    /// AdamW's decoupled weight decay.
    public var weightDecay = 0.01

    /// The default configuration, open to change.
    public init() {}

    /// The learning rate of a step: linear warm-up, then a cosine to zero.
    public func learningRate(at step: Int) -> Double {
        if step < warmupSteps { return learningRate * Double(step + 1) / Double(warmupSteps) }
        let progress = Double(step - warmupSteps) / Double(max(1, steps - warmupSteps))
        return learningRate * 0.5 * (1 + cos(.pi * min(1, progress)))
    }
}

/// Trains U-Net and text encoder together on captioned pictures, resumable to the bit.
///
/// v-prediction with a flat weight over timesteps. Reference: Salimans and Ho, "Progressive
/// distillation for fast sampling of diffusion models", arXiv 2202.00512.
public final class PretrainingRun {
    /// How the run trains, fixed from its start.
    public let configuration: PretrainingConfiguration
    /// The pipeline under training, whose weights every step changes in place.
    public let pipeline: DiffusionPipeline
    private let sampler: TrainingSampler
    /// Steps taken so far.
    public private(set) var step = 0
    fileprivate let parts: [Part]
    private let pass: DenoisingPass
    private var tokens: [String: [Int]] = [:]

    /// One network with what training it needs.
    fileprivate struct Part {
        let name: String
        let weights: FloatBlock
        let average: FloatBlock
        let gradients: ShardedGradients
        let optimiser: AdamW

        init(_ name: String, _ weights: FloatBlock, _ configuration: AdamWConfiguration) {
            self.name = name
            self.weights = weights
            average = FloatBlock(count: weights.count)
            average.copy(from: weights)
            gradients = ShardedGradients(count: weights.count)
            optimiser = AdamW(count: weights.count, configuration: configuration)
        }
    }

    /// Starts a run on an untrained pipeline.
    public init(
        _ configuration: PretrainingConfiguration, pipeline: DiffusionPipeline,
        sampler: TrainingSampler
    ) {
        self.configuration = configuration
        self.pipeline = pipeline
        self.sampler = sampler
        let adamW = AdamWConfiguration(
            weightDecay: Float(configuration.weightDecay), maxGradientNorm: .infinity)
        parts = [
            Part("unet", pipeline.unetWeights, adamW),
            Part("text_encoder", pipeline.textWeights, adamW),
        ]
        pass = DenoisingPass(network: pipeline.unet)
    }

    /// Takes one step and returns its loss.
    public func advance() -> Double {
        let batch = drawBatch()
        for part in parts { part.gradients.clear() }
        let outcome = pass.forward(
            batch.denoising, weights: parts[0].weights, gradients: parts[0].gradients,
            text: DenoisingPass.TrainedText(
                encoder: pipeline.textEncoder, weights: parts[1].weights,
                gradients: parts[1].gradients, ids: batch.ids))
        let n = Double(configuration.batch)
        pass.backward(errorWeights: [Double](repeating: 1 / n, count: configuration.batch))
        let sums = parts.map { $0.gradients.reduce() }
        // One norm over both networks, as for one model.
        let norm = sums.reduce(0.0) { $0 + $1.norm * $1.norm }.squareRoot()
        let scale = Float(min(1, configuration.maxGradientNorm / (norm + 1e-6)))
        let rate = Float(configuration.learningRate(at: step))
        // A short memory at first, or the average would keep the untrained weights for long.
        let decay = Float(min(configuration.emaDecay, (1 + Double(step)) / (10 + Double(step))))
        for (part, sum) in zip(parts, sums) {
            part.optimiser.update(
                part.weights, gradients: sum.sum, learningRate: rate, gradientScale: scale)
            MovingAverage.update(part.average, with: part.weights, decay: decay)
        }
        step += 1
        return outcome.errors.reduce(0, +) / n
    }

    /// The pipeline with the averaged weights in place of the trained ones.
    public func averagedPipeline() -> DiffusionPipeline {
        let unet = FloatBlock(count: parts[0].average.count)
        unet.copy(from: parts[0].average)
        let text = FloatBlock(count: parts[1].average.count)
        text.copy(from: parts[1].average)
        return DiffusionPipeline(
            unet: pipeline.unet, unetWeights: unet, textEncoder: pipeline.textEncoder,
            textWeights: text, tokenizer: pipeline.tokenizer,
            tokenizerPath: pipeline.tokenizerPath, scheduler: pipeline.scheduler,
            pixelShuffleFactor: pipeline.pixelShuffleFactor)
    }

    private func drawBatch() -> (denoising: DenoisingBatch, ids: [[Int]]) {
        let (height, width) = pipeline.sampleSize
        let count = configuration.batch
        var batch = DenoisingBatch(
            count: count, height: height, width: width,
            channels: pipeline.unet.configuration.inChannels, tokens: pipeline.contextTokens,
            contextWidth: pipeline.unet.configuration.crossAttentionDim)
        let size = batch.sampleSize
        let (step, seed) = (self.step, configuration.seed)
        // Timesteps spread evenly over the batch: a smaller variance of the loss at no cost.
        var timeRandom = Philox(seed: seed, purpose: .timesteps, step: step)
        let offset = Double(timeRandom.uniform())
        let total = pipeline.scheduler.configuration.trainTimesteps
        let timesteps = (0..<count).map { index -> Int in
            let place = (offset + Double(index) / Double(count)).truncatingRemainder(dividingBy: 1)
            return min(total - 1, Int(place * Double(total)))
        }
        batch.timesteps = timesteps
        var captions = [String](repeating: "", count: count)
        batch.samples.withUnsafeMutableBufferPointer { samples in
            batch.targets.withUnsafeMutableBufferPointer { targets in
                captions.withUnsafeMutableBufferPointer { captions in
                    let shared = Confined(
                        (samples.baseAddress!, targets.baseAddress!, captions.baseAddress!, self))
                    Shards.concurrently { shard in
                        let (samples, targets, captions, own) = shared.value
                        var picture = [Float](repeating: 0, count: size)
                        var clean = picture
                        var noise = picture
                        for index in Shards.range(shard, of: count) {
                            let drawn = picture.withUnsafeMutableBufferPointer {
                                own.sampler.draw(
                                    seed: seed, step: step, index: index, into: $0.baseAddress!)
                            }
                            captions[index] = drawn.caption.text
                            own.pipeline.unshuffle(picture, into: &clean)
                            var random = Philox(
                                seed: seed, purpose: .trainingNoise, step: step, sample: index)
                            noise.withUnsafeMutableBufferPointer {
                                random.fillNormal($0.baseAddress!, count: size)
                            }
                            own.pipeline.addNoise(
                                clean: clean, noise: noise, timestep: timesteps[index],
                                sample: samples + index * size, target: targets + index * size)
                        }
                    }
                }
            }
        }
        let ids = captions.map { caption in
            if let known = tokens[caption] { return known }
            let encoded = pipeline.tokenIDs(caption)
            tokens[caption] = encoded
            return encoded
        }
        return (batch, ids)
    }
}

// MARK: - Checkpoints

extension PretrainingRun {
    /// Writes everything that a resumed run needs, as one file.
    ///
    /// - Throws: `ModelStoreError`.
    public func saveCheckpoint(to path: String) throws {
        var writer = SafetensorsWriter(metadata: [
            "step": "\(step)", "configuration": try configurationText(),
        ])
        for part in parts {
            for (name, block) in part.blocks {
                writer.add(
                    name, shape: [block.count],
                    floats: UnsafeBufferPointer(start: block.pointer, count: block.count))
            }
        }
        try writer.write(to: path)
    }

    /// Goes on where a checkpoint stopped.
    ///
    /// - Throws: `ModelStoreError` when the file is damaged or was made with another configuration.
    public func resume(from path: String) throws {
        let file = try SafetensorsFile(path)
        guard let stored = file.metadata["step"].flatMap({ Int($0) }), stored >= 0 else {
            throw ModelStoreError(
                .malformed, file: path, subject: "step", problem: "is missing from the metadata",
                advice: "delete the file to start over")
        }
        guard file.metadata["configuration"] == (try configurationText()) else {
            throw ModelStoreError(
                .inconsistent, file: path, subject: "configuration",
                problem: "differs from the one asked for",
                advice: "repeat the first command's options, or delete the file to start over")
        }
        for part in parts {
            for (name, block) in part.blocks {
                try file.require(name, shape: [block.count])
                try file.read(
                    name, into: UnsafeMutableBufferPointer(start: block.pointer, count: block.count)
                )
            }
            part.optimiser.step = stored
        }
        step = stored
    }

    private func configurationText() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(configuration), as: UTF8.self)
    }
}

extension PretrainingRun.Part {
    fileprivate var blocks: [(String, FloatBlock)] {
        [
            ("\(name).weights", weights), ("\(name).average", average),
            ("\(name).first_moment", optimiser.first), ("\(name).second_moment", optimiser.second),
        ]
    }
}
