/// Reads TOML 1.0; whatever the bytes, it ends with a table or an error that names a line.
package struct TOMLParser {
    /// The most parts of a dotted key, and the deepest nesting of a value: arrays, inline tables and
    /// the parts of the keys in those count together, as each costs the stack a level.
    private static let deepest = 64

    var bytes: [UInt8]
    var position = 0
    var line = 1

    /// Reads a text.
    ///
    /// - Throws: ``TOMLError`` at the first thing that is not TOML.
    package static func parse(_ text: String) throws(TOMLError) -> TOMLTable {
        var parser = TOMLParser(bytes: Array(text.utf8))
        return try parser.document()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    // MARK: The text

    private mutating func document() throws(TOMLError) -> TOMLTable {
        let root = TOMLTree(line: 1, origin: .header)
        var current = root
        while true {
            skipBlanks()
            switch peek {
            case nil: return root.table
            case UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
            case UInt8(ascii: "["): current = try header(root)
            default:
                let start = line
                let path = try keyPath()
                try expect("=", after: "a key")
                try current.set(path, to: try value(depth: 0), line: start)
            }
            try endOfLine()
        }
    }

    private mutating func header(_ root: TOMLTree) throws(TOMLError) -> TOMLTree {
        position += 1
        let isArray = peek == UInt8(ascii: "[")
        if isArray { position += 1 }
        let path = try keyPath()
        try expect("]", after: "a table's name")
        if isArray {
            guard peek == UInt8(ascii: "]") else { throw error("\"]]\" expected") }
            position += 1
        }
        return try root.open(path, isArray: isArray, line: line)
    }

    /// Blanks and a comment, then a line break or the end.
    private mutating func endOfLine() throws(TOMLError) {
        try skipComment()
        guard peek != nil else { return }
        guard try skipLineBreak() else {
            throw error("the line should end before \(shown)")
        }
    }

    // MARK: Keys

    private mutating func keyPath() throws(TOMLError) -> [String] {
        var path: [String] = []
        while true {
            skipBlanks()
            path.append(try key())
            guard path.count <= Self.deepest else { throw error("a key of too many parts") }
            skipBlanks()
            guard peek == UInt8(ascii: ".") else { return path }
            position += 1
        }
    }

    private mutating func key() throws(TOMLError) -> String {
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let isLong = peek(1) == peek && peek(2) == peek
            guard !isLong else { throw error("a key cannot have three quotes") }
            return try string()
        default:
            let start = position
            while let byte = peek, Self.isBare(byte) { position += 1 }
            guard position > start else { throw error("a key expected, not \(shown)") }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
    }

    /// Whether a key may have the byte without quotes.
    static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
        guard depth < Self.deepest else { throw error("values nested too deeply") }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string())
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "{"): return try inlineTable(depth: depth)
        default: return try scalar()
        }
    }

    private mutating func array(depth: Int) throws(TOMLError) -> TOMLValue {
        let start = line
        position += 1
        var values: [TOMLValue] = []
        while true {
            try skipLines()
            guard peek != nil else {
                throw TOMLError(line: start, reason: "\"[\" without its \"]\"")
            }
            if peek == UInt8(ascii: "]") { break }
            values.append(try value(depth: depth + 1))
            try skipLines()
            if peek == UInt8(ascii: ",") {
                position += 1
            } else if peek != nil, peek != UInt8(ascii: "]") {
                throw error("\",\" or \"]\" expected in an array, not \(shown)")
            }
        }
        position += 1
        return .array(values)
    }

    private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLValue {
        let tree = TOMLTree(line: line, origin: .inline)
        position += 1
        skipBlanks()
        if peek == UInt8(ascii: "}") {
            position += 1
            return .table(tree.table)
        }
        while true {
            let path = try keyPath()
            try expect("=", after: "a key")
            let start = line
            try tree.set(path, to: try value(depth: depth + path.count), line: start)
            skipBlanks()
            switch peek {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .table(tree.table)
            default: throw error("\",\" or \"}\" expected in an inline table, not \(shown)")
            }
        }
    }

    // MARK: Bytes

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    func peek(_ ahead: Int) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    /// What an error says of the place the parser is at.
    var shown: String {
        guard let byte = peek else { return "the end" }
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return "the line's end" }
        let rest = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
        return TOMLText.quoted(String(rest.prefix(1)))
    }

    func error(_ reason: String) -> TOMLError { TOMLError(line: line, reason: reason) }

    private mutating func expect(_ sign: String, after what: String) throws(TOMLError) {
        skipBlanks()
        guard peek == sign.utf8.first else {
            throw error("\"\(sign)\" expected after \(what), not \(shown)")
        }
        position += 1
    }

    mutating func skipBlanks() {
        while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
            position += 1
        }
    }

    private mutating func skipComment() throws(TOMLError) {
        skipBlanks()
        guard peek == UInt8(ascii: "#") else { return }
        while let byte = peek, byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") { return }
            try refuseControl(byte)
            position += 1
        }
    }

    /// Takes a line break, if there is one.
    mutating func skipLineBreak() throws(TOMLError) -> Bool {
        if peek == UInt8(ascii: "\r") {
            guard peek(1) == UInt8(ascii: "\n") else { throw error("a carriage return alone") }
            position += 1
        }
        guard peek == UInt8(ascii: "\n") else { return false }
        position += 1
        line += 1
        return true
    }

    /// Blanks, comments and line breaks, as they may stand between an array's values.
    private mutating func skipLines() throws(TOMLError) {
        repeat { try skipComment() } while try skipLineBreak()
    }

    /// Comments and strings may hold no control characters but tabs.
    func refuseControl(_ byte: UInt8) throws(TOMLError) {
        if (byte < 0x20 && byte != 0x09) || byte == 0x7F {
            throw error("the control character \(byte)")
        }
    }
}
