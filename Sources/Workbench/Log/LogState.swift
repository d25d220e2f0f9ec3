/// What the person chose in the view of the log.
public struct LogState: Sendable {
    /// How many of the newest lines lie below what is shown.
    public internal(set) var scroll = 0
}
