import Alignment
import BenchProtocol
import Metrics
import Populations

/// Computes the figures of an evaluation from what was seen of its pictures.
struct EvaluationMeasurement {
    /// Professions that alignment trained on, or those it did not.
    struct Side {
        let prefix: String
        /// Indices into `Profession.all`.
        let professions: [Int]
        let words: String
    }

    /// What the observations of one kind of prompt are called in figures and in words.
    enum Kind: String, CaseIterable {
        case neutral = ""
        case identity = "identity_"

        var words: String { self == .neutral ? "neutral prompts" : "identity prompts" }
    }

    let plan: EvaluationPlan
    let judges: PopulationJudges
    let observations: [Kind: [PromptObservation]]
    let bootstrap: Bootstrap
    var figures: [Evaluation.Figure] = []
    var prompts: [PromptFigures] = []
    var sets: [String: Jackknifed] = [:]
    var warnings: [String] = []
    /// Figures without a value, by the reason.
    private var missing: [(reason: String, names: [String])] = []
    /// Whether each picture's own caption was the nearest, by kind and profession.
    var retrieved: [Kind: [[Bool]]] = [:]

    init(
        plan: EvaluationPlan, judges: PopulationJudges, neutral: [PromptObservation],
        identity: [PromptObservation]
    ) {
        self.plan = plan
        self.judges = judges
        observations = [.neutral: neutral, .identity: identity]
        bootstrap = Bootstrap(seed: plan.seed)
    }

    func of(_ kind: Kind) -> [PromptObservation] { observations[kind] ?? [] }

    mutating func report() -> EvaluationReport {
        measurePrompts()
        let all = Profession.all.indices
        let trained = all.filter { !prompts[$0].isHeldOut }
        let heldOut = all.filter { prompts[$0].isHeldOut }
        for side in [
            Side(prefix: "", professions: trained, words: "professions trained on"),
            Side(prefix: "held_out_", professions: heldOut, words: "held-out professions"),
        ] where !side.professions.isEmpty {
            measureFairness(side)
            measureMatch(side)
            for kind in Kind.allCases { measureSet(side, kind) }
            measureJudge(side)
        }
        for (reason, names) in missing {
            warnings.append("without a value: \(names.joined(separator: ", ")) (\(reason))")
        }
        return EvaluationReport(
            figures: figures, prompts: prompts, sets: sets, warnings: warnings)
    }

    // MARK: Figures

    /// Notes that figures have no value, and why.
    mutating func leaveOut(_ names: [String], for error: any Error) {
        let reason = "\(error)"
        if let place = missing.firstIndex(where: { $0.reason == reason }) {
            missing[place].names += names
        } else {
            missing.append((reason, names))
        }
    }

    /// The mean over the side's prompts of a figure that each of them has.
    mutating func addMean(_ name: String, _ side: Side) {
        let values = side.professions.compactMap { prompts[$0].values[name] }.filter(\.isFinite)
        add(name, side, bootstrap.mean(of: values))
    }

    /// A figure that is a mean over prompts; a single prompt has no interval over prompts.
    mutating func add(_ name: String, _ side: Side, _ mean: Estimate) {
        let hasInterval = mean.n >= 2
        figures.append(
            Evaluation.Figure(
                name: side.prefix + name, value: mean.value, low: hasInterval ? mean.low : .nan,
                high: hasInterval ? mean.high : .nan, n: mean.n))
    }

    /// A share of pictures, whose interval knows their prompts.
    mutating func addShare(_ name: String, _ side: Side, _ flags: [[Bool]]) {
        let picked = side.professions.flatMap { flags[$0] }
        let owners = side.professions.flatMap { Array(repeating: $0, count: flags[$0].count) }
        figures.append(
            Evaluation.Figure(
                side.prefix + name, PromptShare.estimate(of: picked, prompts: owners)))
    }

    // MARK: Fairness

    static let attributes = [
        (name: "gender", classes: Gender.all.count, index: 1),
        (name: "tone", classes: SkinTone.all.count, index: 2),
    ]

    func counts(_ profession: Int, _ classes: Int, _ index: Int) -> PopulationCounts {
        PopulationCounts(
            labels: of(.neutral)[profession].seen.map { $0.classes[index] }, classes: classes)
    }

    private mutating func measureFairness(_ side: Side) {
        for (name, classes, index) in Self.attributes {
            let report = DiscrepancyReport(
                prompts: side.professions.map { counts($0, classes, index) }, bootstrap: bootstrap)
            add("discrepancy_\(name)", side, report.meanOverPrompts)
            figures.append(
                Evaluation.Figure("\(side.prefix)discrepancy_\(name)_pooled", report.pooled))
            add("discrepancy_\(name)_unbiased_square", side, report.meanUnbiasedSquare)
            add("discrepancy_\(name)_fair_floor", side, report.meanFairFloor)
            add("entropy_\(name)", side, report.meanEntropy)
            addMean("planted_distance_\(name)", side)
        }
    }

    /// Mean over an attribute's classes of |share - planted probability| for a profession's neutral
    /// prompt; what a model at guidance 1 should keep small.
    func plantedDistance(_ profession: Int, _ attribute: String, _ index: Int) -> Double {
        let bias = PlantedBias.declared
        let planted =
            attribute == "gender"
            ? bias.genderDistribution(of: Profession.all[profession])
            : bias.toneDistribution(of: Profession.all[profession])
        let shares = counts(profession, planted.count, index).shares
        return zip(shares, planted).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(planted.count)
    }

    // MARK: Match

    /// Whether pictures show what their prompts name, by figure and profession.
    func matches() -> [(name: String, flags: [[Bool]])] {
        func flags(
            _ kind: Kind, _ holds: (Classification, PersonAttributes) -> Bool
        ) -> [[Bool]] {
            of(kind).map { observation in
                observation.seen.enumerated().map { index, seen in
                    let asked =
                        observation.asked?[index]
                        ?? PersonAttributes(
                            profession: observation.profession, gender: .person, tone: .medium)
                    return holds(seen, asked)
                }
            }
        }
        func profession(_ seen: Classification, _ asked: PersonAttributes) -> Bool {
            seen.classes[0] == asked.profession.index
        }
        func gender(_ seen: Classification, _ asked: PersonAttributes) -> Bool {
            seen.classes[1] == asked.gender.index
        }
        func tone(_ seen: Classification, _ asked: PersonAttributes) -> Bool {
            seen.classes[2] == asked.tone.index
        }
        return [
            ("profession_accuracy", flags(.neutral, profession)),
            ("identity_profession_accuracy", flags(.identity, profession)),
            ("identity_gender_accuracy", flags(.identity, gender)),
            ("identity_tone_accuracy", flags(.identity, tone)),
            (
                "identity_accuracy",
                flags(.identity) { profession($0, $1) && gender($0, $1) && tone($0, $1) }
            ),
        ]
    }

    private mutating func measureMatch(_ side: Side) {
        for (name, flags) in matches() { addShare(name, side, flags) }
        for kind in Kind.allCases {
            let preference = "\(kind.rawValue)preference_score"
            if side.professions.allSatisfy({ prompts[$0].values[preference] != nil }) {
                addMean(preference, side)
            }
            guard let hits = retrieved[kind] else { continue }
            addMean("\(kind.rawValue)text_image_score", side)
            addShare("\(kind.rawValue)text_image_retrieval", side, hits)
        }
    }
}
