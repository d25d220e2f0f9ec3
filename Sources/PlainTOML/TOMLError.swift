/// Why a text is not TOML.
package struct TOMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line, from 1.
    package var line: Int
    /// What is wrong there.
    package var reason: String

    package var description: String { "line \(line): \(reason)" }
}
