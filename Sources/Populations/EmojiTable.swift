import Pictures

/// What can be wrong with Unicode's table of emoji.
public enum EmojiTableError: Error, Equatable, CustomStringConvertible {
    /// No table is where it should be.
    case missing(path: String)
    /// The table is no UTF-8 text.
    case notText(path: String)
    /// A line does not read `code points ; status # emoji version name`.
    case malformed(path: String, line: Int, reason: String)
    /// Two fully-qualified lines give one name to different sequences.
    case ambiguous(path: String, line: Int, firstLine: Int, name: String)
    /// The table does not list an emoji that the data set needs.
    case unlisted(path: String, name: String)

    /// What is wrong, where, and what to do.
    public var description: String {
        let install =
            "install the Debian package unicode-data, or name an emoji-test.txt in "
            + EmojiTable.environmentVariable
        switch self {
        case .missing(let path):
            return "\(path): no table of emoji here; \(install)"
        case .notText(let path):
            return "\(path): not UTF-8 text; \(install)"
        case .malformed(let path, let line, let reason):
            return "\(path):\(line): \(reason); \(install)"
        case .ambiguous(let path, let line, let firstLine, let name):
            return
                "\(path):\(line): \"\(name)\" has another sequence in line \(firstLine); \(install)"
        case .unlisted(let path, let name):
            return "\(path): does not list \"\(name)\"; \(install)"
        }
    }
}

/// Unicode's names of emoji and the code points they stand for, from `emoji-test.txt`.
public struct EmojiTable: Sendable {
    /// The environment variable that names another table.
    public static let environmentVariable = "POPBENCH_EMOJI_TABLE"
    /// Where Debian's and Ubuntu's unicode-data puts the table.
    public static let installedPath = "/usr/share/unicode/emoji/emoji-test.txt"
    /// The largest table that is read, in bytes.
    public static let mostBytes = 1 << 24

    private static let statuses: Set<Substring> = [
        "component", "fully-qualified", "minimally-qualified", "unqualified",
    ]

    /// What errors call the table.
    public let path: String
    /// Code points of every fully-qualified emoji, by name.
    private let sequences: [String: [UInt32]]

    /// Parses the bytes of a table.
    ///
    /// - Throws: `EmojiTableError`, with the line.
    public init(contents: [UInt8], path: String) throws {
        guard let text = String(validating: contents, as: UTF8.self) else {
            throw EmojiTableError.notText(path: path)
        }
        var sequences: [String: [UInt32]] = [:]
        var lines: [String: Int] = [:]
        let rows = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, row) in rows.enumerated() {
            let line = index + 1
            let content = row.drop { $0.isWhitespace }
            if content.isEmpty || content.first == "#" { continue }
            do {
                guard let emoji = try Self.fullyQualified(content) else { continue }
                if let known = sequences[emoji.name], known != emoji.sequence {
                    throw EmojiTableError.ambiguous(
                        path: path, line: line, firstLine: lines[emoji.name]!, name: emoji.name)
                }
                sequences[emoji.name] = emoji.sequence
                lines[emoji.name] = lines[emoji.name] ?? line
            } catch let fault as LineFault {
                throw EmojiTableError.malformed(path: path, line: line, reason: fault.reason)
            }
        }
        self.path = path
        self.sequences = sequences
    }

    /// Reads a table from a file.
    ///
    /// - Throws: `EmojiTableError`, or `StoredFileError` when the file cannot be read.
    public init(path: String) throws {
        try self.init(contents: Self.contents(of: path), path: path)
    }

    /// The path of the table to use: the environment's, else the installed one.
    public static func path(in environment: [String: String]) -> String {
        environment[environmentVariable].flatMap { $0.isEmpty ? nil : $0 } ?? installedPath
    }

    /// Reads the bytes of a table.
    ///
    /// - Throws: `EmojiTableError.missing`, or `StoredFileError` when the file cannot be read.
    public static func contents(of path: String) throws -> [UInt8] {
        do {
            return try StoredFile.read(path, limit: mostBytes)
        } catch StoredFileError.notFound {
            throw EmojiTableError.missing(path: path)
        }
    }

    /// How many fully-qualified emoji the table lists.
    public var count: Int { sequences.count }

    /// The code points of the emoji of a name.
    ///
    /// - Throws: `EmojiTableError.unlisted`.
    public func sequence(named name: String) throws -> [UInt32] {
        guard let sequence = sequences[name] else {
            throw EmojiTableError.unlisted(path: path, name: name)
        }
        return sequence
    }

    /// The code points that draw a person.
    ///
    /// - Throws: `EmojiTableError.unlisted`.
    public func sequence(of attributes: PersonAttributes) throws -> [UInt32] {
        try sequence(named: attributes.emojiName)
    }

    private struct LineFault: Error { let reason: String }

    /// Reads `code points ; status # emoji version name`, and nil where the status is a lesser one.
    private static func fullyQualified(
        _ line: Substring
    ) throws -> (name: String, sequence: [UInt32])? {
        guard let semicolon = line.firstIndex(of: ";") else {
            throw LineFault(reason: "no \";\" after the code points")
        }
        guard let hash = line[semicolon...].firstIndex(of: "#") else {
            throw LineFault(reason: "no \"#\" before the name")
        }
        let sequence = try line[..<semicolon].split(whereSeparator: \.isWhitespace).map { word in
            // Surrogates and numbers past U+10FFFF are no code points.
            guard let point = UInt32(word, radix: 16), Unicode.Scalar(point) != nil else {
                throw LineFault(reason: "\"\(word)\" is no code point")
            }
            return point
        }
        guard !sequence.isEmpty else { throw LineFault(reason: "no code points") }
        let status = line[line.index(after: semicolon)..<hash].split(whereSeparator: \.isWhitespace)
        guard status.count == 1, statuses.contains(status[0]) else {
            throw LineFault(
                reason: "\"\(status.joined(separator: " "))\" is no status of an emoji")
        }
        // The emoji itself may hold what looks like space or joins with it: go by scalars.
        let remark = line.unicodeScalars[line.index(after: hash)...].split { $0 == " " }
        guard remark.count >= 3, remark[1].first == "E" else {
            throw LineFault(reason: "no emoji, version and name after \"#\"")
        }
        guard status[0] == "fully-qualified" else { return nil }
        return (remark.dropFirst(2).map { String($0) }.joined(separator: " "), sequence)
    }
}
