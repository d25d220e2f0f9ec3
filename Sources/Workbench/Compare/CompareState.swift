/// What the person chose in the view of the comparison.
public struct CompareState: Sendable, Equatable {
    /// A part of the comparison.
    public enum Section: String, CaseIterable, Sendable {
        case recipe
        case metrics
        case tradeoff = "trade-off"
        case fields
        case pictures
    }

    /// Which of an evaluation's figures are listed.
    public enum Group: String, CaseIterable, Sendable {
        case all
        case heldOut = "held out"
        case trained = "trained on"
        case fixed = "fixed draws"

        /// Whether a figure of that name belongs to it.
        func holds(_ name: String) -> Bool {
            switch self {
            case .all: true
            case .heldOut: name.hasPrefix("held_out_")
            case .trained: !name.hasPrefix("held_out_") && !name.hasPrefix("fixed_")
            case .fixed: name.hasPrefix("fixed_")
            }
        }
    }

    /// The section that has the keys.
    public internal(set) var section = Section.metrics
    /// Whether it fills the view where all would fit.
    public internal(set) var isZoomed = false
    /// Lanes that are left out, by name.
    public internal(set) var hidden: Set<String> = []
    /// Whom differences are taken to: a lane's name or `base`.
    public internal(set) var baseline = WorkbenchModel.baseName
    /// Whether figures are shown as differences to the baseline.
    public internal(set) var showsDeltas = false
    /// Which figures are listed.
    public internal(set) var group = Group.all
    /// The row of the metrics that is chosen.
    public internal(set) var row = 0
    /// The first noise whose pictures are shown.
    public internal(set) var noise = 0
    /// The figure along the trade-off's horizontal axis; nil leaves the choice to the view.
    public internal(set) var xFigure: String?
    /// The figure along its vertical axis, likewise.
    public internal(set) var yFigure: String?
}
