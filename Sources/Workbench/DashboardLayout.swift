import TerminalKit

/// Which rectangle of the screen each panel has; they never overlap and never leave the screen.
package struct DashboardLayout: Sendable {
    /// The class of the terminal's size.
    package let sizeClass: SizeClass
    /// The panels shown, in reading order.
    package private(set) var panels: [(panel: Panel, rect: Rect)] = []
    /// The line that tells where the engine stands.
    package private(set) var status = Rect(width: 0, height: 0)
    /// The line below it: keys, or news.
    package private(set) var hints = Rect(width: 0, height: 0)

    /// Lays out a screen.
    ///
    /// - Parameter only: the panel that has the screen to itself; nil shows as many as fit.
    package init(width: Int, height: Int, only: Panel?, focused: Panel) {
        sizeClass = SizeClass(width: width, height: height)
        guard sizeClass != .tiny else { return }
        let screen = Rect(width: width, height: height)
        let (area, lines) = screen.splitBottom(2)
        (status, hints) = lines.splitTop(1)
        if let only {
            panels = [(only, area)]
            return
        }
        switch sizeClass {
        case .tiny: break
        case .single: panels = [(focused, area)]
        case .compact:
            let spare = area.height - 22
            arrange(
                area, top: 8 + spare * 3 / 10, middle: 7 + min(spare * 3 / 10, 8),
                leftShare: (32, 48), middleShare: (40, 40))
        case .full:
            let spare = area.height - 34
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
