import BenchProtocol
import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import Pictures
import Populations
import Studies
import TensorCore
import TrainingEngine

/// What tests of studies share: a tiny model, records made up, and folders that go away.
enum StudyFixture {
    /// The checkout's folder.
    static let checkout = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Models of drawn weights that sample 32x32 pictures in milliseconds.
    static func bench() throws -> StudyBench {
        MatrixKernel.open()
        let folder = checkout + "/Tests/DiffusionModelsTests/Fixtures/tokenizer"
        let tokenizer = try CLIPTokenizer(folder: folder)
        let factor = 8
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
        let pipeline = DiffusionPipeline(
            unet: unet, unetWeights: weights(unet.layout, 1), textEncoder: encoder,
            textWeights: weights(encoder.layout, 2), tokenizer: tokenizer, tokenizerPath: folder,
            scheduler: DDIMScheduler(s), pixelShuffleFactor: factor)
        return StudyBench(
            sampling: PopulationSampling(
                pipeline: pipeline,
                classifier: AttributeClassifier(.emojiPeople(widths: [4], groups: 2), seed: 3)),
            populations: populations())
    }

    /// Noise, bright for winners and dark for losers.
    private static func populations() -> PopulationPair {
        var random = Philox(seed: 5, purpose: .evaluation)
        func members(_ darkest: Int) -> [PopulationMember] {
            [Profession.farmer, .artist].flatMap { profession in
                (0..<3).map { index in
                    let rgb = (0..<(32 * 32 * 3)).map { _ in
                        UInt8(darkest + random.index(below: 100))
                    }
                    return PopulationMember(
                        picture: Picture(width: 32, height: 32, rgb: rgb),
                        text: Caption(profession).text,
                        attributes: PersonAttributes(
                            profession: profession, gender: Gender.all[index],
                            tone: SkinTone.all[index]),
                        confidence: 0.9)
                }
            }
        }
        return PopulationPair(winners: members(150), losers: members(5))
    }

    /// A recipe for the tiny model.
    static func recipe(
        lanes: [LaneSettings], steps: Int = 4, autosave: Int = 1000,
        schedule: Recipe.Training.Schedule = .constant
    ) -> Recipe {
        var recipe = Recipe()
        recipe.session.steps = steps
        recipe.session.autosaveSteps = autosave
        recipe.session.pairsPerStep = 2
        recipe.populations.professions = ["farmer", "artist"]
        recipe.training.schedule = schedule
        recipe.lanes = lanes
        return recipe
    }

    static let sft = LaneSettings(
        name: "sft", objective: "sft", beta: 1, kappa: 1, learningRate: 1e-3, warmupSteps: 2)
    static let popalign = LaneSettings(
        name: "popalign", objective: "popalign", beta: 50, kappa: 1, learningRate: 1e-3,
        warmupSteps: 2)

    /// A plan of two lanes, two seeds and two evaluated steps.
    static func plan(
        lanes: [LaneSettings] = [sft, popalign], seeds: [UInt64] = [1, 2], steps: Int = 4,
        evaluated: [Int] = [2], autosave: Int = 1000
    ) throws -> StudyPlan {
        try StudyPlan(
            name: "tiny",
            arms: [
                StudyArm(
                    name: "arm", recipe: recipe(lanes: lanes, steps: steps, autosave: autosave),
                    evaluatedSteps: evaluated)
            ], seeds: seeds,
            evaluation: StudyEvaluation(pictures: 2, inferenceSteps: 1, guidanceScale: 2))
    }

    /// A record of figures that are the same for every prompt.
    static func record(
        _ contender: String, seed: UInt64, step: Int = 10, figures: [String: Double] = [:],
        prompts: [String: [String: Double?]] = [:], trained: [String] = ["a", "b", "c"],
        pictures: Int = 24
    ) -> EvaluationRecord {
        EvaluationRecord(
            key: "\(contender)-\(seed)-\(step)", contender: contender, lane: nil, seed: seed,
            step: contender == "base" ? 0 : step,
            figures: figures.sorted { $0.key < $1.key }.map {
                .init(name: $0.key, value: $0.value, low: .nan, high: .nan, n: 1)
            }, prompts: prompts, trained: trained,
            evaluation: StudyEvaluation(pictures: pictures, inferenceSteps: 25, guidanceScale: 2),
            trainingSeconds: 60, evaluationSeconds: 30, kernel: "plain", version: "1",
            recorded: "2026-01-01T00:00:00Z")
    }

    /// A folder that is removed when the body ends.
    static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("studies-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }
}

/// Standard normal numbers for simulations.
struct NormalNumbers {
    private var random: Philox

    init(seed: UInt64) { random = Philox(seed: seed, purpose: .evaluation) }

    mutating func next(_ deviation: Double) -> Double {
        var value: Float = 0
        random.fillNormal(&value, count: 1)
        return deviation * Double(value)
    }
}
