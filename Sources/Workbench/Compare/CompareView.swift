import TerminalKit

/// The view of the comparison.
struct CompareView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {}
}
