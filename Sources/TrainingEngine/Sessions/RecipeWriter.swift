import BenchProtocol
import PlainTOML

extension Recipe {
    /// The recipe as TOML with every value explicit, each with what it does and why it starts there.
    ///
    /// Reading the text gives an equal recipe.
    public func resolved() -> String {
        var text = "# A popbench recipe with every value spelt out.\n"
        for section in RecipeKeys.sections {
            text += "\n[\(section.name)]\n"
            for key in section.keys {
                guard let value = key.text(self) else { continue }
                text += "# \(key.reason)\n\(key.name) = \(value)\n"
            }
        }
        for lane in lanes {
            text += "\n[[lane]]\n"
            text += "name = \(TOMLText.quoted(lane.name))\n"
            text += "objective = \(TOMLText.quoted(lane.objective))\n"
            if let divergence = lane.divergence {
                text += "divergence = \(TOMLText.quoted(divergence))\n"
            }
            for key in RecipeLane.numberKeys(for: lane) {
                guard let value = key.text(lane) else { continue }
                text += "# \(key.reason)\n\(key.name) = \(value)\n"
            }
        }
        return text
    }
}
