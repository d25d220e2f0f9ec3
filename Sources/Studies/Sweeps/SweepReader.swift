import PlainTOML
import TrainingEngine

extension Sweep {
    /// The most bytes a sweep file may have.
    static let longestText = 256 * 1024

    /// Reads a sweep's text.
    ///
    /// - Parameters:
    ///   - text: TOML.
    ///   - file: the name errors give.
    ///   - recipe: opens the recipe that the sweep starts from, by path or by a shipped name.
    /// - Throws: ``SweepError`` at the first thing that is wrong, or what opening the recipe throws.
    public static func parse(
        _ text: String, file: String, recipe: (String) throws -> Recipe
    ) throws -> Sweep {
        guard text.utf8.count <= longestText else {
            throw SweepError(
                file: file, line: 1, key: "", expected: "at most \(longestText) bytes",
                found: "\(text.utf8.count) bytes")
        }
        do {
            let reader = SweepReader(
                file: file, root: try TOMLParser.parse(text), empty: try TOMLParser.parse(""))
            return try reader.sweep(recipe)
        } catch let error as TOMLError {
            throw SweepError(
                file: file, line: error.line, key: "", expected: "valid TOML", found: error.reason)
        }
    }
}

/// One reading of one text.
private struct SweepReader {
    let file: String
    let root: TOMLTable
    /// What stands for a section that the file does not have.
    let empty: TOMLTable

    func sweep(_ open: (String) throws -> Recipe) throws -> Sweep {
        try check(
            root, known: ["sweep", "evaluation", "fixed", "vary", "rival", "confirm"], section: nil)
        let head = try table("sweep") ?? empty
        try check(
            head,
            known: [
                "name", "recipe", "seeds", "evaluate_at", "random", "random_seed", "criterion",
                "front",
            ], section: "sweep")
        let name = try word(head, "name", "sweep") ?? "sweep"
        guard Self.isName(name) else {
            throw refuse(
                head, "name", "sweep", "up to 48 letters, digits, '-' and '_'", head["name"])
        }
        guard let recipeName = try word(head, "recipe", "sweep") else {
            throw refuse(head, "recipe", "sweep", "the recipe to start from", nil)
        }
        var recipe = try open(recipeName)
        recipe.lanes = []
        let seeds = try integers(head, "seeds", "sweep", 0...1_000_000_000) ?? [1]
        let steps = try integers(head, "evaluate_at", "sweep", 1...100_000_000) ?? []
        let front = try front(head)
        let evaluation = try evaluation(
            try table("evaluation") ?? empty, "evaluation", known: [],
            fallback: StudyEvaluation(recipe))
        let fixed = try settings(try table("fixed") ?? empty, "fixed")
        let variations = try variations()
        for variation in variations where fixed.contains(where: { $0.key == variation.key }) {
            throw SweepError(
                file: file, line: variation.line, key: "vary.\(variation.key)",
                expected: "each key in [fixed] or in [vary], not in both", found: "it in both")
        }
        return Sweep(
            name: name, file: file, recipe: recipe, seeds: seeds.map { UInt64($0) },
            evaluatedSteps: steps, evaluation: evaluation, choice: try choice(head),
            criterion: try word(head, "criterion", "sweep") ?? "held_out_balance", front: front,
            confirmation: try confirmation(
                StudyEvaluation(recipe), searchSeeds: seeds), variations: variations, fixed: fixed,
            rivals: try rivals())
    }

    private func choice(_ head: TOMLTable) throws -> Sweep.Choice {
        guard let count = try integer(head, "random", "sweep", 1...10_000) else {
            if head["random_seed"] != nil {
                throw refuse(
                    head, "random_seed", "sweep", "random, a number of combinations, beside it",
                    head["random_seed"])
            }
            return .grid
        }
        let seed = try integer(head, "random_seed", "sweep", 0...1_000_000_000) ?? 1
        return .random(count: count, seed: UInt64(seed))
    }

    private func front(_ head: TOMLTable) throws -> (x: String, y: String) {
        guard let value = head["front"] else {
            return ("held_out_identity_accuracy", "held_out_discrepancy")
        }
        guard case .array(let items) = value, items.count == 2, case .string(let x) = items[0],
            case .string(let y) = items[1], x != y
        else {
            throw refuse(head, "front", "sweep", "two different figures' names in a list", value)
        }
        return (x, y)
    }

    private func evaluation(
        _ table: TOMLTable, _ section: String, known: [String], fallback: StudyEvaluation
    ) throws -> StudyEvaluation {
        try check(
            table, known: known + ["pictures_per_prompt", "inference_steps", "guidance_scale"],
            section: section)
        var evaluation = fallback
        if let pictures = try integer(table, "pictures_per_prompt", section, 2...100_000) {
            evaluation.pictures = pictures
        }
        if let steps = try integer(table, "inference_steps", section, 1...1000) {
            evaluation.inferenceSteps = steps
        }
        if let value = table["guidance_scale"] {
            guard let scale = value.asNumber, (1...30).contains(scale) else {
                throw refuse(table, "guidance_scale", section, "a number from 1.0 to 30.0", value)
            }
            evaluation.guidanceScale = scale
        }
        return evaluation
    }

