import Foundation
import ModelStore
import NeuralLayers
import TensorCore

/// A text-to-image pipeline: U-Net, text encoder, tokenizer and scheduler of one diffusers folder.
///
/// Confined to one thread at a time, apart from what the sampler runs inside one call.
public final class DiffusionPipeline {
    /// The denoiser, without its weights.
    public let unet: UNet
    /// The U-Net's weights in engine order, laid out as `unet.layout` says.
    public let unetWeights: FloatBlock
    /// The caption encoder, without its weights.
    public let textEncoder: TextEncoder
    /// The text encoder's weights in engine order, laid out as `textEncoder.layout` says.
    public let textWeights: FloatBlock
    /// Turns captions into the text encoder's token ids.
    public let tokenizer: CLIPTokenizer
    /// The folder that the tokenizer was read from.
    public let tokenizerPath: String
    /// The noise schedule and its DDIM steps.
    public let scheduler: DDIMScheduler
    /// How many pixels in each direction become channels; 1 for none.
    public let pixelShuffleFactor: Int
    private var contexts: [String: [Float]] = [:]

    /// The key in `model_index.json` that states the pixel-shuffle factor.
    public static let pixelShuffleKey = "pixel_unshuffle_factor"

    /// Puts a pipeline together.
    public init(
        unet: UNet, unetWeights: FloatBlock, textEncoder: TextEncoder, textWeights: FloatBlock,
        tokenizer: CLIPTokenizer, tokenizerPath: String, scheduler: DDIMScheduler,
        pixelShuffleFactor: Int
    ) {
        self.unet = unet
        self.unetWeights = unetWeights
        self.textEncoder = textEncoder
        self.textWeights = textWeights
        self.tokenizer = tokenizer
        self.tokenizerPath = tokenizerPath
        self.scheduler = scheduler
        self.pixelShuffleFactor = pixelShuffleFactor
    }

    /// Opens a pipeline's folder.
    ///
    /// - Throws: `ModelStoreError` naming what is missing, unsupported or contradictory.
    public convenience init(opening path: String) throws {
        let folder = try PipelineFolder(opening: path)
        let index = try folder.index()
        let (unet, unetWeights) = try UNet.open(path)
        let (textEncoder, textWeights) = try TextEncoder.open(path)
        let tokenizer = try CLIPTokenizer(folder: folder.folder(.tokenizer).path)
        let scheduler = DDIMScheduler(
            try DDIMSchedulerConfiguration(contentsOf: folder.folder(.scheduler).configuration))
        func refuse(_ subject: String, _ problem: String, _ advice: String) -> ModelStoreError {
            ModelStoreError(
                .inconsistent, file: folder.indexPath, subject: subject, problem: problem,
                advice: advice)
        }
        guard textEncoder.configuration.hiddenSize == unet.configuration.crossAttentionDim else {
            throw refuse(
                "text_encoder", "is \(textEncoder.configuration.hiddenSize) wide",
                "the U-Net's cross_attention_dim is \(unet.configuration.crossAttentionDim)")
        }
        let factor = index.settings[Self.pixelShuffleKey]?.integer ?? 1
        guard (1...16).contains(factor), unet.configuration.inChannels == 3 * factor * factor,
            unet.configuration.outChannels == unet.configuration.inChannels
        else {
            throw refuse(
                Self.pixelShuffleKey,
                "is \(factor) while the U-Net has \(unet.configuration.inChannels) channels in and \(unet.configuration.outChannels) out",
                "RGB pixels without a latent encoder are supported: 3 times the factor squared")
        }
        guard let size = unet.configuration.sampleSize, size[0] * factor <= 1024,
            size[1] * factor <= 1024
        else {
            throw refuse(
                "unet", "does not state a sample_size of at most 1024 pixels",
                "add it to config.json")
        }
        guard tokenizer.vocabularySize <= textEncoder.configuration.vocabularySize else {
            throw refuse(
                "tokenizer", "has \(tokenizer.vocabularySize) tokens",
                "the text encoder knows \(textEncoder.configuration.vocabularySize)")
        }
        self.init(
            unet: unet, unetWeights: unetWeights, textEncoder: textEncoder,
            textWeights: textWeights, tokenizer: tokenizer,
            tokenizerPath: folder.folder(.tokenizer).path, scheduler: scheduler,
            pixelShuffleFactor: factor)
    }

    /// Height and width of the U-Net's samples.
    public var sampleSize: (height: Int, width: Int) {
        let size = unet.configuration.sampleSize ?? [16, 16]
        return (size[0], size[1])
    }

