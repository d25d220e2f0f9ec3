import CKernels
import Foundation
import TensorCore

/// AdamW's constants.
///
/// Reference: Loshchilov and Hutter, "Decoupled weight decay regularization", arXiv 1711.05101.
public struct AdamWConfiguration: Sendable, Equatable {
    /// Decay of the gradient's running mean, 0..<1.
    public var beta1: Float
    /// Decay of the squared gradient's running mean, 0..<1.
    public var beta2: Float
    /// Added to the root of the bias-corrected second moment, so that the division is safe.
    public var eps: Float
    /// Decoupled decay: each update first scales weights by 1 - learning rate * this.
    public var weightDecay: Float
    /// The gradient's norm is cut down to this; infinity leaves it alone.
    public var maxGradientNorm: Float

    /// PyTorch's defaults, with the gradient's norm clipped to 1.
    public init(
        beta1: Float = 0.9, beta2: Float = 0.999, eps: Float = 1e-8, weightDecay: Float = 0.01,
        maxGradientNorm: Float = 1
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.weightDecay = weightDecay
        self.maxGradientNorm = maxGradientNorm
    }
}

/// The optimiser's state over one block of parameters.
public final class AdamW {
    /// The constants that every update uses.
    public let configuration: AdamWConfiguration
    /// Running mean of the gradient, one float a parameter.
    public let first: FloatBlock
    /// Running mean of the squared gradient, one float a parameter.
    public let second: FloatBlock
    /// Updates made so far.
    public var step: Int

    /// State for `count` parameters: zero moments, and `step` updates counted as made.
    public init(count: Int, configuration: AdamWConfiguration, step: Int = 0) {
        self.configuration = configuration
        first = FloatBlock(count: count)
        second = FloatBlock(count: count)
        self.step = step
    }

    /// The factor that clips a gradient of the given norm, as PyTorch's `clip_grad_norm_` has it.
    public func clipping(norm: Double) -> Float {
        guard norm.isFinite, configuration.maxGradientNorm.isFinite else { return 1 }
        return Float(min(1, Double(configuration.maxGradientNorm) / (norm + 1e-6)))
    }

    /// Updates the weights from gradients scaled by `gradientScale`.
    public func update(
        _ weights: FloatBlock, gradients: FloatBlock, learningRate: Float, gradientScale: Float
    ) {
        precondition(weights.count == first.count && gradients.count == first.count)
        step += 1
        let bias1 = Float(1 - pow(Double(configuration.beta1), Double(step)))
        let bias2 = Float(1 - pow(Double(configuration.beta2), Double(step)))
        let c = configuration
        let shared = Confined((weights.pointer, gradients.pointer, first.pointer, second.pointer))
        let count = weights.count
        Shards.concurrently { shard in
            let range = Shards.range(shard, of: count)
            let (start, (w, g, m, v)) = (range.lowerBound, shared.value)
            pb_adamw(
                w + start, g + start, m + start, v + start,
                range.count, learningRate, c.beta1, c.beta2, c.eps, c.weightDecay, gradientScale,
                bias1, bias2)
        }
    }
}

/// The gradient of each shard, and their sum in a fixed order.
public final class ShardedGradients {
    /// One block a shard; after `reduce` the first holds the sum.
    public let blocks: [FloatBlock]

    /// One zeroed block of `count` floats for each of the shards.
    public init(count: Int) {
        blocks = (0..<Shards.count).map { _ in FloatBlock(count: count) }
    }

    /// Clears every block.
    public func clear() {
        let blocks = Confined(blocks)
        Shards.concurrently { blocks.value[$0].clear() }
    }

    /// Adds the blocks up as ((0 + 1) + (2 + 3)) and returns the sum with its Euclidean norm.
    public func reduce() -> (sum: FloatBlock, norm: Double) {
        let count = blocks[0].count
        let shared = Confined(blocks)
        var squares = [Double](repeating: 0, count: Shards.count)
        squares.withUnsafeMutableBufferPointer { buffer in
            let squares = Confined(buffer.baseAddress!)
            Shards.concurrently { shard in
                let range = Shards.range(shard, of: count)
                var sum = 0.0
                // In pieces that stay in the first-level cache from one pass to the next.
                for start in stride(from: range.lowerBound, to: range.upperBound, by: 2048) {
                    let n = min(2048, range.upperBound - start)
                    let b = shared.value.map { $0.pointer + start }
                    pb_add(b[1], Int32(n), b[0])
                    pb_add(b[3], Int32(n), b[2])
                    pb_add(b[2], Int32(n), b[0])
                    sum += pb_sum_squares(b[0], n)
                }
                squares.value[shard] = sum
            }
        }
        return (blocks[0], squares.reduce(0, +).squareRoot())
    }
}

/// An exponential moving average of weights.
public enum MovingAverage {
    /// average = decay * average + (1 - decay) * weights.
    public static func update(_ average: FloatBlock, with weights: FloatBlock, decay: Float) {
        precondition(average.count == weights.count)
        let count = weights.count
        let shared = Confined((average.pointer, weights.pointer))
        Shards.concurrently { shard in
            let range = Shards.range(shard, of: count)
            let (average, weights) = shared.value
            pb_ema(average + range.lowerBound, weights + range.lowerBound, range.count, decay)
        }
    }
}
