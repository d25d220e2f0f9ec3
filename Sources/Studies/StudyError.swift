/// Why a study cannot be done or shown: what, where, and what to do.
public struct StudyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence, shown to the person as it is.
    public let description: String

    /// An error in words.
    public init(_ description: String) { self.description = description }
}
