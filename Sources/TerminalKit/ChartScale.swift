import Foundation

/// How values are laid along an axis.
public enum AxisScale: String, CaseIterable, Hashable, Sendable {
    /// Equal distances for equal differences.
    case linear
    /// Equal distances for equal ratios; values of 0 and less have no place.
    case logarithmic = "log"
    /// Logarithmic away from zero in both directions, linear near it.
    case symmetric = "symlog"
}

/// The range of values an axis shows, and where in it a value lies.
public struct ChartScale: Hashable, Sendable {
    /// The values at its ends.
    public let range: ClosedRange<Double>
    /// How values are laid between them.
    public let kind: AxisScale
    /// Where the symmetric scale turns from linear to logarithmic, above 0.
    public let threshold: Double
    private let lower: Double
    private let span: Double
    private let inverse: Double

    /// Makes a scale; one that is to be logarithmic over values of 0 and less is linear.
    ///
    /// The symmetric scale has three decades on the larger side of zero.
    public init(_ range: ClosedRange<Double>, _ kind: AxisScale = .linear) {
        self.range = range
        self.kind = kind == .logarithmic && range.lowerBound <= 0 ? .linear : kind
        let farthest = max(abs(range.lowerBound), abs(range.upperBound))
        let decade = farthest > 0 && farthest.isFinite ? floor(log10(farthest)) - 2 : 0
        // Of values near the smallest there are, no thousandth exists.
        let near = pow(10, max(decade, -300))
        threshold = near
        let low = ChartScale.place(range.lowerBound, self.kind, near)
        let high = ChartScale.place(range.upperBound, self.kind, near)
        lower = low
        span = high - low
        inverse = high > low ? 1 / (high - low) : 0
    }

    /// 0 at the lower end, 1 at the upper; NaN for what cannot be shown.
    public func share(_ value: Double) -> Double {
        guard span > 0 else { return value.isFinite ? 0.5 : .nan }
        if kind == .linear {
            // Where the span is too small or large for its inverse, the quotient still exists.
            return inverse.isNormal ? (value - lower) * inverse : (value - lower) / span
        }
        if kind == .logarithmic, value <= 0 { return .nan }
        return (ChartScale.place(value, kind, threshold) - lower) / span
    }

    /// The value at a share of the way, which may lie beyond the ends.
    public func value(at share: Double) -> Double {
        let place = lower + share * span
        switch kind {
        case .linear: return place
        case .logarithmic: return pow(10, place)
        case .symmetric:
            let size = threshold * (pow(10, abs(place)) - 1)
            return place < 0 ? -size : size
        }
    }

    /// Round values along the axis and their texts.
    public func ticks(atMost count: Int) -> AxisTicks {
        switch kind {
        case .linear: .linear(range, atMost: count)
        case .logarithmic: .logarithmic(range, atMost: count)
        case .symmetric: .symmetric(range, threshold: threshold, atMost: count)
        }
    }

    /// A range for values, never empty: a single value gets room around it.
    public static func enclosing(
        _ low: Double, _ high: Double, _ kind: AxisScale = .linear
    ) -> ClosedRange<Double> {
        guard low.isFinite, high.isFinite, low <= high else { return 0...1 }
        if kind == .logarithmic, low > 0 {
            if low < high { return low...high }
            return low / 2...max(high * 2, low)
        }
        if low < high, (high - low).isFinite { return low...high }
        let room = max(abs(low) * 0.1, 1e-6)
        return (low - room)...(high + room)
    }

    private static func place(_ value: Double, _ kind: AxisScale, _ threshold: Double) -> Double {
        switch kind {
        case .linear: return value
        case .logarithmic: return log10(value)
        case .symmetric:
            let size = log10(1 + abs(value) / threshold)
            return value < 0 ? -size : size
        }
    }
}
