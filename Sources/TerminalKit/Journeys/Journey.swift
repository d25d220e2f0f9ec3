/// A way through the program: keys, and what has to come to stand on the screen after them.
///
/// A text file, one step a line; `#` begins a comment, blank lines count for nothing:
///
///     press 3               a key by its name, or several
///     type a pilot          a text, character by character
///     see lane 2            wait until the screen shows it, 60 s unless `see within 5: ...` says so
///     unseen saving         wait until the screen does not show it
///     resize 80x24          give the screen another size
///     picture compare       keep the screen as it stands, under a name
///     click lane 2          press and release the left button on the first place that shows it
public struct Journey: Sendable, Equatable {
    /// One thing that is done or waited for.
    public enum Step: Sendable, Equatable {
        case press(Key)
        case see(String, seconds: Double)
        case unseen(String, seconds: Double)
        case resize(width: Int, height: Int)
        case picture(String)
        case click(String)
    }

    /// Seconds that a screen may take to come.
    public static let patience = 60.0

    /// The steps with the line each stands on.
    public private(set) var steps: [(line: Int, step: Step)] = []

    /// Reads a journey.
    ///
    /// - Throws: `JourneyError` with the line that cannot be read.
    public init(_ text: String) throws(JourneyError) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, raw) in lines.enumerated() {
            let words = raw.drop { $0.isWhitespace }
            guard !words.isEmpty, words.first != "#" else { continue }
            let verb = words.prefix { !$0.isWhitespace }
            let rest = Journey.trimmed(words.dropFirst(verb.count))
            for step in try Journey.read(String(verb), rest, line: index + 1) {
                steps.append((index + 1, step))
            }
        }
    }

    private static func read(
        _ verb: String, _ rest: String, line: Int
    ) throws(JourneyError) -> [Step] {
        func fail(_ problem: String) -> JourneyError { JourneyError(line: line, problem: problem) }
        guard !rest.isEmpty else { throw fail("\"\(verb)\" needs something after it") }
        switch verb {
        case "press":
            var keys: [Step] = []
            for name in rest.split(separator: " ") {
                guard let key = Key(name: String(name)) else {
                    throw fail("there is no key \"\(name)\"")
                }
                keys.append(.press(key))
            }
            return keys
        case "type": return rest.map { .press(.character($0)) }
        case "see", "unseen":
            var (text, seconds) = (rest, patience)
            if rest.hasPrefix("within "), let colon = rest.firstIndex(of: ":") {
                let number = trimmed(rest[..<colon].dropFirst(7))
                guard let given = Double(number), given > 0, given <= 3600 else {
                    throw fail("\"within\" takes seconds, such as \"within 5: text\"")
                }
                (text, seconds) = (trimmed(rest[rest.index(after: colon)...]), given)
            }
            guard !text.isEmpty else { throw fail("\"\(verb)\" needs a text") }
            return [verb == "see" ? .see(text, seconds: seconds) : .unseen(text, seconds: seconds)]
        case "resize":
            let sides = rest.split(separator: "x").compactMap { Int($0) }
            guard sides.count == 2, sides.allSatisfy({ (1...1000).contains($0) }) else {
                throw fail("\"resize\" takes WIDTHxHEIGHT, such as 80x24")
            }
            return [.resize(width: sides[0], height: sides[1])]
        case "picture": return [.picture(rest)]
        case "click": return [.click(rest)]
        default:
            throw fail(
                "\"\(verb)\" is none of press, type, see, unseen, resize, picture and click")
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let head = text.drop { $0.isWhitespace }
        return String(head.prefix(head.count - head.reversed().prefix { $0.isWhitespace }.count))
    }

    /// Whether two journeys have the same steps on the same lines.
    public static func == (a: Journey, b: Journey) -> Bool {
        a.steps.map(\.line) == b.steps.map(\.line) && a.steps.map(\.step) == b.steps.map(\.step)
    }
}

/// A line of a journey that cannot be read.
public struct JourneyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// What is wrong with it.
    public let problem: String

    /// The line and what is wrong with it.
    public var description: String { "line \(line): \(problem)" }
}
