/// Which pictures are left out together when an interval is computed: those of one prompt, since
/// they resemble each other.
package struct PictureBlocks: Sendable, Equatable {
    /// The block of each picture.
    package let blockOf: [Int]
    /// The number of pictures of each block.
    package let sizes: [Int]
    /// The prompt of each picture, where prompts were given.
    package let prompts: [Int]?

    /// Takes each prompt for a block, or each picture where there are no prompts.
    ///
    /// Where there are more than `limit`, every `limit`-th falls into the same block: what the
    /// figure costs is then bounded, and the interval hardly changes.
    ///
    /// - Precondition: one prompt a picture, at least two blocks allowed.
    package init(count: Int, prompts: [Int]?, limit: Int = 50) {
        precondition(prompts.map { $0.count == count } ?? true, "one prompt a picture")
        precondition(limit >= 2, "an interval needs two blocks")
        let unit: [Int]
        if let prompts {
            let order = Dictionary(
                uniqueKeysWithValues: Set(prompts).sorted().enumerated().map { ($1, $0) })
            unit = prompts.map { order[$0] ?? 0 }
        } else {
            unit = Array(0..<count)
        }
        blockOf = unit.map { $0 % limit }
        var sizes = Array(repeating: 0, count: (blockOf.max() ?? -1) + 1)
        for block in blockOf { sizes[block] += 1 }
        self.sizes = sizes
        self.prompts = prompts
    }

    /// The number of blocks.
    package var count: Int { sizes.count }

    /// The pictures that stay when a block is left out.
    package func kept(without block: Int) -> [Int] {
        blockOf.indices.filter { blockOf[$0] != block }
    }

    /// Checks that there are two blocks and that enough pictures stay whichever is left out.
    package func require(
        _ needed: Int, metric: String, of name: String
    ) throws(MetricError) {
        guard count >= 2 else {
            if blockOf.count < needed + 1 {
                throw .tooFew(metric: metric, of: name, count: blockOf.count, needed: needed + 1)
            }
            throw .tooFew(metric: "an interval of \(metric)", of: "prompts", count: 1, needed: 2)
        }
        let staying = blockOf.count - (sizes.max() ?? 0)
        guard staying >= needed else {
            let outside = prompts == nil ? name : "\(name) besides those of any one prompt"
            throw .tooFew(
                metric: metric, of: outside, count: prompts == nil ? blockOf.count : staying,
                needed: prompts == nil ? needed + 1 : needed)
        }
    }
}
