/// What is known of figures by their names; a name that is not known is shown as it is.
public enum FigureNames {
    /// What figures of professions that were not trained on begin with.
    public static let heldOutPrefix = "held_out_"

    /// The figures that pages show, in this order, where they were measured; everything else is in the
    /// CSV files.
    public static let headline = [
        "discrepancy", "discrepancy_gender", "discrepancy_tone", "identity_accuracy",
        "profession_accuracy", "text_image_score", "preference_score", "kid", "vendi_score",
        "pairwise_distance", "density", "coverage",
    ]

    private static let words = [
        "discrepancy": "discrepancy, both attributes",
        "discrepancy_gender": "discrepancy, gender",
        "discrepancy_tone": "discrepancy, tone",
        "identity_accuracy": "identity accuracy",
        "profession_accuracy": "profession accuracy",
        "text_image_score": "text-image score",
        "preference_score": "preference score",
        "kid": "KID",
        "vendi_score": "Vendi score",
        "pairwise_distance": "pairwise distance",
        "balance": "identity accuracy - discrepancy",
        "trade_off": "trade-off",
    ]

    /// A figure's name for people.
    public static func label(_ name: String) -> String {
        let (base, isHeldOut) = split(name)
        let words = words[base] ?? base.split(separator: "_").joined(separator: " ")
        return isHeldOut ? "\(words), held out" : words
    }

    /// A name without its prefix, and whether it had one.
    public static func split(_ name: String) -> (base: String, isHeldOut: Bool) {
        name.hasPrefix(heldOutPrefix)
            ? (String(name.dropFirst(heldOutPrefix.count)), true) : (name, false)
    }

    /// Whether a figure is a share of pictures that were right.
    static func isShare(_ name: String) -> Bool {
        let base = split(name).base
        return base.hasSuffix("_accuracy") || base.hasSuffix("text_image_retrieval")
            || base.hasSuffix("unsure_share") || base.hasPrefix("agreement_")
    }

    /// Where a figure's value can lie, by its kind; an interval ends there.
    static func range(of name: String) -> ClosedRange<Double> {
        let base = split(name).base
        if isShare(name) || base == "coverage" { return 0...1 }
        let isSquare = base.hasSuffix("_unbiased_square")
        return base.hasPrefix("discrepancy") && !isSquare
            ? 0...1 : -Double.infinity...Double.infinity
    }

    /// Whether less of a figure is better.
    public static func isLowerBetter(_ name: String) -> Bool {
        let base = split(name).base
        return [
            "discrepancy", "kid", "identity_kid", "unsure_share", "planted_distance", "fixed_loss",
            "fixed_policy_error",
        ]
        .contains { base.hasPrefix($0) }
    }
}

/// A figure made of others: a weighted sum, prompt by prompt where all of them have prompts.
public struct DerivedFigure: Sendable, Equatable {
    /// One addend.
    public struct Term: Sendable, Equatable {
        /// A measured figure without prefix; of several, the first that was measured.
        public var anyOf: [String]
        /// What it is multiplied by.
        public var weight: Double
        /// Whether it is divided by the base's mean over all seeds, so that it counts in parts of it.
        public var isRelativeToBase: Bool

        /// A term with every field given.
        public init(_ anyOf: [String], weight: Double, isRelativeToBase: Bool = false) {
            self.anyOf = anyOf
            self.weight = weight
            self.isRelativeToBase = isRelativeToBase
        }
    }

    /// Its name, without prefix.
    public var name: String
    /// Its formula in words, for pages.
    public var formula: String
    /// What it is the sum of.
    public var terms: [Term]

    /// A figure with every field given.
    public init(name: String, formula: String, terms: [Term]) {
        self.name = name
        self.formula = formula
        self.terms = terms
    }

    /// Names under which within-prompt diversity is measured, the first that exists counts.
    public static let diversity = ["vendi_score", "pairwise_distance"]

    /// The figures that every study has beside the measured ones.
    public static let all = [
        DerivedFigure(
            name: "discrepancy",
            formula: "the mean of the discrepancies of gender and of tone",
            terms: [
                Term(["discrepancy_gender"], weight: 0.5), Term(["discrepancy_tone"], weight: 0.5),
            ]),
        DerivedFigure(
            name: "balance",
            formula:
                "identity accuracy minus discrepancy: a point of the one weighs as much as 0.01 of the other",
            terms: [
                Term(["identity_accuracy"], weight: 1), Term(["discrepancy_gender"], weight: -0.5),
                Term(["discrepancy_tone"], weight: -0.5),
            ]),
        DerivedFigure(
            name: "diversity",
            formula: "the first that was measured of Vendi score and pairwise distance",
            terms: [Term(diversity, weight: 1)]),
        DerivedFigure(
            name: "trade_off",
            formula:
                "preference score plus diversity, each as a part of the base's: what alignment gained less what diversity lost",
            terms: [
                Term(["preference_score"], weight: 1, isRelativeToBase: true),
                Term(diversity, weight: 1, isRelativeToBase: true),
            ]),
    ]
}
