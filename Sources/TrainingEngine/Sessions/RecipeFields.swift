import BenchProtocol
import PlainTOML

/// One key of a recipe with its present value and everything a form has to say of it.
public struct RecipeField: Sendable, Equatable {
    /// The section without brackets: `session`, `training`, `lane`.
    public var section: String
    /// The lane's place in the recipe; nil outside of lanes.
    public var lane: Int?
    /// The key as the file spells it.
    public var key: String
    /// The value: TOML, but a text without its quotes; empty where the key is left out.
    public var value: String
    /// The default, likewise.
    public var defaultValue: String
    /// Whether the value is a text, which the file puts in quotes.
    public var isText: Bool
    /// Why the default is what it is, and what the key does.
    public var reason: String
    /// What an error says the value should be.
    public var expected: String
    /// The words that it may be; empty where it is no choice.
    public var choices: [String]
}

extension Recipe {
    /// Every key of the recipe, sections first and lanes after them, in the order of the file.
    public var fields: [RecipeField] {
        var fields: [RecipeField] = []
        let defaults = Recipe()
        for section in RecipeKeys.sections {
            for key in section.keys {
                let value = key.text(self) ?? ""
                let isText = value.hasPrefix("\"")
                fields.append(
                    RecipeField(
                        section: section.name, lane: nil, key: key.name,
                        value: Self.bare(value), defaultValue: Self.bare(key.text(defaults) ?? ""),
                        isText: isText, reason: key.reason, expected: key.expected,
                        choices: key.name == "schedule"
                            ? Training.Schedule.allCases.map(\.rawValue) : []))
            }
        }
        for (index, lane) in lanes.enumerated() {
            fields += Recipe.fields(of: lane, lane: index)
        }
        return fields
    }

    /// Every key of one lane, those that its objective has no use for left empty.
    public static func fields(of lane: LaneSettings, lane index: Int) -> [RecipeField] {
        let preset = RecipeLane.preset(
            name: lane.name, objective: lane.objective, divergence: lane.divergence)
        func word(
            _ key: String, _ value: String, _ reason: String, _ expected: String,
            _ choices: [String] = []
        ) -> RecipeField {
            RecipeField(
                section: "lane", lane: index, key: key, value: value, defaultValue: "",
                isText: true, reason: reason, expected: expected, choices: choices)
        }
        let words = [
            word(
                "name", lane.name, "what screens, files and messages call the lane",
                RecipeLane.nameExpectation),
            word(
                "objective", lane.objective, "the loss that the lane is trained with",
                TOMLText.choices(RecipeLane.objectives), RecipeLane.objectives),
            word(
                "divergence", lane.divergence ?? "",
                "how the distance to the base is measured; f-dpo needs one, popalign may have one",
                TOMLText.choices(RecipeLane.divergences), [""] + RecipeLane.divergences),
        ]
        let used = Set(RecipeLane.numberKeys(for: lane).map(\.name))
        let numbers = RecipeLane.numberKeys.filter { $0.name != RecipeLane.slopeKey }.map { key in
            RecipeField(
                section: "lane", lane: index, key: key.name,
                value: used.contains(key.name) ? Self.bare(key.text(lane) ?? "") : "",
                defaultValue: used.contains(key.name) ? Self.bare(key.text(preset) ?? "") : "",
                isText: false, reason: key.reason, expected: key.expected, choices: [])
        }
        return words + numbers
    }

    /// A value without the quotes of a text, or the decimals of a whole number.
    private static func bare(_ value: String) -> String {
        guard value.hasPrefix("\""), let table = try? TOMLParser.parse("x = \(value)"),
            case .string(let text) = table["x"]
        else { return value.hasSuffix(".0") ? String(value.dropLast(2)) : value }
        return text
    }
}

extension RecipeLane {
    /// A lane with some keys set as a recipe would have them.
    ///
    /// - Parameters:
    ///   - changes: keys and values as they are typed, texts without quotes; an empty value leaves
    ///     the key out.
    /// - Throws: ``RecipeError`` for a key that is none or a value that it does not take.
    public static func applying(
        _ changes: [(key: String, value: String)], to lane: LaneSettings
    ) throws -> LaneSettings {
        var text = "[[lane]]\n"
        var known: Set<String> = []
        for field in Recipe.fields(of: lane, lane: 0) {
            known.insert(field.key)
            let value = changes.last { $0.key == field.key }?.value ?? field.value
            guard !value.isEmpty else { continue }
            // What is no TOML at all is refused here, where its key is known.
            guard field.isText || (try? TOMLParser.parse("x = \(value)"))?.keys == ["x"] else {
                throw RecipeError(
                    file: "lane \(lane.name)", line: 1, key: "lane.\(field.key)",
                    expected: field.expected, found: TOMLText.quoted(String(value.prefix(60))))
            }
            text += "\(field.key) = \(field.isText ? TOMLText.quoted(value) : value)\n"
        }
        // What is no key is left to the reader to refuse.
        for change in changes where !known.contains(change.key) {
            text += "\(TOMLText.key([change.key])) = \(TOMLText.quoted(change.value))\n"
        }
        return try Recipe.parse(text, file: "lane \(lane.name)").lanes[0]
    }
}
