import CKernels
import NeuralLayers
import TensorCore

/// A batch for the denoiser: what goes in and what it should predict, channels last.
public struct DenoisingBatch {
    /// Samples in the batch.
    public let count: Int
    /// Rows of a sample.
    public let height: Int
    /// Columns of a sample.
    public let width: Int
    /// Channels of a sample, as many going in as predicted.
    public let channels: Int
    /// Tokens of a caption.
    public let tokens: Int
    /// Width of a token's embedding: the U-Net's cross_attention_dim.
    public let contextWidth: Int
    /// The noisy samples, [count, height, width, channels].
    public var samples: [Float]
    /// The prediction's target, of the same shape.
    public var targets: [Float]
    /// One timestep a sample, 0..<num_train_timesteps.
    public var timesteps: [Int]
    /// The captions' embeddings, [count, tokens, contextWidth].
    public var contexts: [Float]

    /// A batch of zeros, to be filled.
    public init(
        count: Int, height: Int, width: Int, channels: Int, tokens: Int, contextWidth: Int
    ) {
        self.count = count
        self.height = height
        self.width = width
        self.channels = channels
        self.tokens = tokens
        self.contextWidth = contextWidth
        samples = [Float](repeating: 0, count: count * height * width * channels)
        targets = samples
        timesteps = [Int](repeating: 0, count: count)
        contexts = [Float](repeating: 0, count: count * tokens * contextWidth)
    }

    /// Floats of one sample.
    public var sampleSize: Int { height * width * channels }
}

/// Runs a U-Net over a batch in shards, forward for all of them before backward for any: objectives
/// such as PopAlign's need the errors of the whole batch first.
public final class DenoisingPass {
    /// What a forward pass found.
    public struct Outcome {
        /// l = mean over a sample's elements of (prediction - target)^2, one a sample.
        public var errors: [Double]
        /// The predictions, [count, height, width, channels].
        public var predictions: [Float]
    }

    /// A text encoder that is trained together with the U-Net, and the captions it reads.
    public struct TrainedText {
        let encoder: TextEncoder
        let weights: FloatBlock
        let gradients: ShardedGradients
        let ids: [[Int]]

        /// - Parameter ids: one caption a sample, all of one length.
        public init(
            encoder: TextEncoder, weights: FloatBlock, gradients: ShardedGradients, ids: [[Int]]
        ) {
            self.encoder = encoder
            self.weights = weights
            self.gradients = gradients
            self.ids = ids
        }
    }

    private struct ShardTape {
        let tape: Tape
        let output: Activation
        /// The text encoder's tape and what it put out.
        let text: (tape: Tape, context: Activation)?
    }

    private let network: UNet
    private let arenas = (0..<Shards.count).map { _ in Arena() }
    private let scratch = ArenaPool()
    private let filters: TransformedFilters
    private var tapes: [ShardTape?] = []
    private var batch: DenoisingBatch?
    private var predictions: [Float] = []

    /// A pass with room of its own for activations, which grows with the first batches.
    public init(network: UNet) {
        self.network = network
        filters = TransformedFilters(layout: network.layout)
    }

    /// Bytes held for activations and transformed filters.
    public var byteCount: Int {
        arenas.reduce(scratch.byteCount + filters.byteCount) { $0 + $1.byteCount }
    }

