/// The bytes of one line, checked to be one JSON object before anything is read from them.
///
/// Values are found by their offset and decoded when asked for; unknown fields cost no memory, so
/// a line takes no more than a small multiple of its own size.
struct LineScanner {
    let bytes: [UInt8]

    /// Checks encoding, grammar and nesting of a whole line.
    init(checking bytes: [UInt8]) throws(LineError) {
        guard bytes.count <= LineFormat.maximumBytes else {
            throw .tooLong(limit: LineFormat.maximumBytes)
        }
        if !bytes.allSatisfy({ $0 < 0x80 }), String(validating: bytes, as: UTF8.self) == nil {
            throw .notUTF8
        }
        self.bytes = bytes
        let first = skipSpace(0)
        guard first < bytes.count, bytes[first] == 0x7B else {
            throw .malformed(problem: "no { at the start", offset: first)
        }
        let end = skipSpace(try check(valueAt: first, depth: 1))
        guard end == bytes.count else {
            throw .malformed(problem: "text after the object", offset: end)
        }
    }

    /// The offset of the first byte at or after `offset` that is not white space.
    func skipSpace(_ offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return offset
            }
        }
        return offset
    }

    /// The offset after the value at `offset`, in a line that was checked.
    func skipValue(_ offset: Int) -> Int {
        var offset = offset
        var depth = 0
        repeat {
            switch bytes[offset] {
            case 0x7B, 0x5B:
                depth += 1
                offset += 1
            case 0x7D, 0x5D:
                depth -= 1
                offset += 1
            case 0x22: offset = skipString(offset)
            case 0x2C, 0x3A, 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default:
                while offset < bytes.count, !isDelimiter(bytes[offset]) { offset += 1 }
            }
        } while depth > 0
        return offset
    }

    private func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x2C, 0x3A, 0x7D, 0x5D, 0x20, 0x09, 0x0A, 0x0D: true
        default: false
        }
    }

    private func skipString(_ offset: Int) -> Int {
        var offset = offset + 1
        while bytes[offset] != 0x22 { offset += bytes[offset] == 0x5C ? 2 : 1 }
        return offset + 1
    }

    /// The raw bytes between the quotes of the string at `offset`; nil where it is not a string.
    func rawString(at offset: Int) -> ArraySlice<UInt8>? {
        guard bytes[offset] == 0x22 else { return nil }
        return bytes[offset + 1..<skipString(offset) - 1]
    }

    /// The string at `offset` with its escapes resolved; nil where it is not a string.
    func string(at offset: Int) -> String? {
        guard let raw = rawString(at: offset) else { return nil }
        guard raw.contains(0x5C) else { return String(decoding: raw, as: UTF8.self) }
        var utf16: [UInt16] = []
        var text: [UInt8] = []
        func flush() {
            text.append(contentsOf: String(decoding: utf16, as: UTF16.self).utf8)
            utf16.removeAll()
        }
        var index = raw.startIndex
        while index < raw.endIndex {
            guard raw[index] == 0x5C else {
                if !utf16.isEmpty { flush() }
                text.append(raw[index])
                index += 1
                continue
            }
            if raw[index + 1] == 0x75 {
                utf16.append(hexadecimal(at: index + 2)!)
                index += 6
                continue
            }
            if !utf16.isEmpty { flush() }
            switch raw[index + 1] {
            case 0x62: text.append(0x08)
            case 0x66: text.append(0x0C)
            case 0x6E: text.append(0x0A)
            case 0x72: text.append(0x0D)
            case 0x74: text.append(0x09)
            case let byte: text.append(byte)
            }
            index += 2
        }
        flush()
        return String(decoding: text, as: UTF8.self)
    }

    private func hexadecimal(at offset: Int) -> UInt16? {
        guard offset + 4 <= bytes.count else { return nil }
        var value: UInt16 = 0
        for byte in bytes[offset..<offset + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}

// Checking the grammar. Recursion is bounded by the depth limit.
extension LineScanner {
    private func fault(_ problem: String, _ offset: Int) -> LineError {
        offset >= bytes.count
            ? .malformed(problem: "the line ends too early", offset: bytes.count)
            : .malformed(problem: problem, offset: offset)
    }

    private func check(valueAt offset: Int, depth: Int) throws(LineError) -> Int {
        guard offset < bytes.count else { throw fault("no value", offset) }
        switch bytes[offset] {
        case 0x7B: return try check(itemsFrom: offset, closer: 0x7D, depth: depth)
        case 0x5B: return try check(itemsFrom: offset, closer: 0x5D, depth: depth)
        case 0x22: return try check(stringAt: offset)
        case 0x74: return try check("true", at: offset)
        case 0x66: return try check("false", at: offset)
        case 0x6E: return try check("null", at: offset)
        case 0x2D, 0x30...0x39: return try check(numberAt: offset)
        default: throw fault("no value", offset)
        }
    }

    private func check(itemsFrom start: Int, closer: UInt8, depth: Int) throws(LineError) -> Int {
        guard depth <= LineFormat.maximumDepth else {
            throw .tooDeep(limit: LineFormat.maximumDepth, offset: start)
        }
        var offset = skipSpace(start + 1)
        if offset < bytes.count, bytes[offset] == closer { return offset + 1 }
        while true {
            if closer == 0x7D {
                guard offset < bytes.count, bytes[offset] == 0x22 else {
                    throw fault("no field name", offset)
                }
                offset = skipSpace(try check(stringAt: offset))
                guard offset < bytes.count, bytes[offset] == 0x3A else {
                    throw fault("no colon after a field name", offset)
                }
                offset = skipSpace(offset + 1)
            }
            offset = skipSpace(try check(valueAt: offset, depth: depth + 1))
            guard offset < bytes.count else { throw fault("", offset) }
            if bytes[offset] == closer { return offset + 1 }
            guard bytes[offset] == 0x2C else { throw fault("no comma between items", offset) }
            offset = skipSpace(offset + 1)
        }
    }

    private func check(_ word: StaticString, at offset: Int) throws(LineError) -> Int {
        let end = offset + word.utf8CodeUnitCount
        let same = word.withUTF8Buffer {
            end <= bytes.count && bytes[offset..<end].elementsEqual($0)
        }
        guard same else { throw fault("no value", end <= bytes.count ? offset : end) }
        return end
    }

    private func check(stringAt start: Int) throws(LineError) -> Int {
        var offset = start + 1
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x22: return offset + 1
            case 0x00..<0x20: throw fault("a control character in a string", offset)
            case 0x5C: offset = try check(escapeAt: offset)
            default: offset += 1
            }
        }
        throw fault("", bytes.count)
    }

    private func check(escapeAt offset: Int) throws(LineError) -> Int {
        guard offset + 1 < bytes.count else { throw fault("", bytes.count) }
        switch bytes[offset + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return offset + 2
        case 0x75:
            guard let unit = hexadecimal(at: offset + 2) else {
                throw fault("a bad \\u escape", offset)
            }
            guard UTF16.isSurrogate(unit) else { return offset + 6 }
            guard UTF16.isLeadSurrogate(unit), offset + 12 <= bytes.count,
                bytes[offset + 6] == 0x5C, bytes[offset + 7] == 0x75,
                let trail = hexadecimal(at: offset + 8), UTF16.isTrailSurrogate(trail)
            else { throw fault("half a surrogate pair", offset) }
            return offset + 12
        default: throw fault("an unknown escape", offset)
        }
    }

    private func check(numberAt start: Int) throws(LineError) -> Int {
        var offset = start
        func digits() throws(LineError) {
            let first = offset
            while offset < bytes.count, bytes[offset] &- 0x30 < 10 { offset += 1 }
            guard offset > first else { throw fault("no digit in a number", offset) }
        }
        if bytes[offset] == 0x2D { offset += 1 }
        let whole = offset
        try digits()
        if bytes[whole] == 0x30, offset > whole + 1 {
            throw fault("a number with a leading 0", whole)
        }
        if offset < bytes.count, bytes[offset] == 0x2E {
            offset += 1
            try digits()
        }
        if offset < bytes.count, bytes[offset] | 0x20 == 0x65 {
            offset += 1
            if offset < bytes.count, bytes[offset] == 0x2B || bytes[offset] == 0x2D { offset += 1 }
            try digits()
        }
        guard offset - start <= LineFormat.maximumNumberBytes else {
            throw fault("a number of too many digits", start)
        }
        return offset
    }
}
