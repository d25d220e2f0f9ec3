/// What the person chose in the view of the sessions.
public struct SessionsState: Sendable {
}
