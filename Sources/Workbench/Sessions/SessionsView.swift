import TerminalKit

/// The view of the sessions.
struct SessionsView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {}
}
