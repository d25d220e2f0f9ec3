import Foundation
import NeuralLayers
import TensorCore

/// What a classifier sees in one picture: per attribute the most likely class and its probability.
public struct Classification: Sendable, Equatable {
    /// Index of the class, attribute by attribute, in the configuration's order.
    public var classes: [Int]
    /// Softmax probability of that class.
    public var confidences: [Double]
}

/// Says which profession, gender presentation and skin tone a 32x32 picture shows.
///
/// It judges drawings by the names Unicode gives them; it says nothing of any person.
public final class AttributeClassifier {
    /// The network's shape and the attributes it tells apart.
    public let configuration: AttributeNetworkConfiguration
    /// The weights in engine order, laid out as `layout` says.
    public let weights: FloatBlock
    let network: AttributeNetwork
    private let pool = ArenaPool()

    /// A classifier with untrained weights.
    public init(_ configuration: AttributeNetworkConfiguration, seed: UInt64) {
        self.configuration = configuration
        network = AttributeNetwork(configuration)
        weights = FloatBlock(count: network.layout.count)
        network.layout.initialise(weights, seed: seed)
    }

    /// A classifier with given weights, in the network's layout.
    init(_ network: AttributeNetwork, weights: FloatBlock) {
        precondition(weights.count == network.layout.count, "weights of another network")
        configuration = network.configuration
        self.network = network
        self.weights = weights
    }

    /// The parameters' names, shapes and places.
    public var layout: ParameterLayout { network.layout }

    /// Index of an attribute of the given name.
    public func attribute(_ name: String) -> Int? {
        configuration.attributes.firstIndex { $0.name == name }
    }

    /// Classifies pictures given as [n, 32, 32, 3] floats in [-1, 1].
    public func classify(_ pictures: [Float]) -> [Classification] {
        logits(pictures).map { logits in
            var start = 0
            var classes: [Int] = []
            var confidences: [Double] = []
            for attribute in configuration.attributes {
                let part = logits[start..<(start + attribute.classes.count)]
                let best = part.indices.max { part[$0] < part[$1] } ?? start
                let sum = part.reduce(0.0) { $0 + exp(Double($1) - Double(part[best])) }
                classes.append(best - start)
                confidences.append(1 / sum)
                start += attribute.classes.count
            }
            return Classification(classes: classes, confidences: confidences)
        }
    }

    /// The head's outputs, one row a picture.
    public func logits(_ pictures: [Float]) -> [[Float]] { run(pictures) { $0.logits } }

    /// The pooled features below the head, one row a picture; what KID and diversity are measured on.
    public func features(_ pictures: [Float]) -> [[Float]] { run(pictures) { $0.features } }

    private func run(
        _ pictures: [Float],
        _ pick: @escaping ((features: Activation, logits: Activation)) -> Activation
    ) -> [[Float]] {
        let side = configuration.imageSize
        let size = side * side * 3
        precondition(pictures.count % size == 0, "pictures of \(side)x\(side) RGB are needed")
        let count = pictures.count / size
        let chunk = 32
        let chunks = (count + chunk - 1) / chunk
        var rows = [[Float]](repeating: [], count: count)
        let pick = Confined(pick)
        rows.withUnsafeMutableBufferPointer { rows in
            guard let out = rows.baseAddress else { return }
            let shared = Confined((out, self))
            Shards.concurrently(chunks) { index in
                let (out, own) = shared.value
                let range = (index * chunk)..<min(count, (index + 1) * chunk)
                own.pool.withArena { arena in
                    let tape = Tape(
                        parameters: own.weights.pointer, gradients: nil, arena: arena,
                        scratch: arena)
                    let x = pictures.withUnsafeBufferPointer {
                        tape.input(
                            $0.baseAddress! + range.lowerBound * size, batch: range.count,
                            height: side, width: side, channels: 3)
                    }
                    let result = pick.value(own.network.forward(x, on: tape))
                    for (row, picture) in range.enumerated() {
                        out[picture] = Array(
                            UnsafeBufferPointer(
                                start: result.data + row * result.channels, count: result.channels))
                    }
                }
            }
        }
        return rows
    }
}
