/// How far a chart's values reach.
extension BrailleChart {
    /// The horizontal axis: as told, or over all points.
    var xScaleShown: ChartScale {
        var low = Double.infinity
        var high = -Double.infinity
        if let xRange {
            (low, high) = (xRange.lowerBound, xRange.upperBound)
        } else {
            // x ascends, so the ends tell; on a logarithmic axis the first that has a place.
            for line in series {
                for points in [line.points, line.raw] {
                    let hasPlace = { (x: Double) in
                        x.isFinite && (xScale != .logarithmic || x > 0)
                    }
                    if let first = points.first(where: { hasPlace($0.x) })?.x {
                        low = min(low, first)
                    }
                    if let last = points.last(where: { hasPlace($0.x) })?.x {
                        high = max(high, last)
                    }
                }
            }
        }
        let range =
            low < high
            ? ChartScale.enclosing(low, high, xScale)
            : low.isFinite ? low...(low + 1) : xScale == .logarithmic ? 1...10 : 0...1
        return ChartScale(range, xScale)
    }

    /// The y values that the vertical axis has to hold.
    func fittedY(in range: ClosedRange<Double>) -> ClosedRange<Double> {
        if let yRange { return yRange }
        let least = yScale == .logarithmic ? Double.leastNonzeroMagnitude : -.infinity
        func extent(_ choose: (ChartSeries) -> [ChartPoint]) -> (Double, Double) {
            var low = Double.infinity
            var high = -Double.infinity
            for line in series {
                ChartReduction.visible(choose(line), in: range).withUnsafeBufferPointer {
                    // A comparison with what is not a number fails.
                    for point in $0 where point.y >= least && abs(point.y) < .infinity {
                        if point.y < low { low = point.y }
                        if point.y > high { high = point.y }
                    }
                }
            }
            return (low, high)
        }
        let line = extent(\.points)
        let raw = extent(\.raw)
        guard line.0 <= line.1 else { return ChartScale.enclosing(raw.0, raw.1, yScale) }
        let fitted = ChartScale.enclosing(line.0, line.1, yScale)
        guard raw.0 <= raw.1, yScale == .linear else { return fitted }
        // One wild raw value must not flatten the lines: it may add half their span at most.
        let room = (fitted.upperBound - fitted.lowerBound) / 2
        return ChartScale.enclosing(
            min(fitted.lowerBound, max(raw.0, fitted.lowerBound - room)),
            max(fitted.upperBound, min(raw.1, fitted.upperBound + room)))
    }
}
