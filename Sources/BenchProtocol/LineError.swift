/// What is wrong with a line that another process sent, or with the stream that carries it.
public enum LineError: Error, Sendable, Equatable {
    /// The line is longer than `limit` bytes; it was passed over, the next line can be read.
    case tooLong(limit: Int)
    /// The stream ended inside a line, `bytes` bytes after the line's start.
    case torn(bytes: Int)
    /// The line is not UTF-8.
    case notUTF8
    /// The line is not one JSON object; `offset` counts bytes from the line's start.
    case malformed(problem: String, offset: Int)
    /// Arrays and objects are nested deeper than `limit`.
    case tooDeep(limit: Int, offset: Int)
    /// The object has no `type` that is a string.
    case noType
    /// A type this program does not know: a newer peer may send it, and it may be skipped.
    case unknownType(String)
    /// A field is missing or holds what it must not hold.
    case badField(type: String, field: String, problem: String)

    /// Whether reading may go on after this line as if it had not been sent.
    public var isSkippable: Bool {
        if case .unknownType = self { true } else { false }
    }
}

extension LineError: CustomStringConvertible {
    /// What is wrong, where, and what to do about it.
    public var description: String {
        switch self {
        case .tooLong(let limit):
            "a line is longer than \(limit) bytes, the most that is accepted; send fewer or"
                + " smaller pictures or points in one line"
        case .torn(let bytes):
            "the stream ended inside a line, after \(bytes) bytes of it; the sender died or was cut"
                + " off"
        case .notUTF8: "a line is not UTF-8; the sender must write JSON text, one object a line"
        case .malformed(let problem, let offset):
            "a line is not one JSON object: \(problem) at byte \(offset)"
        case .tooDeep(let limit, let offset):
            "a line nests arrays and objects deeper than \(limit) at byte \(offset)"
        case .noType: "a line has no \"type\"; every line starts with {\"type\": ...}"
        case .unknownType(let name):
            "unknown line type \(quoted(name)); the other side may be a newer version"
        case .badField(let type, let field, let problem):
            "line of type \(quoted(type)): field \(quoted(field)) \(problem)"
        }
    }

    /// A name from outside, cut short and with control characters escaped.
    private func quoted(_ name: String) -> String { String(name.prefix(80)).debugDescription }
}
