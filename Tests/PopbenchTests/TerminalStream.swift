/// Cuts what a program writes to a terminal into characters and control sequences.
///
/// Bytes may come torn anywhere. What is no sequence is dropped as terminals drop it, and bytes
/// that are no UTF-8 become U+FFFD.
struct TerminalStream {
    /// One thing that a terminal is told.
    enum Part: Equatable {
        case scalar(Unicode.Scalar)
        /// A control of one byte.
        case control(UInt8)
        /// ESC, perhaps a byte that says of what kind, and a last one.
        case escape(kind: UInt8?, last: UInt8)
        case sequence(ControlSequence)
    }

    /// What begins with `ESC [`.
    struct ControlSequence: Equatable {
        /// `?`, `<`, `=` or `>` before the numbers.
        var mark: UInt8?
        /// Nil where a number was left out.
        var numbers: [Int?] = [nil]
        /// A byte between the numbers and the last.
        var kind: UInt8?
        var last: UInt8 = 0

        /// A number, or what stands for it; nought counts as left out where one is the least.
        func number(_ place: Int, else standard: Int = 1) -> Int {
            guard place < numbers.count, let number = numbers[place] else { return standard }
            return number
        }
    }

    private enum State {
        case ground
        /// The first bytes of a character, and how many it has.
        case character([UInt8], Int)
        case escape(kind: UInt8?)
        case sequence(ControlSequence)
        /// A text for the terminal itself (OSC, DCS and the like); whether an ESC came in it.
        case string(hasEscape: Bool)
    }

    private static let escape: UInt8 = 0x1B
    private static let largestNumber = 9999
    private static let mostNumbers = 32
    private var state = State.ground

    /// Takes bytes, and tells what they and those before them are.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [Part] {
        var parts: [Part] = []
        for byte in bytes { take(byte, &parts) }
        return parts
    }

    private mutating func take(_ byte: UInt8, _ parts: inout [Part]) {
        if case .character(let begun, let count) = state {
            if byte & 0xC0 == 0x80 { return goOn(begun + [byte], of: count, &parts) }
            // Torn for good: the byte begins something else.
            parts.append(.scalar("\u{FFFD}"))
            state = .ground
        }
        switch byte {
        case 0x18, 0x1A:
            // Cancels whatever has begun.
            state = .ground
            return
        case Self.escape:
            if case .string = state { state = .string(hasEscape: true) } else { begin() }
            return
        default: break
        }
        switch state {
        case .string(let hasEscape): takeInString(byte, hasEscape, &parts)
        case _ where byte < 0x20: parts.append(.control(byte))
        case .escape(let kind): takeAfterEscape(byte, kind, &parts)
        case .sequence(let sequence): take(byte, in: sequence, &parts)
        case .ground, .character: takeText(byte, &parts)
        }
    }

    private mutating func begin() { state = .escape(kind: nil) }

    // MARK: Characters

    private mutating func takeText(_ byte: UInt8, _ parts: inout [Part]) {
        switch byte {
        case 0x7F: break
        case ..<0x80: parts.append(.scalar(Unicode.Scalar(byte)))
        case 0xC2...0xDF: state = .character([byte], 2)
        case 0xE0...0xEF: state = .character([byte], 3)
        case 0xF0...0xF4: state = .character([byte], 4)
        default: parts.append(.scalar("\u{FFFD}"))
        }
    }

    private mutating func goOn(_ bytes: [UInt8], of count: Int, _ parts: inout [Part]) {
        guard bytes.count == count else {
            state = .character(bytes, count)
            return
        }
        state = .ground
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        parts.append(.scalar(scalars.count == 1 ? scalars[scalars.startIndex] : "\u{FFFD}"))
    }

    // MARK: Sequences

    private mutating func takeAfterEscape(_ byte: UInt8, _ kind: UInt8?, _ parts: inout [Part]) {
        switch byte {
        case 0x20...0x2F: state = .escape(kind: byte)
        case UInt8(ascii: "[") where kind == nil: state = .sequence(ControlSequence())
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
            UInt8(ascii: "_"):
            state = kind == nil ? .string(hasEscape: false) : .ground
        case 0x30...0x7E:
            state = .ground
            parts.append(.escape(kind: kind, last: byte))
        default: state = .ground
        }
    }

    private mutating func take(
        _ byte: UInt8, in begun: ControlSequence, _ parts: inout [Part]
    ) {
        var sequence = begun
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let digit = Int(byte - UInt8(ascii: "0"))
            let end = sequence.numbers.count - 1
            sequence.numbers[end] = min(
                Self.largestNumber, (sequence.numbers[end] ?? 0) * 10 + digit)
        case UInt8(ascii: ";"), UInt8(ascii: ":"):
            if sequence.numbers.count < Self.mostNumbers { sequence.numbers.append(nil) }
        case 0x3C...0x3F: sequence.mark = byte
        case 0x20...0x2F: sequence.kind = byte
        case 0x40...0x7E:
            sequence.last = byte
            state = .ground
            parts.append(.sequence(sequence))
            return
        default:
            state = .ground
            return
        }
        state = .sequence(sequence)
    }

    /// Strings end with BEL, or with ESC and a backslash; ESC and anything else begins anew.
    private mutating func takeInString(
        _ byte: UInt8, _ hasEscape: Bool, _ parts: inout [Part]
    ) {
        if byte == 7 || hasEscape && byte == UInt8(ascii: "\\") {
            state = .ground
        } else if hasEscape {
            begin()
            take(byte, &parts)
        }
    }
}
