/// Comma-separated text as RFC 4180 has it: quotes around fields with commas, quotes or line ends.
package enum CommaSeparated {
    package struct Row: Equatable {
        /// The line on which the row begins, from 1.
        package let line: Int
        package let fields: [String]
    }

    package struct Fault: Error, Equatable {
        package let line: Int
        package let reason: String
    }

    /// Reads all rows; lines that hold nothing are passed over.
    package static func rows(of text: String) throws -> [Row] {
        var reader = Reader(text)
        var rows: [Row] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    /// Writes rows, each ended by a line feed.
    package static func text(of rows: [[String]]) -> String {
        rows.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    }

    private static func quoted(_ field: String) -> String {
        let special: Set<UInt8> = [UInt8(ascii: "\""), UInt8(ascii: ","), 10, 13]
        guard field.utf8.contains(where: special.contains) else { return field }
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in field.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Works on bytes: every character that means something is ASCII, and a carriage return with
    /// its line feed would be one character of a string.
    private struct Reader {
        private let bytes: [UInt8]
        private var place = 0
        private var line = 1

        init(_ text: String) {
            let all = Array(text.utf8)
            // Spreadsheets put a byte order mark in front.
            bytes = all.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(all.dropFirst(3)) : all
        }

        private var current: UInt8? { place < bytes.count ? bytes[place] : nil }

        private var isAtLineEnd: Bool { current == nil || current == 10 || current == 13 }

        mutating func next() throws -> Row? {
            while current != nil, isAtLineEnd { endLine() }
            guard current != nil else { return nil }
            let first = line
            var fields = [try field()]
            while current == UInt8(ascii: ",") {
                place += 1
                fields.append(try field())
            }
            endLine()
            return Row(line: first, fields: fields)
        }

        private mutating func endLine() {
            guard let byte = current else { return }
            place += 1
            if byte == 13, current == 10 { place += 1 }
            line += 1
        }

        private mutating func field() throws -> String {
            guard current == UInt8(ascii: "\"") else { return try plainField() }
            let opening = line
            place += 1
            var content: [UInt8] = []
            while let byte = current {
                place += 1
                if byte == UInt8(ascii: "\"") {
                    guard current == byte else {
                        guard isAtLineEnd || current == UInt8(ascii: ",") else {
                            throw Fault(line: line, reason: "text after a closing quote")
                        }
                        return String(decoding: content, as: UTF8.self)
                    }
                    place += 1
                } else if byte == 10 || byte == 13 && current != 10 {
                    line += 1
                }
                content.append(byte)
            }
            throw Fault(line: opening, reason: "a quote opens here and never closes")
        }

        private mutating func plainField() throws -> String {
            let start = place
            while !isAtLineEnd, let byte = current, byte != UInt8(ascii: ",") {
                guard byte != UInt8(ascii: "\"") else {
                    throw Fault(
                        line: line,
                        reason: "a quote inside a field that does not begin with one")
                }
                place += 1
            }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }
    }
}
