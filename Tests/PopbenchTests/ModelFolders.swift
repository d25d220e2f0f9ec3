import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import TensorCore
import TrainingEngine

/// Models with random weights, small enough to be made for one test.
enum ModelFolders {
    /// A pipeline that knows the embedded captions.
    static func captions() throws -> DiffusionPipeline {
        try pipeline(
            tokenizer: Program.checkout + "/models/emoji-people/tokenizer")
    }

    /// A pipeline that spells every text in bytes.
    static func anyText(in scratch: Scratch) throws -> DiffusionPipeline {
        let folder = scratch.path + "/spelling"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        // CLIP's characters for bytes: the printable ones as they are, the others from U+0100 on.
        let printable = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
        let others = (0..<256).filter { !printable.contains($0) }
        let symbols = (printable + others.indices.map { 256 + $0 })
            .map { String(UnicodeScalar(UInt32($0))!) }
        var members: [String: Int] = [:]
        let entries =
            symbols + symbols.map { $0 + "</w>" } + ["<|startoftext|>", "<|endoftext|>"]
        for (id, entry) in entries.enumerated() { members[entry] = id }
        try JSONEncoder().encode(members).write(to: URL(fileURLWithPath: folder + "/vocab.json"))
        try scratch.write("#version: 0.2\n", to: "spelling/merges.txt")
        try FileManager.default.copyItem(
            atPath: Program.checkout + "/models/emoji-people/tokenizer/tokenizer_config.json",
            toPath: folder + "/tokenizer_config.json")
        return try pipeline(tokenizer: folder)
    }

    /// A U-Net of two narrow levels and a text encoder of one layer.
    private static func pipeline(tokenizer path: String) throws -> DiffusionPipeline {
        let tokenizer = try CLIPTokenizer(folder: path)
        var unetConfiguration = EmbeddedModel.unet
        unetConfiguration.blockOutChannels = [16, 32]
        unetConfiguration.crossAttentionDim = 32
        var textConfiguration = EmbeddedModel.textEncoder(for: tokenizer)
        textConfiguration.hiddenSize = 32
        textConfiguration.intermediateSize = 64
        textConfiguration.hiddenLayers = 1
        let unet = UNet(unetConfiguration)
        let textEncoder = TextEncoder(textConfiguration)
        let unetWeights = FloatBlock(count: unet.layout.count)
        unet.layout.initialise(unetWeights, seed: 1)
        let textWeights = FloatBlock(count: textEncoder.layout.count)
        textEncoder.layout.initialise(textWeights, seed: 2)
        return DiffusionPipeline(
            unet: unet, unetWeights: unetWeights, textEncoder: textEncoder,
            textWeights: textWeights, tokenizer: tokenizer, tokenizerPath: path,
            scheduler: DDIMScheduler(EmbeddedModel.scheduler), pixelShuffleFactor: 2)
    }
}
