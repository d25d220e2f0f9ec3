import TrainingEngine

/// What comes with the program, wherever it was installed.
enum Shipped {
    /// The name of the base model's folder under `models`.
    static let modelName = "emoji-people"

    /// The base model's folder.
    ///
    /// - Throws: `SessionError.notFound` with the places that were looked at.
    static func model() throws -> String {
        try Locations.current().path(of: modelName, in: .models)
    }

    /// The tokenizer of the embedded captions, which is there before any model is trained.
    ///
    /// - Throws: `SessionError.notFound` with the places that were looked at.
    static func tokenizer() throws -> String {
        try Locations.current().path(of: modelName + "/tokenizer", in: .models)
    }
}
