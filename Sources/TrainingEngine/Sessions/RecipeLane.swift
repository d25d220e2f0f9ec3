import Alignment
import BenchProtocol
import PlainTOML

/// The rules of a lane's settings, and where each objective starts from.
///
/// Recipes and the commands that add or change a lane are held to the same rules.
public enum RecipeLane {
    /// The objectives a lane may have.
    public static let objectives = ObjectiveName.allCases.map(\.rawValue)
    /// The divergences that an objective may be given.
    public static let divergences = Divergence.names
    /// What messages call the model that all lanes start from: no lane may have this name.
    public static let baseName = "base"
    /// The order of the alpha divergence when none is given: half-way between the two KLs.
    public static let defaultAlpha = 0.5

    /// The settings of a lane that names only its objective.
    ///
    /// - Parameters:
    ///   - name: the lane's name.
    ///   - objective: one of ``objectives``.
    ///   - divergence: one of ``divergences`` for objectives that take one, else nil.
    /// - Returns: starting points at which a small model moves without breaking, which stand with
    ///   each objective. The divergences of one objective start at equal slope, not at equal beta.
    ///   Names that do not exist give settings that ``check(_:)`` refuses.
    public static func preset(
        name: String, objective: String, divergence: String? = nil
    ) -> LaneSettings {
        let alpha = divergence == "alpha" ? defaultAlpha : nil
        let kind = try? ObjectiveName(rawValue: objective).kind()
        let preset = kind?.preset(divergence.flatMap { try? Divergence(name: $0, alpha: alpha) })
        return LaneSettings(
            name: name, objective: objective, divergence: divergence, beta: preset?.beta ?? 1,
            kappa: preset?.kappa ?? 1, alpha: alpha, learningRate: preset?.learningRate ?? 0,
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
            guard isOrder(alpha) else {
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
        if let slack = lane.safeguard {
            if let refusal = safeguardRefusal(of: lane.objective) {
                return problem(safeguardKey, refusal, "\(slack)")
            }
            guard safeguardRange.contains(slack) else {
                return problem(safeguardKey, "a number from 0.0 to 1.0", "\(slack)")
            }
        }
        guard warmupRange.contains(lane.warmupSteps) else {
            return problem("warmup_steps", "a whole number from 0", "\(lane.warmupSteps)")
        }
        return nil
    }

    /// Whether objective and divergence go together; the objective is one of ``objectives``.
    private static func divergenceProblem(_ objective: String, _ divergence: String?)
        -> LaneProblem?
    {
        let words = TOMLText.choices(divergences)
        let rule = (try? ObjectiveName(rawValue: objective).kind().divergenceRule) ?? .none
        guard let divergence else {
            return rule != .required
                ? nil
                : LaneProblem(
                    key: "divergence", expected: "\(words) for objective \"\(objective)\"",
                    found: "nothing")
        }
        guard rule != .none else {
            return LaneProblem(
                key: "divergence", expected: "no divergence for objective \"\(objective)\"",
                found: described(divergence))
        }
        guard !divergences.contains(divergence) else { return nil }
        // Some are asked for by name, so the refusal gives its reason.
        let bounded = Divergence.namesOutsideTheory.contains(divergence)
        return LaneProblem(
            key: "divergence", expected: words,
            found: described(divergence)
                + (bounded ? ", whose f' is finite at 0, where the theory needs it infinite" : ""))
    }

    static let nameExpectation = RecipeKey<LaneSettings>.nameExpectation + ", and not \"base\""
    private static let alphaExpectation = "a number above 0 and below 1"
    private static let betaRange = 1e-9...1e9
    private static let kappaRange = 1e-6...1e9
    private static let sftWeightRange = 0.0...1e9
    private static let safeguardRange = 0.0...1.0
    private static let learningRateRange = 0.0...1.0
    private static let warmupRange = 0...100_000_000

    private static func isOrder(_ alpha: Double) -> Bool { alpha > 0 && alpha < 1 }

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
                guard let number = value.asNumber, isOrder(number) else { return false }
                lane.alpha = number
                return true
            },
            text: { $0.alpha.map { String($0) } }),
        // After kappa and alpha, on which the beta depends that it stands for.
        RecipeKey(
            name: slopeKey, reason: "beta kappa f''(1), by which starts are matched",
            expected: "a positive number whose beta lies from \(betaRange.lowerBound) to "
                + "\(betaRange.upperBound)",
            assign: { value, lane in
                guard let slope = value.asNumber, let beta = beta(of: lane, matching: slope),
                    betaRange.contains(beta)
                else { return false }
                lane.beta = beta
                return true
            },
            // What is written is the beta.
            text: { _ in nil }),
        .number(
            "sft_weight", \.sftWeight, sftWeightRange,
            "weight of the winners' denoising error beside the loss; 0, as published"),
        RecipeKey(
            name: safeguardKey,
            reason: "slack of Diffusion-SDPO's safeguard of the winners; false for none",
            expected:
                "true (for \(LoserSafeguard.defaultSlack)), false or a number from 0.0 to 1.0",
            assign: { value, lane in
                switch value {
                case .boolean(let isWanted):
                    lane.safeguard = isWanted ? LoserSafeguard.defaultSlack : nil
                default:
                    guard let slack = value.asNumber, safeguardRange.contains(slack) else {
                        return false
                    }
                    lane.safeguard = slack
                }
                return true
            },
            text: { $0.safeguard.map { String($0) } ?? "false" }),
        .number(
            "learning_rate", \.learningRate, learningRateRange, "AdamW's step size after warm-up"),
        .integer(
            "warmup_steps", \.warmupSteps, warmupRange,
            "AdamW's first steps ignore the gradient's size: a short ramp keeps them small"),
    ]

    /// The key of `LoserSafeguard`.
    static let safeguardKey = "safeguard"

    /// What a recipe should say in the place of a safeguard; nil where the objective may have one.
    static func safeguardRefusal(of objective: String) -> String? {
        guard let kind = try? ObjectiveName(rawValue: objective).kind() else { return nil }
        return kind.safeguardObstacle.map {
            "no \(safeguardKey) for objective \"\(objective)\", \($0)"
        }
    }

    /// The key that may stand in the place of `beta`.
    static let slopeKey = "slope"

    /// The beta at which a lane starts with a slope; nil where there is none.
    private static func beta(of lane: LaneSettings, matching slope: Double) -> Double? {
        let name = ObjectiveName(rawValue: lane.objective)
        let beta = try? name.betaMatching(
            slope: slope, divergence: name.divergence(named: lane.divergence, alpha: lane.alpha),
            kappa: lane.kappa)
        return beta ?? nil
    }

    /// All keys of `[[lane]]`, in the order they are written.
    static let keyNames = ["name", "objective", "divergence"] + numberKeys.map(\.name)

    /// The numbers that a lane of this objective has.
    static func numberKeys(for lane: LaneSettings) -> [RecipeKey<LaneSettings>] {
        numberKeys.filter { key in
            switch key.name {
            case "alpha": lane.divergence == "alpha"
            case "beta", "kappa", slopeKey, "sft_weight": lane.objective != "sft"
            case safeguardKey: safeguardRefusal(of: lane.objective) == nil
            default: true
            }
        }
    }
}
