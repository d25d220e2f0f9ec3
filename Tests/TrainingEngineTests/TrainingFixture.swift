import BenchProtocol
import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import Pictures
import Populations
import TensorCore
import TrainingEngine

/// What tests of training share: small models with drawn weights, and populations to train on.
enum TrainingFixture {
    /// A tokenizer's files, from the tests of the layer that reads them.
    static let tokenizerFolder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "DiffusionModelsTests/Fixtures/tokenizer").path

    /// A pipeline of 4x4 samples.
    ///
    /// - Parameter factor: how many pixels become channels: 2 makes 8x8 pictures, 8 makes 32x32.
    static func pipeline(factor: Int = 2, seed: UInt64 = 1) throws -> DiffusionPipeline {
        MatrixKernel.open()
        let tokenizer = try CLIPTokenizer(folder: tokenizerFolder)
        var c = UNet2DConditionConfiguration()
        c.sampleSize = [4, 4]
        (c.inChannels, c.outChannels) = (3 * factor * factor, 3 * factor * factor)
        c.downBlockTypes = [.plain, .crossAttention]
        c.upBlockTypes = [.crossAttention, .plain]
        c.blockOutChannels = [8, 12]
        c.layersPerBlock = .same(1)
        c.crossAttentionDim = 8
        c.attentionHeads = .same(2)
        c.normNumGroups = 4
        var t = CLIPTextConfiguration()
        t.vocabularySize = tokenizer.vocabularySize
        (t.hiddenSize, t.intermediateSize, t.projectionDim) = (8, 16, 8)
        (t.hiddenLayers, t.attentionHeads) = (1, 2)
        t.maximumPositions = tokenizer.maximumLength ?? 16
        var s = DDIMSchedulerConfiguration()
        s.betaSchedule = .squaredCosine
        s.predictionType = .velocity
        s.timestepSpacing = .trailing
        s.clipSample = false
        let (unet, encoder) = (UNet(try c.checked()), TextEncoder(try t.checked()))
        func weights(_ layout: ParameterLayout, _ seed: UInt64) -> FloatBlock {
            let block = FloatBlock(count: layout.count)
            layout.initialise(block, seed: seed)
            return block
        }
        return DiffusionPipeline(
            unet: unet, unetWeights: weights(unet.layout, seed), textEncoder: encoder,
            textWeights: weights(encoder.layout, seed + 1), tokenizer: tokenizer,
            tokenizerPath: tokenizerFolder, scheduler: DDIMScheduler(s), pixelShuffleFactor: factor)
    }

    static let professions: [Profession] = [.farmer, .artist]

    /// Noisy pictures, bright for winners and dark for losers.
    static func populations(side: Int = 8, members: Int = 5) -> PopulationPair {
        var random = Philox(seed: 77, purpose: .evaluation)
        func population(_ low: Int) -> [PopulationMember] {
            professions.flatMap { profession in
                (0..<members).map { index in
                    PopulationMember(
                        picture: Picture(
                            width: side, height: side,
                            rgb: (0..<(side * side * 3)).map { _ in
                                UInt8(low + random.index(below: 100))
                            }),
                        text: Caption(profession).text,
                        attributes: PersonAttributes(
                            profession: profession, gender: .woman, tone: SkinTone.all[index % 5]),
                        confidence: 0.9)
                }
            }
        }
        return PopulationPair(winners: population(150), losers: population(5))
    }

    /// A trainer on those populations.
    static func trainer(
        _ pipeline: DiffusionPipeline, pairs: Int = 5, seed: UInt64 = 9,
        identityCaptions: Double = 0
    ) throws -> LockstepTrainer {
        let bank = try PreferenceBank(
            populations(), professions: professions.map(\.name), pipeline: pipeline)
        return LockstepTrainer(
            pipeline: pipeline, bank: bank,
            plan: TrainingPlan(
                seed: seed, pairsPerStep: pairs, captionDropout: 0.2,
                identityCaptions: identityCaptions, policyEMA: 0.9
            ) { settings, step in
                settings.learningRate * min(1, Double(step) / Double(settings.warmupSteps))
            })
    }

    static func settings(
        _ name: String = "lane", objective: String = "diffusion-dpo", divergence: String? = nil,
        beta: Double = 4, kappa: Double = 1, sftWeight: Double = 0, learningRate: Double = 2e-3
    ) -> LaneSettings {
        LaneSettings(
            name: name, objective: objective, divergence: divergence, beta: beta, kappa: kappa,
            sftWeight: sftWeight, learningRate: learningRate, warmupSteps: 3)
    }

    /// A lane that starts from the pipeline's weights.
    static func lane(
        _ settings: LaneSettings, _ pipeline: DiffusionPipeline, averages: Bool = true
    ) throws -> Lane {
        try Lane(
            settings, base: pipeline.unetWeights, adamW: AdamWConfiguration(), averages: averages)
    }

    /// Runs work as one thread would: inside a piece, every further cut runs in place, in order.
    static func serially<Value>(_ body: () throws -> Value) throws -> Value {
        var result: Result<Value, any Error>?
        withoutActuallyEscaping(body) { body in
            withUnsafeMutablePointer(to: &result) { pointer in
                let shared = Confined((pointer, body))
                Shards.concurrently(2) { index in
                    if index == 0 { shared.value.0.pointee = Result { try shared.value.1() } }
                }
            }
        }
        return try result!.get()
    }
}

extension Lane {
    /// Whether two lanes' weights and averages are the same to the bit.
    func isSame(as other: Lane) -> Bool {
        step == other.step && weights.array == other.weights.array
            && average?.array == other.average?.array
    }
}
