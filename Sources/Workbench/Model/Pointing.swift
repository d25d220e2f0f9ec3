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
}

extension WorkbenchModel {
    /// Takes in a mouse action over what was drawn last.
    mutating func point(_ event: MouseEvent) -> [WorkbenchEffect] {
        let area = hitAreas.last { $0.rect.contains(x: event.x, y: event.y) }
        guard let target = area?.target as? MouseTarget else { return [] }
        switch target {
        case .action(let action):
            guard case .press(button: 1) = event.action else { return [] }
            return perform(action)
        case .panel(let panel): return pointAtPanel(panel, event)
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
