import BenchProtocol
import Foundation
import PlainTOML

extension Recipe {
    /// The longest recipe that is read, in bytes; far more than any recipe needs.
    static var longestText: Int { 256 * 1024 }

    /// Reads a recipe's text.
    ///
    /// - Parameters:
    ///   - text: TOML.
    ///   - file: the name errors give.
    /// - Throws: ``RecipeError`` at the first thing that is wrong.
    public static func parse(_ text: String, file: String) throws -> Recipe {
        try RecipeReader(text, file: file).recipe()
    }

    /// Reads a recipe's file; relative paths in it are meant from the file's folder.
    ///
    /// - Throws: ``RecipeError`` about its contents, ``SessionError`` where it cannot be read.
    public static func read(path: String) throws -> Recipe {
        let bytes = try DurableFile.read(path, limit: longestText)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = String(decoding: bytes, as: UTF8.self).unicodeScalars
            let before = valid.prefix { $0 != "\u{FFFD}" }
            let line = 1 + before.reduce(0) { $0 + ($1 == "\n" ? 1 : 0) }
            throw RecipeError(
                file: path, line: line, key: "", expected: "UTF-8 text", found: "other bytes")
        }
        var recipe = try parse(text, file: path)
        recipe.anchorPaths(at: (path as NSString).deletingLastPathComponent)
        return recipe
    }

    /// Makes relative paths in the recipe absolute: they are meant from the recipe's own folder.
    mutating func anchorPaths(at folder: String) {
        let base = URL(fileURLWithPath: folder.isEmpty ? "." : folder)
        func anchored(_ path: String, unless words: [String]) -> String {
            words.contains(path) || path.hasPrefix("/")
                ? path : base.appendingPathComponent(path).standardizedFileURL.path
        }
        model.base = anchored(model.base, unless: ["embedded"])
        model.classifier = anchored(model.classifier, unless: ["embedded"])
        model.evaluator = anchored(model.evaluator, unless: ["embedded"])
        model.scorer = anchored(model.scorer, unless: ["embedded"])
        populations.source = anchored(populations.source, unless: ["shipped", "collect"])
        preferences.source = anchored(preferences.source, unless: ["none", "shipped", "collect"])
    }
}

/// One reading of one text.
private struct RecipeReader {
    let file: String
    let root: TOMLTable

    init(_ text: String, file: String) throws {
        self.file = file
        guard text.utf8.count <= Recipe.longestText else {
            throw RecipeError(
                file: file, line: 1, key: "", expected: "at most \(Recipe.longestText) bytes",
                found: "\(text.utf8.count) bytes")
        }
        do {
            root = try TOMLParser.parse(text)
        } catch {
            throw RecipeError(
                file: file, line: error.line, key: "", expected: "valid TOML", found: error.reason)
        }
    }

    func recipe() throws -> Recipe {
        var recipe = Recipe()
        try checkKeys(of: root, known: RecipeKeys.sections.map(\.name) + ["lane"], section: nil)
        for section in RecipeKeys.sections {
            guard let value = root[section.name] else { continue }
            guard case .table(let table) = value else {
                throw error(
                    line: root.line(of: section.name), key: section.name,
                    "a table, [\(section.name)]", value.described)
            }
            try read(table, keys: section.keys, into: &recipe, section: section.name)
        }
        try checkProfessions(recipe)
        try checkPreferences(recipe)
        recipe.lanes = try lanes()
        return recipe
    }

    /// What keys of two tables together cannot mean.
    private func checkPreferences(_ recipe: Recipe) throws {
        let p = recipe.preferences
        guard p.source != "none" else { return }
        if recipe.training.identityCaptions > 0, case .table(let table) = root["training"] {
            throw error(
                line: table.line(of: "identity_captions"), key: "training.identity_captions",
                "0 beside [preferences], whose pictures have no identities to name",
                "the number \(recipe.training.identityCaptions)")
        }
        if p.matchWeight + p.fidelityWeight + p.tasteWeight == 0,
            case .table(let table) = root["preferences"]
        {
            throw error(
                line: table.line(of: "taste_weight"), key: "preferences.taste_weight",
                "a weight above 0 among the rater's three", "the number 0.0 for each")
        }
    }

    /// Reads one table's keys; every key it holds has to be one of `keys`.
    private func read(
        _ table: TOMLTable, keys: [RecipeKey<Recipe>], into recipe: inout Recipe, section: String
    ) throws {
        try checkKeys(of: table, known: keys.map(\.name), section: section)
        for key in keys {
            guard let value = table[key.name] else { continue }
            guard key.assign(value, &recipe) else {
                throw error(
                    line: table.line(of: key.name), key: "\(section).\(key.name)", key.expected,
                    value.described)
            }
        }
    }

