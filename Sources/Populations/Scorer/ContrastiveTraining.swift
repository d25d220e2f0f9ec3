import Foundation
import NeuralLayers
import TensorCore

/// Trains a text-image scorer by InfoNCE over the pairs of a batch.
///
/// With unit embeddings p_i of pictures and t_i of captions, s_ij = p_i . t_j / temperature, the loss
/// is the mean over i of -log softmax over j of s_ij and -log softmax over j of s_ji, halved. A caption that
/// describes another pair's picture as well ("a judge" describes every judge) is no negative: it is left out
/// of that picture's softmax, and the picture out of the caption's.
///
/// Reference: van den Oord, Li, Vinyals, "Representation learning with contrastive predictive coding",
/// arXiv 1807.03748.
public final class ContrastiveTraining {
    /// The scorer under training, whose weights every step changes in place.
    public let scorer: TextImageScorer
    /// AdamW's state over all of the scorer's parameters.
    public let optimiser: AdamW
    /// What cosines are divided by.
    public let temperature: Double
    private let gradients: ShardedGradients
    private let arenas = (0..<Shards.count).map { _ in Arena() }
    private let scratch = (0..<Shards.count).map { _ in Arena() }

    /// Training with a fresh optimiser; the scorer keeps the weights it has.
    public init(
        _ scorer: TextImageScorer, configuration: AdamWConfiguration, temperature: Double
    ) {
        precondition(temperature > 0, "a temperature is positive")
        self.scorer = scorer
        self.temperature = temperature
        let count = scorer.layout.count
        optimiser = AdamW(count: count, configuration: configuration)
        gradients = ShardedGradients(count: count)
    }

    /// One step.
    ///
    /// - Parameters:
    ///   - pictures: [n, side, side, 3] in [-1, 1].
    ///   - ids: the words of each picture's caption, as the configuration numbers them.
    ///   - describes: whether the caption of pair j describes the picture of pair i; true for i = j.
    /// - Returns: the mean loss before the step.
    public func step(
        _ pictures: [Float], ids: [[Int]], learningRate: Float,
        describes: (_ caption: Int, _ picture: Int) -> Bool
    ) -> Double {
        let side = scorer.configuration.imageSize
        let size = side * side * 3
        let (count, width) = (ids.count, scorer.configuration.embeddingSize)
        precondition(pictures.count == count * size, "one caption a picture")
        gradients.clear()
        // Both embeddings of a pair side by side, so that one backward pass serves the two encoders.
        var joined = [Float](repeating: 0, count: count * 2 * width)
        var passes = [(tape: Tape, output: Activation)?](repeating: nil, count: Shards.count)
        joined.withUnsafeMutableBufferPointer { joined in
            passes.withUnsafeMutableBufferPointer { passes in
                let shared = Confined((self, joined.baseAddress!, passes.baseAddress!))
                Shards.concurrently { shard in
                    let (own, joined, passes) = shared.value
                    let range = Shards.range(shard, of: count)
                    guard !range.isEmpty else { return }
                    let (arena, scratch) = (own.arenas[shard], own.scratch[shard])
                    arena.reset()
                    scratch.reset()
                    let tape = Tape(
                        parameters: own.scorer.weights.pointer,
                        gradients: own.gradients.blocks[shard].pointer, arena: arena,
                        scratch: scratch)
                    let x = pictures.withUnsafeBufferPointer {
                        tape.input(
                            $0.baseAddress! + range.lowerBound * size, batch: range.count,
                            height: side, width: side, channels: 3)
                    }
                    let network = own.scorer.network
                    let output = tape.concatenate(
                        network.pictures(x, on: tape),
                        network.captions(Array(ids[range]), on: tape))
                    (joined + range.lowerBound * 2 * width).update(
                        from: output.data, count: output.count)
                    passes[shard] = (tape, output)
                }
            }
        }
        let (loss, gradient) = Self.loss(
            joined, width: width, temperature: temperature, describes: describes)
        gradient.withUnsafeBufferPointer { gradient in
            passes.withUnsafeMutableBufferPointer { passes in
                let shared = Confined((gradient.baseAddress!, passes.baseAddress!))
                Shards.concurrently { shard in
                    let (gradient, passes) = shared.value
                    guard let pass = passes[shard] else { return }
                    pass.tape.backward(
                        from: pass.output,
                        gradient: gradient + Shards.range(shard, of: count).lowerBound * 2 * width)
                    passes[shard] = nil
                }
            }
        }
        let (sum, norm) = gradients.reduce()
        optimiser.update(
            scorer.weights, gradients: sum, learningRate: learningRate,
            gradientScale: optimiser.clipping(norm: norm))
        return loss
    }

    /// The loss of rows (picture | caption), [n, 2 width], and its gradient in the same layout.
    package static func loss(
        _ joined: [Float], width: Int, temperature: Double,
        describes: (_ caption: Int, _ picture: Int) -> Bool
    ) -> (loss: Double, gradient: [Float]) {
        let rows = joined.count / width
        let count = rows / 2
        // Unit vectors; row 2 i is picture i, row 2 i + 1 its caption.
        var unit = joined.map(Double.init)
        var lengths = [Double](repeating: 0, count: rows)
        for row in 0..<rows {
            let range = row * width..<(row + 1) * width
            lengths[row] = max(1e-12, unit[range].reduce(0) { $0 + $1 * $1 }.squareRoot())
            for i in range { unit[i] /= lengths[row] }
        }
        var similarities = [Double](repeating: -.infinity, count: count * count)
        for i in 0..<count {
            for j in 0..<count where i == j || !describes(j, i) {
                var product = 0.0
                for k in 0..<width {
                    product += unit[2 * i * width + k] * unit[(2 * j + 1) * width + k]
                }
                similarities[i * count + j] = product / temperature
            }
        }
        // dL/ds_ij: softmax minus one at the pair itself, for both directions.
        var dSimilarities = [Double](repeating: 0, count: count * count)
        var loss = 0.0
        let weight = 0.5 / Double(count)
        func accumulate(_ place: (Int) -> Int, own: Int) {
            let highest = (0..<count).reduce(-Double.infinity) { max($0, similarities[place($1)]) }
            let powers = (0..<count).map { exp(similarities[place($0)] - highest) }
            let sum = powers.reduce(0, +)
            loss += weight * (log(sum) + highest - similarities[place(own)])
            for j in 0..<count {
                dSimilarities[place(j)] += weight * (powers[j] / sum - (j == own ? 1 : 0))
            }
        }
        for i in 0..<count {
            accumulate({ i * count + $0 }, own: i)
            accumulate({ $0 * count + i }, own: i)
        }
        var dUnit = [Double](repeating: 0, count: unit.count)
        for i in 0..<count {
            for j in 0..<count {
                let d = dSimilarities[i * count + j] / temperature
                guard d != 0 else { continue }
                for k in 0..<width {
                    dUnit[2 * i * width + k] += d * unit[(2 * j + 1) * width + k]
                    dUnit[(2 * j + 1) * width + k] += d * unit[2 * i * width + k]
                }
            }
        }
        // Through the normalisation: (d - (d . u) u) / length.
        var gradient = [Float](repeating: 0, count: joined.count)
        for row in 0..<rows {
            let range = row * width..<(row + 1) * width
            let along = range.reduce(0.0) { $0 + dUnit[$1] * unit[$1] }
            for i in range { gradient[i] = Float((dUnit[i] - along * unit[i]) / lengths[row]) }
        }
        return (loss, gradient)
    }
}
