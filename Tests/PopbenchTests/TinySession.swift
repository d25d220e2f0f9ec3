import BenchProtocol
import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import Pictures
import Populations
import TensorCore
import TrainingEngine

/// A model, a classifier and populations on disk, so small that a training step takes milliseconds.
///
/// All weights are random: what is tested is that they move as they should, not where to.
final class TinySession: Sendable {
    let scratch: Scratch
    let program: Program

    init() throws {
        scratch = try Scratch()
        program = Program(scratch)
        try Self.pipeline().write(to: model)
        try AttributeClassifier(.emojiPeople(widths: [4], groups: 2), seed: 3)
            .write(to: scratch.path + "/classifier")
        try Self.populations().save(to: scratch.path + "/populations")
    }

    var model: String { scratch.path + "/model" }

    /// The path of a session's folder.
    func folder(_ name: String) -> String { "\(scratch.path)/\(name)" }

    static let sft = lane("sft", "objective = \"sft\"")
    static let popalign = lane("popalign", "objective = \"popalign\"\nbeta = 50")
    static let dpo = lane("dpo", "objective = \"diffusion-dpo\"\nbeta = 50")
    static let jensenShannon = lane(
        "js", "objective = \"f-dpo\"\ndivergence = \"js\"\nbeta = 2\nkappa = 50")
    static let alpha = lane(
        "alpha", "objective = \"f-dpo\"\ndivergence = \"alpha\"\nalpha = 0.3\nkappa = 50")

    private static func lane(_ name: String, _ text: String) -> String {
        "[[lane]]\nname = \"\(name)\"\n\(text)\nlearning_rate = 1e-3\nwarmup_steps = 5\n"
    }

    /// Writes a recipe and tells its path.
    func recipe(
        _ lanes: [String], steps: Int = 100, autosave: Int = 1000, training: String = "",
        named name: String = "recipe.toml"
    ) throws -> String {
        try scratch.write(
            """
            [session]
            steps = \(steps)
            autosave_steps = \(autosave)
            pairs_per_step = 2
            [model]
            base = "model"
            classifier = "classifier"
            [populations]
            source = "populations"
            professions = ["farmer", "artist"]
            [sampling]
            every = 10
            count = 2
            inference_steps = 2
            prompt = "a farmer"
            [evaluation]
            pictures_per_prompt = 2
            inference_steps = 2
            [training]
            \(training)
            \(lanes.joined(separator: "\n"))
            """, to: name)
        return "\(scratch.path)/\(name)"
    }

    /// Makes a session without running anything.
    func make(_ name: String, recipe path: String) throws -> SessionStore {
        try SessionStore.create(
            at: folder(name), recipe: try Recipe.read(path: path), created: 1e9)
    }

    /// Trains a session without a screen.
    func run(_ name: String, recipe: String? = nil, steps: Int) throws -> Program.Outcome {
        try program.run(
            ["run", "--headless", "--session", folder(name), "--steps", "\(steps)"]
                + (recipe.map { ["--recipe", $0] } ?? []))
    }

    /// A 4x4 U-Net of 8 and 12 channels; eight pixels a side become channels.
    private static func pipeline() throws -> DiffusionPipeline {
        let path = Program.checkout + "/models/emoji-people/tokenizer"
        let tokenizer = try CLIPTokenizer(folder: path)
        let factor = 8
        var unetConfiguration = EmbeddedModel.unet
        unetConfiguration.sampleSize = [4, 4]
        unetConfiguration.inChannels = 3 * factor * factor
        unetConfiguration.outChannels = 3 * factor * factor
        unetConfiguration.blockOutChannels = [8, 12]
        unetConfiguration.crossAttentionDim = 8
        unetConfiguration.attentionHeads = .same(2)
        unetConfiguration.normNumGroups = 4
        var textConfiguration = EmbeddedModel.textEncoder(for: tokenizer)
        textConfiguration.hiddenSize = 8
        textConfiguration.intermediateSize = 16
        textConfiguration.hiddenLayers = 1
        textConfiguration.attentionHeads = 2
        textConfiguration.projectionDim = 8
        let unet = UNet(unetConfiguration)
        let textEncoder = TextEncoder(textConfiguration)
        func weights(_ layout: ParameterLayout, seed: UInt64) -> FloatBlock {
            let block = FloatBlock(count: layout.count)
            layout.initialise(block, seed: seed)
            return block
        }
        return DiffusionPipeline(
            unet: unet, unetWeights: weights(unet.layout, seed: 1), textEncoder: textEncoder,
            textWeights: weights(textEncoder.layout, seed: 2), tokenizer: tokenizer,
            tokenizerPath: path, scheduler: DDIMScheduler(EmbeddedModel.scheduler),
            pixelShuffleFactor: factor)
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
}
