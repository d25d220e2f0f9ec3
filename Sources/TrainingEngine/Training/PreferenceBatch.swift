import DiffusionModels
import ModelStore
import TensorCore

/// One step's pairs under one timestep and noise each: sample 2i is pair i's winner and 2i + 1 its loser;
/// in the last pairs, the anchors, both are winners.
struct PreferenceBatch {
    let denoising: DenoisingBatch
    /// One a pair, anchors included.
    let timesteps: [Int]
    /// Pairs at the end that are two winners, each under the caption that names what it shows.
    ///
    /// They keep prompts that name an identity from being forgotten, as pictures of the class do in
    /// DreamBooth (prior preservation; Ruiz et al., arXiv 2208.12242).
    let anchors: Int

    /// Pairs of a winner and a loser.
    var pairs: Int { timesteps.count - anchors }

    /// Draws the pairs of a step; they depend on the seed and the step alone, so all lanes see them.
    ///
    /// Prompts and winners' identities are uniform, pictures drawn with replacement, timesteps spread
    /// evenly over the pairs. Where winner and loser were compared with each other, they come together,
    /// each such pair as likely as any other of its prompt.
    ///
    /// - Parameters:
    ///   - pairs: all pairs, anchors included.
    ///   - captionDropout: the share of pairs whose caption is left empty, for guidance.
    ///   - identityCaptions: the share of pairs that are anchors.
    init(
        bank: PreferenceBank, pipeline: DiffusionPipeline, seed: UInt64, step: Int, pairs: Int,
        captionDropout: Double, identityCaptions: Double = 0
    ) {
        // At least one pair is left: a preference needs it.
        anchors = min(pairs - 1, Int((identityCaptions * Double(pairs)).rounded()))
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
            let members = bank.drawMembers(
                seed: seed, step: step, pair: pair, isAnchor: pair >= pairs - anchors)
            var dropout = Philox(seed: seed, purpose: .captionDropout, step: step, sample: pair)
            let isDropped = Double(dropout.uniform()) < captionDropout
            let place = (offset + Double(pair) / Double(pairs)).truncatingRemainder(dividingBy: 1)
            let timestep = min(total - 1, Int(place * Double(total)))
            timesteps.append(timestep)
            var random = Philox(seed: seed, purpose: .trainingNoise, step: step, sample: pair)
            noise.withUnsafeMutableBufferPointer {
                random.fillNormal($0.baseAddress!, count: size)
            }
            for (side, member) in [members.first, members.second].enumerated() {
                let context = pipeline.context(for: isDropped ? "" : member.caption)
                let index = 2 * pair + side
                batch.timesteps[index] = timestep
                batch.contexts.replaceSubrange(
                    (index * contextSize)..<((index + 1) * contextSize),
                    with: context)
                batch.samples.withUnsafeMutableBufferPointer { samples in
                    batch.targets.withUnsafeMutableBufferPointer { targets in
                        pipeline.addNoise(
                            clean: member.picture, noise: noise, timestep: timestep,
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
