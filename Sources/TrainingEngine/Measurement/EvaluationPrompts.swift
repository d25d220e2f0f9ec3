import Alignment
import Metrics
import Populations

extension EvaluationMeasurement {
    /// Measures every profession by itself.
    mutating func measurePrompts() {
        prompts = Profession.all.map { profession in
            PromptFigures(
                profession: profession, isHeldOut: !plan.trained.contains(profession),
                pictures: of(.neutral)[profession.index].seen.count, values: [:])
        }
        for index in prompts.indices {
            measureFairness(of: index)
            for kind in Kind.allCases { measureConfidence(of: index, kind) }
            measureAgreement(of: index)
        }
        for (name, flags) in matches() { addPromptShares(name, flags) }
        for kind in Kind.allCases { measureDiversity(kind) }
        for kind in Kind.allCases { measurePreference(kind) }
        guard let scorer = judges.scorer else { return }
        for kind in Kind.allCases {
            do {
                try measureText(kind, scorer)
            } catch {
                warnings.append("text-image scores for \(kind.words) are left out: \(error)")
            }
        }
    }

    private mutating func measureFairness(of index: Int) {
        for (name, classes, attribute) in Self.attributes {
            let counts = counts(index, classes, attribute)
            prompts[index].values["discrepancy_\(name)"] = counts.discrepancy
            prompts[index].values["discrepancy_\(name)_unbiased_square"] = counts.unbiasedSquare
            prompts[index].values["entropy_\(name)"] = counts.entropy
            prompts[index].values["planted_distance_\(name)"] = plantedDistance(
                index, name, attribute)
        }
    }

    private mutating func measureConfidence(of index: Int, _ kind: Kind) {
        let confidences = of(kind)[index].leastConfidences
        let unsure = confidences.count { $0 < EvaluationPlan.sureConfidence }
        let n = Double(confidences.count)
        prompts[index].values["\(kind.rawValue)evaluator_confidence"] =
            confidences.reduce(0, +) / n
        prompts[index].values["\(kind.rawValue)unsure_share"] = Double(unsure) / n
    }

    private mutating func measureAgreement(of index: Int) {
        for (attribute, name) in Self.judgedAttributes.enumerated() {
            let labels = labels([index], attribute)
            guard !labels.judge.isEmpty else { continue }
            let same = zip(labels.judge, labels.filter).count { $0 == $1 }
            prompts[index].values["agreement_\(name)"] =
                Double(same) / Double(labels.judge.count)
        }
    }

    mutating func addPromptShares(_ name: String, _ flags: [[Bool]]) {
        for index in prompts.indices {
            prompts[index].values[name] =
                Double(flags[index].count { $0 }) / Double(flags[index].count)
        }
    }

    /// Diversity within each prompt: what differences between prompts add is left out.
    private mutating func measureDiversity(_ kind: Kind) {
        var failure: MetricError?
        for (index, observation) in of(kind).enumerated() {
            do {
                let features = try observation.featureRows()
                prompts[index].values["\(kind.rawValue)vendi_score"] =
                    try VendiScore.value(of: features)
                prompts[index].values["\(kind.rawValue)pairwise_distance"] =
                    try CosineDistance.mean(of: features)
            } catch {
                failure = failure ?? error
                prompts[index].values["\(kind.rawValue)vendi_score"] = .nan
                prompts[index].values["\(kind.rawValue)pairwise_distance"] = .nan
            }
        }
        if let failure {
            warnings.append(
                "\(kind.rawValue)vendi_score and \(kind.rawValue)pairwise_distance are left out where"
                    + " they cannot be computed: \(failure)")
        }
    }

    /// The mean over each prompt's pictures of the reward with which pairs are labelled.
    private mutating func measurePreference(_ kind: Kind) {
        do {
            let scores = try of(kind).map { try $0.preferences.get() }
            for (index, scores) in scores.enumerated() {
                prompts[index].values["\(kind.rawValue)preference_score"] =
                    scores.reduce(0, +) / Double(scores.count)
            }
        } catch {
            leaveOut(["\(kind.rawValue)preference_score"], for: error)
        }
    }

    /// The cosine of each picture with its own prompt, and whether that prompt is the nearest of all
    /// prompts of its kind.
    private mutating func measureText(_ kind: Kind, _ scorer: TextImageScorer) throws {
        let captions: [Caption] =
            kind == .neutral ? Caption.allNeutralPrompts : PersonAttributes.all.map { Caption($0) }
        let size = scorer.configuration.embeddingSize
        var rows: [[Float]] = []
        var own: [Int] = []
        var owners: [Int] = []
        for (index, observation) in of(kind).enumerated() {
            let embeddings = observation.embeddings ?? []
            rows += embeddings
            owners += Array(repeating: index, count: embeddings.count)
            own += embeddings.indices.map { observation.asked?[$0].index ?? index }
        }
        let score = try TextImageScore(
            pictures: try Features(rows.flatMap { $0 }, dimension: size, of: "generated pictures"),
            captions: try Features(
                try scorer.embed(captions: captions.map(\.text)).flatMap { $0 }, dimension: size,
                of: "captions"),
            captionOf: own, prompts: owners, bootstrap: bootstrap)
        for (index, mean) in zip(score.score.prompts, score.score.perPrompt) {
            prompts[index].values["\(kind.rawValue)text_image_score"] = mean
        }
        var hits = Array(repeating: [Bool](), count: prompts.count)
        for (owner, hit) in zip(owners, score.hits) { hits[owner].append(hit) }
        retrieved[kind] = hits
        addPromptShares("\(kind.rawValue)text_image_retrieval", hits)
    }
}

extension PromptObservation {
    /// The judge's least confidence among the attributes of each picture.
    var leastConfidences: [Double] { seen.map { $0.confidences.min() ?? 0 } }

    /// The features that were kept, or the first `most` of them.
    func featureRows(most: Int = .max) throws(MetricError) -> Features {
        let rows = features.prefix(most)
        return try Features(
            rows.flatMap { $0 }, dimension: max(1, rows.first?.count ?? 1),
            of: "generated pictures")
    }
}
