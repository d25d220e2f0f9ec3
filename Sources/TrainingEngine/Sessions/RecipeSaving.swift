import Foundation

extension Recipe {
    /// Keeps a recipe under a name, every value explained, where ``Locations/recipe(_:)`` finds it.
    ///
    /// - Parameters:
    ///   - text: TOML, which has to be a recipe.
    ///   - name: a name as sessions have.
    ///   - replacing: whether a recipe that the user saved earlier may be replaced.
    /// - Returns: the file.
    /// - Throws: ``RecipeError`` or ``SessionError``; nothing is then written.
    public static func save(
        _ text: String, as name: String, in locations: Locations, replacing: Bool = false
    ) throws -> String {
        guard RecipeKey<Recipe>.isName(name) else { throw SessionError.badName(name) }
        var recipe = try parse(text, file: "\(name).toml")
        recipe.session.name = name
        let path = "\(locations.ownRecipes)/\(name).toml"
        guard replacing || access(path, F_OK) != 0 else { throw SessionError.taken(path: path) }
        let files = DurableFile()
        try files.makeFolder(locations.ownRecipes)
        try files.replace(path, with: Array(recipe.resolved().utf8))
        return path
    }
}
