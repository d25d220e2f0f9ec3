extension JSONValue {
    /// The text of the value in one line, without white space.
    public var compactText: String {
        var text = ""
        write(to: &text, indentation: nil, level: 0)
        return text
    }

    /// The text of the value as diffusers writes its files: indented by two, ended by a line feed.
    public var indentedText: String {
        var text = ""
        write(to: &text, indentation: 2, level: 0)
        return text + "\n"
    }

    private func write(to text: inout String, indentation: Int?, level: Int) {
        func line(_ level: Int) {
            guard let indentation else { return }
            text += "\n" + String(repeating: " ", count: indentation * level)
        }
        switch self {
        case .null: text += "null"
        case .flag(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        // JSON has no word for what is not finite.
        case .real(let value): text += value.isFinite ? value.description : "null"
        case .string(let value): Self.write(value, to: &text)
        case .array(let elements):
            text += "["
            for (place, element) in elements.enumerated() {
                if place > 0 { text += "," }
                line(level + 1)
                element.write(to: &text, indentation: indentation, level: level + 1)
            }
            if !elements.isEmpty { line(level) }
            text += "]"
        case .object(let members):
            text += "{"
            for (place, key) in members.keys.enumerated() {
                if place > 0 { text += "," }
                line(level + 1)
                Self.write(key, to: &text)
                text += indentation == nil ? ":" : ": "
                members[key]?.write(to: &text, indentation: indentation, level: level + 1)
            }
            if !members.keys.isEmpty { line(level) }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONValue: Codable {
    /// Reads any value that a decoder of a self-describing format holds.
    public init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: AnyKey.self) {
            var members = JSONObject()
            for key in container.allKeys {
                members[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
            }
            self = .object(members)
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var elements: [JSONValue] = []
            while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
            self = .array(elements)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .real(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    /// Hands the value to an encoder.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: AnyKey.self)
            for key in members.keys {
                try container.encode(members[key], forKey: AnyKey(stringValue: key))
            }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .null, .flag, .integer, .real, .string:
            var container = encoder.singleValueContainer()
            switch self {
            case .flag(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .real(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            default: try container.encodeNil()
            }
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
