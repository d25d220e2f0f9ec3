import BenchProtocol
import TerminalKit

/// Arrows, pages and the mouse in the view of the curves.
extension WorkbenchModel {
    /// Columns that page-up and page-down move the crosshair by.
    private static let leap = 10

    /// Does what a key that works in several views means in this one: arrows, pages, ends, enter.
    mutating func curvesNavigate(_ action: BenchAction) -> [WorkbenchEffect] {
        switch action {
        case .move(.left): moveCrosshair(by: -1)
        case .move(.right): moveCrosshair(by: 1)
        case .pageUp: moveCrosshair(by: -Self.leap)
        case .pageDown: moveCrosshair(by: Self.leap)
        case .move(.up): focusQuantity(by: -1)
        case .move(.down): focusQuantity(by: 1)
        case .toStart: curves.crosshair = curves.window.steps(of: wholeSteps).lowerBound
        case .toEnd:
            curves.crosshair = nil
            // The newest steps, as many as before.
            if case .between(let a, let b) = curves.window {
                curves.window = .newest(max(b - a, StepWindow.fewest))
            }
        case .activate:
            let isOne = curves.arrangement(of: self) == .one
            guard curves.quantities.count > 1 else { break }
            curves.chosenArrangement = isOne ? .grid : .one
        default: break
        }
        return fetchShownCurves()
    }

    /// What happens when this view comes to be shown.
    mutating func curvesAppear() -> [WorkbenchEffect] {
        curves.drag = nil
        return fetchShownCurves()
    }

    /// Moves the crosshair by columns of dots, and the steps shown along with it at their edges.
    private mutating func moveCrosshair(by columns: Int) {
        let whole = wholeSteps
        let steps = curves.window.steps(of: whole)
        let start = curves.crosshair ?? steps.upperBound
        let span = steps.upperBound - steps.lowerBound
        var moved: Int
        if CurveAxis.isLogarithmic(self) {
            let stride = max(1.0 / 64, 0)
            let scaled = Double(max(start, 1)) * (1 + stride * Double(columns) / 2)
            moved = Int(min(max(scaled.rounded(), 0), 0x1p50))
            if moved == start { moved += columns }
        } else {
            moved = start + columns * max(1, span / max(20, min(span, width)))
        }
        if moved >= whole.upperBound {
            curves.crosshair = nil
            if case .between = curves.window {
                curves.window = .newest(max(span, StepWindow.fewest))
            }
            return
        }
        moved = max(moved, whole.lowerBound)
        curves.crosshair = moved
        if moved < steps.lowerBound {
            curves.window.set(moved, moved + span, of: whole)
        } else if moved > steps.upperBound {
            curves.window.set(moved - span, moved, of: whole)
        }
    }

    // MARK: Mouse

    /// A mouse action over something that the view marked as its own.
    mutating func curvesPointer(_ event: MouseEvent, on target: MouseTarget) -> [WorkbenchEffect] {
        switch target {
        case .item(_, let index):
            guard case .press(button: 1) = event.action, curves.quantities.indices.contains(index)
            else { return [] }
            curves.focused = index
            return fetchShownCurves()
        case .plot(let plot):
            return curvesPointer(event, over: plot)
        default: return []
        }
    }

    private mutating func curvesPointer(
        _ event: MouseEvent, over plot: PlotTarget
    ) -> [WorkbenchEffect] {
        let area = plot.geometry.plot
        switch event.action {
        case .press(button: 1):
            if curves.quantities.indices.contains(plot.index),
                curves.arrangement(of: self) == .grid
            {
                curves.focused = plot.index
            }
            curves.drag = CurvesState.Drag(plot: plot, x: event.x, y: event.y)
            return []
        case .scrollUp, .scrollDown:
            let factor = event.action == .scrollUp ? 0.75 : 1 / 0.75
            if plot.part == .verticalAxis {
                let share = 1 - (Double(event.y - area.y) + 0.5) / Double(max(area.height, 1))
                let scale = plot.geometry.y
                setValues(
                    scale.value(at: share - share * factor),
                    scale.value(at: share + (1 - share) * factor), of: quantity(of: plot))
                return []
            }
            zoomSteps(by: factor, at: step(under: event.x, plot))
        case .press(button: 3):
            return perform(.reset)
        default: return []
        }
        return fetchShownCurves()
    }

    /// Ends a press: a click sets the crosshair, a drag selects what lies between.
    mutating func endCurvesDrag(_ event: MouseEvent) -> [WorkbenchEffect] {
        guard let drag = curves.drag else { return [] }
        curves.drag = nil
        guard view == .curves, overlay == nil else { return [] }
        let area = drag.plot.geometry.plot
        let (x, y) = (
            min(max(event.x, area.x), area.maxX - 1), min(max(event.y, area.y), area.maxY - 1)
        )
        let isAcross = abs(x - drag.x) >= 2 && drag.plot.part == .lines
        let isDown = abs(y - drag.y) >= 2
        if isAcross, let a = step(under: min(x, drag.x), drag.plot, edge: 0),
            let b = step(under: max(x, drag.x), drag.plot, edge: 1)
        {
            curves.window.set(a, b, of: wholeSteps)
        }
        if isDown, !area.isEmpty {
            func value(_ row: Int, _ edge: Double) -> Double {
                drag.plot.geometry.y.value(
                    at: 1 - (Double(row - area.y) + edge) / Double(area.height))
            }
            setValues(
                value(max(y, drag.y), 1), value(min(y, drag.y), 0), of: quantity(of: drag.plot))
        }
        if !isAcross, !isDown, drag.plot.part == .lines {
            curves.crosshair = step(under: x, drag.plot)
        }
        return fetchShownCurves()
    }

    /// The step under a column of a chart.
    ///
    /// - Parameter edge: 0 for the column's left edge, 1 for its right.
    private func step(under column: Int, _ plot: PlotTarget, edge: Double = 0.5) -> Int? {
        let area = plot.geometry.plot
        guard area.width > 0 else { return nil }
        let share = (Double(column - area.x) + edge) / Double(area.width)
        let place = plot.geometry.x.value(at: min(max(share, 0), 1))
        let set = CurveSet(self, quantities: [])
        return set.axis.step(at: place, of: set.reference).map {
            min(max($0, set.whole.lowerBound), set.whole.upperBound)
        }
    }

    private func quantity(of plot: PlotTarget) -> LoggedQuantity {
        switch curves.arrangement(of: self) {
        case .one: curves.focusedQuantity
        case .overlay: valueKey
        case .grid:
            curves.quantities.indices.contains(plot.index)
                ? curves.quantities[plot.index] : curves.focusedQuantity
        }
    }
}
