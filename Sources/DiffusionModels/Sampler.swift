import CKernels
import ModelStore
import NeuralLayers
import TensorCore

/// What to sample: one prompt and one noise index a picture.
public struct SamplingRequest: Sendable, Equatable {
    /// The caption of each picture.
    public var prompts: [String]
    /// Picture i starts from noise number `noise[i]` of the seed: lanes that share them are paired.
    public var noise: [Int]
    /// Seed of the starting noise; with a noise number it fixes a picture's noise.
    public var seed: UInt64
    /// DDIM steps from noise to picture.
    public var inferenceSteps: Int
    /// 1 leaves the conditional prediction as it is.
    public var guidanceScale: Float

    /// A request of one picture a prompt.
    ///
    /// - Precondition: as many noise numbers as prompts.
    public init(
        prompts: [String], noise: [Int], seed: UInt64, inferenceSteps: Int = 25,
        guidanceScale: Float = 2
    ) {
        precondition(prompts.count == noise.count)
        self.prompts = prompts
        self.noise = noise
        self.seed = seed
        self.inferenceSteps = inferenceSteps
        self.guidanceScale = guidanceScale
    }
}

/// Draws pictures by DDIM with classifier-free guidance, several chunks of the request at once.
///
/// Reference: Song, Meng, Ermon, "Denoising diffusion implicit models", arXiv 2010.02502; Ho and
/// Salimans, "Classifier-free diffusion guidance", arXiv 2207.12598.
public final class Sampler {
    private let pipeline: DiffusionPipeline
    private let pool = ArenaPool()
    /// Most pictures denoised together by one core: enough for efficient products, few enough for
    /// caches; small requests are cut finer so that every core has some.
    private static let largestChunk = 8

    /// Draws with the pipeline's networks, schedule and picture size.
    public init(_ pipeline: DiffusionPipeline) {
        self.pipeline = pipeline
    }

    /// Draws the pictures of a request, [n, height, width, 3] in [-1, 1], channels last.
    ///
    /// - Parameters:
    ///   - weights: the U-Net's weights; the pipeline's own when nil.
    ///   - progress: told after every chunk how many pictures are done; false cancels.
    /// - Returns: nil when cancelled.
    /// - Throws: `DDIMSchedulerError` for a number of steps that the schedule does not have.
    public func sample(
        _ request: SamplingRequest, weights: FloatBlock? = nil,
        progress: ((Int) -> Bool)? = nil
    ) throws -> [Float]? {
        let steps = try pipeline.scheduler.steps(request.inferenceSteps)
        let (height, width) = pipeline.pictureSize
        let pictureSize = height * width * 3
        let count = request.prompts.count
        var pictures = [Float](repeating: 0, count: count * pictureSize)
        // A few chunks at a time, so that progress is told and a cancellation heard between them.
        let chunk = max(1, min(Self.largestChunk, (count + Shards.count - 1) / Shards.count))
        let starts = Array(stride(from: 0, to: count, by: chunk))
        let contexts = request.prompts.map { pipeline.context(for: $0) }
        let empty = pipeline.context(for: "")
        let weights = weights ?? pipeline.unetWeights
        let denoiser = GuidedDenoiser(
            unet: pipeline.unet, weights: weights, scheduler: pipeline.scheduler,
            guidanceScale: request.guidanceScale)
        var done = 0
        for group in stride(from: 0, to: starts.count, by: Shards.count) {
            let chunks = Array(starts[group..<min(starts.count, group + Shards.count)])
            pictures.withUnsafeMutableBufferPointer { buffer in
                guard let out = buffer.baseAddress else { return }
                let shared = Confined((self, out, denoiser))
                Shards.concurrently(chunks.count) { index in
                    let (own, out, denoiser) = shared.value
                    let range = chunks[index]..<min(count, chunks[index] + chunk)
                    own.denoise(
                        request, steps, range, contexts: contexts, empty: empty, denoiser: denoiser,
                        into: out + range.lowerBound * pictureSize)
                }
            }
            done = min(count, (chunks.last ?? 0) + chunk)
            if let progress, !progress(done) { return nil }
        }
        return pictures
    }