    private func variations() throws -> [Sweep.Variation] {
        guard let table = try table("vary"), !table.entries.isEmpty else {
            throw SweepError(
                file: file, line: root.line(of: "vary"), key: "vary",
                expected: "at least one key with a list of values", found: "none")
        }
        return try table.inOrder.map { key, value in
            guard case .array(let values) = value, !values.isEmpty else {
                throw refuse(table, key, "vary", "a list of values", value)
            }
            for (index, item) in values.enumerated() {
                guard SweepCombination.text(of: item) != nil else {
                    throw refuse(table, key, "vary", "numbers, words, true or false", item)
                }
                if values[..<index].contains(item) {
                    throw refuse(table, key, "vary", "different values", item)
                }
            }
            return Sweep.Variation(key: key, line: table.line(of: key), values: values)
        }
    }

    private func rivals() throws -> [Sweep.Rival] {
        guard let value = root["rival"] else { return [] }
        guard case .array(let items) = value else {
            throw refuse(root, "rival", nil, "[[rival]] tables", value)
        }
        var rivals: [Sweep.Rival] = []
        for item in items {
            guard case .table(let table) = item else {
                throw refuse(root, "rival", nil, "[[rival]] tables", item)
            }
            guard let name = try word(table, "name", "rival"), Self.isName(name),
                name != EvaluationRecord.baseName, name.first?.isNumber == false,
                !rivals.contains(where: { $0.name == name })
            else {
                throw refuse(
                    table, "name", "rival",
                    "a name of its own of up to 48 letters, digits, '-' and '_', a letter first",
                    table["name"])
            }
            let settings = try settings(table, "rival").filter { $0.key != "name" }
            rivals.append(Sweep.Rival(name: name, line: table.line, settings: settings))
        }
        return rivals
    }

    private func confirmation(
        _ fallback: StudyEvaluation, searchSeeds: [Int]
    ) throws -> Sweep.Confirmation? {
        guard let table = try table("confirm") else { return nil }
        let evaluation = try evaluation(
            table, "confirm", known: ["seeds", "top"], fallback: fallback)
        guard let seeds = try integers(table, "seeds", "confirm", 0...1_000_000_000) else {
            throw refuse(table, "seeds", "confirm", "a list of seeds", nil)
        }
        guard Set(seeds).isDisjoint(with: searchSeeds) else {
            throw refuse(
                table, "seeds", "confirm",
                "seeds that the search does not use: what chose a recipe cannot confirm it",
                table["seeds"])
        }
        return Sweep.Confirmation(
            seeds: seeds.map { UInt64($0) },
            top: try integer(table, "top", "confirm", 1...100) ?? 1, evaluation: evaluation)
    }

    // MARK: Values

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 48 && text.first != "-" && text.first != "_"
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }

    private func settings(_ table: TOMLTable, _ section: String) throws -> [Sweep.Setting] {
        try table.inOrder.map { key, value in
            guard SweepCombination.text(of: value) != nil else {
                throw refuse(table, key, section, "a number, a word, true or false", value)
            }
            return Sweep.Setting(key: key, line: table.line(of: key), value: value)
        }
    }

    private func table(_ key: String) throws -> TOMLTable? {
        guard let value = root[key] else { return nil }
        guard case .table(let table) = value else {
            throw refuse(root, key, nil, "a table, [\(key)]", value)
        }
        return table
    }

    private func word(_ table: TOMLTable, _ key: String, _ section: String) throws -> String? {
        guard let value = table[key] else { return nil }
        guard case .string(let text) = value, !text.isEmpty, text.utf8.count <= 4096,
            !text.utf8.contains(0)
        else { throw refuse(table, key, section, "a word", value) }
        return text
    }

    private func integer(
        _ table: TOMLTable, _ key: String, _ section: String, _ range: ClosedRange<Int>
    ) throws -> Int? {
        guard let value = table[key] else { return nil }
        guard case .integer(let number) = value, range.contains(number) else {
            throw refuse(
                table, key, section,
                "a whole number from \(range.lowerBound) to \(range.upperBound)", value)
        }
        return number
    }

    private func integers(
        _ table: TOMLTable, _ key: String, _ section: String, _ range: ClosedRange<Int>
    ) throws -> [Int]? {
        guard let value = table[key] else { return nil }
        var numbers: [Int] = []
        if case .array(let items) = value {
            for case .integer(let number) in items where range.contains(number) {
                numbers.append(number)
            }
            if !items.isEmpty, numbers.count == items.count, Set(numbers).count == numbers.count {
                return numbers
            }
        }
        throw refuse(
            table, key, section,
            "a list of different whole numbers from \(range.lowerBound) to \(range.upperBound)",
            value)
    }

    private func check(_ table: TOMLTable, known: [String], section: String?) throws {
        guard let wrong = table.keys.first(where: { !known.contains($0) }) else { return }
        let shown = TOMLText.key([String(wrong.prefix(60))])
        throw SweepError(
            file: file, line: table.line(of: wrong),
            key: section.map { "\($0).\(shown)" } ?? shown,
            expected: "one of " + known.joined(separator: ", "), found: "an unknown key")
    }

    private func refuse(
        _ table: TOMLTable, _ key: String, _ section: String?, _ expected: String,
        _ found: TOMLValue?
    ) -> SweepError {
        let shown = TOMLText.key([String(key.prefix(60))])
        return SweepError(
            file: file, line: table.line(of: key), key: section.map { "\($0).\(shown)" } ?? shown,
            expected: expected, found: found?.described ?? "nothing")
    }
}
