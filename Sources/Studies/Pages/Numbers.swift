import Alignment
import Foundation

/// A number with so many decimals, as pages write it; a minus sign only before what is not 0.
func decimal(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "-" }
    let text = String(format: "%.\(digits)f", value)
    let isZero = text.allSatisfy { "-0.".contains($0) }
    return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
}

/// An estimate with its interval: `0.312 [0.280, 0.344]`.
func interval(_ estimate: Estimate?, _ digits: Int = 3) -> String {
    guard let estimate, estimate.value.isFinite else { return "-" }
    let value = decimal(estimate.value, digits)
    guard estimate.low.isFinite, estimate.high.isFinite else { return value }
    return "\(value) [\(decimal(estimate.low, digits)), \(decimal(estimate.high, digits))]"
}

/// A p value: two digits that count, and `< 0.001` below.
func probability(_ p: Double) -> String {
    guard p.isFinite else { return "-" }
    if p < 0.001 { return "< 0.001" }
    return String(format: p < 0.0995 ? "%.3f" : "%.2f", p)
}

/// A length of time: `1 h 12 min`, `4 min 10 s`, `35 s`.
public func durationText(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "-" }
    let whole = Int(seconds.rounded())
    if whole >= 3600 { return "\(whole / 3600) h \(whole / 60 % 60) min" }
    return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : "\(whole) s"
}

/// A setting as recipes write it: no more digits than it has.
func setting(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e7 { return String(Int(value)) }
    return String(format: "%g", value)
}

/// The first half of a table's cell text that Markdown would read otherwise.
func cell(_ text: String) -> String {
    text.replacingOccurrences(of: "|", with: "\\|").replacingOccurrences(of: "\n", with: " ")
}

/// Markdown's table.
func markdownTable(_ header: [String], _ rows: [[String]], numbersFrom: Int = 1) -> String {
    guard !rows.isEmpty else { return "" }
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let rule = header.indices.map { $0 < numbersFrom ? "---" : "---:" }
    return line(header.map(cell)) + line(rule) + rows.map { line($0.map(cell)) }.joined()
}
