import Foundation

/// The prompts that somebody looked at: what `prompts.json` in a session's folder says.
public struct SessionPrompts: Codable, Sendable, Equatable {
    /// The selected prompt; nil for the recipe's.
    public var selected: String?
    /// Prompts beyond the data set's own that were selected last, oldest first.
    public var typed: [String]

    /// Prompts with every field given.
    public init(selected: String? = nil, typed: [String] = []) {
        self.selected = selected
        self.typed = typed
    }
}

extension SessionStore {
    static let promptsName = "prompts.json"
    private static let longestPrompts = 64 * 1024
    private static let mostTyped = 64

    /// The prompts that were looked at last; none where the file is missing or damaged.
    public func prompts() -> SessionPrompts {
        guard
            let bytes = try? DurableFile.read(
                "\(path)/\(Self.promptsName)", limit: Self.longestPrompts),
            var prompts = try? JSONDecoder().decode(SessionPrompts.self, from: Data(bytes))
        else { return SessionPrompts() }
        prompts.typed = prompts.typed.suffix(Self.mostTyped)
        return prompts
    }

    /// Keeps the prompts that are looked at; only the session's engine writes them.
    public func write(_ prompts: SessionPrompts) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = [UInt8](try encoder.encode(prompts)) + [0x0A]
        try files.replace("\(path)/\(Self.promptsName)", with: bytes)
    }
}
