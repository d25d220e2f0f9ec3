/// The lines on which the keys of a TOML text stand.
///
/// The parser checks the text but keeps no positions, so that errors about a key's meaning find
/// its line here. Keys inside of an inline table or array are taken to stand where that begins.
struct TOMLKeyLines {
    private var lines: [[String]: Int] = [:]

    init(_ text: String) {
        var section: [String] = []
        var fence: String?
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        )
        .enumerated() {
            // Inside of a text of several lines nothing is a key.
            if let open = fence {
                if line.contains(open) { fence = nil }
                continue
            }
            for mark in ["\"\"\"", "'''"] where line.components(of: mark) % 2 == 0 { fence = mark }
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.first == "[" {
                let inner = trimmed.drop { $0 == "[" }.prefix { $0 != "]" }
                section = TOMLKeyLines.path(inner)
                note(section, index + 1)
            } else if trimmed.first != "#", let equals = TOMLKeyLines.equalSign(trimmed) {
                note(section + TOMLKeyLines.path(trimmed[..<equals]), index + 1)
            }
        }
    }

    /// The line of a key, or of the nearest table around it.
    func line(of path: [String]) -> Int? {
        var path = path
        while !path.isEmpty {
            if let line = lines[path] { return line }
            path.removeLast()
        }
        return nil
    }

    private mutating func note(_ path: [String], _ line: Int) {
        for length in 1...max(path.count, 1) where length <= path.count {
            let prefix = Array(path.prefix(length))
            if lines[prefix] == nil || length == path.count { lines[prefix] = line }
        }
    }

    private static func equalSign(_ line: Substring) -> Substring.Index? {
        var quote: Character?
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "=" {
                return index
            } else if character == "#" {
                return nil
            }
        }
        return nil
    }

    /// The parts of a dotted key, without their quotes.
    private static func path(_ text: Substring) -> [String] {
        var parts = [""]
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open {
                    quote = nil
                } else {
                    parts[parts.count - 1].append(character)
                }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "." {
                parts.append("")
            } else if character != " ", character != "\t" {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}

extension Substring {
    /// The number of pieces that a mark cuts the text into.
    fileprivate func components(of mark: String) -> Int {
        var count = 1
        var rest = self[...]
        while let range = rest.firstRange(of: mark) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
