/// What is wrong with a theme file, and where.
public struct ThemeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file; a theme's name where no file was found.
    public let file: String
    /// The line, from 1; nil when the whole file is meant.
    public let line: Int?
    /// The key as it would be written with dots; nil when no single key is meant.
    public let key: String?
    /// What was found and what was expected.
    public let problem: String

    /// One line: file, line, key and problem.
    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return key.map { "\(place): \($0): \(problem)" } ?? "\(place): \(problem)"
    }
}
