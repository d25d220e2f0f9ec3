/// JSON text in the making: fields leave in the order in which they are written.
///
/// `Codable` never says that a container is complete, so a level is closed when something is
/// written at a level outside it.
final class LineWriter {
    private(set) var bytes: [UInt8] = []
    private var levels: [(closer: UInt8, isEmpty: Bool)] = []

    init() { bytes.reserveCapacity(512) }

    /// Opens an object and returns its level.
    func openObject() -> Int { open(0x7B, closer: 0x7D) }

    /// Opens an array and returns its level.
    func openArray() -> Int { open(0x5B, closer: 0x5D) }

    private func open(_ opener: UInt8, closer: UInt8) -> Int {
        bytes.append(opener)
        levels.append((closer, true))
        return levels.count
    }

    /// Closes what lies deeper than `level`.
    func close(downTo level: Int) {
        while levels.count > level { bytes.append(levels.removeLast().closer) }
    }

    /// Prepares for the next item of the array or object at `level`.
    func beginItem(at level: Int) {
        close(downTo: level)
        if levels[level - 1].isEmpty {
            levels[level - 1].isEmpty = false
        } else {
            bytes.append(0x2C)
        }
    }

    /// Prepares for the value of a field named as Swift names it.
    func beginField(_ name: String, at level: Int) {
        beginItem(at: level)
        bytes.append(0x22)
        forEachSnakeCaseByte(of: name) { byte in
            bytes.append(byte)
            return true
        }
        bytes.append(0x22)
        bytes.append(0x3A)
    }

    func write(null: Void) { bytes.append(contentsOf: "null".utf8) }

    func write(_ value: Bool) { bytes.append(contentsOf: (value ? "true" : "false").utf8) }

    func write(_ value: some BinaryInteger) { bytes.append(contentsOf: value.description.utf8) }

    /// Writes the shortest text that reads back as the same number; null where it is not finite.
    func write(_ value: Double) {
        guard value.isFinite else { return write(null: ()) }
        bytes.append(contentsOf: value.description.utf8)
    }

    func write(base64 value: [UInt8]) {
        bytes.append(0x22)
        LineBase64.encode(value, to: &bytes)
        bytes.append(0x22)
    }

    func write(_ value: String) {
        bytes.append(0x22)
        var value = value
        value.withUTF8 { utf8 in
            var written = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
                bytes.append(contentsOf: utf8[written..<index])
                written = index + 1
                bytes.append(0x5C)
                switch byte {
                case 0x22, 0x5C: bytes.append(byte)
                case 0x0A: bytes.append(0x6E)
                case 0x0D: bytes.append(0x72)
                case 0x09: bytes.append(0x74)
                default:
                    let digits = Array("0123456789abcdef".utf8)
                    bytes.append(contentsOf: "u00".utf8)
                    bytes.append(digits[Int(byte >> 4)])
                    bytes.append(digits[Int(byte & 15)])
                }
            }
            bytes.append(contentsOf: utf8[written...])
        }
        bytes.append(0x22)
    }

    /// Writes a value of any kind; the kinds that lines are made of do not go through `Codable`.
    func write<Value: Encodable>(value: Value) throws {
        if Value.self == Reading.self {
            write((value as! Reading).wrappedValue)
        } else if Value.self == Int.self {
            write(value as! Int)
        } else if Value.self == Double.self {
            write(value as! Double)
        } else if Value.self == String.self {
            write(value as! String)
        } else if Value.self == Bool.self {
            write(value as! Bool)
        } else if Value.self == [UInt8].self {
            write(base64: value as! [UInt8])
        } else if let float = value as? Float {
            write(Double(float))
        } else if let integer = value as? any BinaryInteger {
            write(integer)
        } else {
            let level = levels.count
            try value.encode(to: LineEncoding(writer: self, place: .value))
            close(downTo: level)
        }
    }
}
