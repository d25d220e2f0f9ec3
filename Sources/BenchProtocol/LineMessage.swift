/// A message that travels as one line of JSON: an enum whose cases carry named fields.
public protocol LineMessage: Codable, Sendable {
    /// The first field that contradicts another one, and how; nil where the message makes sense.
    var contradiction: (field: String, problem: String)? { get }
}

/// The line of an event: `EventLine.encode(event)`, `try EventLine.decode(bytes)`.
public typealias EventLine = MessageLine<Event>

/// One JSON object a line: `type` first, then the message's fields in snake case.
///
/// Fields stand in the order in which the message's type declares them; what is absent is null, and
/// so is a number that is not finite. See `docs/protocol.md` for every line.
public enum MessageLine<Message: LineMessage> {
    /// The bytes of a message's line with the newline that ends it.
    public static func encode(_ message: Message) -> [UInt8] {
        var bytes = write(message)
        bytes.append(0x0A)
        return bytes
    }

    /// The text of a message's line, without a newline.
    public static func text(_ message: Message) -> String {
        String(decoding: write(message), as: UTF8.self)
    }

    private static func write(_ message: Message) -> [UInt8] {
        let writer = LineWriter()
        do {
            try message.encode(to: LineEncoding(writer: writer, place: .message))
        } catch {
            preconditionFailure("a message does not encode: \(error)")
        }
        writer.close(downTo: 0)
        return writer.bytes
    }

    /// Reads a message from the bytes of one line, with or without its newline.
    ///
    /// Unknown fields are passed over. Throws: `LineError`, whatever the bytes are.
    public static func decode(_ line: [UInt8]) throws(LineError) -> Message {
        let scanner = try LineScanner(checking: line)
        let start = scanner.skipSpace(0)
        let untyped = LineSource(scanner: scanner, type: "")
        guard
            let head = try? Head(from: LineDecoding(source: untyped, offset: start, path: .root))
        else { throw .noType }
        let source = LineSource(scanner: scanner, type: head.type)
        let message: Message
        do {
            message = try Message(
                from: LineDecoding(source: source, offset: start, path: .root, isMessage: true))
        } catch let error as LineError {
            throw error
        } catch DecodingError.typeMismatch(let type, _) where type == Message.self {
            throw .unknownType(head.type)
        } catch {
            throw source.fault(error)
        }
        if let (field, problem) = message.contradiction {
            throw .badField(type: head.type, field: field, problem: problem)
        }
        return message
    }

    /// Reads a message from the text of one line.
    public static func decode(_ line: String) throws(LineError) -> Message {
        try decode(Array(line.utf8))
    }
}

/// What is read of a line before its type is known.
private struct Head: Decodable {
    var type: String
}

extension LineSource {
    /// An error of `Codable` itself, such as an unknown case of an enum of strings, in our terms.
    func fault(_ error: any Error) -> LineError {
        switch error {
        case let error as LineError: error
        case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
            DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            .badField(
                type: type, field: context.codingPath.last?.stringValue ?? "",
                problem: "is not understood: \(context.debugDescription)")
        default: .badField(type: type, field: "", problem: "is not understood: \(error)")
        }
    }
}

/// A JSON object that is no message, such as a small file beside a session.
package enum LineObject {
    /// The object's text in one line, with a newline.
    package static func encode(_ value: some Encodable) -> [UInt8] {
        let writer = LineWriter()
        do {
            try writer.write(value: value)
        } catch {
            preconditionFailure("a value does not encode: \(error)")
        }
        return writer.bytes + [0x0A]
    }

    /// Reads an object that stands alone in `bytes`; `name` names it in errors.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], name: String
    ) throws(LineError) -> Value {
        let scanner = try LineScanner(checking: bytes)
        let source = LineSource(scanner: scanner, type: name)
        do {
            return try source.decode(type, at: scanner.skipSpace(0), .root)
        } catch {
            throw source.fault(error)
        }
    }
}

extension Command: LineMessage {
    /// Counts that no engine could serve.
    public var contradiction: (field: String, problem: String)? {
        switch self {
        case .step(let count) where count < 1, .sample(_, let count) where count < 1:
            ("count", "must be at least 1")
        case .fetchCurve(let request) where request.points < 1:
            ("points", "must be at least 1")
        case .fetchPopulations(_, let points) where points < 2:
            ("points", "must be at least 2")
        case .film(_, _, let index, _) where index < 0: ("index", "must be at least 0")
        case .film(_, _, _, let frames) where frames < 1: ("frames", "must be at least 1")
        default: nil
        }
    }
}

extension Event: LineMessage {
    /// Sizes that would make a reader look beyond the end of an array.
    public var contradiction: (field: String, problem: String)? {
        switch self {
        case .thumbnails(let sheet):
            return Self.contradiction(
                in: sheet.pictures.lazy.map(\.rgb.count), of: "pictures", sheet.width, sheet.height)
        case .film(let film):
            return Self.contradiction(
                in: film.frames.lazy.map(\.rgb.count), of: "frames", film.width, film.height)
        case .population(let histogram) where histogram.counts.count != histogram.classes.count:
            return ("counts", "must be as many as classes")
        case .populationHistory(let history):
            let wrong = history.points.firstIndex { $0.counts.count != history.classes.count }
            return wrong.map { ("points[\($0)].counts", "must be as many as classes") }
        case .planted(let planted) where planted.shares.count != planted.classes.count:
            return ("shares", "must be as many as classes")
        default: return nil
        }
    }

    /// What is wrong with pictures that are all to be of one size.
    private static func contradiction(
        in sizes: some Collection<Int>, of field: String, _ width: Int, _ height: Int
    ) -> (field: String, problem: String)? {
        guard (0...4096).contains(width), (0...4096).contains(height) else {
            return ("width", "and height must be within 0...4096")
        }
        let size = 3 * width * height
        return sizes.enumerated().first { $0.element != size }.map {
            ("\(field)[\($0.offset)].rgb", "must hold 3 x width x height = \(size) bytes")
        }
    }
}
