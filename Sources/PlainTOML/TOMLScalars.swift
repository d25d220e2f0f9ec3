extension TOMLParser {
    // MARK: Strings

    /// Any of the four kinds of string, the position being at its first quote.
    mutating func string() throws(TOMLError) -> String {
        let quote = bytes[position]
        let isLong = peek(1) == quote && peek(2) == quote
        let start = line
        position += isLong ? 3 : 1
        // A line break right after the three quotes is not part of the text.
        if isLong { _ = try skipLineBreak() }
        var text: [UInt8] = []
        while let byte = peek {
            if byte == quote {
                if !isLong {
                    position += 1
                    return String(decoding: text, as: UTF8.self)
                }
                // Three end it; one or two more before them belong to the text.
                var count = 1
                while count < 5, peek(count) == quote { count += 1 }
                position += count
                if count >= 3 {
                    text += [UInt8](repeating: quote, count: count - 3)
                    return String(decoding: text, as: UTF8.self)
                }
                text += [UInt8](repeating: quote, count: count)
            } else if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                guard isLong else { break }
                _ = try skipLineBreak()
                text.append(UInt8(ascii: "\n"))
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                position += 1
                try escape(into: &text, isLong: isLong)
            } else {
                try refuseControl(byte)
                text.append(byte)
                position += 1
            }
        }
        throw TOMLError(line: start, reason: "a text without its closing quote")
    }

    /// What follows a backslash.
    private mutating func escape(into text: inout [UInt8], isLong: Bool) throws(TOMLError) {
        guard let letter = peek else { throw error("a backslash at the end") }
        switch letter {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(letter)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = letter == UInt8(ascii: "u") ? 4 : 8
            let digits = bytes[(position + 1)..<min(position + 1 + count, bytes.count)]
            let hex = String(decoding: digits, as: UTF8.self)
            guard digits.count == count, digits.allSatisfy(Self.isHexDigit),
                let code = UInt32(hex, radix: 16), let scalar = Unicode.Scalar(code)
            else {
                throw error(
                    "\"\\\(letter == UInt8(ascii: "u") ? "u" : "U")\" without a character's number")
            }
            text += Array(String(Character(scalar)).utf8)
            position += count
        default:
            guard isLong else { throw error("an unknown escape, a backslash and \(shown)") }
            try continueLine()
            return
        }
        position += 1
    }

    /// A backslash at the end of a line takes all blanks and line breaks after it away.
    private mutating func continueLine() throws(TOMLError) {
        skipBlanks()
        guard try skipLineBreak() else {
            throw error("an unknown escape, a backslash and \(shown)")
        }
        repeat { skipBlanks() } while try skipLineBreak()
    }

    // MARK: Numbers, booleans, dates

    /// Whatever is written without quotes or brackets.
    mutating func scalar() throws(TOMLError) -> TOMLValue {
        let start = position
        while let byte = peek, Self.isScalar(byte) { position += 1 }
        // A date and its time may be parted by one blank.
        if position - start == 10, Self.isDate(bytes[start..<position]), peek == UInt8(ascii: " "),
            let digit = peek(1), Self.isDigit(digit)
        {
            position += 1
            while let byte = peek, Self.isScalar(byte) { position += 1 }
        }
        let token = bytes[start..<position]
        guard !token.isEmpty else { throw error("a value expected, not \(shown)") }
        let text = String(decoding: token, as: UTF8.self)
        if let value = Self.word(text) { return value }
        if let value = try integer(text) { return value }
        if let value = Self.float(text) { return value }
        if Self.isDate(token) || Self.isTime(token) { return .date(text) }
        throw error("\(TOMLText.quoted(String(text.prefix(60)))) is no value; texts want quotes")
    }

    private static func word(_ text: String) -> TOMLValue? {
        switch text {
        case "true": .boolean(true)
        case "false": .boolean(false)
        case "inf", "+inf": .number(.infinity)
        case "-inf": .number(-.infinity)
        case "nan", "+nan", "-nan": .number(.nan)
        default: nil
        }
    }

    private func integer(_ text: String) throws(TOMLError) -> TOMLValue? {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            guard let digits = Self.joined(text.dropFirst(2), isDigit: Self.isHexDigit) else {
                return nil
            }
            guard let value = Int(digits, radix: radix) else {
                throw error("\(String(text.prefix(60))) is no integer of 64 bits")
            }
            return .integer(value)
        }
        let (sign, rest) = Self.signed(text)
        guard let digits = Self.joined(rest, isDigit: Self.isDigit), Self.hasNoIdleZero(digits)
        else {
            return nil
        }
        guard let value = Int(sign + digits) else {
            throw error("\(String(text.prefix(60))) is no integer of 64 bits")
        }
        return .integer(value)
    }

    private static func float(_ text: String) -> TOMLValue? {
        let (sign, rest) = signed(text)
        let halves = rest.split(
            maxSplits: 1, omittingEmptySubsequences: false,
            whereSeparator: { $0 == "e" || $0 == "E" })
        let parts = halves[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count > 1 || parts.count > 1,
            let whole = joined(parts[0], isDigit: isDigit), hasNoIdleZero(whole)
        else { return nil }
        var number = sign + whole
        if parts.count > 1 {
            guard let fraction = joined(parts[1], isDigit: isDigit) else { return nil }
            number += "." + fraction
        }
        if halves.count > 1 {
            let (exponentSign, exponent) = signed(String(halves[1]))
            guard let digits = joined(exponent, isDigit: isDigit) else { return nil }
            number += "e" + exponentSign + digits
        }
        return Double(number).map { .number($0) }
    }

    private static func signed(_ text: String) -> (sign: String, rest: Substring) {
        text.hasPrefix("-")
            ? ("-", text.dropFirst()) : ("", text.hasPrefix("+") ? text.dropFirst() : text[...])
    }

    /// Digits with the underscores between them taken out; nil for anything else.
    private static func joined(_ text: Substring, isDigit: (UInt8) -> Bool) -> String? {
        let groups = text.split(separator: "_", omittingEmptySubsequences: false)
        guard groups.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }) else { return nil }
        return groups.joined()
    }

    private static func hasNoIdleZero(_ digits: String) -> Bool {
        digits.count == 1 || !digits.hasPrefix("0")
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || "+-._:".utf8.contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    /// Whether a token begins like `1979-05-27`; nothing here reads dates, errors only name them.
    private static func isDate(_ token: ArraySlice<UInt8>) -> Bool {
        matches(token, "dddd-dd-dd")
    }

    /// Whether a token begins like `07:32:00`.
    private static func isTime(_ token: ArraySlice<UInt8>) -> Bool { matches(token, "dd:dd:dd") }

    private static func matches(_ token: ArraySlice<UInt8>, _ pattern: String) -> Bool {
        token.count >= pattern.utf8.count
            && zip(token, pattern.utf8).allSatisfy { byte, sign in
                sign == UInt8(ascii: "d") ? isDigit(byte) : byte == sign
            }
    }
}
