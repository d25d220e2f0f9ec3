/// What is wrong with a file of a model, where, and what to do about it.
///
/// Every reader and writer of this layer throws this type, whatever the file held.
public struct ModelStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sort of fault, for callers and tests that decide by it.
    public enum Kind: String, Sendable, Equatable {
        /// The file is missing, is not a regular file, or the system refused to read it.
        case unreadable
        /// The system refused to write: a full disk, a missing folder, no permission.
        case unwritable
        /// The file ends before the data that it announces, or goes on after it.
        case wrongLength
        /// The file or its header is larger than this layer is willing to read.
        case tooLarge
        /// The text is not valid UTF-8 or not valid JSON, or misses a mandatory part.
        case malformed
        /// Two entries carry one name.
        case duplicateName
        /// An element type outside the supported ones.
        case unsupportedType
        /// A shape that is negative, overflows or does not fit the bytes that belong to it.
        case invalidShape
        /// Data offsets that lie outside the file, overlap, leave holes or run backwards.
        case invalidOffsets
        /// A tensor that was asked for does not exist.
        case missingTensor
        /// A tensor exists with another shape or element type than was asked for.
        case unexpectedTensor
        /// A configuration value outside the supported subset.
        case unsupportedValue
        /// Configuration values that contradict each other.
        case inconsistent
    }

    /// The sort of fault.
    public let kind: Kind
    /// The file, as the caller named it.
    public let file: String
    /// The tensor or configuration key at fault, where one is.
    public let subject: String?
    /// What is wrong, in a clause.
    public let problem: String
    /// What to do about it, in a clause.
    public let advice: String

    /// Describes a fault.
    public init(
        _ kind: Kind, file: String, subject: String? = nil, problem: String, advice: String
    ) {
        self.kind = kind
        self.file = file
        self.subject = subject
        self.problem = problem
        self.advice = advice
    }

    /// One line: file, subject, problem, advice.
    public var description: String {
        let place = subject.map { ": \(quoted($0))" } ?? ""
        return "\(printable(file, limit: 400))\(place): \(problem); \(advice)"
    }
}

/// A name from outside in quotation marks, safe to print: shortened, control characters escaped.
package func quoted(_ name: String) -> String {
    "\"\(printable(name, limit: 100))\""
}

/// Text from outside without what a terminal would act on.
private func printable(_ text: String, limit: Int) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == limit { return result + "..." }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
            result += "\\u{\(String(scalar.value, radix: 16))}"
        default: result.unicodeScalars.append(scalar)
        }
        count += 1
    }
    return result
}
