import DiffusionModels
import Foundation
import ModelStore
import NeuralLayers
import TensorCore

/// What one benchmark measured; the keys of `popbench benchmark --json`.
public struct BenchmarkResult: Codable, Sendable, Equatable {
    /// The kind of work timed: a raw value of `StepBenchmark.Work`.
    public var what: String
    /// Pictures a step; for `sample`, the 64 pictures drawn.
    public var batch: Int
    /// Pictures that one run works on, over the median time; `lanes` counts them in each lane.
    public var imagesPerSecond: Double
    /// Median wall-clock seconds of one run.
    public var medianSeconds: Double
    /// GFLOP/s at the median: U-Net passes as direct convolution, a backward counted as two.
    public var gflops: Double
    /// What the fastest matrix product reaches, all cores together, in the same run.
    public var peakGflops: Double
    /// The process's largest resident set so far, in MiB.
    public var peakMemoryMB: Double
    /// Share of the threads' time that went into anything but matrix products and convolutions,
    /// waiting for other threads included.
    public var shareOutsideProducts: Double
    /// The matrix kernel in use, as `MatrixKernel.name` has it.
    public var kernel: String
    /// Cores that the work was spread over.
    public var cores: Int

    enum CodingKeys: String, CodingKey {
        case what, batch, gflops, kernel, cores
        case imagesPerSecond = "images_per_s"
        case medianSeconds = "median_s"
        case peakGflops = "peak_gflops"
        case peakMemoryMB = "peak_memory_mb"
        case shareOutsideProducts = "share_outside_products"
    }
}

/// Times the work that sessions are made of, on the embedded model's shape with random weights.
///
/// Text embeddings are precomputed and data lie in memory; optimiser and clipping are included, moving
/// averages are not. Operations count as direct convolution.
public struct StepBenchmark {
    /// What can be timed.
    public enum Work: String, CaseIterable, Sendable {
        /// Forward and backward of the U-Net alone, without the optimiser.
        case unet
        /// A whole pretraining step of the U-Net.
        case pretrain
        /// A step of one lane: reference forward, policy forward and backward, optimiser.
        case align
        /// A step of several lanes, four unless told otherwise, that share one reference forward.
        case lanes
        /// 64 pictures in 25 guided steps.
        case sample
    }

    /// GFLOP of one picture's forward pass through the embedded U-Net, as direct convolution.
    private static let forward = 0.445

    private let batch: Int
    private let repeats: Int
    private let lanes: Int
    private let configuration: UNet2DConditionConfiguration

    /// - Parameters:
    ///   - batch: pictures a step.
    ///   - repeats: timed runs, after two that are not.
    ///   - lanes: how many share a reference forward in the work of that name.
    ///   - configuration: the network timed; operations are counted for the embedded one alone.
    public init(
        batch: Int, repeats: Int, lanes: Int = 4,
        configuration: UNet2DConditionConfiguration = EmbeddedModel.unet
    ) {
        self.batch = batch
        self.repeats = repeats
        self.lanes = lanes
        self.configuration = configuration
    }

    /// Times one kind of work.
    public func run(_ work: Work) throws -> BenchmarkResult {
        MatrixKernel.open()
        let network = UNet(configuration)
        let weights = FloatBlock(count: network.layout.count)
        network.layout.initialise(weights, seed: 1)
        let (images, forwards, body) = try self.body(of: work, network, weights)
        body()
        body()
        var times: [Double] = []
        let inProducts = ProductClock.seconds {
            for _ in 0..<repeats {
                let start = ContinuousClock.now
                body()
                times.append((ContinuousClock.now - start).seconds)
            }
        }
        let outside = 1 - inProducts / (times.reduce(0, +) * Double(Shards.cores))
        times.sort()
        let median = times[times.count / 2]
        return BenchmarkResult(
            what: work.rawValue, batch: work == .sample ? 64 : batch,
            imagesPerSecond: Double(images) / median, medianSeconds: median,
            gflops: Self.forward * forwards / median, peakGflops: Self.peak(),
            peakMemoryMB: Self.peakMemory(), shareOutsideProducts: outside,
            kernel: MatrixKernel.name, cores: Shards.cores)
    }

