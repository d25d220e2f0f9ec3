import Foundation

/// The range of values a chart shows, and where in it a value lies.
struct ChartScale {
    let range: ClosedRange<Double>
    let isLogarithmic: Bool
    private let lower: Double
    private let span: Double

    init(_ range: ClosedRange<Double>, isLogarithmic: Bool) {
        self.range = range
        self.isLogarithmic = isLogarithmic && range.lowerBound > 0
        let low = self.isLogarithmic ? log10(range.lowerBound) : range.lowerBound
        let high = self.isLogarithmic ? log10(range.upperBound) : range.upperBound
        lower = low
        span = high - low
    }

    /// 0 at the lower end, 1 at the upper; NaN for what cannot be shown.
    func share(_ value: Double) -> Double {
        guard span > 0 else { return value.isFinite ? 0.5 : .nan }
        if isLogarithmic { return value > 0 ? (log10(value) - lower) / span : .nan }
        return (value - lower) / span
    }

    func ticks(atMost count: Int) -> AxisTicks {
        isLogarithmic
            ? .logarithmic(range, atMost: count) : .linear(range, atMost: count)
    }

    /// A range for values, never empty: a single value gets room around it.
    static func enclosing(_ low: Double, _ high: Double, isLogarithmic: Bool) -> ClosedRange<Double>
    {
        guard low.isFinite, high.isFinite, low <= high else { return 0...1 }
        if isLogarithmic, low > 0 {
            if low < high { return low...high }
            return low / 2...max(high * 2, low)
        }
        if low < high, (high - low).isFinite { return low...high }
        let room = max(abs(low) * 0.1, 1e-6)
        return (low - room)...(high + room)
    }
}
