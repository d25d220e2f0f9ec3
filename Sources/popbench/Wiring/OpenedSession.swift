import EngineLink
import Foundation
import TrainingEngine

/// The session that a command is about: an existing one, or one just made from a recipe.
struct OpenedSession {
    let folder: String
    let isNew: Bool

    /// Finds or makes the session.
    ///
    /// - Parameters:
    ///   - session: a name or folder; nil for the one shown last, the newest, or a new one.
    ///   - recipe: the recipe of a new session: a file or a starter recipe's name.
    ///   - allowNewest: whether another session may be opened when none is named.
    ///   - shown: the folder of the session that was shown last, if that is known.
    /// - Throws: `SessionError` or `RecipeError`.
    init(
        session: String?, recipe: String?, locations: Locations, allowNewest: Bool,
        shown: String? = nil
    ) throws {
        if let session {
            folder = try locations.session(session)
            if SessionStore.isSession(folder) {
                isNew = false
                return
            }
        } else if recipe == nil, allowNewest,
            let known = try Self.sound(shown) ?? Self.newest(locations)
        {
            folder = known
            isNew = false
            return
        } else {
            let name = try Self.read(recipe, locations).session.name
            folder = locations.sessions + "/" + locations.freshSessionName(name)
        }
        let recipe = try Self.read(recipe, locations)
        try Self.checkFolders(of: recipe)
        _ = try SessionStore.create(
            at: folder, recipe: recipe, created: Date().timeIntervalSince1970)
        isNew = true
    }

    private static func read(_ recipe: String?, _ locations: Locations) throws -> Recipe {
        try Recipe.read(path: try locations.recipe(recipe ?? Locations.defaultRecipe))
    }

    /// Refuses a recipe that names a folder which is not there, before a session is made of it.
    static func checkFolders(of recipe: Recipe) throws {
        for (key, path) in [
            ("model.base", recipe.model.base), ("model.classifier", recipe.model.classifier),
            ("model.evaluator", recipe.model.evaluator), ("model.scorer", recipe.model.scorer),
            ("populations.source", recipe.populations.source),
        ] where path.hasPrefix("/") {
            var isFolder: ObjCBool = false
            if !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                || !isFolder.boolValue
            {
                throw EngineError("the recipe's \(key) names \(path), where no folder is")
            }
        }
    }

    /// A folder that holds a session which can be opened; nil for any other.
    private static func sound(_ folder: String?) -> String? {
        guard let folder, SessionStore.isSession(folder),
            SessionStore.summary(folder).problem == nil
        else { return nil }
        return folder
    }

    private static func newest(_ locations: Locations) throws -> String? {
        func age(_ summary: SessionSummary) -> Double { summary.lastSaved ?? summary.created }
        let sound = try SessionStore.list(in: locations.sessions).filter { $0.problem == nil }
        return sound.max { age($0) < age($1) }?.path
    }
}
