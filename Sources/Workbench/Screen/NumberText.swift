import BenchProtocol

/// Numbers as the screen writes them: short, aligned, and a dash where there is none.
package enum NumberText {
    /// What stands where a number does not exist.
    package static let missing = "–"

    /// A number with a fixed count of decimals.
    package static func fixed(_ value: Double, _ decimals: Int, signed: Bool = false) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return missing }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e15 else { return scientific(value) }
        let units = Int(scaled)
        let whole = units / Int(scale)
        var text = "\(whole)"
        if decimals > 0 {
            let fraction = "\(units % Int(scale))"
            text += "." + String(repeating: "0", count: decimals - fraction.count) + fraction
        }
        if value < 0, units != 0 { return "-" + text }
        return signed ? "+" + text : text
    }

    /// About three significant digits, in at most seven columns.
    package static func short(_ value: Double, signed: Bool = false) -> String {
        guard value.isFinite else { return missing }
        let size = abs(value)
        if size == 0 { return "0" }
        if size >= 1e6 || size < 1e-3 { return scientific(value, signed: signed) }
        if size >= 100 { return fixed(value, 0, signed: signed) }
        if size >= 10 { return fixed(value, 1, signed: signed) }
        if size >= 1 { return fixed(value, 2, signed: signed) }
        return fixed(value, size < 0.1 ? 4 : 3, signed: signed)
    }

    /// A constant as a recipe has it: no trailing zeros.
    package static func constant(_ value: Double) -> String {
        guard value.isFinite else { return missing }
        if value == value.rounded(), abs(value) < 1e6 { return "\(Int(value))" }
        if abs(value) < 1e-2 || abs(value) >= 1e6 { return scientific(value) }
        var text = fixed(value, 4)
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }

    /// One digit, its decimals where there are any, and the power of ten.
    package static func scientific(_ value: Double, signed: Bool = false) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : missing }
        var size = abs(value)
        var exponent = 0
        while size >= 10 {
            size /= 10
            exponent += 1
        }
        while size < 1 {
            size *= 10
            exponent -= 1
        }
        var tenths = Int((size * 10).rounded())
        if tenths >= 100 {
            tenths /= 10
            exponent += 1
        }
        let digits = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
        let sign = value < 0 ? "-" : signed ? "+" : ""
        return "\(sign)\(digits)e\(exponent)"
    }

    /// A share of one without its zero: `.89`, `1.0`.
    package static func share(_ value: Double) -> String {
        let text = fixed(value, 2)
        if text == "1.00" { return "1.0" }
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
    }

    /// A share as a percentage without decimals.
    package static func percent(_ value: Double) -> String {
        value.isFinite ? fixed(value * 100, 0) + "%" : missing
    }

    /// A duration in its largest unit or two: `8s`, `12m`, `3h05m`, `2d4h`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return missing }
        let whole = Int(seconds)
        if whole < 60 { return "\(whole)s" }
        if whole < 3600 { return "\(whole / 60)m" }
        if whole < 86400 {
            let minutes = whole % 3600 / 60
            return "\(whole / 3600)h\(minutes < 10 ? "0" : "")\(minutes)m"
        }
        return "\(whole / 86400)d\(whole % 86400 / 3600)h"
    }

    /// How long ago something was: `just now`, `2m ago`.
    package static func age(_ seconds: Double) -> String {
        guard seconds.isFinite else { return missing }
        return seconds < 10 ? "just now" : duration(ageStep(seconds)) + " ago"
    }

    /// Ages under a minute count by tens, so that an idle screen wakes seldom.
    private static func ageStep(_ seconds: Double) -> Double {
        seconds < 60 ? (seconds / 10).rounded(.down) * 10 : seconds
    }

    /// When `age` reads differently.
    package static func secondsUntilAgeChanges(_ seconds: Double) -> Double {
        guard seconds.isFinite, seconds >= 0 else { return 10 }
        let unit = seconds < 60 ? 10.0 : 60.0
        return unit - seconds.truncatingRemainder(dividingBy: unit) + 0.05
    }

    /// A count of bytes.
    package static func bytes(_ count: Int) -> String { ByteText.text(count) }

    /// A time of day in UTC, as the log shows it.
    package static func clock(_ time: Double) -> String {
        guard time.isFinite, time >= 0, time < 1e12 else { return "--:--:--" }
        let seconds = Int(time) % 86400
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// A day in UTC without its year: `11-22`.
    package static func day(_ time: Double) -> String {
        guard time.isFinite, time >= 0, time < 1e12 else { return "--.--" }
        // Days since 0000-03-01, after Howard Hinnant's "chrono-compatible low-level date algorithms".
        let days = Int(time) / 86400 + 719_468
        let ofEra = days % 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let shifted = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(month))-\(two(day))"
    }
}
