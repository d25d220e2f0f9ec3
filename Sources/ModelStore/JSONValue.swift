/// A JSON text as a tree that keeps the order of keys and tells integers from reals.
public enum JSONValue: Sendable, Equatable {
    /// Nothing: Python's `None`.
    case null
    /// A truth value.
    case flag(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int)
    /// Any other number; always finite.
    case real(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// The members, where the value is an object.
    public var members: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The text, where the value is a string.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number as a Double, where the value is one.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        default: nil
        }
    }

    /// The number as an integer, where the value is a whole one: Python writes `1` and `1.0` alike.
    public var integer: Int? {
        switch self {
        case .integer(let value): value
        case .real(let value): Int(exactly: value)
        default: nil
        }
    }
}

/// The members of a JSON object in the order of the text; a key occurs once.
public struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// Keys in order.
    public private(set) var keys: [String] = []
    private var values: [String: JSONValue] = [:]

    /// An empty object.
    public init() {}

    /// The members in the given order; a later value replaces an earlier one of the same key.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// The value of a key; setting nil removes the key, a new key goes to the end.
    public subscript(key: String) -> JSONValue? {
        get { values[key] }
        set {
            let old = values.updateValue(newValue ?? .null, forKey: key)
            if old == nil { keys.append(key) }
            if newValue == nil {
                values[key] = nil
                keys.removeAll { $0 == key }
            }
        }
    }

    /// The same members, ordered by the bytes of their keys.
    public var sorted: JSONObject {
        var result = self
        result.keys.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return result
    }

    /// Whether the same keys have the same values, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.values == right.values
    }
}

extension JSONValue {
    /// Reads the JSON text in a file.
    ///
    /// - Parameter limit: the largest length in bytes that is read at all.
    /// - Throws: `ModelStoreError` of kind `unreadable`, `tooLarge`, `malformed` or `duplicateName`.
    public static func read(_ path: String, limit: Int = 4 << 20) throws -> JSONValue {
        try parse(RegularFile.contents(of: path, limit: limit), file: path)
    }

    /// Reads a JSON text.
    ///
    /// - Parameter file: the name for error messages.
    /// - Throws: `ModelStoreError` of kind `malformed` or `duplicateName`.
    public static func parse(_ bytes: [UInt8], file: String) throws -> JSONValue {
        var scanner = JSONScanner(bytes)
        do {
            let value = try scanner.value(file: file)
            try scanner.end()
            return value
        } catch let error as JSONSyntaxError {
            throw ModelStoreError(
                .malformed, file: file,
                problem: "is not valid JSON: \(error.problem) at byte \(error.offset)",
                advice: "correct the text or fetch the file again")
        }
    }
}

extension JSONScanner {
    /// Reads any value as a tree.
    fileprivate mutating func value(file: String) throws -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{"):
            var members = JSONObject()
            try object { scanner, key in
                guard members[key] == nil else {
                    throw ModelStoreError(
                        .duplicateName, file: file, subject: key, problem: "the key occurs twice",
                        advice: "keep one of the two")
                }
                members[key] = try scanner.value(file: file)
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try array { elements.append(try $0.value(file: file)) }
            return .array(elements)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .flag(try flag())
        case UInt8(ascii: "n"):
            try null()
            return .null
        default:
            switch try number() {
            case .integer(let value): return .integer(value)
            case .real(let value): return .real(value)
            }
        }
    }
}
