/// Where the keys of a TOML text stand, since the parsed values no longer say.
///
/// A scan of its own, line by line: it follows table headers, quoted and dotted keys, strings over
/// several lines and open brackets, and needs the text to be TOML that has parsed already.
struct RecipeSource {
    /// Line numbers by dotted path; the n-th `[[lane]]` is `lane#n`.
    private var lines: [String: Int] = [:]
    private var prefix: [String] = []
    private var arrayCounts: [String: Int] = [:]
    /// The delimiter of the string that is still open at the end of a line.
    private var openString: String?
    private var depth = 0

    /// Scans a text.
    init(_ text: String) {
        var number = 0
        // Scalars, because a carriage return and a line feed are one Character.
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            scan(Array(line), number: number)
        }
    }

    /// The line of a key, else of the table it would be in, else 1.
    ///
    /// - Parameters:
    ///   - section: the table, or nil for the root.
    ///   - index: which of the tables of that name, for an array of tables.
    ///   - key: the key in it, or nil for the table's own header.
    func line(section: String?, index: Int? = nil, key: String? = nil) -> Int {
        guard let section else { return key.flatMap { lines[$0] ?? lines["\($0)#0"] } ?? 1 }
        let table = index.map { "\(section)#\($0)" } ?? section
        if let key, let line = lines["\(table).\(key)"] { return line }
        return lines[table] ?? lines[section] ?? lines["\(section)#0"] ?? 1
    }

    private mutating func scan(_ line: [Unicode.Scalar], number: Int) {
        var position = 0
        if openString == nil, depth == 0 {
            position = Self.skippingBlanks(line, from: 0)
            guard position < line.count, line[position] != "#", line[position] != "\r" else {
                return
            }
            if line[position] == "[" {
                header(line, at: position, number: number)
                return
            }
            let (path, end) = Self.keyPath(line, from: position)
            record(prefix + path, number: number)
            position = end
        }
        scanValue(line, from: position)
    }

    private mutating func header(_ line: [Unicode.Scalar], at start: Int, number: Int) {
        let isArray = start + 1 < line.count && line[start + 1] == "["
        let (path, _) = Self.keyPath(line, from: start + (isArray ? 2 : 1))
        guard let first = path.first else { return }
        if isArray {
            let name = path.joined(separator: ".")
            let count = arrayCounts[name, default: 0]
            arrayCounts[name] = count + 1
            prefix = ["\(name)#\(count)"]
        } else if let count = arrayCounts[first], count > 0 {
            prefix = ["\(first)#\(count - 1)"] + path.dropFirst()
        } else {
            prefix = path
        }
        record(prefix, number: number)
    }

    /// Notes a path and every table on the way to it, the first mention only.
    private mutating func record(_ path: [String], number: Int) {
        var joined = ""
        for part in path {
            joined += joined.isEmpty ? part : ".\(part)"
            if lines[joined] == nil { lines[joined] = number }
        }
    }

    /// Follows strings and brackets to know whether the next line still belongs to this value.
    private mutating func scanValue(_ line: [Unicode.Scalar], from start: Int) {
        var position = start
        while position < line.count {
            let here = line[position]
            if let delimiter = openString {
                if here == "\\", delimiter.hasPrefix("\"") {
                    position += 2
                } else if Self.matches(line, at: position, delimiter) {
                    position += delimiter.count
                    openString = nil
                } else {
                    position += 1
                }
                continue
            }
            switch here {
            case "#": return
            case "[", "{": depth += 1
            case "]", "}": depth -= 1
            case "\"", "'":
                let triple = String(repeating: Character(here), count: 3)
                openString = Self.matches(line, at: position, triple) ? triple : String(here)
                position += (openString?.count ?? 1) - 1
            default: break
            }
            position += 1
        }
        // Only a string of three quotes may go on into the next line.
        if openString?.count == 1 { openString = nil }
    }

    private static func matches(_ line: [Unicode.Scalar], at start: Int, _ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        return start + wanted.count <= line.count
            && line[start..<(start + wanted.count)].elementsEqual(wanted)
    }

    private static func skippingBlanks(_ line: [Unicode.Scalar], from start: Int) -> Int {
        var position = start
        while position < line.count, line[position] == " " || line[position] == "\t" {
            position += 1
        }
        return position
    }

    /// Reads `a . "b c" . 'd'` up to whatever ends it.
    private static func keyPath(
        _ line: [Unicode.Scalar], from start: Int
    ) -> (path: [String], end: Int) {
        var path: [String] = []
        var position = skippingBlanks(line, from: start)
        while position < line.count {
            var part = String.UnicodeScalarView()
            let quote = line[position]
            if quote == "\"" || quote == "'" {
                position += 1
                while position < line.count, line[position] != quote {
                    part.append(line[position])
                    position += 1
                }
                position += 1
            } else {
                while position < line.count, !" \t.=]#\r".unicodeScalars.contains(line[position]) {
                    part.append(line[position])
                    position += 1
                }
            }
            path.append(String(part))
            position = skippingBlanks(line, from: position)
            guard position < line.count, line[position] == "." else { break }
            position = skippingBlanks(line, from: position + 1)
        }
        return (path, position)
    }
}
