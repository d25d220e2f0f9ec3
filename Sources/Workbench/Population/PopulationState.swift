/// What the person chose in the view of the population gallery.
public struct PopulationState: Sendable {
}
