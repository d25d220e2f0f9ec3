import Alignment
import BenchProtocol
import Foundation
import Metrics
import Populations

extension EvaluationMeasurement {
    static let judgedAttributes = ["profession", "gender", "tone"]

    // MARK: Quality and diversity of a whole set

    /// KID, the neighbourhood figures and the Vendi score of all pictures of one kind.
    mutating func measureSet(_ side: Side, _ kind: Kind) {
        let prefix = side.prefix + kind.rawValue
        addMean("\(kind.rawValue)vendi_score", side)
        addMean("\(kind.rawValue)pairwise_distance", side)
        let most = max(1, EvaluationPlan.mostOfSet / side.professions.count)
        let members = side.professions.map { of(kind)[$0] }
        let rows = members.flatMap { $0.features.prefix(most) }
        // A single prompt cannot be left out: its pictures are, one by one.
        let owners: [Int]? =
            side.professions.count < 2
            ? nil
            : zip(side.professions, members).flatMap { index, member in
                Array(repeating: index, count: min(most, member.features.count))
            }
        let judges = self.judges
        let reference = Result {
            try judges.realRenderings().features(side.professions.map { Profession.all[$0] })
        }
        let generated = Result {
            try Features(
                rows.flatMap { $0 }, dimension: max(1, rows.first?.count ?? 1),
                of: "generated pictures")
        }
        attempt(["\(prefix)vendi_score_pooled"], rows.count) {
            [try VendiScore.estimate(of: try generated.get(), prompts: owners)]
        }
        attempt(["\(prefix)kid"], rows.count) {
            [
                try KernelDistance.estimate(
                    reference: try reference.get(), generated: try generated.get(),
                    prompts: owners)
            ]
        }
        let shares = ["density", "coverage", "precision", "recall"].map { prefix + $0 }
        var empty = 0
        attempt(shares, rows.count) {
            let balls = try Neighbourhoods(
                reference: try reference.get(), generated: try generated.get(), prompts: owners)
            empty = balls.emptyGeneratedBalls
            return [balls.density, balls.coverage, balls.precision, balls.recall]
        }
        if empty > 0 {
            warnings.append(
                "\(empty) of \(rows.count) pictures for \(kind.words) of \(side.words) are identical to"
                    + " five others: the model has collapsed there")
        }
    }

    /// Adds figures of a set, or the figures without a value and the reason.
    private mutating func attempt(
        _ names: [String], _ count: Int, _ compute: () throws -> [Jackknifed]
    ) {
        do {
            for (name, figure) in zip(names, try compute()) {
                sets[name] = figure
                figures.append(Evaluation.Figure(name, figure.estimate))
            }
        } catch {
            leaveOut(names, for: error)
            for name in names {
                figures.append(
                    Evaluation.Figure(name: name, value: .nan, low: .nan, high: .nan, n: count))
            }
        }
    }

    // MARK: The judge itself

    /// The judge's confidence, and its agreement with the classifier that filters populations.
    mutating func measureJudge(_ side: Side) {
        for kind in Kind.allCases {
            addMean("\(kind.rawValue)evaluator_confidence", side)
            let unsure = of(kind).map {
                $0.leastConfidences.map { $0 < EvaluationPlan.sureConfidence }
            }
            addShare("\(kind.rawValue)unsure_share", side, unsure)
            let share = figures[figures.count - 1].value
            let isFlagged = share > EvaluationPlan.mostUnsure
            figures.append(
                Evaluation.Figure(
                    name: "\(side.prefix)\(kind.rawValue)unsure_flag", value: isFlagged ? 1 : 0,
                    low: .nan, high: .nan, n: figures[figures.count - 1].n))
            if isFlagged {
                warnings.append(
                    String(
                        format: "%@, %@: the evaluator's confidence is under %.1f in %.0f %% of the"
                            + " pictures; what it says of them is not to be trusted",
                        side.words, kind.words, EvaluationPlan.sureConfidence, 100 * share))
            }
        }
        for (attribute, name) in Self.judgedAttributes.enumerated() {
            measureAgreement(side, attribute, name)
        }
    }

    private mutating func measureAgreement(_ side: Side, _ attribute: Int, _ name: String) {
        let labels = labels(side.professions, attribute)
        guard !labels.judge.isEmpty else { return }
        let classes = judges.judge.configuration.attributes[attribute].classes.count
        do {
            let agreement = try Agreement(
                labels.judge, labels.filter, classes: classes,
                prompts: side.professions.count < 2 ? nil : labels.owners)
            figures.append(
                Evaluation.Figure("\(side.prefix)agreement_\(name)", agreement.accuracy))
            figures.append(Evaluation.Figure("\(side.prefix)kappa_\(name)", agreement.kappa))
            if agreement.oneClassOnly {
                warnings.append(
                    "\(side.prefix)kappa_\(name) says nothing: one of the classifiers calls every"
                        + " picture the same class")
            }
        } catch {
            let names = ["agreement", "kappa"].map { "\(side.prefix)\($0)_\(name)" }
            leaveOut(names, for: error)
            for name in names {
                figures.append(
                    Evaluation.Figure(
                        name: name, value: .nan, low: .nan, high: .nan, n: labels.judge.count))
            }
        }
    }

    /// What judge and filter call the pictures of some professions, for neutral and identity prompts
    /// together; empty where the judge is the filter.
    func labels(
        _ professions: [Int], _ attribute: Int
    ) -> (judge: [Int], filter: [Int], owners: [Int]) {
        var labels: (judge: [Int], filter: [Int], owners: [Int]) = ([], [], [])
        for index in professions {
            for kind in Kind.allCases {
                let observation = of(kind)[index]
                guard let filtered = observation.filtered else { continue }
                labels.judge += observation.seen.map { $0.classes[attribute] }
                labels.filter += filtered.map { $0.classes[attribute] }
                labels.owners += Array(repeating: index, count: filtered.count)
            }
        }
        return labels
    }
}
