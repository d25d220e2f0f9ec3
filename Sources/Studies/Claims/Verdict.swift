import Alignment

/// What a study says of a claim.
public struct Verdict: Sendable, Equatable {
    /// The answer.
    public enum Answer: String, Sendable, Equatable {
        /// The interval lies on the claim's side, the correction included.
        case supported
        /// It lies on the other side.
        case contradicted
        /// Neither, at this number of seeds and prompts.
        case undecided
        /// A figure or a model is missing.
        case unmeasured = "not measured"
    }

    /// One comparison's difference with its 95 % interval.
    public struct Part: Sendable, Equatable {
        /// What was compared.
        public var comparison: Claim.Comparison
        /// The difference; nil where it was not measured.
        public var difference: Estimate?
        /// One-sided p values for the claim's side and for the other.
        public var tails: (claim: Double, other: Double)

        /// Parts are equal where their comparisons and estimates are.
        public static func == (a: Part, b: Part) -> Bool {
            a.comparison == b.comparison && a.difference == b.difference
        }
    }

    /// What is claimed.
    public var claim: Claim
    /// The comparisons' outcomes, in order.
    public var parts: [Part]
    /// The two-sided p value of the claim by itself; NaN where it was not measured.
    public var p: Double
    /// The p value after Holm's correction for the claims of the family.
    public var adjustedP: Double
    /// The answer at a family-wise error of 5 %.
    public var answer: Answer

    /// Judges claims on a study's figures.
    ///
    /// A claim of several comparisons is supported where all of them are, which needs no correction
    /// among them (an intersection-union test), and contradicted where any is, which gets
    /// Bonferroni's. Among the claims of a family Holm's step-down procedure keeps the chance of any
    /// false verdict at 5 %.
    ///
    /// References: Berger, "Multiparameter hypothesis testing and acceptance sampling",
    /// Technometrics 24, 1982; Holm, "A simple sequentially rejective multiple test procedure",
    /// Scandinavian Journal of Statistics 6, 1979.
    public static func judge(_ claims: [Claim], on figures: StudyFigures) -> [Verdict] {
        var verdicts = claims.map { Verdict($0, figures) }
        for family in Set(claims.map(\.family)) {
            let members = verdicts.indices.filter {
                verdicts[$0].claim.family == family && !verdicts[$0].p.isNaN
            }
            let adjusted = holm(members.map { verdicts[$0].p })
            for (index, p) in zip(members, adjusted) {
                verdicts[index].adjustedP = p
                verdicts[index].decide()
            }
        }
        return verdicts
    }

    /// Holm's adjusted p values, in the order given.
    static func holm(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var adjusted = values
        var largest = 0.0
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, values[index] * Double(values.count - rank)))
            adjusted[index] = largest
        }
        return adjusted
    }

    private var supportP = Double.nan
    private var contradictionP = Double.nan

    private init(_ claim: Claim, _ figures: StudyFigures) {
        self.claim = claim
        parts = claim.comparisons.map { Part($0, figures) }
        (p, adjustedP, answer) = (.nan, .nan, .unmeasured)
        guard parts.allSatisfy({ !$0.tails.claim.isNaN }) else { return }
        let count = Double(parts.count)
        switch claim.logic {
        case .all:
            supportP = parts.map(\.tails.claim).max()!
            contradictionP = min(1, count * parts.map(\.tails.other).min()!)
            p = min(1, 2 * min(supportP, contradictionP))
        case .anyDifference:
            let smallest = parts.map { 2 * min($0.tails.claim, $0.tails.other) }.min()!
            p = min(1, count * smallest)
            (supportP, contradictionP) = (p / 2, 1)
        }
        answer = .undecided
    }

    private mutating func decide() {
        guard adjustedP < 0.05 else { return }
        answer = supportP <= contradictionP ? .supported : .contradicted
    }

    /// Why a claim has no verdict, where it has none.
    public var reason: String? {
        guard answer == .unmeasured else { return nil }
        let missing = parts.filter { $0.difference == nil }.map(\.comparison)
        guard let first = missing.first else {
            return "one value is not enough for an interval: it takes more seeds"
        }
        return
            "\(FigureNames.label(first.figure)) was not measured for \(first.contender) and \(first.against)"
    }
}

extension Verdict.Part {
    init(_ comparison: Claim.Comparison, _ figures: StudyFigures) {
        self.comparison = comparison
        guard let model = figures.last(comparison.contender),
            let other = figures.last(comparison.against),
            let mean = figures.difference(
                comparison.figure, model, minus: other, factor: comparison.factor)
        else {
            (difference, tails) = (nil, (.nan, .nan))
            return
        }
        difference = mean.estimate
        let above = mean.tailAbove(comparison.bound)
        tails =
            comparison.direction == .higher ? (above, 1 - above) : (1 - above, above)
    }
}
