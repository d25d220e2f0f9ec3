import Figures

/// What the person chose in the view of the gradient fields.
public struct FieldsState: Sendable, Equatable {
    /// What the lines below a field tell where there is no room for all of it.
    public enum Page: String, CaseIterable, Sendable {
        case summary
        case quarters = "timestep quarters"
        case probe = "under the cursor"
    }

    /// Whether the focused lane has the view to itself.
    public internal(set) var isLarge = false
    /// What the axes measure.
    public internal(set) var scale = FieldPlane.Scale.log
    /// The part of the plane that is shown; nil follows the batches.
    public internal(set) var window: FieldPlane?
    /// Whether all arrows are equally long.
    public internal(set) var hasUnitArrows = false
    /// Whether the path of the batch's mean is drawn.
    public internal(set) var showsPath = true
    /// Whether the live batch is drawn.
    public internal(set) var showsBatch = true
    /// (ln X1, ln X2) under the cursor; nil while nobody has moved it.
    public internal(set) var probe: FieldProbe?
    /// What is told of a field where there is no room for all of it.
    public internal(set) var page = Page.summary
}

/// A place in the plane of log-ratios.
public struct FieldProbe: Hashable, Sendable {
    /// ln X1, the winner's.
    public var l1: Double
    /// ln X2, the loser's.
    public var l2: Double
}
