/// Turns the `Codable` form of a message into a line.
///
/// Swift encodes an enum as `{case: {label: value}}`, with `_0` for a value without a label. Here
/// the case becomes the first field, `type`, the labels the fields after it, and the fields of an
/// unlabelled value stand in the line itself. So a new message needs no code here.
struct LineEncoding: Encoder {
    /// What the encoder was made for.
    enum Place {
        /// A message: the outermost container names the case.
        case message
        /// A value of its own.
        case value
        /// More fields of the object at a level that is open already.
        case fields(level: Int)
    }

    let writer: LineWriter
    let place: Place
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        switch place {
        case .message: KeyedEncodingContainer(LineFields(writer: writer, level: nil))
        case .value: KeyedEncodingContainer(LineFields(writer: writer, level: writer.openObject()))
        case .fields(let level): KeyedEncodingContainer(LineFields(writer: writer, level: level))
        }
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        guard case .value = place else { preconditionFailure("a message must have named fields") }
        return LineItems(writer: writer, level: writer.openArray())
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        guard case .value = place else { preconditionFailure("a message must have named fields") }
        return LineValue(writer: writer)
    }
}

/// The fields of an object, or (without a level) the case of a message.
private struct LineFields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: LineWriter
    let level: Int?
    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) {
        guard let level else { preconditionFailure("a message must be an enum") }
        writer.beginField(key.stringValue, at: level)
    }

    func encodeNil(forKey key: Key) {
        begin(key)
        writer.write(null: ())
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        if let level, key.stringValue == "_0" {
            try value.encode(to: LineEncoding(writer: writer, place: .fields(level: level)))
        } else {
            begin(key)
            try writer.write(value: value)
        }
    }

    // Absent values are written as null, so that lines of a type always have the same fields.
    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        if level == nil {
            let level = writer.openObject()
            writer.beginField("type", at: level)
            writer.write(snakeCase(key.stringValue))
            return KeyedEncodingContainer(LineFields<Nested>(writer: writer, level: level))
        }
        begin(key)
        let inner = LineFields<Nested>(writer: writer, level: writer.openObject())
        return KeyedEncodingContainer(inner)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key)
        return LineItems(writer: writer, level: writer.openArray())
    }

    func superEncoder() -> any Encoder { preconditionFailure("lines hold no class hierarchies") }
    func superEncoder(forKey key: Key) -> any Encoder { superEncoder() }
}

/// The items of an array.
private struct LineItems: UnkeyedEncodingContainer {
    let writer: LineWriter
    let level: Int
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    init(writer: LineWriter, level: Int) {
        self.writer = writer
        self.level = level
    }

    private mutating func begin() {
        writer.beginItem(at: level)
        count += 1
    }

    mutating func encodeNil() {
        begin()
        writer.write(null: ())
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        begin()
        try writer.write(value: value)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
        begin()
        return KeyedEncodingContainer(LineFields(writer: writer, level: writer.openObject()))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        return LineItems(writer: writer, level: writer.openArray())
    }

    func superEncoder() -> any Encoder { preconditionFailure("lines hold no class hierarchies") }
}

/// A value that is neither object nor array.
private struct LineValue: SingleValueEncodingContainer {
    let writer: LineWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { writer.write(null: ()) }
    func encode<Value: Encodable>(_ value: Value) throws { try writer.write(value: value) }
}
