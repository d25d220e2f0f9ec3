extension UNet2DConditionConfiguration {
    /// Height and width from `sample_size`: one number, two, or null.
    static func sampleSize(_ reader: ConfigurationReader) throws -> [Int]? {
        guard let value = reader.members["sample_size"], value != .null else { return nil }
        let sides: [JSONValue]
        if case .array(let elements) = value { sides = elements } else { sides = [value, value] }
        let sizes = sides.compactMap(\.integer).filter { (1...8192).contains($0) }
        guard sides.count == 2, sizes.count == 2 else {
            return try reader.refuse("sample_size", "a number from 1 to 8192, two of them, or null")
        }
        return sizes
    }

    /// The text's width, which diffusers lets be repeated for every level.
    static func crossAttentionDim(_ reader: ConfigurationReader) throws -> Int {
        let widths = try reader.perLevel("cross_attention_dim", default: 1280, in: 1...16_384)
        guard case .each(let values) = widths else { return widths[0] }
        guard values.allSatisfy({ $0 == values[0] }) else {
            // All levels read the same text embeddings, so they cannot have other widths.
            return try reader.refuse("cross_attention_dim", "the same width for every level")
        }
        return values[0]
    }

    /// Checks what one key alone cannot tell.
    func checkConsistency(_ reader: ConfigurationReader) throws {
        let lengths: [(String, Bool)] = [
            ("down_block_types", downBlockTypes.count == levels),
            ("up_block_types", upBlockTypes.count == levels),
            ("layers_per_block", layersPerBlock.fits(levels: levels)),
            ("transformer_layers_per_block", transformerLayersPerBlock.fits(levels: levels)),
            ("attention_head_dim", attentionHeads.fits(levels: levels)),
        ]
        for (key, fits) in lengths where !fits {
            throw reader.contradiction(
                key, "its length is not that of block_out_channels, \(levels)",
                "give one entry for each level")
        }
        for (level, channels) in blockOutChannels.enumerated() {
            guard channels % normNumGroups == 0 else {
                throw reader.contradiction(
                    "norm_num_groups", "\(normNumGroups) groups do not divide \(channels) channels",
                    "choose a divisor of every entry of block_out_channels")
            }
            guard !hasAttention(level) || channels % attentionHeads[level] == 0 else {
                throw reader.contradiction(
                    "attention_head_dim",
                    "\(attentionHeads[level]) heads do not divide \(channels) channels",
                    "diffusers reads this key as the number of heads; choose a divisor")
            }
        }
        // The sinusoidal embedding has two equal halves, and divides by half its width less the shift.
        guard blockOutChannels[0] % 2 == 0, blockOutChannels[0] / 2 > freqShift else {
            throw reader.contradiction(
                "block_out_channels",
                "its first entry, \(blockOutChannels[0]), is odd or too small",
                "choose an even number above twice freq_shift")
        }
        guard parameterCount <= Self.mostParameters else {
            throw reader.contradiction(
                "block_out_channels", "the model would have \(parameterCount) parameters",
                "at most \(Self.mostParameters) are supported")
        }
    }

    /// The largest model that is accepted, in parameters: 16 GB in single precision.
    private static var mostParameters: Int { 4_000_000_000 }

    /// Whether a level has attention, on either way or because the middle block follows it.
    private func hasAttention(_ level: Int) -> Bool {
        level == levels - 1 || downBlockTypes[level] == .crossAttention
            || upBlockTypes[levels - 1 - level] == .crossAttention
    }

    /// The number of trainable numbers in the U-Net.
    public var parameterCount: Int {
        let time = timeEmbeddingWidth
        func linear(_ from: Int, _ to: Int) -> Int { from * to + to }
        func convolution(_ from: Int, _ to: Int) -> Int { 9 * from * to + to }
        func residual(_ from: Int, _ to: Int) -> Int {
            let shortcut = from == to ? 0 : linear(from, to)
            return 2 * from + convolution(from, to) + linear(time, to) + 2 * to
                + convolution(to, to) + shortcut
        }
        func transformer(_ width: Int, _ depth: Int) -> Int {
            let selfAttention = 3 * width * width + linear(width, width)
            let textAttention =
                width * width + 2 * width * crossAttentionDim + linear(width, width)
            let feedForward = linear(width, 8 * width) + linear(4 * width, width)
            let block = 6 * width + selfAttention + textAttention + feedForward
            return 2 * width + 2 * linear(width, width) + depth * block
        }
        var count = convolution(inChannels, blockOutChannels[0])
        count += linear(blockOutChannels[0], time) + linear(time, time)
        var width = blockOutChannels[0]
        for level in 0..<levels {
            let channels = blockOutChannels[level]
            for _ in 0..<layersPerBlock[level] {
                count += residual(width, channels)
                if downBlockTypes[level] == .crossAttention {
                    count += transformer(channels, transformerLayersPerBlock[level])
                }
                width = channels
            }
            if level < levels - 1 { count += convolution(channels, channels) }
        }
        count += 2 * residual(width, width)
        count += transformer(width, transformerLayersPerBlock[levels - 1])
        for level in (0..<levels).reversed() {
            let channels = blockOutChannels[level]
            let below = blockOutChannels[max(level - 1, 0)]
            for layer in 0...layersPerBlock[level] {
                let skip = layer == layersPerBlock[level] ? below : channels
                count += residual(width + skip, channels)
                if upBlockTypes[levels - 1 - level] == .crossAttention {
                    count += transformer(channels, transformerLayersPerBlock[level])
                }
                width = channels
            }
            if level > 0 { count += convolution(channels, channels) }
        }
        return count + 2 * width + convolution(width, outChannels)
    }
}
