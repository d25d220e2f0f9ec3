import TerminalKit

/// The view of the gradient fields.
struct FieldsView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {}
}
