import Foundation
import NeuralLayers
import TensorCore

/// Trains an attribute classifier by cross-entropy summed over its attributes.
public final class ClassifierTraining {
    /// The classifier under training, whose weights every step changes in place.
    public let classifier: AttributeClassifier
    /// AdamW's state over all of the classifier's parameters.
    public let optimiser: AdamW
    private let gradients: ShardedGradients
    private let arenas = (0..<Shards.count).map { _ in Arena() }
    private let scratch = (0..<Shards.count).map { _ in Arena() }

    /// Training with a fresh optimiser; the classifier keeps the weights it has.
    public init(_ classifier: AttributeClassifier, configuration: AdamWConfiguration) {
        self.classifier = classifier
        let count = classifier.layout.count
        optimiser = AdamW(count: count, configuration: configuration)
        gradients = ShardedGradients(count: count)
    }

    /// One step.
    ///
    /// - Parameters:
    ///   - pictures: [n, 32, 32, 3] in [-1, 1].
    ///   - labels: per picture, the class of each attribute.
    /// - Returns: the mean loss before the step.
    public func step(_ pictures: [Float], labels: [[Int]], learningRate: Float) -> Double {
        let side = classifier.configuration.imageSize
        let size = side * side * 3
        let count = labels.count
        precondition(pictures.count == count * size)
        gradients.clear()
        var losses = [Double](repeating: 0, count: count)
        losses.withUnsafeMutableBufferPointer { losses in
            guard let out = losses.baseAddress else { return }
            let shared = Confined((self, out))
            Shards.concurrently { shard in
                let (own, out) = shared.value
                let range = Shards.range(shard, of: count)
                guard !range.isEmpty else { return }
                let (arena, scratch) = (own.arenas[shard], own.scratch[shard])
                arena.reset()
                scratch.reset()
                let tape = Tape(
                    parameters: own.classifier.weights.pointer,
                    gradients: own.gradients.blocks[shard].pointer, arena: arena, scratch: scratch)
                let x = pictures.withUnsafeBufferPointer {
                    tape.input(
                        $0.baseAddress! + range.lowerBound * size, batch: range.count, height: side,
                        width: side, channels: 3)
                }
                let logits = own.classifier.network.forward(x, on: tape).logits
                let dLogits = arena.allocate(logits.count)
                for (row, index) in range.enumerated() {
                    out[index] = ClassifierTraining.crossEntropy(
                        logits.data + row * logits.channels, labels[index],
                        own.classifier.configuration, dLogits + row * logits.channels,
                        scale: 1 / Float(count))
                }
                tape.backward(from: logits, gradient: dLogits)
            }
        }
        let (sum, norm) = gradients.reduce()
        optimiser.update(
            classifier.weights, gradients: sum, learningRate: learningRate,
            gradientScale: optimiser.clipping(norm: norm))
        return losses.reduce(0, +) / Double(count)
    }

    /// Sum over attributes of -log softmax(logits)[label]; writes scale * dL/d(logits).
    private static func crossEntropy(
        _ logits: UnsafePointer<Float>, _ labels: [Int],
        _ configuration: AttributeNetworkConfiguration, _ gradient: UnsafeMutablePointer<Float>,
        scale: Float
    ) -> Double {
        var loss = 0.0
        var start = 0
        for (attribute, label) in zip(configuration.attributes, labels) {
            let n = attribute.classes.count
            let part = UnsafeBufferPointer(start: logits + start, count: n)
            let highest = Double(part.max() ?? 0)
            let powers = part.map { exp(Double($0) - highest) }
            let sum = powers.reduce(0, +)
            for i in 0..<n {
                gradient[start + i] = scale * Float(powers[i] / sum - (i == label ? 1 : 0))
            }
            loss -= log(powers[label] / sum)
            start += n
        }
        return loss
    }
}
