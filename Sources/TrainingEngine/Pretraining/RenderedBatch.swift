import Populations
import TensorCore

/// Training renderings of people with grain of random strength.
///
/// Generated pictures are never as crisp as renderings: a little noise keeps a network from leaning on
/// exact edges.
enum RenderedBatch {
    /// The largest standard deviation of the grain, on the scale of -1...1.
    static let mostGrain: Float = 0.15

    /// Renders one picture a person, [n, 32, 32, 3] in [-1, 1] before the grain.
    static func draw(
        _ people: EmojiPeople, _ drawn: [PersonAttributes], seed: UInt64, step: Int
    ) -> [Float] {
        let size = EmojiPeople.renderingCount
        let count = drawn.count
        var pictures = [Float](repeating: 0, count: count * size)
        pictures.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            let out = Confined(start)
            Shards.concurrently { shard in
                for index in Shards.range(shard, of: count) {
                    let target = out.value + index * size
                    people.render(
                        drawn[index], seed: seed, index: step * count + index, split: .train,
                        into: target)
                    var noise = Philox(
                        seed: seed, purpose: .augmentation, step: step, sample: index)
                    let strength = mostGrain * noise.uniform()
                    let grain = [Float](unsafeUninitializedCapacity: size) { values, n in
                        noise.fillNormal(values.baseAddress!, count: size)
                        n = size
                    }
                    for i in 0..<size { target[i] += strength * grain[i] }
                }
            }
        }
        return pictures
    }
}
