/// The configuration of one component of a pipeline, as the JSON file that diffusers or
/// transformers keeps beside its weights.
///
/// Reading, writing and `Codable` all go through the same checks; `checked(as:)` applies them to
/// values that were set by hand.
public protocol ComponentConfiguration: Codable, Equatable, Sendable {
    /// Reads a configuration; keys that are absent have the Python library's default.
    ///
    /// - Parameters:
    ///   - json: the parsed file.
    ///   - file: the name for error messages.
    /// - Throws: `ModelStoreError` naming file, key, value and what is supported.
    init(json: JSONValue, file: String) throws

    /// The keys and values that the Python library writes for it, in a stable order.
    var json: JSONValue { get }
}

extension ComponentConfiguration {
    /// Reads the configuration in a file.
    ///
    /// - Throws: `ModelStoreError`.
    public init(contentsOf path: String) throws {
        try self.init(json: JSONValue.read(path), file: path)
    }

    /// The configuration itself, if its values pass the checks that a file's have to pass.
    ///
    /// - Parameter file: the name for error messages.
    /// - Throws: `ModelStoreError` naming key, value and what is supported.
    public func checked(as file: String = "configuration") throws -> Self {
        try Self(json: json, file: file)
    }

    /// Replaces the file at a path, atomically.
    ///
    /// - Throws: `ModelStoreError` of kind `unwritable`, or what `checked(as:)` throws.
    public func write(to path: String) throws {
        _ = try checked(as: path)
        try AtomicFile.write(json.indentedText, to: path)
    }

    /// Reads a configuration from any decoder.
    public init(from decoder: any Decoder) throws {
        try self.init(json: JSONValue(from: decoder), file: "configuration")
    }

    /// Writes the configuration to any encoder.
    public func encode(to encoder: any Encoder) throws {
        try json.encode(to: encoder)
    }
}

/// A number that is one for all levels of a U-Net, or its own for each.
public enum PerLevel: Sendable, Equatable {
    /// One number for all levels.
    case same(Int)
    /// A number for every level, the highest resolution first.
    case each([Int])

    /// The number of a level.
    public subscript(level: Int) -> Int {
        switch self {
        case .same(let value): value
        case .each(let values): values[level]
        }
    }

    var json: JSONValue {
        switch self {
        case .same(let value): .integer(value)
        case .each(let values): .array(values.map { .integer($0) })
        }
    }

    func fits(levels: Int) -> Bool {
        if case .each(let values) = self { values.count == levels } else { true }
    }
}

/// The version of diffusers whose file format the written files follow.
package let writtenDiffusersVersion = "0.42.1"