    /// Denoises one picture and keeps what it is taken to be on the way.
    ///
    /// - Parameters:
    ///   - noise: the number of the seed's noise.
    ///   - frames: the most frames kept, evenly spread over the steps, the finished picture always.
    ///   - weights: the U-Net's weights; the pipeline's own when nil.
    /// - Returns: in order, the steps taken, the timestep of the prediction and the predicted clean
    ///   picture, [height, width, 3] in [-1, 1]; the last is the finished picture.
    /// - Throws: `DDIMSchedulerError` for a number of steps that the schedule does not have.
    public func film(
        of prompt: String, noise: Int, seed: UInt64, inferenceSteps: Int, guidanceScale: Float,
        frames: Int, weights: FloatBlock? = nil
    ) throws -> [(taken: Int, timestep: Int, picture: [Float])] {
        let steps = try pipeline.scheduler.steps(inferenceSteps)
        let (height, width) = pipeline.sampleSize
        let size = height * width * pipeline.unet.configuration.inChannels
        var sample = [Float](repeating: 0, count: size)
        var random = Philox(seed: seed, purpose: .sampling, sample: noise)
        random.fillNormal(&sample, count: size)
        // The last of each of so many equal parts of the steps.
        let count = min(max(frames, 1), steps.count)
        let kept = Set((1...count).map { $0 * steps.count / count })
        var film: [(taken: Int, timestep: Int, picture: [Float])] = []
        GuidedDenoiser(
            unet: pipeline.unet, weights: weights ?? pipeline.unetWeights,
            scheduler: pipeline.scheduler, guidanceScale: guidanceScale
        ).denoise(
            &sample, count: 1, height: height, width: width, steps: steps,
            contexts: pipeline.context(for: prompt),
            emptyContexts: guidanceScale != 1 ? pipeline.context(for: "") : [],
            tokens: pipeline.contextTokens, pool: pool,
            onPrediction: { index, clean in
                guard kept.contains(index + 1), index + 1 < steps.count else { return }
                film.append((index + 1, steps[index].timestep, shuffled(clean())))
            })
        if let last = steps.last { film.append((steps.count, last.timestep, shuffled(sample))) }
        return film
    }

    /// One sample as the picture it stands for, in [-1, 1].
    private func shuffled(_ sample: [Float]) -> [Float] {
        let (height, width) = pipeline.pictureSize
        var picture = [Float](repeating: 0, count: sample.count)
        PixelShuffle.shuffle(
            sample, height: height, width: width, channels: 3,
            factor: pipeline.pixelShuffleFactor, into: &picture)
        return picture.map { min(1, max(-1, $0)) }
    }

    /// Denoises one chunk from its noise to its pictures.
    private func denoise(
        _ request: SamplingRequest, _ steps: [DDIMScheduler.Step], _ range: Range<Int>,
        contexts: [[Float]], empty: [Float], denoiser: GuidedDenoiser,
        into out: UnsafeMutablePointer<Float>
    ) {
        let (height, width) = pipeline.sampleSize
        let channels = pipeline.unet.configuration.inChannels
        let size = height * width * channels
        let n = range.count
        var sample = [Float](repeating: 0, count: n * size)
        sample.withUnsafeMutableBufferPointer { buffer in
            for (row, picture) in range.enumerated() {
                var random = Philox(
                    seed: request.seed, purpose: .sampling, sample: request.noise[picture])
                random.fillNormal(buffer.baseAddress! + row * size, count: size)
            }
        }
        let guided = request.guidanceScale != 1
        denoiser.denoise(
            &sample, count: n, height: height, width: width, steps: steps,
            contexts: range.flatMap { contexts[$0] },
            emptyContexts: guided ? range.flatMap { _ in empty } : [],
            tokens: pipeline.contextTokens, pool: pool)
        let factor = pipeline.pixelShuffleFactor
        for row in 0..<n {
            sample.withUnsafeBufferPointer {
                PixelShuffle.shuffle(
                    $0.baseAddress! + row * size, height: height * factor, width: width * factor,
                    channels: 3, factor: factor, into: out + row * size)
            }
        }
        for i in 0..<(n * size) { out[i] = min(1, max(-1, out[i])) }
    }
}

