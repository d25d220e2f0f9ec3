import BenchProtocol
import TerminalKit

/// The line of settings above the curves; a click on one changes it.
struct CurvesHeader: Drawing {
    let gathered: CurveSet
    let theme: Theme
    let arrangement: CurvesState.Arrangement
    /// Charts that are out of sight.
    let hidden: Int

    private var model: WorkbenchModel { gathered.model }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        var column = drawSlider(on: &canvas, in: rect)
        for (text, role, action) in items {
            let columns = TextLayout.columns(text)
            guard column + 2 + columns <= rect.maxX else { continue }
            canvas.put(text, x: column + 2, y: rect.y, style: theme.style(for: role))
            if let action {
                canvas.mark(
                    Rect(x: column + 2, y: rect.y, width: columns, height: 1),
                    MouseTarget.action(.curves(action)))
            }
            column += 2 + columns
        }
    }

    /// The smoothing factor as a slider, one cell a position; returns the column after it.
    private func drawSlider(on canvas: inout Canvas, in rect: Rect) -> Int {
        let factors = WorkbenchModel.smoothingSteps
        let place = factors.lastIndex { $0 <= model.smoothing } ?? 0
        var column = rect.x + 1
        column += canvas.put("EMA ", x: column, y: rect.y, style: theme.style(for: .dim))
        for index in factors.indices {
            let isHandle = index == place
            canvas.put(
                isHandle ? "●" : index < place ? "━" : "─", x: column, y: rect.y,
                style: theme.style(for: isHandle ? .accent : index < place ? .gauge : .axis))
            canvas.mark(
                Rect(x: column, y: rect.y, width: 1, height: 1),
                MouseTarget.action(.curves(.smooth(index))))
            column += 1
        }
        column += canvas.put(
            " " + TextLayout.padded(NumberText.constant(model.smoothing), to: 5), x: column,
            y: rect.y, style: theme.style(for: .text))
        return column - 1
    }

    /// In order of importance; what does not fit is left out.
    private var items: [(String, ThemeRole, CurvesAction?)] {
        let steps = gathered.steps
        let isAll = steps == gathered.whole
        var items: [(String, ThemeRole, CurvesAction?)] = []
        if model.curveShelf.awaitsAny { items.append(("fetching …", .accent, nil)) }
        let range = "\(steps.lowerBound)–\(steps.upperBound)"
        items.append(
            isAll
                ? ("steps \(range)", .dim, nil)
                : ("steps \(range) of \(gathered.whole.upperBound)", .text, .reset))
        if model.curves.quantities.count > 1 {
            let place =
                arrangement == .one
                ? "\(model.curves.focused + 1) of \(model.curves.quantities.count)"
                : hidden > 0
                    ? "\(arrangement.rawValue), \(hidden) out of sight" : arrangement.rawValue
            items.append((place, .dim, .nextArrangement))
        }
        if let baseline = model.baselineLane {
            let name = model.laneStates[baseline].settings.name
            items.append(
                (
                    "\(model.curves.showsDelta ? "− " : "")baseline \(baseline + 1) "
                        + TextLayout.clipped(name, to: 16), .text, .toggleDelta
                ))
        }
        items.append(
            (
                "x \(model.curves.unit.rawValue)\(gathered.axis.isLogarithmic ? " log" : "")", .dim,
                .nextUnit
            ))
        items.append(("y \(model.curves.scale.rawValue)", .dim, .nextScale))
        items.append(("raw \(model.curves.raw.rawValue)", .dim, .nextRaw))
        if !model.curves.hidden.isEmpty {
            let count = model.laneStates.count - model.shownLanes.count
            if count > 0 { items.append(("\(count) hidden", .warn, .showAllLanes)) }
        }
        return items
    }
}
