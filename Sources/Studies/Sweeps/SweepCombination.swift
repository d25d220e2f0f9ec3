import BenchProtocol
import PlainTOML
import TrainingEngine

/// One choice of values, and the recipe of one lane that it makes.
struct SweepCombination {
    /// The lane with its training settings.
    let recipe: Recipe
    /// The settings that count, as texts; what the objective has no use for is left out.
    let settings: [(key: String, text: String)]

    /// A value as a recipe writes it; nil for values that no key of a lane or of training takes.
    static func text(of value: TOMLValue) -> String? {
        switch value {
        case .integer(let number): "\(number)"
        case .number(let number): number.isFinite ? "\(number)" : nil
        case .string(let text): TOMLText.quoted(text)
        case .boolean(let flag): "\(flag)"
        default: nil
        }
    }

    /// The word that stands for a key left out: `divergence = ["none", "js"]`.
    static let absent = TOMLValue.string("none")

    /// Makes the recipe of a combination.
    ///
    /// Keys that the objective has no use for are dropped (SFT has no beta), so that one grid may hold
    /// several objectives.
    ///
    /// - Parameters:
    ///   - base: the recipe that gives everything else; it has no lane.
    ///   - section: where errors say the values stand: `vary`, or `rival`.
    /// - Returns: nil for a combination that cannot be: f-DPO without a divergence.
    /// - Throws: ``SweepError`` for a value that the recipe refuses, at the line of its list.
    init?(
        _ given: [Sweep.Setting], name: String, base: Recipe, file: String, section: String
    ) throws {
        var kept = given.filter { $0.value != Self.absent }
        let dropped = given.count - kept.count
        while true {
            let text = try Self.recipeText(kept, name: name, base: base, file: file, section)
            do {
                recipe = try Recipe.parse(text, file: file)
                settings = kept.map { ($0.key, Self.text(of: $0.value) ?? "") }
                return
            } catch let error as RecipeError {
                let key = error.key.split(separator: ".").last.map(String.init) ?? ""
                guard let index = kept.firstIndex(where: { $0.key == key }) else {
                    // A word that was left out on purpose, and that this objective needs.
                    if dropped > 0, given.contains(where: { $0.key == key }) { return nil }
                    throw SweepError(
                        file: file, line: given.first?.line ?? 1, key: "\(section).\(key)",
                        expected: error.expected, found: error.found)
                }
                if error.expected.hasPrefix("no \(key) ") {
                    kept.remove(at: index)
                    continue
                }
                throw SweepError(
                    file: file, line: kept[index].line, key: "\(section).\(key)",
                    expected: error.expected, found: error.found)
            }
        }
    }

    /// Keys of `[session]` that change what is trained.
    private static let sessionKeys: Set = ["steps", "pairs_per_step"]

    private static func recipeText(
        _ settings: [Sweep.Setting], name: String, base: Recipe, file: String, _ section: String
    ) throws -> String {
        var lane = "\n[[lane]]\nname = \(TOMLText.quoted(name))\n"
        var lines = base.resolved().split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        let keysOfTraining = Self.keys(of: "[training]", in: lines)
        for setting in settings {
            let text = Self.text(of: setting.value) ?? ""
            let header =
                keysOfTraining.contains(setting.key)
                ? "[training]" : sessionKeys.contains(setting.key) ? "[session]" : nil
            guard let header else {
                lane += "\(TOMLText.key([setting.key])) = \(text)\n"
                continue
            }
            guard let start = lines.firstIndex(of: header),
                let index = lines[start...].firstIndex(where: { $0.hasPrefix("\(setting.key) =") })
            else { continue }
            lines[index] = "\(setting.key) = \(text)"
        }
        return lines.joined(separator: "\n") + lane
    }

    private static func keys(of header: String, in lines: [String]) -> Set<String> {
        guard let start = lines.firstIndex(of: header) else { return [] }
        let body = lines[(start + 1)...].prefix { !$0.hasPrefix("[") }
        return Set(
            body.filter { !$0.hasPrefix("#") }.compactMap { line in
                line.contains(" = ") ? String(line.prefix { $0 != " " }) : nil
            })
    }
}
