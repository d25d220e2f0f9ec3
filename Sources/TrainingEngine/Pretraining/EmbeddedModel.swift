import DiffusionModels
import ModelStore
import NeuralLayers
import TensorCore

/// The shape of the small model that popbench ships and trains.
///
/// 32x32 RGB as 16x16x12, two levels of 64 and 96 channels, attention at the lower one: 2.5 M
/// parameters and 0.445 GFLOP a picture.
public enum EmbeddedModel {
    /// The U-Net's configuration.
    public static var unet: UNet2DConditionConfiguration {
        var c = UNet2DConditionConfiguration()
        c.sampleSize = [16, 16]
        c.inChannels = 12
        c.outChannels = 12
        c.downBlockTypes = [.plain, .crossAttention]
        c.upBlockTypes = [.crossAttention, .plain]
        c.blockOutChannels = [64, 96]
        c.layersPerBlock = .same(1)
        c.crossAttentionDim = 64
        c.attentionHeads = .same(4)
        c.normNumGroups = 16
        return c
    }

    /// The text encoder's configuration for a tokenizer.
    public static func textEncoder(for tokenizer: CLIPTokenizer) -> CLIPTextConfiguration {
        var c = CLIPTextConfiguration()
        c.vocabularySize = tokenizer.vocabularySize
        c.hiddenSize = 64
        c.intermediateSize = 256
        c.hiddenLayers = 2
        c.attentionHeads = 4
        c.maximumPositions = tokenizer.maximumLength ?? 16
        c.projectionDim = 64
        c.bosTokenID = tokenizer.bosTokenID
        c.eosTokenID = tokenizer.eosTokenID
        c.padTokenID = tokenizer.padTokenID
        return c
    }

    /// The noise schedule: squared cosine, v-prediction, trailing timesteps.
    public static var scheduler: DDIMSchedulerConfiguration {
        var c = DDIMSchedulerConfiguration()
        c.betaSchedule = .squaredCosine
        c.predictionType = .velocity
        c.timestepSpacing = .trailing
        c.clipSample = false
        return c
    }

    /// An untrained pipeline with the tokenizer of a folder.
    ///
    /// - Throws: `ModelStoreError`.
    public static func untrained(tokenizer path: String, seed: UInt64) throws -> DiffusionPipeline {
        let tokenizer = try CLIPTokenizer(folder: path)
        let unet = UNet(Self.unet)
        let textEncoder = TextEncoder(Self.textEncoder(for: tokenizer))
        let unetWeights = FloatBlock(count: unet.layout.count)
        unet.layout.initialise(unetWeights, seed: seed)
        let textWeights = FloatBlock(count: textEncoder.layout.count)
        textEncoder.layout.initialise(textWeights, seed: seed &+ 1)
        return DiffusionPipeline(
            unet: unet, unetWeights: unetWeights, textEncoder: textEncoder,
            textWeights: textWeights, tokenizer: tokenizer, tokenizerPath: path,
            scheduler: DDIMScheduler(Self.scheduler), pixelShuffleFactor: 2)
    }
}
