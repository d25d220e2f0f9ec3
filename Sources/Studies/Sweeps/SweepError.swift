/// What is wrong with a sweep file, and where.
public struct SweepError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file as the user named it.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The key with its section; empty where TOML itself is broken.
    public var key: String
    /// What the file should say there.
    public var expected: String
    /// What it says.
    public var found: String

    /// `FILE:LINE: KEY: expected ..., found ...`.
    public var description: String {
        let place = key.isEmpty ? "\(file):\(line)" : "\(file):\(line): \(key)"
        return "\(place): expected \(expected), found \(found)"
    }
}
