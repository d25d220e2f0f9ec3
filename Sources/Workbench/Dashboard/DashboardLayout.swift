import TerminalKit

/// How far the borders between the dashboard's panels have been moved from where they usually are.
package struct DashboardSplit: Sendable, Equatable {
    /// Rows by which the border below the upper panels lies lower.
    package var top = 0
    /// Rows by which the border below the middle panels lies lower.
    package var middle = 0
    /// Columns by which the border between the upper panels lies further right.
    package var upper = 0
    /// Columns by which the border between the middle panels lies further right.
    package var lower = 0

    package init() {}
}

/// A border between panels of the dashboard.
public enum PanelBorder: Sendable, Hashable {
    /// Below the curves and the lanes.
    case belowTop
    /// Above the samples.
    case belowMiddle
    /// Between the curves and the lanes.
    case besideCurves
    /// Between the field and the population.
    case besideField
}

/// Which rectangle of the dashboard each panel has; they never overlap and never leave its area.
package struct DashboardLayout: Sendable {
    /// The panels shown, in reading order.
    package private(set) var panels: [(panel: Panel, rect: Rect)] = []
    /// The borders that can be moved, each two cells thick: an edge of either neighbour.
    package private(set) var borders: [(border: PanelBorder, rect: Rect)] = []
    /// The moves as far as there is room for them.
    package private(set) var split = DashboardSplit()

    /// What no panel is narrower or lower than, however its borders are moved.
    private static let least = (width: 20, height: 5)

    /// Lays out the area between the tab line and the status line.
    ///
    /// - Parameters:
    ///   - only: the panel that has the area to itself; nil shows as many as fit.
    ///   - split: how the borders have been moved.
    package init(
        _ area: Rect, _ sizeClass: SizeClass, only: Panel?, focused: Panel,
        split: DashboardSplit = DashboardSplit()
    ) {
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
                leftShare: (32, 48), middleShare: (40, 40), split)
        case .full:
            let spare = area.height - 33
            arrange(
                area, top: 10 + spare * 2 / 7, middle: 12 + min(spare / 4, 8),
                leftShare: (54, 66), middleShare: (60, 60), split)
        }
    }

    /// Two panels above two panels above one.
    private mutating func arrange(
        _ area: Rect, top: Int, middle: Int, leftShare: (Int, Int), middleShare: (Int, Int),
        _ wanted: DashboardSplit
    ) {
        let least = DashboardLayout.least
        func moved(_ usual: Int, _ by: Int, _ low: Int, _ high: Int) -> Int {
            low <= high ? min(max(usual + min(max(by, -1000), 1000), low), high) : usual
        }
        let upperRows = moved(
            top, wanted.top, least.height, area.height - middle - least.height)
        let middleRows = moved(
            middle, wanted.middle, least.height, area.height - upperRows - least.height)
        let (first, rest) = area.splitTop(upperRows)
        let (second, third) = rest.splitTop(middleRows)
        let usualAbove = first.columns([leftShare.0, leftShare.1])[0].width
        let usualBelow = second.columns([middleShare.0, middleShare.1])[0].width
        let widest = area.width - least.width
        let above = first.splitLeft(moved(usualAbove, wanted.upper, least.width, widest))
        let below = second.splitLeft(moved(usualBelow, wanted.lower, least.width, widest))
        panels = [
            (.curves, above.0), (.lanes, above.1), (.field, below.0), (.population, below.1),
            (.samples, third),
        ]
        split.top = upperRows - top
        split.middle = middleRows - middle
        split.upper = above.0.width - usualAbove
        split.lower = below.0.width - usualBelow
        borders = [
            (.belowTop, Rect(x: area.x, y: second.y - 1, width: area.width, height: 2)),
            (.belowMiddle, Rect(x: area.x, y: third.y - 1, width: area.width, height: 2)),
            (
                .besideCurves,
                Rect(x: above.0.maxX - 1, y: first.y + 1, width: 2, height: first.height - 2)
            ),
            (
                .besideField,
                Rect(x: below.0.maxX - 1, y: second.y + 1, width: 2, height: second.height - 2)
            ),
        ]
    }
}

/// A border that a mouse button holds, and where it was taken.
struct BorderDrag: Sendable, Equatable {
    var border: PanelBorder
    var x: Int
    var y: Int
}

extension WorkbenchModel {
    /// The layout as it is drawn now.
    var dashboardLayout: DashboardLayout {
        let sizeClass = SizeClass(width: width, height: height)
        let frame = ScreenFrame(Rect(width: width, height: height), sizeClass)
        return DashboardLayout(
            frame.view, sizeClass, only: isZoomed ? focusedPanel : nil, focused: focusedPanel,
            split: split)
    }

    /// Moves a border of the dashboard, as far as there is room.
    mutating func move(_ border: PanelBorder, byColumns columns: Int, rows: Int) {
        // From where the border really is: what was asked for beyond that counts no more.
        var wanted = dashboardLayout.split
        switch border {
        case .belowTop: wanted.top += rows
        case .belowMiddle: wanted.middle += rows
        case .besideCurves: wanted.upper += columns
        case .besideField: wanted.lower += columns
        }
        split = wanted
        split = dashboardLayout.split
    }

    /// Moves a border of the focused panel by a key's press.
    mutating func resize(_ direction: Direction) {
        let isUpper = focusedPanel == .curves || focusedPanel == .lanes
        switch direction {
        case .left, .right:
            let columns = direction == .left ? -2 : 2
            move(isUpper ? .besideCurves : .besideField, byColumns: columns, rows: 0)
        case .up, .down:
            move(
                isUpper ? .belowTop : .belowMiddle, byColumns: 0, rows: direction == .up ? -1 : 1)
        }
    }
}
