import BenchProtocol
import TerminalKit

/// What the person chose in the view of the curves.
public struct CurvesState: Sendable {
    /// How several quantities share the view.
    public enum Arrangement: String, CaseIterable, Sendable {
        /// The focused quantity alone.
        case one
        /// One quantity a cell.
        case grid
        /// All quantities in one chart.
        case overlay
    }

    /// What the horizontal axis counts.
    public enum Unit: String, CaseIterable, Sendable {
        case step
        /// Time since the lane's first step.
        case relative
        /// The time of day.
        case wall
    }

    /// How the values behind the smoothed lines are drawn.
    public enum Raw: String, CaseIterable, Sendable {
        /// As lines where colours make them faint, else as far as they reach.
        case automatic = "auto"
        case line
        case envelope = "band"
        case none
    }

    /// Quantities that a view holds at most.
    public static let capacity = 16
    /// The quantities to look at; never empty.
    public internal(set) var quantities: [LoggedQuantity] = [
        .step(.loss), .step(.implicitAccuracy), .step(.winnerLogRatio), .step(.loserLogRatio),
        .step(.klProxy), .step(.gradientNorm),
    ]
    /// The one of them that keys act on.
    public internal(set) var focused = 0
    /// How they share the view; nil leaves it to the size of the screen.
    var chosenArrangement: Arrangement?
    /// The steps shown.
    public internal(set) var window = StepWindow.all
    /// The values shown, where they were chosen, by quantity; overlaid ones share the first's.
    public internal(set) var valueRanges: [LoggedQuantity: ClosedRange<Double>] = [:]
    /// How values are laid along the vertical axis.
    public internal(set) var scale = AxisScale.linear
    /// Whether steps, or the time since the start, are laid out logarithmically.
    public internal(set) var isLogX = false
    /// What the horizontal axis counts.
    public internal(set) var unit = Unit.step
    /// How raw values are drawn.
    public internal(set) var raw = Raw.automatic
    /// The lane that the others are compared with, by name.
    public internal(set) var baseline: String?
    /// Whether the curves show differences to the baseline.
    public internal(set) var showsDelta = false
    /// Lanes that are not drawn, by name.
    public internal(set) var hidden: Set<String> = []
    /// The step under the crosshair; nil follows the newest.
    public internal(set) var crosshair: Int?
    /// Whether the table of values stands below the curves.
    public internal(set) var showsTable = true
    /// Where the mouse went down.
    var drag: Drag?

    /// A press of the mouse that may become a selection.
    struct Drag: Sendable {
        let plot: PlotTarget
        let x: Int
        let y: Int
    }

    /// The quantity that keys act on.
    public var focusedQuantity: LoggedQuantity {
        quantities.indices.contains(focused) ? quantities[focused] : .step(.loss)
    }

    /// How the quantities share a screen of this model's size.
    func arrangement(of model: WorkbenchModel) -> Arrangement {
        if quantities.count == 1 { return .one }
        if let chosenArrangement { return chosenArrangement }
        return SizeClass(width: model.width, height: model.height) == .full ? .grid : .one
    }
}

extension WorkbenchModel {
    /// The quantities that are drawn now.
    package var visibleQuantities: [LoggedQuantity] {
        curves.arrangement(of: self) == .one ? [curves.focusedQuantity] : curves.quantities
    }

    /// The lanes that are drawn, by their places in the session.
    package var shownLanes: [Int] {
        laneStates.indices.filter { !curves.hidden.contains(laneStates[$0].settings.name) }
    }

    /// The place of the lane that the others are compared with.
    package var baselineLane: Int? {
        curves.baseline.flatMap { name in
            laneStates.firstIndex { $0.settings.name == name }
        }
    }

    /// Everything that there is a curve of: what steps log, and the figures of the evaluations.
    package var catalogue: [LoggedQuantity] {
        let figures = Set(evaluations.values.flatMap { $0.figures.map(\.name) })
            .filter { !$0.isEmpty }
        let (fixed, sampled) = (
            figures.filter { $0.hasPrefix("fixed_") }.sorted(),
            figures.filter { !$0.hasPrefix("fixed_") }.sorted()
        )
        let steps = LoggedQuantity.ofSteps
        let own = Quantity.allCases.count
        return steps[..<own] + (fixed + sampled).map(LoggedQuantity.figure) + steps[own...]
    }
}
