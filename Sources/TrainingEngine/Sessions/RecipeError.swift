/// What is wrong with a recipe, and where: file, line, key, what was expected and what stood there.
public struct RecipeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file as the user named it.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The key with its section, `session.steps` or `lane.beta`; empty where TOML itself is broken.
    public var key: String
    /// What the recipe should say there.
    public var expected: String
    /// What it says.
    public var found: String

    /// `FILE:LINE: KEY: expected ..., found ...`.
    public var description: String {
        let place = key.isEmpty ? "\(file):\(line)" : "\(file):\(line): \(key)"
        return "\(place): expected \(expected), found \(found)"
    }
}

/// What is wrong with one lane's settings, wherever they came from.
public struct LaneProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The setting's name in a recipe: `beta`.
    public var key: String
    /// What it should be.
    public var expected: String
    /// What it is.
    public var found: String

    /// `KEY: expected ..., found ...`.
    public var description: String { "\(key): expected \(expected), found \(found)" }
}
