extension Picture {
    /// The picture at another size, resampled by a tent filter as wide as the pixels it merges.
    ///
    /// Shrinking averages over everything that a new pixel covers (no aliasing); enlarging
    /// interpolates linearly. A picture of one colour stays of that colour.
    public func resized(width newWidth: Int, height newHeight: Int) -> Picture {
        precondition(newWidth > 0 && newHeight > 0, "a picture has at least one pixel")
        if newWidth == width && newHeight == height { return self }
        let across = TentTaps(from: width, to: newWidth)
        let down = TentTaps(from: height, to: newHeight)
        // Rows first, then columns: [height, newWidth, 3], then [newHeight, newWidth, 3].
        var rows = [Float](repeating: 0, count: height * newWidth * 3)
        for y in 0..<height {
            for x in 0..<newWidth {
                let target = (y * newWidth + x) * 3
                for (tap, weight) in across.taps(of: x) {
                    let source = (y * width + tap) * 3
                    rows[target] += weight * Float(rgb[source])
                    rows[target + 1] += weight * Float(rgb[source + 1])
                    rows[target + 2] += weight * Float(rgb[source + 2])
                }
            }
        }
        var bytes = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
        var sums = [Float](repeating: 0, count: newWidth * 3)
        for y in 0..<newHeight {
            for i in sums.indices { sums[i] = 0 }
            for (tap, weight) in down.taps(of: y) {
                let source = tap * newWidth * 3
                for i in sums.indices { sums[i] += weight * rows[source + i] }
            }
            for i in sums.indices {
                bytes[y * newWidth * 3 + i] = UInt8(min(max(sums[i] + 0.5, 0), 255))
            }
        }
        return Picture(width: newWidth, height: newHeight, rgb: bytes)
    }

    /// The largest centred square of the picture, resampled to `side` x `side`.
    public func centredSquare(side: Int) -> Picture {
        let shorter = min(width, height)
        return cropped(
            x: (width - shorter) / 2, y: (height - shorter) / 2, width: shorter, height: shorter
        ).resized(width: side, height: side)
    }

    /// The picture with every pixel repeated `factor` times in both directions.
    public func enlarged(by factor: Int) -> Picture {
        precondition(factor > 0, "an enlargement factor is positive")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rgb.count * factor * factor)
        for y in 0..<height {
            var row: [UInt8] = []
            row.reserveCapacity(width * factor * 3)
            for x in 0..<width {
                let pixel = rgb[((y * width + x) * 3)..<((y * width + x) * 3 + 3)]
                for _ in 0..<factor { row += pixel }
            }
            for _ in 0..<factor { bytes += row }
        }
        return Picture(width: width * factor, height: height * factor, rgb: bytes)
    }
}

/// Which old pixels make each new one along one direction, and how much of each.
private struct TentTaps {
    private var first: [Int] = []
    private var start: [Int] = [0]
    private var weights: [Float] = []

    init(from oldCount: Int, to newCount: Int) {
        let scale = Double(oldCount) / Double(newCount)
        let reach = max(1, scale)
        for new in 0..<newCount {
            let centre = (Double(new) + 0.5) * scale
            let low = max(0, Int((centre - reach).rounded(.down)))
            let high = min(oldCount - 1, Int((centre + reach).rounded(.up)))
            let raw = (low...high).map { max(0, 1 - abs(Double($0) + 0.5 - centre) / reach) }
            let total = raw.reduce(0, +)
            first.append(low)
            weights += raw.map { Float($0 / total) }
            start.append(weights.count)
        }
    }

    func taps(of new: Int) -> Zip2Sequence<Range<Int>, ArraySlice<Float>> {
        let share = weights[start[new]..<start[new + 1]]
        return zip(first[new]..<(first[new] + share.count), share)
    }
}
