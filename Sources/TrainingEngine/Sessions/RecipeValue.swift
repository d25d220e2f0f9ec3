import TOMLKit

/// A value as TOML knows it, taken out of the parser's memory once.
enum RecipeValue {
    case integer(Int)
    case number(Double)
    case string(String)
    case boolean(Bool)
    case array([RecipeValue])
    case table
    case date

    /// Takes a parsed node; tables are looked at apart.
    init(_ node: any TOMLValueConvertible) {
        switch node.type {
        case .int: self = .integer(node.int ?? 0)
        case .double: self = .number(node.double ?? .nan)
        case .string: self = .string(node.string ?? "")
        case .bool: self = .boolean(node.bool ?? false)
        case .array: self = .array(node.array.map { $0.map { RecipeValue($0) } } ?? [])
        case .table: self = .table
        case .date, .time, .dateTime: self = .date
        }
    }

    /// The value as a number; TOML's integers are welcome where a number is.
    var asNumber: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// What an error says stood there.
    var described: String {
        switch self {
        case .integer(let value): "the integer \(value)"
        case .number(let value): "the number \(value)"
        case .string(let value): "the text \(RecipeText.quoted(String(value.prefix(60))))"
        case .boolean(let value): "\(value)"
        case .array(let values): "an array of \(values.count)"
        case .table: "a table"
        case .date: "a date or time"
        }
    }
}

/// How values are written into a resolved recipe.
enum RecipeText {
    /// A TOML basic string.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// An array of strings, one a line when it is long.
    static func array(_ texts: [String]) -> String {
        let items = texts.map(quoted)
        let short = "[" + items.joined(separator: ", ") + "]"
        return short.count <= 80 ? short : "[\n    " + items.joined(separator: ",\n    ") + ",\n]"
    }

    /// The words of a choice as an error lists them.
    static func choices(_ words: [String]) -> String {
        words.count == 1
            ? quoted(words[0])
            : words.dropLast().map(quoted).joined(separator: ", ") + " or "
                + quoted(words.last ?? "")
    }
}
