import Alignment
import BenchProtocol
import Metrics
import Populations

/// Everything that an evaluation measured.
public struct EvaluationReport: Sendable {
    /// The figures, each under a name of its own; `held_out_` before those on professions that
    /// alignment did not train on.
    public let figures: [Evaluation.Figure]
    /// What was measured of each profession by itself, from which lanes are compared prompt by prompt.
    public let prompts: [PromptFigures]
    /// Figures of a whole set of pictures, by the names of `figures`; two lanes are compared by
    /// `Jackknifed.difference`.
    public let sets: [String: Jackknifed]
    /// What a person should know before trusting the figures, a sentence each.
    public let warnings: [String]
    /// Seconds that drawing the pictures took.
    public internal(set) var samplingSeconds = 0.0
    /// Seconds that judging the pictures and computing the figures took.
    public internal(set) var judgingSeconds = 0.0

    init(
        figures: [Evaluation.Figure], prompts: [PromptFigures], sets: [String: Jackknifed],
        warnings: [String]
    ) {
        self.figures = figures
        self.prompts = prompts
        self.sets = sets
        self.warnings = warnings
    }

    /// The values of one figure on one side of the professions, in the order of `prompts`.
    ///
    /// Two lanes that were evaluated by one plan have the same professions in the same order:
    /// `PairedComparison` takes these as they are.
    ///
    /// - Parameters:
    ///   - name: a figure's name without `held_out_`.
    ///   - heldOut: which side.
    /// - Returns: NaN where a prompt has no value.
    public func values(_ name: String, heldOut: Bool) -> [Double] {
        prompts.filter { $0.isHeldOut == heldOut }.map { $0.values[name] ?? .nan }
    }
}

/// What was measured of one profession: its neutral prompt, and its identity prompts taken together.
public struct PromptFigures: Sendable, Equatable {
    /// The profession.
    public let profession: Profession
    /// Whether alignment did not train on it.
    public let isHeldOut: Bool
    /// Pictures of the neutral prompt, and as many of identity prompts.
    public let pictures: Int
    /// Values by the names of figures, without `held_out_`; NaN where there was nothing to measure.
    public internal(set) var values: [String: Double]
}

extension Evaluation.Figure {
    /// An estimate under a name.
    public init(_ name: String, _ estimate: Estimate) {
        self.init(
            name: name, value: estimate.value, low: estimate.low, high: estimate.high,
            n: estimate.n)
    }
}
