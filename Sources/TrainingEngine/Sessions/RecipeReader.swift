import BenchProtocol
import Foundation
import TOMLKit

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
        populations.source = anchored(populations.source, unless: ["shipped", "collect"])
    }
}

/// One reading of one text.
private struct RecipeReader {
    let file: String
    let root: TOMLTable
    let source: RecipeSource

    init(_ text: String, file: String) throws {
        func refuse(_ line: Int, _ expected: String, _ found: String) -> RecipeError {
            RecipeError(file: file, line: line, key: "", expected: expected, found: found)
        }
        guard text.utf8.count <= Recipe.longestText else {
            throw refuse(
                1, "at most \(Recipe.longestText) bytes", "\(text.utf8.count) bytes")
        }
        // The parser reads C strings, and nests one level for every dot of a key.
        var number = 1
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.contains(0) { throw refuse(number, "TOML text", "a NUL character") }
            if line.count > 4096 {
                throw refuse(number, "lines of at most 4096 bytes", "\(line.count) bytes")
            }
            number += 1
        }
        do {
            root = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw refuse(error.source.begin.line, "valid TOML", "an error: \(error.description)")
        }
        self.file = file
        source = RecipeSource(text)
    }

    func recipe() throws -> Recipe {
        var recipe = Recipe()
        let sections = RecipeKeys.sections.map(\.name) + ["lane"]
        for key in root.keys.sorted() where !sections.contains(key) {
            throw unknown(key, among: sections, line: source.line(section: nil, key: key), in: nil)
        }
        for section in RecipeKeys.sections {
            guard let node = root[section.name] else { continue }
            guard let table = node.table else {
                throw error(
                    line: source.line(section: nil, key: section.name), key: section.name,
                    "a table, [\(section.name)]", RecipeValue(node).described)
            }
            try read(table, keys: section.keys, into: &recipe, section: section.name)
        }
        try checkProfessions(recipe)
        recipe.lanes = try lanes()
        return recipe
    }

    /// Reads one table's keys; every key it holds has to be one of `keys`.
    private func read(
        _ table: TOMLTable, keys: [RecipeKey<Recipe>], into recipe: inout Recipe, section: String
    ) throws {
        try checkKeys(of: table, known: keys.map(\.name), section: section)
        for key in keys {
            guard let node = table[key.name] else { continue }
            let value = RecipeValue(node)
            guard key.assign(value, &recipe) else {
                throw error(
                    line: source.line(section: section, key: key.name),
                    key: "\(section).\(key.name)", key.expected, value.described)
            }
        }
    }

    private func checkKeys(
        of table: TOMLTable, known: [String], section: String, index: Int? = nil
    ) throws {
        // In the order of the file, so that the first mistake is the one reported.
        let wrong = table.keys.filter { !known.contains($0) }
            .map { ($0, source.line(section: section, index: index, key: $0)) }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }
        if let (key, line) = wrong { throw unknown(key, among: known, line: line, in: section) }
    }

    /// The embedded model knows twenty professions; other models know their own.
    private func checkProfessions(_ recipe: Recipe) throws {
        guard recipe.model.base == "embedded" else { return }
        for profession in recipe.populations.professions
        where !Recipe.professions.contains(profession) {
            throw error(
                line: source.line(section: "populations", key: "professions"),
                key: "populations.professions",
                "some of \(Recipe.professions.joined(separator: ", "))",
                RecipeText.quoted(String(profession.prefix(60))))
        }
    }

    private func lanes() throws -> [LaneSettings] {
        let expected = "at least one lane, [[lane]] with its name and objective"
        guard let node = root["lane"] else { throw error(line: 1, key: "lane", expected, "none") }
        guard let tables = node.array, !tables.isEmpty else {
            throw error(
                line: source.line(section: "lane"), key: "lane", expected,
                node.type == .table ? "[lane] in single brackets" : RecipeValue(node).described)
        }
        guard tables.count <= 16 else {
            throw error(
                line: source.line(section: "lane", index: 16), key: "lane", "at most 16 lanes",
                "\(tables.count)")
        }
        var lanes: [LaneSettings] = []
        for (index, node) in tables.enumerated() {
            guard let table = node.table else {
                throw error(
                    line: source.line(section: "lane", index: index), key: "lane", expected,
                    RecipeValue(node).described)
            }
            let lane = try lane(table, index: index)
            if let earlier = lanes.firstIndex(where: { $0.name == lane.name }) {
                throw error(
                    line: source.line(section: "lane", index: index, key: "name"),
                    key: "lane.name", "a name that no other lane has",
                    "\(RecipeText.quoted(lane.name)) again, first in line "
                        + "\(source.line(section: "lane", index: earlier, key: "name"))")
            }
            lanes.append(lane)
        }
        return lanes
    }

    private func lane(_ table: TOMLTable, index: Int) throws -> LaneSettings {
        try checkKeys(of: table, known: RecipeLane.keyNames, section: "lane", index: index)
        func refuse(_ key: String, _ expected: String, _ found: String) -> RecipeError {
            error(
                line: source.line(section: "lane", index: index, key: key), key: "lane.\(key)",
                expected, found)
        }
        func word(_ key: String, _ expected: String) throws -> String? {
            guard let node = table[key] else { return nil }
            guard let text = node.string else {
                throw refuse(key, expected, RecipeValue(node).described)
            }
            return text
        }
        let objectives = RecipeText.choices(RecipeLane.objectives)
        guard let name = try word("name", RecipeLane.nameExpectation) else {
            throw refuse("name", RecipeLane.nameExpectation, "nothing")
        }
        guard let objective = try word("objective", objectives) else {
            throw refuse("objective", objectives, "nothing")
        }
        let divergence = try word("divergence", RecipeText.choices(RecipeLane.divergences))
        var lane = RecipeLane.preset(name: name, objective: objective, divergence: divergence)
        if let problem = RecipeLane.problem(in: lane) {
            throw refuse(problem.key, problem.expected, problem.found)
        }
        let numbers = RecipeLane.numberKeys(for: lane)
        for key in RecipeLane.numberKeys {
            guard let node = table[key.name] else { continue }
            let value = RecipeValue(node)
            guard numbers.contains(where: { $0.name == key.name }) else {
                let kind = divergence.map { "divergence \"\($0)\"" } ?? "objective \"\(objective)\""
                throw refuse(key.name, "no \(key.name) for \(kind)", value.described)
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

    private func unknown(
        _ key: String, among known: [String], line: Int, in section: String?
    ) -> RecipeError {
        let shown = String(key.prefix(60))
        return error(
            line: line, key: section.map { "\($0).\(shown)" } ?? shown,
            "one of " + known.joined(separator: ", "), "an unknown key")
    }
}
