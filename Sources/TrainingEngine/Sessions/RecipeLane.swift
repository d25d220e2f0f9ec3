import BenchProtocol
import PlainTOML

/// The rules of a lane's settings, and where each objective starts from.
///
/// Recipes and the commands that add or change a lane are held to the same rules.
public enum RecipeLane {
    /// The objectives a lane may have.
    public static let objectives = ["sft", "diffusion-dpo", "popalign", "f-dpo"]
    /// The divergences an `f-dpo` lane may have.
    public static let divergences = ["reverse-kl", "forward-kl", "js", "alpha"]
    /// What messages call the model that all lanes start from: no lane may have this name.
    public static let baseName = "base"
    /// The order of the alpha divergence when none is given: half-way between the two KLs.
    public static let defaultAlpha = 0.5

    /// The settings of a lane that names only its objective.
    ///
    /// - Parameters:
    ///   - name: the lane's name.
    ///   - objective: one of ``objectives``.
    ///   - divergence: one of ``divergences`` for `f-dpo`, else nil.
    /// - Returns: starting points at which a small model moves without breaking. The divergences
    ///   start at equal slope, beta kappa f''(1) = 500, not at equal beta: f''(1) is 1/2 for `js`
    ///   and 1 for the others, so an equal beta would not be an equal start.
    public static func preset(
        name: String, objective: String, divergence: String? = nil
    ) -> LaneSettings {
        let beta: Double
        var learningRate = 1e-4
        switch objective {
        case "sft":
            // No margin, so no scale; the likelihood of winners bears a larger step.
            beta = 0
            learningRate = 2e-4
        case "popalign":
            // At 500 identity prompts suffer; at 2000 they keep within a few points.
            beta = 2000
        case "f-dpo":
            beta = divergence == "js" ? 1 : 0.5
        default:
            // Equal to f-DPO with reverse KL at kappa beta' = 500.
            beta = 1000
        }
        return LaneSettings(
            name: name, objective: objective, divergence: divergence, beta: beta, kappa: 1000,
            alpha: divergence == "alpha" ? defaultAlpha : nil, learningRate: learningRate,
            warmupSteps: 20)
    }

    /// Checks settings that came from a command.
    ///
    /// - Throws: ``LaneProblem``, naming the first setting that is wrong.
    public static func check(_ lane: LaneSettings) throws {
        if let problem = problem(in: lane) { throw problem }
    }

    /// The first thing wrong with settings, or nil.
    static func problem(in lane: LaneSettings) -> LaneProblem? {
        func problem(_ key: String, _ expected: String, _ found: String) -> LaneProblem {
            LaneProblem(key: key, expected: expected, found: found)
        }
        guard RecipeKey<LaneSettings>.isName(lane.name), lane.name != baseName else {
            return problem("name", nameExpectation, TOMLText.quoted(String(lane.name.prefix(60))))
        }
        guard objectives.contains(lane.objective) else {
            return problem("objective", TOMLText.choices(objectives), described(lane.objective))
        }
        if let found = divergenceProblem(lane.objective, lane.divergence) { return found }
        if lane.alpha == nil, lane.divergence == "alpha" {
            return problem("alpha", alphaExpectation, "nothing")
        }
        if let alpha = lane.alpha {
            guard lane.divergence == "alpha" else {
                return problem("alpha", "no alpha unless divergence is \"alpha\"", "\(alpha)")
            }
            guard alphaRange.contains(alpha) else {
                return problem("alpha", alphaExpectation, "\(alpha)")
            }
        }
        let beta = lane.objective == "sft" ? 0...betaRange.upperBound : betaRange
        for (key, value, range) in [
            ("beta", lane.beta, beta), ("kappa", lane.kappa, kappaRange),
            ("sft_weight", lane.sftWeight, sftWeightRange),
            ("learning_rate", lane.learningRate, learningRateRange),
        ] where !range.contains(value) {
            return problem(
                key, "a number from \(range.lowerBound) to \(range.upperBound)", "\(value)")
        }
        guard warmupRange.contains(lane.warmupSteps) else {
            return problem("warmup_steps", "a whole number from 0", "\(lane.warmupSteps)")
        }
        return nil
    }

    /// Whether objective and divergence go together.
    static func divergenceProblem(_ objective: String, _ divergence: String?) -> LaneProblem? {
        let words = TOMLText.choices(divergences)
        guard let divergence else {
            return objective != "f-dpo"
                ? nil
                : LaneProblem(
                    key: "divergence", expected: "\(words) for objective \"f-dpo\"",
                    found: "nothing")
        }
        guard objective == "f-dpo" else {
            return LaneProblem(
                key: "divergence", expected: "no divergence for objective \"\(objective)\"",
                found: described(divergence))
        }
        guard !divergences.contains(divergence) else { return nil }
        // These two are asked for by name, so the refusal gives its reason.
        let bounded = ["chi-squared", "pearson", "total-variation", "tv"].contains(divergence)
        return LaneProblem(
            key: "divergence", expected: words,
            found: described(divergence)
                + (bounded ? ", whose f' is finite at 0, where the theory needs it infinite" : ""))
    }

    static let nameExpectation = RecipeKey<LaneSettings>.nameExpectation + ", and not \"base\""
    private static let alphaExpectation = "a number from 0.001 to 0.999"
    private static let alphaRange = 0.001...0.999
    private static let betaRange = 1e-9...1e9
    private static let kappaRange = 1e-6...1e9
    private static let sftWeightRange = 0.0...1e9
    private static let learningRateRange = 0.0...1.0
    private static let warmupRange = 0...100_000_000

    private static func described(_ word: String) -> String {
        "the text \(TOMLText.quoted(String(word.prefix(60))))"
    }

    /// The keys of `[[lane]]` that are numbers; the three words before them decide the defaults.
    static let numberKeys: [RecipeKey<LaneSettings>] = [
        .number("beta", \.beta, betaRange, "outer scale of the margin"),
        .number("kappa", \.kappa, kappaRange, "inner scale of the log-ratio, l = kappa g"),
        RecipeKey(
            name: "alpha", reason: "order of the divergence, 0 reverse KL to 1 forward KL",
            expected: alphaExpectation,
            assign: { value, lane in
                guard let number = value.asNumber, alphaRange.contains(number) else { return false }
                lane.alpha = number
                return true
            },
            text: { $0.alpha.map { String($0) } }),
        .number(
            "sft_weight", \.sftWeight, sftWeightRange,
            "weight of the winners' denoising error beside the loss; 0, as published"),
        .number(
            "learning_rate", \.learningRate, learningRateRange, "AdamW's step size after warm-up"),
        .integer(
            "warmup_steps", \.warmupSteps, warmupRange,
            "AdamW's first steps ignore the gradient's size: a short ramp keeps them small"),
    ]

    /// All keys of `[[lane]]`, in the order they are written.
    static let keyNames = ["name", "objective", "divergence"] + numberKeys.map(\.name)

    /// The numbers that a lane of this objective has.
    static func numberKeys(for lane: LaneSettings) -> [RecipeKey<LaneSettings>] {
        numberKeys.filter { key in
            switch key.name {
            case "alpha": lane.divergence == "alpha"
            case "beta", "kappa", "sft_weight": lane.objective != "sft"
            default: true
            }
        }
    }
}