    /// Refuses the first key in the text that is not known.
    private func checkKeys(of table: TOMLTable, known: [String], section: String?) throws {
        guard let wrong = table.keys.first(where: { !known.contains($0) }) else { return }
        let shown = TOMLText.key([String(wrong.prefix(60))])
        throw error(
            line: table.line(of: wrong), key: section.map { "\($0).\(shown)" } ?? shown,
            "one of " + known.joined(separator: ", "), "an unknown key")
    }

    /// The embedded model knows twenty professions; other models know their own.
    private func checkProfessions(_ recipe: Recipe) throws {
        guard recipe.model.base == "embedded", case .table(let table) = root["populations"] else {
            return
        }
        for profession in recipe.populations.professions
        where !Recipe.professions.contains(profession) {
            throw error(
                line: table.line(of: "professions"), key: "populations.professions",
                "some of \(Recipe.professions.joined(separator: ", "))",
                TOMLText.quoted(String(profession.prefix(60))))
        }
    }

    private func lanes() throws -> [LaneSettings] {
        let expected = "at least one lane, [[lane]] with its name and objective"
        let line = root.line(of: "lane")
        guard let value = root["lane"] else {
            throw error(line: line, key: "lane", expected, "none")
        }
        guard case .array(let values) = value, !values.isEmpty else {
            let found =
                if case .table = value { "[lane] in single brackets" } else { value.described }
            throw error(line: line, key: "lane", expected, found)
        }
        guard values.count <= 16 else {
            throw error(line: line, key: "lane", "at most 16 lanes", "\(values.count)")
        }
        var lanes: [LaneSettings] = []
        var lines: [String: Int] = [:]
        for value in values {
            guard case .table(let table) = value else {
                throw error(line: line, key: "lane", expected, value.described)
            }
            let lane = try lane(table)
            if let earlier = lines[lane.name] {
                throw error(
                    line: table.line(of: "name"), key: "lane.name", "a name that no other lane has",
                    "\(TOMLText.quoted(lane.name)) again, first in line \(earlier)")
            }
            lines[lane.name] = table.line(of: "name")
            lanes.append(lane)
        }
        return lanes
    }

    private func lane(_ table: TOMLTable) throws -> LaneSettings {
        try checkKeys(of: table, known: RecipeLane.keyNames, section: "lane")
        func refuse(_ key: String, _ expected: String, _ found: String) -> RecipeError {
            error(line: table.line(of: key), key: "lane.\(key)", expected, found)
        }
        func word(_ key: String, _ expected: String) throws -> String? {
            guard let value = table[key] else { return nil }
            guard case .string(let text) = value else {
                throw refuse(key, expected, value.described)
            }
            return text
        }
        let objectives = TOMLText.choices(RecipeLane.objectives)
        guard let name = try word("name", RecipeLane.nameExpectation) else {
            throw refuse("name", RecipeLane.nameExpectation, "nothing")
        }
        guard let objective = try word("objective", objectives) else {
            throw refuse("objective", objectives, "nothing")
        }
        let divergence = try word("divergence", TOMLText.choices(RecipeLane.divergences))
        var lane = RecipeLane.preset(name: name, objective: objective, divergence: divergence)
        if let problem = RecipeLane.problem(in: lane) {
            throw refuse(problem.key, problem.expected, problem.found)
        }
        let numbers = RecipeLane.numberKeys(for: lane).map(\.name)
        if let slope = table[RecipeLane.slopeKey], table["beta"] != nil,
            numbers.contains(RecipeLane.slopeKey)
        {
            throw refuse(RecipeLane.slopeKey, "beta or slope, not both", slope.described)
        }
        for key in RecipeLane.numberKeys {
            guard let value = table[key.name] else { continue }
            guard numbers.contains(key.name) else {
                let kind = divergence.map { "divergence \"\($0)\"" } ?? "objective \"\(objective)\""
                let refusal =
                    key.name == RecipeLane.safeguardKey
                    ? RecipeLane.safeguardRefusal(of: objective) : nil
                // What is switched off may stand anywhere.
                if refusal != nil, case .boolean(false) = value { continue }
                throw refuse(key.name, refusal ?? "no \(key.name) for \(kind)", value.described)
            }
            guard key.assign(value, &lane) else {
                throw refuse(key.name, key.expected, value.described)
            }
        }
        return lane
    }

    private func error(
        line: Int, key: String, _ expected: String, _ found: String
    ) -> RecipeError {
        RecipeError(file: file, line: line, key: key, expected: expected, found: found)
    }
}
