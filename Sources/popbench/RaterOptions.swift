import ArgumentParser
import Populations
import TrainingEngine

/// The options that make a rater.
struct RaterOptions: ParsableArguments {
    @Option(help: "The rater's weight of how well a picture shows what its caption names.")
    var matchWeight = Recipe().preferences.matchWeight

    @Option(help: "The rater's weight of how near a picture is to real renderings.")
    var fidelityWeight = Recipe().preferences.fidelityWeight

    @Option(help: "The rater's weight of its taste, figures left of the middle.")
    var tasteWeight = Recipe().preferences.tasteWeight

    @Option(help: "The noise of labels: P = sigma(difference of scores / temperature); 0 for none.")
    var temperature = Recipe().preferences.temperature

    func validate() throws { _ = try rater() }

    /// The rater.
    ///
    /// - Throws: `ValidationError` for constants that make none.
    func rater() throws -> Rater {
        do {
            return try Rater(
                matchWeight: matchWeight, fidelityWeight: fidelityWeight, tasteWeight: tasteWeight,
                temperature: temperature)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