    /// Height and width of the pictures.
    public var pictureSize: (height: Int, width: Int) {
        (sampleSize.height * pixelShuffleFactor, sampleSize.width * pixelShuffleFactor)
    }

    /// A picture [height, width, 3] as the U-Net sees it, both channels last.
    public func unshuffle(_ picture: [Float], into sample: inout [Float]) {
        let (height, width) = pictureSize
        precondition(picture.count == height * width * 3 && sample.count == picture.count)
        picture.withUnsafeBufferPointer { source in
            sample.withUnsafeMutableBufferPointer { target in
                PixelShuffle.unshuffle(
                    source.baseAddress!, height: height, width: width, channels: 3,
                    factor: pixelShuffleFactor, into: target.baseAddress!)
            }
        }
    }

    /// Draws x_t and the prediction's target for one clean sample, both in the U-Net's layout.
    ///
    /// - Parameters:
    ///   - clean: x_0.
    ///   - noise: e, standard normal, as many floats.
    ///   - sample: receives x_t.
    ///   - target: receives what the U-Net should predict.
    public func addNoise(
        clean: [Float], noise: [Float], timestep: Int, sample: UnsafeMutablePointer<Float>,
        target: UnsafeMutablePointer<Float>
    ) {
        clean.withUnsafeBufferPointer { clean in
            noise.withUnsafeBufferPointer { noise in
                scheduler.addNoise(
                    clean: clean, noise: noise, timestep: timestep,
                    into: UnsafeMutableBufferPointer(start: sample, count: clean.count))
                scheduler.target(
                    clean: clean, noise: noise, timestep: timestep,
                    into: UnsafeMutableBufferPointer(start: target, count: clean.count))
            }
        }
    }

    /// Tokens of a caption.
    public var contextTokens: Int {
        let positions = textEncoder.configuration.maximumPositions
        return min(tokenizer.maximumLength ?? positions, positions)
    }

    /// A caption's token ids, filled up to `contextTokens`.
    public func tokenIDs(_ caption: String) -> [Int] {
        tokenizer.encode(caption, paddedTo: contextTokens)
    }

    /// The text encoder's last hidden state for a caption, [tokens, width]; computed once a caption.
    public func context(for caption: String) -> [Float] {
        if let known = contexts[caption] { return known }
        let arena = Arena(blockSize: 1 << 16)
        let tape = Tape(
            parameters: textWeights.pointer, gradients: nil, arena: arena, scratch: arena)
        let states = textEncoder.forward([tokenIDs(caption)], on: tape)
        let values = Array(UnsafeBufferPointer(start: states.data, count: states.count))
        contexts[caption] = values
        return values
    }

    /// Writes the pipeline as a folder that diffusers opens with the `pipeline.py` beside it.
    ///
    /// - Parameters:
    ///   - weights: U-Net weights to write in place of the pipeline's own.
    ///   - type: how weights are stored.
    /// - Throws: `ModelStoreError`.
    public func write(
        to path: String, unetWeights weights: FloatBlock? = nil, as type: StoredType = .float32
    ) throws {
        let folder = PipelineFolder(path: path)
        try folder.create([.scheduler, .unet, .textEncoder, .tokenizer])
        try unet.configuration.write(to: folder.folder(.unet).configuration)
        try ModelFiles.write(
            unet.layout, weights ?? unetWeights,
            to: folder.folder(.unet).file(PipelineFolder.Component.unet.weightsFile!), as: type)
        try textEncoder.configuration.write(to: folder.folder(.textEncoder).configuration)
        try ModelFiles.write(
            textEncoder.layout, textWeights,
            to: folder.folder(.textEncoder).file(PipelineFolder.Component.textEncoder.weightsFile!),
            as: type)
        try scheduler.configuration.write(to: folder.folder(.scheduler).configuration)
        try copyTokenizer(to: folder.folder(.tokenizer).path)
        try AtomicFile.write(PipelineScript.text, to: path + "/pipeline.py")
        try ModelIndex(
            pipelineClass: PipelineScript.className, pipelineModule: "pipeline",
            settings: [Self.pixelShuffleKey: .integer(pixelShuffleFactor)]
        ).write(to: folder.indexPath)
    }

    /// Copies the tokenizer's own files, which nothing here changes.
    private func copyTokenizer(to path: String) throws {
        for name in [
            "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json",
        ] {
            let source = "\(tokenizerPath)/\(name)"
            let target = "\(path)/\(name)"
            guard source != target, let bytes = FileManager.default.contents(atPath: source) else {
                continue
            }
            try AtomicFile.write(bytes, to: target)
        }
    }
}
