/// Fewer points that light the same dots.
enum ChartReduction {
    /// The points of a range and one neighbour on either side, at most four a dot column.
    ///
    /// Of the points that fall into one column of dots the first, the lowest, the highest and the
    /// last are kept, which draw the same line; values that the scale has no place for become gaps.
    ///
    /// - Reference: Jugel and others, M4: a visualization-oriented time series data aggregation,
    ///   VLDB 2014.
    static func reduced(
        _ points: [ChartPoint], to x: ChartScale, columns: Int, positiveOnly: Bool
    ) -> [ChartPoint] {
        let shown = visible(points, in: x.range)
        guard columns > 1, shown.count > 4 * columns else {
            guard positiveOnly else { return Array(shown) }
            return shown.map { $0.y > 0 ? $0 : ChartPoint(x: $0.x, y: .nan) }
        }
        return shown.withUnsafeBufferPointer {
            reduced(
                $0, to: x, columns: columns,
                least: positiveOnly ? .leastNonzeroMagnitude : -.infinity)
        }
    }

    private static func reduced(
        _ points: UnsafeBufferPointer<ChartPoint>, to x: ChartScale, columns: Int, least: Double
    ) -> [ChartPoint] {
        var kept: [ChartPoint] = []
        kept.reserveCapacity(4 * columns + 16)
        var group = Group()
        // The column changes where x passes its right border; no division for each point.
        var border = -Double.infinity
        let across = Double(columns - 1)
        var previous = -Double.infinity
        for point in points {
            // A comparison with what is not a number fails.
            guard point.y >= least, abs(point.y) < .infinity, abs(point.x) < .infinity else {
                group.close(into: &kept)
                kept.append(ChartPoint(x: point.x, y: .nan))
                continue
            }
            if point.x >= border || point.x < previous {
                group.close(into: &kept)
                let place = x.share(point.x) * across + 0.5
                guard place.isFinite else {
                    // Nothing of 0 and less has a place on a logarithmic axis.
                    kept.append(ChartPoint(x: point.x, y: .nan))
                    border = -.infinity
                    continue
                }
                let column = min(max(place, -2), across + 2).rounded(.down)
                border = x.value(at: (column + 0.5) / across)
            }
            previous = point.x
            group.add(point)
        }
        group.close(into: &kept)
        return kept
    }

    /// The points in a range of x and one neighbour on either side, found by bisection.
    static func visible(
        _ points: [ChartPoint], in range: ClosedRange<Double>
    ) -> ArraySlice<ChartPoint> {
        func firstIndex(_ isPast: (Double) -> Bool) -> Int {
            var low = 0
            var high = points.count
            while low < high {
                let middle = (low + high) / 2
                if isPast(points[middle].x) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let first = max(firstIndex { $0 >= range.lowerBound } - 1, 0)
        let end = min(firstIndex { $0 > range.upperBound } + 1, points.count)
        return first < end ? points[first..<end] : []
    }

    /// The points of one column so far.
    private struct Group {
        private var count = 0
        private var first = ChartPoint(x: 0, y: 0)
        private var last = ChartPoint(x: 0, y: 0)
        private var lowest = ChartPoint(x: 0, y: 0)
        private var highest = ChartPoint(x: 0, y: 0)

        @inline(__always)
        mutating func add(_ point: ChartPoint) {
            if count == 0 {
                (first, lowest, highest) = (point, point, point)
            } else {
                if point.y < lowest.y { lowest = point }
                if point.y > highest.y { highest = point }
            }
            last = point
            count += 1
        }

        mutating func close(into kept: inout [ChartPoint]) {
            defer { count = 0 }
            guard count > 0 else { return }
            kept.append(first)
            guard count > 1 else { return }
            let (early, late) = lowest.x <= highest.x ? (lowest, highest) : (highest, lowest)
            if early != first { kept.append(early) }
            if late != last, late != first { kept.append(late) }
            kept.append(last)
        }
    }
}
