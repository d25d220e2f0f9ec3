/// What is wrong with a JSON text, and where.
package struct JSONSyntaxError: Error, Equatable {
    /// Offset of the fault in bytes.
    package let offset: Int
    /// What is wrong, in a clause.
    package let problem: String
}

/// Reads a JSON text from front to back without building a tree.
///
/// Strict RFC 8259; a caller decides what to keep, so a large text costs no more memory than what
/// is kept of it. Foundation's reader keeps the last of two equal keys; here the caller sees both.
package struct JSONScanner {
    /// A number as it was written.
    package enum Number: Equatable {
        case integer(Int)
        case real(Double)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private static let deepest = 64

    /// Starts at the first byte of a text.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The first byte of the next value, white space skipped; zero at the end of the text.
    package mutating func peek() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    /// Reads an object; the closure must read the value that belongs to the key.
    package mutating func object(
        _ member: (inout JSONScanner, String) throws -> Void
    ) throws {
        try open("{", what: "an object")
        if peek() == UInt8(ascii: "}") { return close() }
        while true {
            let key = try string()
            try expect(":")
            try member(&self, key)
            if peek() == UInt8(ascii: "}") { return close() }
            try expect(",")
        }
    }

    /// Reads an array; the closure must read one element.
    package mutating func array(_ element: (inout JSONScanner) throws -> Void) throws {
        try open("[", what: "a list")
        if peek() == UInt8(ascii: "]") { return close() }
        while true {
            try element(&self)
            if peek() == UInt8(ascii: "]") { return close() }
            try expect(",")
        }
    }

    /// Reads a string.
    package mutating func string() throws -> String {
        guard peek() == UInt8(ascii: "\"") else { throw fault("a string was expected") }
        position += 1
        var start = position
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                text.append(contentsOf: bytes[start..<position])
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw fault("a string is not valid UTF-8")
                }
                position += 1
                return result
            case UInt8(ascii: "\\"):
                text.append(contentsOf: bytes[start..<position])
                position += 1
                text.append(contentsOf: try escape())
                start = position
            case 0..<0x20: throw fault("a control character stands in a string")
            default: position += 1
            }
        }
        throw fault("the text ends inside a string")
    }

    /// Reads a number; one that fits is an integer, as long as it has no fraction or exponent.
    package mutating func number() throws -> Number {
        _ = peek()
        let start = position
        func isDigit(_ place: Int) -> Bool {
            place < bytes.count && bytes[place] >= 0x30 && bytes[place] <= 0x39
        }
        func digits() throws {
            guard isDigit(position) else { throw fault("a number was expected") }
            while isDigit(position) { position += 1 }
        }
        if at("-") { position += 1 }
        if at("0") { position += 1 } else { try digits() }
        var isInteger = true
        if at(".") {
            isInteger = false
            position += 1
            try digits()
        }
        if at("e") || at("E") {
            isInteger = false
            position += 1
            if at("+") || at("-") { position += 1 }
            try digits()
        }
        guard position - start <= 400 else { throw fault("a number is too long") }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw fault("a number is out of range")
        }
        return .real(value)
    }

    /// Reads `true` or `false`.
    package mutating func flag() throws -> Bool {
        if peek() == UInt8(ascii: "t") {
            try word("true")
            return true
        }
        try word("false")
        return false
    }

    /// Reads `null`.
    package mutating func null() throws {
        _ = peek()
        try word("null")
    }

    /// Reads any value and forgets it.
    package mutating func skipValue() throws {
        switch peek() {
        case UInt8(ascii: "{"): try object { scanner, _ in try scanner.skipValue() }
        case UInt8(ascii: "["): try array { try $0.skipValue() }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try flag()
        case UInt8(ascii: "n"): try null()
        default: _ = try number()
        }
    }

    /// Makes sure that nothing but white space is left.
    package mutating func end() throws {
        _ = peek()
        guard position == bytes.count else { throw fault("text follows the end of the value") }
    }

    /// An error at the current place.
    package func fault(_ problem: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: position, problem: problem)
    }

    private func at(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard peek() == UInt8(ascii: character) else {
            throw fault("\"\(character)\" was expected")
        }
        position += 1
    }

    private mutating func open(_ bracket: Unicode.Scalar, what: String) throws {
        guard peek() == UInt8(ascii: bracket) else { throw fault("\(what) was expected") }
        guard depth < Self.deepest else { throw fault("the text is nested too deeply") }
        depth += 1
        position += 1
    }

    private mutating func close() {
        depth -= 1
        position += 1
    }

    private mutating func word(_ expected: StaticString) throws {
        let count = expected.utf8CodeUnitCount
        let matches =
            bytes.count - position >= count
            && (0..<count).allSatisfy { bytes[position + $0] == expected.utf8Start[$0] }
        guard matches else { throw fault("a value was expected") }
        position += count
    }

    /// The UTF-8 bytes of the escape sequence whose backslash has been read.
    private mutating func escape() throws -> [UInt8] {
        guard position < bytes.count else { throw fault("the text ends inside a string") }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var value = try fourHexDigits()
            if value & 0xFC00 == 0xD800 {
                guard at("\\") else { throw fault("half of a surrogate pair stands alone") }
                position += 1
                guard at("u") else { throw fault("half of a surrogate pair stands alone") }
                position += 1
                let low = try fourHexDigits()
                guard low & 0xFC00 == 0xDC00 else {
                    throw fault("half of a surrogate pair stands alone")
                }
                value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(value) else {
                throw fault("half of a surrogate pair stands alone")
            }
            return Array(UTF8.encode(scalar)!)
        default: throw fault("an unknown escape sequence stands in a string")
        }
    }

    private mutating func fourHexDigits() throws -> UInt32 {
        guard bytes.count - position >= 4 else { throw fault("the text ends inside a string") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("four hexadecimal digits were expected")
            }
            value = value << 4 + UInt32(digit)
        }
        position += 4
        return value
    }
}
