/// What the person chose in the view of the gradient fields.
public struct FieldsState: Sendable {
}
