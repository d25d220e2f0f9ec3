/// A TOML 1.0 value; tables know the line of every key, so that errors can name it.
package enum TOMLValue: Sendable, Equatable {
    case integer(Int)
    case number(Double)
    case string(String)
    case boolean(Bool)
    /// A date, a time or both, as it was written.
    case date(String)
    case array([TOMLValue])
    case table(TOMLTable)

    /// The value as a number; TOML's integers are welcome where a number is.
    package var asNumber: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// What an error says stood there.
    package var described: String {
        switch self {
        case .integer(let value): "the number \(value)"
        case .number(let value): "the number \(value)"
        case .string(let value): "the text \(TOMLText.quoted(String(value.prefix(60))))"
        case .boolean(let value): "\(value)"
        case .date: "a date or time"
        case .array(let values): "an array of \(values.count)"
        case .table: "a table"
        }
    }
}

/// A table: values by key, each with its line.
package struct TOMLTable: Sendable, Equatable {
    /// One key's value and the line the key stands in.
    package struct Entry: Sendable, Equatable {
        package let line: Int
        package let value: TOMLValue
    }

    /// The line of the header, or of the first key that brought the table about; 1 for the root.
    package let line: Int
    /// All keys.
    package let entries: [String: Entry]

    /// The value of a key.
    package subscript(key: String) -> TOMLValue? { entries[key]?.value }

    /// The line of a key, or the table's own for a key that is not there.
    package func line(of key: String) -> Int { entries[key]?.line ?? line }

    /// The keys in the order of the text.
    package var keys: [String] { inOrder.map(\.key) }

    /// Keys and values in the order of the text.
    package var inOrder: [(key: String, value: TOMLValue)] {
        entries.sorted { ($0.value.line, $0.key) < ($1.value.line, $1.key) }
            .map { ($0.key, $0.value.value) }
    }
}
