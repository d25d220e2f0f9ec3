/// What the keyboard driver read: a character, or a key by the shim's number.
package enum RawKey: Hashable, Sendable {
    /// A scalar, controls among them.
    case scalar(UInt32)
    /// A key the driver knows.
    case key(Key)
    /// The start of a paste.
    case pasteBegin
    /// The end of a paste.
    case pasteEnd
    /// Something without a meaning here.
    case ignored
}

/// Makes keys of what the driver reads, one at a time.
///
/// Escape sequences the driver does not know are swallowed whole: their letters must not be taken
/// for keys that somebody pressed.
package struct KeyDecoder {
    /// The longest paste that is kept, in scalars; more is dropped.
    static let longestPaste = 1 << 20

    /// Whether a paste has begun and not ended.
    package private(set) var isPasting = false
    private var pasted = String.UnicodeScalarView()
    private var pastedCount = 0

    package init() {}

    /// Decodes everything that `read` has to give; nil from it means nothing more for now.
    package mutating func decode(_ read: () -> RawKey?) -> [Key] {
        var keys: [Key] = []
        while let raw = read() {
            if isPasting {
                paste(raw, &keys)
                continue
            }
            switch raw {
            case .pasteBegin: isPasting = true
            case .pasteEnd, .ignored: break
            case .key(let key): keys.append(key)
            case .scalar(27): escape(read, &keys)
            case .scalar(let value): if let key = KeyDecoder.key(value) { keys.append(key) }
            }
        }
        return keys
    }

    /// Ends a paste whose end never came, so that keys work again.
    package mutating func endPaste() -> Key? {
        guard isPasting else { return nil }
        defer {
            isPasting = false
            pasted = String.UnicodeScalarView()
            pastedCount = 0
        }
        return .paste(String(pasted))
    }

    private mutating func paste(_ raw: RawKey, _ keys: inout [Key]) {
        switch raw {
        case .pasteEnd: if let key = endPaste() { keys.append(key) }
        case .scalar(let value): keep(value == 13 ? 10 : value)
        case .key(.enter): keep(10)
        case .key(.tab): keep(9)
        case .key, .pasteBegin, .ignored: break
        }
    }

    private mutating func keep(_ value: UInt32) {
        guard pastedCount < KeyDecoder.longestPaste, let scalar = UnicodeScalar(value) else {
            return
        }
        pasted.append(scalar)
        pastedCount += 1
    }

    private mutating func escape(_ read: () -> RawKey?, _ keys: inout [Key]) {
        guard let next = read() else {
            keys.append(.escape)
            return
        }
        switch next {
        case .scalar(27):
            // Escape twice: two presses.
            keys.append(.escape)
            escape(read, &keys)
        case .scalar(UInt32(UInt8(ascii: "["))):
            skipSequence(read, &keys)
        case .scalar(UInt32(UInt8(ascii: "O"))):
            // One letter ends it; nothing after it means that Alt and O were pressed.
            if read() == nil { keys.append(.alt("O")) }
        case .scalar(let value) where value >= 32 && value != 127:
            if let scalar = UnicodeScalar(value) { keys.append(.alt(Character(scalar))) }
        case .scalar(let value):
            keys.append(.escape)
            if let key = KeyDecoder.key(value) { keys.append(key) }
        case .key(let key):
            keys.append(.escape)
            keys.append(key)
        case .pasteBegin:
            keys.append(.escape)
            isPasting = true
        case .pasteEnd, .ignored:
            keys.append(.escape)
        }
    }

    /// Reads on to the byte that ends a control sequence.
    private mutating func skipSequence(_ read: () -> RawKey?, _ keys: inout [Key]) {
        var isEmpty = true
        while let raw = read() {
            guard case .scalar(let value) = raw else {
                if case .key(let key) = raw { keys.append(key) }
                if raw == .pasteBegin { isPasting = true }
                return
            }
            isEmpty = false
            if !(0x20...0x3F).contains(value) { return }
        }
        if isEmpty { keys.append(.alt("[")) }
    }

    /// The key of a single scalar.
    package static func key(_ value: UInt32) -> Key? {
        switch value {
        case 9: return .tab
        case 10, 13: return .enter
        case 8, 127: return .backspace
        case 0: return .control("@")
        case 27: return .escape
        case 1...26: return UnicodeScalar(value + 96).map { .control(Character($0)) }
        case 28...31: return UnicodeScalar(value + 64).map { .control(Character($0)) }
        case 0x80..<0xA0: return nil
        default: return UnicodeScalar(value).map { .character(Character($0)) }
        }
    }
}
