import Foundation

/// What the numbers along an axis count.
public enum AxisUnit: Hashable, Sendable {
    /// Anything: steps, losses.
    case number
    /// Seconds that have passed.
    case duration
    /// Seconds since 1970, told as the time of day that many seconds east of Greenwich.
    case clock(secondsFromUTC: Int)
}

extension AxisTicks {
    /// Distances of ticks that a clock's hand knows, in seconds.
    private static let steps: [Double] =
        [1, 2, 5, 10, 15, 30].flatMap { [$0, $0 * 60] }.sorted()
        + [1, 2, 3, 6, 12, 24, 48, 168, 336, 672, 1344, 2688, 8760, 87_600].map { $0 * 3600 }

    /// Round times in a range, named as the unit has them.
    public static func times(
        _ range: ClosedRange<Double>, _ unit: AxisUnit, atMost count: Int
    ) -> AxisTicks {
        let span = range.upperBound - range.lowerBound
        let offset: Double
        switch unit {
        case .number: return linear(range, atMost: count)
        case .duration: offset = 0
        case .clock(let seconds): offset = Double(seconds)
        }
        guard span.isFinite, span > 0, abs(range.lowerBound) < 1e15, abs(range.upperBound) < 1e15
        else { return linear(range, atMost: count) }
        let most = Double(max(count, 1))
        guard let step = steps.first(where: { span / $0 + 1 <= most }) ?? steps.last, span >= 2,
            span / step < 1000
        else { return linear(range, atMost: count) }
        let first = ceil((range.lowerBound + offset) / step)
        let last = floor((range.upperBound + offset) / step)
        guard first <= last else {
            return AxisTicks(
                values: [range.lowerBound], labels: [text(range.lowerBound, unit, step: 1)])
        }
        let values = (0...Int(last - first)).map { (first + Double($0)) * step - offset }
        return AxisTicks(values: values, labels: values.map { text($0, unit, step: step) })
    }

    /// A time as its unit has it, as finely as the distance of neighbours needs.
    public static func text(_ value: Double, _ unit: AxisUnit, step: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return label(value, step: step) }
        switch unit {
        case .number: return label(value, step: step)
        case .duration:
            return value < 0
                ? "-" + duration(-value, step: step) : duration(value, step: step)
        case .clock(let seconds): return clock(value + Double(seconds), step: step)
        }
    }

    private static func duration(_ value: Double, step: Double) -> String {
        if value < 10, value != value.rounded() { return label(value, step: 0) + "s" }
        let whole = Int(value.rounded())
        let (days, hours) = (whole / 86_400, whole / 3600 % 24)
        let (minutes, seconds) = (whole / 60 % 60, whole % 60)
        if days > 0 { return "\(days)d" + (step < 86_400 ? "\(hours)h" : "") }
        if hours > 0 { return "\(hours)h" + (step < 3600 ? two(minutes) : "") }
        if minutes > 0 { return "\(minutes)m" + (step < 60 ? two(seconds) : "") }
        return whole == 0 ? "0" : "\(seconds)s"
    }

    private static func clock(_ local: Double, step: Double) -> String {
        let whole = Int(local.rounded(.down))
        let day = whole >= 0 ? whole / 86_400 : (whole - 86_399) / 86_400
        let second = whole - day * 86_400
        // Midnight is told as the day that begins.
        if step >= 86_400 || (second == 0 && step >= 60) { return date(day) }
        let text = "\(two(second / 3600)):\(two(second / 60 % 60))"
        return step < 60 ? text + ":\(two(second % 60))" : text
    }

    /// The month and day of a number of days since 1970.
    ///
    /// - Reference: Hinnant, chrono-compatible low-level date algorithms (civil_from_days).
    private static func date(_ days: Int) -> String {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * month + 2) / 5 + 1
        let names = ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return (month < 10 ? names[month] : ["Jan", "Feb"][month - 10]) + " \(day)"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
