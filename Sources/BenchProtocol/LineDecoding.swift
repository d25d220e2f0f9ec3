/// Where in a line a value stands, for errors only.
indirect enum LinePath {
    case root
    case field(String, in: LinePath)
    case item(Int, in: LinePath)

    /// The path as it is written in errors: `lanes[1].settings.beta`.
    var text: String {
        switch self {
        case .root: ""
        case .field(let name, .root): name
        case .field(let name, let outer): "\(outer.text).\(name)"
        case .item(let index, let outer): "\(outer.text)[\(index)]"
        }
    }
}

/// What every container of one line shares.
final class LineSource {
    let scanner: LineScanner
    /// The line's `type`; empty for an object that is no message.
    let type: String

    init(scanner: LineScanner, type: String) {
        self.scanner = scanner
        self.type = type
    }

    func fault(_ path: LinePath, _ problem: String) -> LineError {
        .badField(type: type, field: path.text, problem: problem)
    }

    func isNull(at offset: Int) -> Bool { scanner.bytes[offset] == 0x6E }

    func number(at offset: Int, _ path: LinePath) throws(LineError) -> Double {
        let first = scanner.bytes[offset]
        guard first == 0x2D || first &- 0x30 < 10, let value = Double(text(at: offset)) else {
            throw fault(path, "must be a number")
        }
        guard value.isFinite else { throw fault(path, "is a number too large for 64 bits") }
        return value
    }

    private func text(at offset: Int) -> String {
        String(decoding: scanner.bytes[offset..<scanner.skipValue(offset)], as: UTF8.self)
    }

    private func integer<Whole: FixedWidthInteger>(
        at offset: Int, _ path: LinePath, as type: Whole.Type
    ) throws(LineError) -> Whole {
        if let value = Whole(text(at: offset)) { return value }
        // Other languages write whole numbers as 3.0; beyond 2^53 that would lose digits.
        let number = try number(at: offset, path)
        guard abs(number) <= 0x1p53, let value = Whole(exactly: number) else {
            throw fault(path, "must be a whole number that fits \(Whole.bitWidth) bits")
        }
        return value
    }

    /// Decodes the value at `offset`; the kinds that lines are made of directly.
    func decode<Value: Decodable>(
        _ type: Value.Type, at offset: Int, _ path: LinePath
    ) throws -> Value {
        if Value.self == Reading.self {
            let value = isNull(at: offset) ? Double.nan : try number(at: offset, path)
            return Reading(wrappedValue: value) as! Value
        }
        if Value.self == Int.self { return try integer(at: offset, path, as: Int.self) as! Value }
        if Value.self == Double.self { return try number(at: offset, path) as! Value }
        if Value.self == String.self {
            guard let text = scanner.string(at: offset) else {
                throw fault(path, "must be a string")
            }
            return text as! Value
        }
        if Value.self == Bool.self {
            switch scanner.bytes[offset] {
            case 0x74: return true as! Value
            case 0x66: return false as! Value
            default: throw fault(path, "must be true or false")
            }
        }
        if Value.self == [UInt8].self {
            guard let raw = scanner.rawString(at: offset), let bytes = LineBase64.decode(raw)
            else { throw fault(path, "must be a string of base64") }
            return bytes as! Value
        }
        if let whole = Value.self as? any FixedWidthInteger.Type {
            return try integer(at: offset, path, as: whole) as! Value
        }
        return try Value(from: LineDecoding(source: self, offset: offset, path: path))
    }
}

/// Reads the `Codable` form of a message from a line; the mirror image of `LineEncoding`.
struct LineDecoding: Decoder {
    let source: LineSource
    let offset: Int
    let path: LinePath
    /// Whether the outermost container names the case of a message.
    var isMessage = false
    var codingPath: [any CodingKey] { [LineKey(path.text)] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        guard source.scanner.bytes[offset] == 0x7B else {
            throw source.fault(path, "must be an object")
        }
        return KeyedDecodingContainer(
            LineMembers(
                source: source, cursor: LineCursor(source.scanner, offset), path: path,
                isMessage: isMessage))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard source.scanner.bytes[offset] == 0x5B else {
            throw source.fault(path, "must be an array")
        }
        return LineElements(source: source, arrayAt: offset, path: path)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        LineSingle(source: source, offset: offset, path: path)
    }
}

/// A key made of any text.
private struct LineKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}

/// Finds the members of one object, starting each search where the last one ended.
///
/// Fields are mostly asked for in the order in which they were written, so nothing is indexed.
/// Of a field that is there twice, the one that is met first counts.
private final class LineCursor {
    let scanner: LineScanner
    let start: Int
    private var position: Int

    init(_ scanner: LineScanner, _ object: Int) {
        self.scanner = scanner
        start = object
        position = scanner.skipSpace(object + 1)
    }

