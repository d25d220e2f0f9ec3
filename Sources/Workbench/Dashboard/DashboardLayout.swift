import TerminalKit

/// Which rectangle of the dashboard each panel has; they never overlap and never leave its area.
package struct DashboardLayout: Sendable {
    /// The panels shown, in reading order.
    package private(set) var panels: [(panel: Panel, rect: Rect)] = []

    /// Lays out the area between the tab line and the status line.
    ///
    /// - Parameter only: the panel that has the area to itself; nil shows as many as fit.
    package init(_ area: Rect, _ sizeClass: SizeClass, only: Panel?, focused: Panel) {
        if let only {
            panels = [(only, area)]
            return
        }
        switch sizeClass {
        case .tiny: break
        case .single: panels = [(focused, area)]
        case .compact:
            let spare = area.height - 21
            arrange(
                area, top: 8 + spare * 3 / 10, middle: 7 + min(spare * 3 / 10, 8),
                leftShare: (32, 48), middleShare: (40, 40))
        case .full:
            let spare = area.height - 33
            arrange(
                area, top: 10 + spare * 2 / 7, middle: 12 + min(spare / 4, 8),
                leftShare: (54, 66), middleShare: (60, 60))
        }
    }

    /// Two panels above two panels above one.
    private mutating func arrange(
        _ area: Rect, top: Int, middle: Int, leftShare: (Int, Int), middleShare: (Int, Int)
    ) {
        let (first, rest) = area.splitTop(top)
        let (second, third) = rest.splitTop(middle)
        let above = first.columns([leftShare.0, leftShare.1])
        let below = second.columns([middleShare.0, middleShare.1])
        panels = [
            (.curves, above[0]), (.lanes, above[1]), (.field, below[0]), (.population, below[1]),
            (.samples, third),
        ]
    }
}