    /// Pictures, forward passes (a backward counts two) and the work itself.
    private func body(
        of work: Work, _ network: UNet, _ weights: FloatBlock
    ) throws -> (images: Int, forwards: Double, body: () -> Void) {
        let pass = DenoisingPass(network: network)
        let gradients = ShardedGradients(count: network.layout.count)
        let optimiser = AdamW(count: network.layout.count, configuration: AdamWConfiguration())
        let data = randomBatch(network)
        let filters = TransformedFilters(layout: network.layout)
        filters.update(from: weights, trains: false)
        let even = [Double](repeating: 1 / Double(batch), count: batch)
        func train() {
            gradients.clear()
            _ = pass.forward(data, weights: weights, gradients: gradients)
            pass.backward(errorWeights: even)
            let (sum, norm) = gradients.reduce()
            optimiser.update(
                weights, gradients: sum, learningRate: 1e-4,
                gradientScale: optimiser.clipping(norm: norm))
        }
        let n = Double(batch)
        switch work {
        case .unet:
            return (
                batch, 3 * n,
                {
                    gradients.clear()
                    _ = pass.forward(data, weights: weights, gradients: gradients)
                    pass.backward(errorWeights: even)
                    _ = gradients.reduce()
                }
            )
        case .pretrain: return (batch, 3 * n, train)
        case .align:
            return (
                batch, 4 * n,
                {
                    _ = pass.forward(data, weights: weights, filters: filters)
                    train()
                }
            )
        case .lanes:
            return (
                lanes * batch, Double(3 * lanes + 1) * n,
                {
                    _ = pass.forward(data, weights: weights, filters: filters)
                    for _ in 0..<lanes { train() }
                }
            )
        case .sample:
            let denoiser = try SamplingBenchmark(network: network, weights: weights)
            return (64, 64 * 25 * 2, { denoiser.run() })
        }
    }

    private func randomBatch(_ network: UNet) -> DenoisingBatch {
        var data = DenoisingBatch(
            count: batch, height: configuration.sampleSize?[0] ?? 16,
            width: configuration.sampleSize?[1] ?? 16, channels: configuration.inChannels,
            tokens: 8, contextWidth: configuration.crossAttentionDim)
        var random = Philox(seed: 1, purpose: .trainingNoise)
        func fill(_ values: inout [Float]) {
            values.withUnsafeMutableBufferPointer {
                random.fillNormal($0.baseAddress!, count: $0.count)
            }
        }
        fill(&data.samples)
        fill(&data.targets)
        fill(&data.contexts)
        data.timesteps = (0..<batch).map { _ in random.index(below: 1000) }
        return data
    }

    /// GFLOP/s of the fastest matrix product seen, all cores at once: the ceiling of this run.
    ///
    /// Small products run on the engine's tiles, large ones in OpenBLAS.
    private static func peak() -> Double {
        [(1024, 96, 864, 20), (768, 768, 768, 4)].map { m, n, k, products in
            let cores = Shards.cores
            let (a, b, c) = (m * k, k * n, m * n)
            let blocks = (0..<cores).map { _ in FloatBlock(count: a + b + c) }
            var best = 0.0
            for _ in 0..<5 {
                let start = ContinuousClock.now
                let shared = Confined(blocks)
                Shards.concurrently(cores) { index in
                    let own = shared.value[index].pointer
                    for _ in 0..<products {
                        matrixProduct(m: m, n: n, k: k, own, k, own + a, n, own + a + b, n)
                    }
                }
                let seconds = (ContinuousClock.now - start).seconds
                best = max(best, Double(products * cores * 2 * m * n * k) / seconds * 1e-9)
            }
            return best
        }.max()!
    }

    /// The process's largest resident set so far, in MB.
    private static func peakMemory() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1024
    }
}

/// Samples 64 pictures in 25 guided steps from random embeddings.
private final class SamplingBenchmark {
    private let denoiser: GuidedDenoiser
    private let steps: [DDIMScheduler.Step]
    private let pool = ArenaPool()

    init(network: UNet, weights: FloatBlock) throws {
        let scheduler = DDIMScheduler(EmbeddedModel.scheduler)
        steps = try scheduler.steps(25)
        denoiser = GuidedDenoiser(
            unet: network, weights: weights, scheduler: scheduler, guidanceScale: 2)
    }

    func run() {
        let shared = Confined(self)
        Shards.concurrently(8) { index in
            let own = shared.value
            var random = Philox(seed: 1, purpose: .sampling, sample: index)
            var noise = [Float](repeating: 0, count: 8 * 16 * 16 * 12)
            noise.withUnsafeMutableBufferPointer {
                random.fillNormal($0.baseAddress!, count: $0.count)
            }
            let context = [Float](repeating: 0.1, count: 8 * 8 * 64)
            own.denoiser.denoise(
                &noise, count: 8, height: 16, width: 16, steps: own.steps, contexts: context,
                emptyContexts: context, tokens: 8, pool: own.pool)
        }
    }
}
