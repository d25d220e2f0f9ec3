/// A statement that a study can support or contradict.
public struct Claim: Sendable, Equatable {
    /// Where the statement comes from.
    public enum Source: Sendable, Equatable {
        /// A paper, by its number on arXiv, with what it says in its own words or nearly so.
        case paper(arXiv: String, says: String)
        /// An expectation that popbench states itself, with the reason.
        case expectation(String)
    }

    /// How the comparisons make the statement.
    public enum Logic: Sendable, Equatable {
        /// All of them have to hold.
        case all
        /// Any of the differences has to be other than 0, whatever its sign.
        case anyDifference
    }

    /// One comparison of two models.
    public struct Comparison: Sendable, Equatable {
        /// What is expected of `contender - factor * against`.
        public enum Direction: Sendable, Equatable {
            /// That it lies below the bound.
            case lower
            /// That it lies above the bound.
            case higher
        }

        /// The figure compared, measured or derived.
        public var figure: String
        /// The contender that the statement is about.
        public var contender: String
        /// The contender that it is compared with.
        public var against: String
        /// What the other's figure is multiplied by: 0.5 asks for half.
        public var factor: Double
        /// Which way the difference is to lie.
        public var direction: Direction
        /// The bound: -0.02 with `higher` allows a loss of two points.
        public var bound: Double

        /// A comparison with every field given.
        public init(
            _ figure: String, _ contender: String, against: String, factor: Double = 1,
            _ direction: Direction, bound: Double = 0
        ) {
            self.figure = figure
            self.contender = contender
            self.against = against
            self.factor = factor
            self.direction = direction
            self.bound = bound
        }

        /// The comparison as pages write it: `discrepancy: popalign < 0.5 base`.
        public var formula: String {
            let sign = direction == .lower ? "<" : ">"
            let factor = factor == 1 ? "" : "\(decimal(factor, 2)) "
            let margin =
                bound == 0 ? "" : bound < 0 ? " - \(decimal(-bound, 2))" : " + \(decimal(bound, 2))"
            return
                "\(FigureNames.label(figure)): \(contender) \(sign) \(factor)\(against)\(margin)"
        }
    }

    /// Claims of one family share a correction for their number: those of one arm or matching.
    public var family: String
    /// The statement, a whole sentence.
    public var sentence: String
    /// Where it comes from.
    public var source: Source
    /// How the comparisons make it.
    public var logic: Logic
    /// What is compared.
    public var comparisons: [Comparison]

    /// A claim with every field given.
    ///
    /// - Precondition: at least one comparison.
    public init(
        family: String, _ sentence: String, source: Source, logic: Logic = .all,
        _ comparisons: [Comparison]
    ) {
        precondition(!comparisons.isEmpty, "a claim compares something")
        self.family = family
        self.sentence = sentence
        self.source = source
        self.logic = logic
        self.comparisons = comparisons
    }
}
