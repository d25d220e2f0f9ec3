import DiffusionModels
import ModelStore
import TensorCore

/// One step's pairs: sample 2i is pair i's winner and 2i + 1 its loser, under one timestep and noise.
struct PreferenceBatch {
    let denoising: DenoisingBatch
    /// One a pair.
    let timesteps: [Int]

    var pairs: Int { timesteps.count }

    /// Draws the pairs of a step; they depend on the seed and the step alone, so all lanes see them.
    ///
    /// Prompts and winners' identities are uniform, pictures drawn with replacement, timesteps spread evenly over the pairs.
    ///
    /// - Parameter captionDropout: the share of pairs whose caption is left empty, for guidance.
    init(
        bank: PreferenceBank, pipeline: DiffusionPipeline, seed: UInt64, step: Int, pairs: Int,
        captionDropout: Double
    ) {
        let (height, width) = pipeline.sampleSize
        var batch = DenoisingBatch(
            count: 2 * pairs, height: height, width: width,
            channels: pipeline.unet.configuration.inChannels, tokens: pipeline.contextTokens,
            contextWidth: pipeline.unet.configuration.crossAttentionDim)
        let size = batch.sampleSize
        let contextSize = batch.tokens * batch.contextWidth
        let total = pipeline.scheduler.configuration.trainTimesteps
        var timeRandom = Philox(seed: seed, purpose: .timesteps, step: step)
        let offset = Double(timeRandom.uniform())
        var timesteps: [Int] = []
        var noise = [Float](repeating: 0, count: size)
        for pair in 0..<pairs {
            var draw = Philox(seed: seed, purpose: .populationDraw, step: step, sample: pair)
            let prompt = bank.prompts[draw.index(below: bank.prompts.count)]
            let identity = prompt.winnersByIdentity[
                draw.index(below: prompt.winnersByIdentity.count)]
            let members = [
                prompt.winners[identity[draw.index(below: identity.count)]],
                prompt.losers[draw.index(below: prompt.losers.count)],
            ]
            var dropout = Philox(seed: seed, purpose: .captionDropout, step: step, sample: pair)
            let caption = Double(dropout.uniform()) < captionDropout ? "" : prompt.caption
            let context = pipeline.context(for: caption)
            let place = (offset + Double(pair) / Double(pairs)).truncatingRemainder(dividingBy: 1)
            let timestep = min(total - 1, Int(place * Double(total)))
            timesteps.append(timestep)
            var random = Philox(seed: seed, purpose: .trainingNoise, step: step, sample: pair)
            noise.withUnsafeMutableBufferPointer {
                random.fillNormal($0.baseAddress!, count: size)
            }
            for (side, member) in members.enumerated() {
                let index = 2 * pair + side
                batch.timesteps[index] = timestep
                batch.contexts.replaceSubrange(
                    (index * contextSize)..<((index + 1) * contextSize), with: context)
                batch.samples.withUnsafeMutableBufferPointer { samples in
                    batch.targets.withUnsafeMutableBufferPointer { targets in
                        pipeline.addNoise(
                            clean: member, noise: noise, timestep: timestep,
                            sample: samples.baseAddress! + index * size,
                            target: targets.baseAddress! + index * size)
                    }
                }
            }
        }
        denoising = batch
        self.timesteps = timesteps
    }
}
