import TerminalKit

/// What lies under the mouse: views mark it while they draw.
public enum MouseTarget: Hashable, Sendable {
    /// A click does what a key would.
    case action(BenchAction)
    /// A panel of the dashboard: a click focuses it, the wheel scrolls it.
    case panel(Panel)
    /// A border between panels: pressed here and released elsewhere, it moves.
    case border(PanelBorder)
    /// The n-th row of what lies over the view.
    case row(Int)
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
    /// Lines of the help that one notch of the wheel scrolls.
    private static let notch = 3

    /// Takes in a mouse action over what was drawn last.
    mutating func point(_ event: MouseEvent) -> [WorkbenchEffect] {
        if let drag { return end(drag, event) }
        if let overlay, let effects = scroll(overlay, event) { return effects }
        if case .release = event.action, curves.drag != nil { return endCurvesDrag(event) }
        guard let target = target(of: event) else { return [] }
        if case .quantities(let picker) = overlay { return point(event, target, in: picker) }
        switch target {
        case .action(let action):
            guard case .press(button: 1) = event.action else { return [] }
            return click(action)
        case .panel(let panel): return pointAtPanel(panel, event)
        case .border(let border):
            guard overlay == nil else { return [] }
            if case .press(button: 1) = event.action {
                drag = BorderDrag(border: border, x: event.x, y: event.y)
                return []
            }
            return panel(at: event).map { pointAtPanel($0, event) } ?? []
        case .row(let row):
            guard case .press(button: 1) = event.action else { return [] }
            return clickRow(row)
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

    private func target(of event: MouseEvent) -> MouseTarget? {
        hitAreas.last { $0.rect.contains(x: event.x, y: event.y) }?.target as? MouseTarget
    }

    private func panel(at event: MouseEvent) -> Panel? {
        for area in hitAreas.reversed() where area.rect.contains(x: event.x, y: event.y) {
            if case .panel(let panel)? = area.target as? MouseTarget { return panel }
        }
        return nil
    }

    /// Tabs, keys of the last line, rows of questions.
    private mutating func click(_ action: BenchAction) -> [WorkbenchEffect] {
        var effects: [WorkbenchEffect] = []
        if case .show = action {
            switch overlay {
            case .themes: effects = leaveThemes()
            case .help, .palette, .export, .text, .quantities, .sessions(.recipes): overlay = nil
            // A question wants its answer first, and a form is not thrown away by a click.
            case .quit, .stopping, .engineLost, .confirm, .sessions: return []
            case nil: break
            }
        }
        return effects + perform(action)
    }

    private mutating func clickRow(_ row: Int) -> [WorkbenchEffect] {
        switch overlay {
        case .palette(let palette): return choose(from: palette, row: row)
        case .themes(let picker):
            guard row == picker.selected else { return preview(row) }
            return navigate(.activate, picker)
        default: return []
        }
    }

    /// The wheel over a list that lies on top; nil when it is no wheel or no list.
    private mutating func scroll(_ overlay: Overlay, _ event: MouseEvent) -> [WorkbenchEffect]? {
        let action: BenchAction
        switch event.action {
        case .scrollUp: action = .move(.up)
        case .scrollDown: action = .move(.down)
        case .press, .release: return nil
        }
        switch overlay {
        case .palette(var palette):
            // The wheel looks through the rows, never through the history.
            let last = max(0, paletteRows(palette).count - 1)
            let moved = palette.selected + (action == .move(.up) ? -1 : 1)
            palette.selected = min(max(0, moved), last)
            palette.problem = nil
            self.overlay = .palette(palette)
            return []
        case .themes(let picker): return navigate(action, picker)
        case .help:
            for _ in 0..<WorkbenchModel.notch {
                if case .help(let help) = self.overlay { navigate(action, help) }
            }
            return []
        // These take the wheel in their own way, or not at all.
        case .quantities, .sessions: return nil
        case .export, .text, .quit, .stopping, .engineLost, .confirm: return []
        }
    }

    /// Lets go of a border; where it was taken, it was only a click on the panel below.
    private mutating func end(_ held: BorderDrag, _ event: MouseEvent) -> [WorkbenchEffect] {
        drag = nil
        guard case .release = event.action, overlay == nil else { return [] }
        if held.x == event.x, held.y == event.y {
            guard let panel = panel(at: event) else { return [] }
            return pointAtPanel(
                panel, MouseEvent(.press(button: 1), x: event.x, y: event.y))
        }
        move(held.border, byColumns: event.x - held.x, rows: event.y - held.y)
        return []
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
