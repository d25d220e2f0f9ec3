/// Words and numbers as exported files have them.
enum FileText {
    /// A field of CSV, quoted where it has to be.
    static func csv(_ text: String) -> String {
        guard text.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    /// Rows of fields as CSV.
    static func csv(rows: [[String]]) -> String {
        rows.map { row in row.map(csv).joined(separator: ",") + "\n" }.joined()
    }

    /// A number in full, or nothing where there is none.
    static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }

    /// A number in full, or null.
    static func jsonNumber(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

    /// A JSON string.
    static func json(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// A JSON object of values that are JSON already.
    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(json($0)): \($1)" }.joined(separator: ", ") + "}"
    }

    /// A JSON array of values that are JSON already.
    static func array(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }
}