    /// Predicts the whole batch.
    ///
    /// - Parameters:
    ///   - filters: made from these weights already, for weights that do not change; made anew when nil.
    ///   - gradients: where `backward` will add up gradients; nil for a pass without one.
    ///   - text: computes the contexts, in place of the batch's, and trains what computes them.
    public func forward(
        _ batch: DenoisingBatch, weights: FloatBlock, filters prepared: TransformedFilters? = nil,
        gradients: ShardedGradients? = nil, text: TrainedText? = nil
    ) -> Outcome {
        var errors = [Double](repeating: 0, count: batch.count)
        var predictions = [Float](repeating: 0, count: batch.count * batch.sampleSize)
        var tapes = [ShardTape?](repeating: nil, count: Shards.count)
        let (network, arenas, filters) = (self.network, self.arenas, prepared ?? self.filters)
        if prepared == nil { filters.update(from: weights, trains: gradients != nil) }
        withUnsafePointers(&errors, &predictions, &tapes) { errors, predictions, tapes in
            let work = Confined((network, weights, gradients, arenas, batch, text))
            let out = Confined((errors, predictions, tapes))
            let scratch = self.scratch
            Shards.concurrently { shard in
                let (network, weights, gradients, arenas, batch, text) = work.value
                let range = Shards.range(shard, of: batch.count)
                arenas[shard].reset()
                guard !range.isEmpty else { return }
                scratch.withArena { scratch in
                    let tape = Tape(
                        parameters: weights.pointer, gradients: gradients?.blocks[shard].pointer,
                        arena: arenas[shard], scratch: scratch, filters: filters)
                    let textTape = text.map {
                        Tape(
                            parameters: $0.weights.pointer,
                            gradients: $0.gradients.blocks[shard].pointer, arena: arenas[shard],
                            scratch: scratch)
                    }
                    let context = textTape.flatMap { tape in
                        text.map { $0.encoder.forward(Array($0.ids[range]), on: tape) }
                    }
                    let prediction = DenoisingPass.run(
                        network, batch, range, context: context, on: tape)
                    let size = batch.sampleSize
                    (out.value.1 + range.lowerBound * size).update(
                        from: prediction.data, count: prediction.count)
                    batch.targets.withUnsafeBufferPointer { targets in
                        for (row, index) in range.enumerated() {
                            out.value.0[index] =
                                pb_squared_distance(
                                    prediction.data + row * size,
                                    targets.baseAddress! + index * size, size) / Double(size)
                        }
                    }
                    guard tape.records else { return }
                    out.value.2[shard] = ShardTape(
                        tape: tape, output: prediction,
                        text: textTape.flatMap { t in context.map { (t, $0) } })
                }
            }
        }
        self.tapes = tapes
        self.batch = gradients == nil ? nil : batch
        self.predictions = gradients == nil ? [] : predictions
        return Outcome(errors: errors, predictions: predictions)
    }

    /// Adds the gradient of sum over samples of weights[i] * errors[i] to the blocks given to `forward`.
    ///
    /// - Parameter errorWeights: dL/d(errors), one a sample.
    public func backward(errorWeights: [Double]) {
        guard let batch else { preconditionFailure("backward needs a recorded forward pass") }
        let size = batch.sampleSize
        let tapes = self.tapes
        let work = Confined((tapes, batch, predictions, errorWeights))
        let scratch = self.scratch
        Shards.concurrently { shard in
            let (tapes, batch, predictions, errorWeights) = work.value
            guard let shardTape = tapes[shard] else { return }
            let (tape, output) = (shardTape.tape, shardTape.output)
            let range = Shards.range(shard, of: batch.count)
            scratch.withArena { arena in
                tape.scratch = arena
                let dOutput = arena.allocate(range.count * size)
                for (row, index) in range.enumerated() {
                    let factor = Float(errorWeights[index] * 2 / Double(size))
                    let start = index * size
                    for i in 0..<size {
                        dOutput[row &* size &+ i] =
                            factor * (predictions[start &+ i] - batch.targets[start &+ i])
                    }
                }
                tape.backward(from: output, gradient: dOutput)
                if let text = shardTape.text {
                    text.tape.scratch = arena
                    text.tape.backward(from: text.context)
                }
            }
        }
        self.tapes = []
        self.batch = nil
        self.predictions = []
    }

    private static func run(
        _ network: UNet, _ batch: DenoisingBatch, _ range: Range<Int>, context: Activation?,
        on tape: Tape
    ) -> Activation {
        let size = batch.sampleSize
        let contextSize = batch.tokens * batch.contextWidth
        let sample = batch.samples.withUnsafeBufferPointer {
            tape.input(
                $0.baseAddress! + range.lowerBound * size, batch: range.count,
                height: batch.height, width: batch.width, channels: batch.channels)
        }
        let context =
            context
            ?? batch.contexts.withUnsafeBufferPointer {
                tape.input(
                    $0.baseAddress! + range.lowerBound * contextSize, batch: range.count,
                    height: batch.tokens, width: 1, channels: batch.contextWidth)
            }
        return network.forward(
            sample: sample, timesteps: Array(batch.timesteps[range]), context: context, on: tape)
    }
}

private func withUnsafePointers<A, B, C>(
    _ a: inout [A], _ b: inout [B], _ c: inout [C],
    _ body: (UnsafeMutablePointer<A>, UnsafeMutablePointer<B>, UnsafeMutablePointer<C>) -> Void
) {
    a.withUnsafeMutableBufferPointer { a in
        b.withUnsafeMutableBufferPointer { b in
            c.withUnsafeMutableBufferPointer { c in
                guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
                    return
                }
                body(a, b, c)
            }
        }
    }
}
