/// What the person chose in the view of the curves.
public struct CurvesState: Sendable {
}
