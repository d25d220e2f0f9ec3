import TerminalKit

/// The view of the population gallery.
struct PopulationView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {}
}
