import PlainTOML
import TrainingEngine

/// A search over recipes: what is varied, how it is measured, and how the best are confirmed.
public struct Sweep: Sendable, Equatable {
    /// A key of a recipe and the values that it goes through.
    struct Variation: Sendable, Equatable {
        var key: String
        var line: Int
        var values: [TOMLValue]
    }

    /// A lane that the search is to beat, under settings of its own.
    struct Rival: Sendable, Equatable {
        var name: String
        var line: Int
        var settings: [Setting]
    }

    /// One key with one value, and the line that it comes from.
    struct Setting: Sendable, Equatable {
        var key: String
        var line: Int
        var value: TOMLValue
    }

    /// Which of the combinations are trained.
    public enum Choice: Sendable, Equatable {
        /// All of them.
        case grid
        /// So many, drawn at random.
        case random(count: Int, seed: UInt64)
    }

    /// The second stage: the best of the search and all rivals again, on seeds that chose nothing.
    public struct Confirmation: Sendable, Equatable {
        /// Seeds that the search did not use.
        public var seeds: [UInt64]
        /// How many of the best are trained again.
        public var top: Int
        /// How they are measured.
        public var evaluation: StudyEvaluation
    }

    /// What folders and pages call the sweep.
    public var name: String
    /// The file, for errors.
    let file: String
    /// Models, populations and training, without lanes.
    let recipe: Recipe
    /// The search's seeds.
    public var seeds: [UInt64]
    /// Steps of early stopping that are tried, beside the last.
    let evaluatedSteps: [Int]
    /// How the search's models are measured.
    public var evaluation: StudyEvaluation
    /// Which combinations are trained.
    public var choice: Choice
    /// The figure that the table is sorted by and finalists are chosen by.
    public var criterion: String
    /// The two figures of the Pareto front, horizontal and vertical.
    public var front: (x: String, y: String)
    /// The second stage, if there is one.
    public var confirmation: Confirmation?
    let variations: [Variation]
    /// Settings that all combinations share.
    let fixed: [Setting]
    let rivals: [Rival]

    /// How many combinations the lists make, before any is refused or found twice.
    public var combinations: Int {
        variations.reduce(1) { product, variation in
            let (result, overflow) = product.multipliedReportingOverflow(by: variation.values.count)
            return overflow ? .max : result
        }
    }

    /// The names of the lanes to beat.
    public var rivalNames: [String] { rivals.map(\.name) }

    /// Two sweeps are equal where everything they say is.
    public static func == (a: Sweep, b: Sweep) -> Bool {
        a.name == b.name && a.file == b.file && a.recipe == b.recipe && a.seeds == b.seeds
            && a.evaluatedSteps == b.evaluatedSteps && a.evaluation == b.evaluation
            && a.choice == b.choice && a.criterion == b.criterion && a.front == b.front
            && a.confirmation == b.confirmation && a.variations == b.variations
            && a.fixed == b.fixed && a.rivals == b.rivals
    }
}
