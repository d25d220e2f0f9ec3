import Foundation
import NeuralLayers
import TensorCore

/// Says how well a picture matches a caption: the cosine of their embeddings in one space.
///
/// It plays the part that CLIP's score plays for large models, and knows the captions of the embedded
/// data set alone.
public final class TextImageScorer {
    /// The network's shape and its words.
    public let configuration: TextImageScorerConfiguration
    /// The weights in engine order, laid out as `layout` says.
    public let weights: FloatBlock
    let network: ScorerNetwork
    private let pool = ArenaPool()

    /// A scorer with untrained weights.
    public init(_ configuration: TextImageScorerConfiguration, seed: UInt64) {
        self.configuration = configuration
        network = ScorerNetwork(configuration)
        weights = FloatBlock(count: network.layout.count)
        network.layout.initialise(weights, seed: seed)
    }

    /// A scorer with given weights, in the network's layout.
    init(_ network: ScorerNetwork, weights: FloatBlock) {
        precondition(weights.count == network.layout.count, "weights of another network")
        configuration = network.configuration
        self.network = network
        self.weights = weights
    }

    /// The parameters' names, shapes and places.
    public var layout: ParameterLayout { network.layout }

    /// Embeds pictures given as [n, side, side, 3] floats in [-1, 1]; rows of any length.
    public func embed(pictures: [Float]) -> [[Float]] {
        let side = configuration.imageSize
        let size = side * side * 3
        precondition(pictures.count % size == 0, "pictures of \(side)x\(side) RGB are needed")
        return inChunks(pictures.count / size) { range, network, tape in
            let x = pictures.withUnsafeBufferPointer {
                tape.input(
                    $0.baseAddress! + range.lowerBound * size, batch: range.count, height: side,
                    width: side, channels: 3)
            }
            return network.pictures(x, on: tape)
        }
    }

    /// Embeds captions; rows of any length.
    ///
    /// - Throws: ``ScorerError`` for a caption with words that the scorer does not know.
    public func embed(captions: [String]) throws(ScorerError) -> [[Float]] {
        var ids: [[Int]] = []
        for caption in captions { ids.append(try configuration.ids(of: caption)) }
        let known = ids
        return inChunks(ids.count) { range, network, tape in
            network.captions(Array(known[range]), on: tape)
        }
    }

    /// The cosine between each picture and its own caption, -1 to 1.
    ///
    /// - Parameters:
    ///   - pictures: [n, side, side, 3] in [-1, 1].
    ///   - captions: one a picture.
    /// - Throws: ``ScorerError`` for a caption with words that the scorer does not know.
    public func scores(_ pictures: [Float], captions: [String]) throws(ScorerError) -> [Double] {
        let names = Array(Set(captions)).sorted()
        let texts = Dictionary(uniqueKeysWithValues: zip(names, try embed(captions: names)))
        let embedded = embed(pictures: pictures)
        precondition(embedded.count == captions.count, "one caption a picture")
        return zip(embedded, captions).map { Self.cosine($0, texts[$1] ?? []) }
    }

    /// The cosine of two vectors; NaN where one has no direction.
    static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        var (product, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            product += Double(x) * Double(y)
            aa += Double(x) * Double(x)
            bb += Double(y) * Double(y)
        }
        return product / (aa * bb).squareRoot()
    }

    private func inChunks(
        _ count: Int, _ forward: @escaping (Range<Int>, ScorerNetwork, Tape) -> Activation
    ) -> [[Float]] {
        let chunk = 32
        var rows = [[Float]](repeating: [], count: count)
        let forward = Confined(forward)
        rows.withUnsafeMutableBufferPointer { rows in
            guard let out = rows.baseAddress else { return }
            let shared = Confined((out, self))
            Shards.concurrently((count + chunk - 1) / chunk) { index in
                let (out, own) = shared.value
                let range = (index * chunk)..<min(count, (index + 1) * chunk)
                own.pool.withArena { arena in
                    let tape = Tape(
                        parameters: own.weights.pointer, gradients: nil, arena: arena,
                        scratch: arena)
                    let result = forward.value(range, own.network, tape)
                    for (row, place) in range.enumerated() {
                        out[place] = Array(
                            UnsafeBufferPointer(
                                start: result.data + row * result.channels, count: result.channels)
                        )
                    }
                }
            }
        }
        return rows
    }
}