/// Takes noise to clean samples: a U-Net under classifier-free guidance and DDIM.
package struct GuidedDenoiser {
    private let unet: UNet
    private let weights: FloatBlock
    private let scheduler: DDIMScheduler
    private let guidanceScale: Float
    private let filters: TransformedFilters

    /// - Parameters:
    ///   - weights: unchanged as long as the denoiser is used.
    ///   - guidanceScale: 1 leaves the conditional prediction as it is.
    package init(unet: UNet, weights: FloatBlock, scheduler: DDIMScheduler, guidanceScale: Float) {
        self.unet = unet
        self.weights = weights
        self.scheduler = scheduler
        self.guidanceScale = guidanceScale
        filters = TransformedFilters(layout: unet.layout)
        filters.update(from: weights, trains: false)
    }

    /// Denoises a few samples together, in place.
    ///
    /// - Parameters:
    ///   - sample: [count, height, width, channels], noise at first.
    ///   - contexts: the captions' embeddings, [count, tokens, width].
    ///   - emptyContexts: those of the empty caption, unread where the guidance scale is 1.
    ///   - onPrediction: told the place of a step and, where it asks, the clean sample that the
    ///     prediction there stands for.
    ///   - afterStep: told how many steps are taken, and the sample.
    package func denoise(
        _ sample: inout [Float], count: Int, height: Int, width: Int, steps: [DDIMScheduler.Step],
        contexts: [Float], emptyContexts: [Float], tokens: Int, pool: ArenaPool,
        onPrediction: (Int, () -> [Float]) -> Void = { _, _ in },
        afterStep: (Int, [Float]) -> Void = { _, _ in }
    ) {
        let guided = guidanceScale != 1
        let context = guided ? contexts + emptyContexts : contexts
        let batch = guided ? 2 * count : count
        let size = sample.count
        precondition(size == count * height * width * unet.configuration.inChannels)
        precondition(context.count == batch * tokens * unet.configuration.crossAttentionDim)
        for (index, step) in steps.enumerated() {
            pool.withArena { arena in
                let tape = Tape(
                    parameters: weights.pointer, gradients: nil, arena: arena, scratch: arena,
                    filters: filters)
                let input = tape.input(
                    guided ? sample + sample : sample, batch: batch, height: height, width: width,
                    channels: unet.configuration.inChannels)
                let states = tape.input(
                    context, batch: batch, height: tokens, width: 1,
                    channels: unet.configuration.crossAttentionDim)
                let prediction = unet.forward(
                    sample: input, timesteps: Array(repeating: step.timestep, count: batch),
                    context: states, on: tape)
                if guided {
                    // unconditional + s (conditional - unconditional), over the conditional half
                    let conditional = prediction.data
                    let unconditional = prediction.data + size
                    for i in 0..<size {
                        conditional[i] =
                            unconditional[i] + guidanceScale * (conditional[i] - unconditional[i])
                    }
                }
                onPrediction(index) {
                    scheduler.clean(
                        prediction: Array(UnsafeBufferPointer(start: prediction.data, count: size)),
                        timestep: step.timestep, sample: sample)
                }
                sample.withUnsafeMutableBufferPointer {
                    scheduler.step(
                        prediction: UnsafeBufferPointer(start: prediction.data, count: size),
                        timestep: step.timestep, previousTimestep: step.previousTimestep,
                        sample: $0)
                }
            }
            afterStep(index + 1, sample)
        }
    }
}
