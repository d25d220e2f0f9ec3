import TerminalKit

/// The view of the curves.
struct CurvesView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {}
}
