/// What the person chose in the view of the comparison.
public struct CompareState: Sendable {
}