    /// The offset of the value of a field named as Swift names it.
    func find(_ name: String) -> Int? {
        let stop = position
        var wrapped = false
        while true {
            if scanner.bytes[position] == 0x7D {
                guard !wrapped else { return nil }
                wrapped = true
                position = scanner.skipSpace(start + 1)
                if scanner.bytes[position] == 0x7D { return nil }
            }
            if wrapped, position >= stop { return nil }
            let value = valueOffset(ofMemberAt: position)
            if matches(memberAt: position, name) { return value }
            position = after(value)
        }
    }

    /// The names of all members.
    var names: [String] {
        var names: [String] = []
        var position = scanner.skipSpace(start + 1)
        while scanner.bytes[position] != 0x7D {
            names.append(scanner.string(at: position)!)
            position = after(valueOffset(ofMemberAt: position))
        }
        return names
    }

    private func valueOffset(ofMemberAt position: Int) -> Int {
        scanner.skipSpace(scanner.skipSpace(scanner.skipValue(position)) + 1)
    }

    private func after(_ value: Int) -> Int {
        let end = scanner.skipSpace(scanner.skipValue(value))
        return scanner.bytes[end] == 0x2C ? scanner.skipSpace(end + 1) : end
    }

    private func matches(memberAt position: Int, _ name: String) -> Bool {
        let raw = scanner.rawString(at: position)!
        guard !raw.contains(0x5C) else { return scanner.string(at: position) == snakeCase(name) }
        var index = raw.startIndex
        var same = true
        forEachSnakeCaseByte(of: name) { byte in
            same = index < raw.endIndex && raw[index] == byte
            index += 1
            return same
        }
        return same && index == raw.endIndex
    }
}

/// The fields of an object, or the case of a message and then its fields.
private struct LineMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let source: LineSource
    let cursor: LineCursor
    let path: LinePath
    let isMessage: Bool
    var codingPath: [any CodingKey] { [LineKey(path.text)] }

    var allKeys: [Key] {
        guard isMessage else { return cursor.names.compactMap { Key(stringValue: camelCase($0)) } }
        guard let key = Key(stringValue: camelCase(source.type)),
            snakeCase(key.stringValue) == source.type
        else { return [] }
        return [key]
    }

    private func inner(_ key: Key) -> LinePath { .field(snakeCase(key.stringValue), in: path) }

    private func find(_ key: Key) throws -> Int {
        guard let offset = cursor.find(key.stringValue) else {
            throw source.fault(inner(key), "is missing")
        }
        return offset
    }

    func contains(_ key: Key) -> Bool {
        isMessage
            ? allKeys.first?.stringValue == key.stringValue : cursor.find(key.stringValue) != nil
    }

    func decodeNil(forKey key: Key) throws -> Bool { source.isNull(at: try find(key)) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        if key.stringValue == "_0" {
            return try source.decode(type, at: cursor.start, path)
        }
        return try source.decode(type, at: try find(key), inner(key))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        if isMessage {
            return KeyedDecodingContainer(
                LineMembers<Nested>(source: source, cursor: cursor, path: path, isMessage: false))
        }
        return try decoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(forKey: key).unkeyedContainer()
    }

    private func decoder(forKey key: Key) throws -> LineDecoding {
        LineDecoding(source: source, offset: try find(key), path: inner(key))
    }

    func superDecoder() throws -> any Decoder { preconditionFailure("lines hold no classes") }
    func superDecoder(forKey key: Key) throws -> any Decoder { try superDecoder() }
}

/// The items of an array.
private struct LineElements: UnkeyedDecodingContainer {
    let source: LineSource
    let path: LinePath
    private var position: Int
    private(set) var currentIndex = 0
    var count: Int? { nil }
    var codingPath: [any CodingKey] { [LineKey(path.text)] }
    var isAtEnd: Bool { source.scanner.bytes[position] == 0x5D }

    init(source: LineSource, arrayAt offset: Int, path: LinePath) {
        self.source = source
        self.path = path
        position = source.scanner.skipSpace(offset + 1)
    }

    private var here: LinePath { .item(currentIndex, in: path) }

    private mutating func advance() {
        let end = source.scanner.skipSpace(source.scanner.skipValue(position))
        position =
            source.scanner.bytes[end] == 0x2C ? source.scanner.skipSpace(end + 1) : end
        currentIndex += 1
    }

    private func decoder() throws -> LineDecoding {
        guard !isAtEnd else { throw source.fault(here, "is missing") }
        return LineDecoding(source: source, offset: position, path: here)
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, source.isNull(at: position) else { return false }
        advance()
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard !isAtEnd else { throw source.fault(here, "is missing") }
        let value = try source.decode(type, at: position, here)
        advance()
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let container = try decoder().container(keyedBy: type)
        advance()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try decoder().unkeyedContainer()
        advance()
        return container
    }

    func superDecoder() throws -> any Decoder { preconditionFailure("lines hold no classes") }
}

/// A value that is neither object nor array.
private struct LineSingle: SingleValueDecodingContainer {
    let source: LineSource
    let offset: Int
    let path: LinePath
    var codingPath: [any CodingKey] { [LineKey(path.text)] }

    func decodeNil() -> Bool { source.isNull(at: offset) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try source.decode(type, at: offset, path)
    }
}
