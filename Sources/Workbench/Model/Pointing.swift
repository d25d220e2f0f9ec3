import TerminalKit

/// What lies under the mouse: views mark it while they draw.
public enum MouseTarget: Hashable, Sendable {
    /// A click does what a key would.
    case action(BenchAction)
    /// A panel of the dashboard: a click focuses it, the wheel scrolls it.
    case panel(Panel)
    /// The n-th row, picture or cell of a view.
    case item(BenchView, Int)
    /// A plot of a view, whose rectangle says where in it the mouse is.
    case surface(BenchView, Rect)
    /// A chart of a view, with what its edges stand for.
    case plot(PlotTarget)
}

/// A chart that the mouse can zoom, pan and read.
public struct PlotTarget: Hashable, Sendable {
    /// A part of a chart.
    public enum Part: Hashable, Sendable {
        /// The lines.
        case lines
        /// The texts left of them.
        case verticalAxis
    }

    /// The view it belongs to.
    public var view: BenchView
    /// Which of the view's charts it is.
    public var index: Int
    /// What of the chart lies under the mouse.
    public var part: Part
    /// Where the lines are, and the values at their edges.
    public var geometry: BrailleChart.Geometry
}

extension WorkbenchModel {
    /// Takes in a mouse action over what was drawn last.
    mutating func point(_ event: MouseEvent) -> [WorkbenchEffect] {
        if case .release = event.action, curves.drag != nil { return endCurvesDrag(event) }
        let area = hitAreas.last { $0.rect.contains(x: event.x, y: event.y) }
        guard let target = area?.target as? MouseTarget else { return [] }
        if case .quantities(let picker) = overlay { return point(event, target, in: picker) }
        switch target {
        case .action(let action):
            guard case .press(button: 1) = event.action else { return [] }
            return perform(action)
        case .panel(let panel): return pointAtPanel(panel, event)
        case .plot(let plot):
            guard plot.view == .curves, view == .curves, overlay == nil else { return [] }
            return curvesPointer(event, on: target)
        case .item(let view, _), .surface(let view, _):
            guard view == self.view, overlay == nil else { return [] }
            switch view {
            case .dashboard: return []
            case .curves: return curvesPointer(event, on: target)
            case .compare: return comparePointer(event, on: target)
            case .fields: return fieldsPointer(event, on: target)
            case .population: return populationPointer(event, on: target)
            case .sessions: return sessionsPointer(event, on: target)
            case .log: return logPointer(event, on: target)
            }
        }
    }

    private mutating func pointAtPanel(_ panel: Panel, _ event: MouseEvent) -> [WorkbenchEffect] {
        guard overlay == nil else { return [] }
        switch event.action {
        case .press(button: 1):
            // A second click on the panel that has the focus zooms it.
            if panel == focusedPanel { return perform(.zoom) }
            focusedPanel = panel
            scroll = 0
        case .scrollUp: if panel == focusedPanel { return perform(.move(.up)) }
        case .scrollDown: if panel == focusedPanel { return perform(.move(.down)) }
        case .press, .release: break
        }
        return []
    }
}
