import Foundation

/// Round values on an axis and their texts.
public struct AxisTicks: Hashable, Sendable {
    /// The values, ascending.
    public let values: [Double]
    /// One text for each value.
    public let labels: [String]

    /// Round values in a range, at steps of 1, 2 or 5 times a power of ten.
    ///
    /// - Parameters:
    ///   - count: the most there may be; at least one is tried for.
    ///   - isWhole: whether only whole numbers mean anything.
    public static func linear(
        _ range: ClosedRange<Double>, atMost count: Int, isWhole: Bool = false
    ) -> AxisTicks {
        let span = range.upperBound - range.lowerBound
        guard span > 0, span.isFinite, count > 0 else {
            return AxisTicks(values: [range.lowerBound], labels: [label(range.lowerBound, step: 0)])
        }
        let rough = span / Double(max(count - 1, 1))
        var magnitude = pow(10, floor(log10(rough)))
        if magnitude == 0 || !magnitude.isFinite { magnitude = rough }
        var step = magnitude
        for factor in [1.0, 2, 5, 10, 20, 50, 100] {
            step = magnitude * factor
            let first = ceil(range.lowerBound / step - 1e-9)
            let last = floor(range.upperBound / step + 1e-9)
            if last - first + 1 <= Double(count) { break }
        }
        if isWhole { step = max(step, 1) }
        let first = ceil(range.lowerBound / step - 1e-9)
        let last = floor(range.upperBound / step + 1e-9)
        guard last >= first, last - first < 1000 else {
            return AxisTicks(values: [range.lowerBound], labels: [label(range.lowerBound, step: 0)])
        }
        let values = (0...Int(last - first)).map { (first + Double($0)) * step }
        return AxisTicks(values: values, labels: values.map { label($0, step: step) })
    }

    /// Powers of ten in a range of positive values; with few decades, 2 and 5 times them too.
    public static func logarithmic(_ range: ClosedRange<Double>, atMost count: Int) -> AxisTicks {
        guard range.lowerBound > 0, range.upperBound > range.lowerBound, count > 0 else {
            return linear(range, atMost: count)
        }
        let first = Int(floor(log10(range.lowerBound)))
        let last = Int(ceil(log10(range.upperBound)))
        func inside(_ factors: [Double], every: Int) -> [Double] {
            stride(from: first, through: last, by: every).flatMap { power in
                factors.map { $0 * pow(10, Double(power)) }
            }.filter { range.contains($0) }
        }
        var values = inside([1, 2, 5], every: 1)
        var every = 1
        if values.count > count { values = inside([1], every: 1) }
        while values.count > count, every < 1000 {
            every += 1
            values = inside([1], every: every)
        }
        if values.isEmpty { return linear(range, atMost: count) }
        return AxisTicks(values: values, labels: values.map { label($0, step: 0) })
    }

    /// Zero, and powers of ten away from it on either side, as many as fit.
    ///
    /// - Parameter threshold: where the scale turns from linear to logarithmic.
    public static func symmetric(
        _ range: ClosedRange<Double>, threshold: Double, atMost count: Int
    ) -> AxisTicks {
        let farthest = max(abs(range.lowerBound), abs(range.upperBound))
        guard threshold > 0, farthest > threshold, farthest.isFinite, count > 0 else {
            return linear(range, atMost: count)
        }
        let first = Int(floor(log10(threshold)))
        let last = Int(floor(log10(farthest)))
        // From the largest power down, so that a wider stride keeps the ends of the axis.
        for every in 1...max(1, last - first + 1) {
            let powers = stride(from: last, through: first, by: -every).map { pow(10, Double($0)) }
            let all = powers.map { -$0 } + [0] + powers.reversed()
            let inside = all.filter { range.contains($0) }
            if inside.count < 2 { break }
            if inside.count <= max(count, 2) {
                return AxisTicks(values: inside, labels: inside.map { label($0, step: 0) })
            }
        }
        return linear(range, atMost: count)
    }

    /// A short text of a value: as many decimals as the step needs, k and M for thousands.
    ///
    /// - Parameter step: the distance of neighbours; 0 shows three significant digits.
    public static func label(_ value: Double, step: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        if abs(value) < step * 1e-6 || value == 0 { return "0" }
        let size = abs(value)
        if size >= 1e9 || size < 1e-3 { return trimmedExponent(value) }
        let scale: (Double, String) =
            size >= 1e6 ? (1e6, "M") : size >= 1e4 ? (1e3, "k") : (1, "")
        let shown = value / scale.0
        let wanted = step > 0 ? step / scale.0 : pow(10, floor(log10(abs(shown))) - 2)
        let decimals = min(max(Int(ceil(-log10(wanted) - 1e-9)), 0), 6)
        var text = String(format: "%.\(decimals)f", shown)
        if step == 0, text.contains(".") {
            while text.last == "0" { text.removeLast() }
            if text.last == "." { text.removeLast() }
        }
        return text + scale.1
    }

    private static func trimmedExponent(_ value: Double) -> String {
        let parts = String(format: "%.1e", value).split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return "\(value)" }
        let mantissa = parts[0].hasSuffix(".0") ? parts[0].dropLast(2) : parts[0]
        return "\(mantissa)e\(exponent)"
    }
}
