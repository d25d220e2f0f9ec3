import BenchProtocol
import TerminalKit

/// What the person looks at: focus, zoom, crosshair, scrolling and scales.
extension WorkbenchModel {
    /// Columns that page-up and page-down move the crosshair by.
    private static let crosshairLeap = 10
    /// Crosshair positions along the curves' span.
    private static let crosshairPositions = 120

    /// Does what a key stands for where only the view changes.
    mutating func look(_ action: BenchAction) {
        switch action {
        case .nextLane: moveLane(by: 1)
        case .previousLane: moveLane(by: -1)
        case .focusLane(let number):
            if number <= laneStates.count { focusedLane = number - 1 }
        case .zoom:
            isZoomed.toggle()
            scroll = 0
        case .nextPanel: focus(focusedPanel.advanced(by: 1))
        case .previousPanel: focus(focusedPanel.advanced(by: -1))
        case .move(let direction): move(direction)
        case .pageUp: leap(-1)
        case .pageDown: leap(1)
        case .toStart:
            scroll = 0
            if isZoomed, focusedPanel == .curves { cursorStep = curveSpan?.lowerBound }
        case .toEnd:
            cursorStep = nil
        case .smoother: smooth(by: 1)
        case .rougher: smooth(by: -1)
        case .toggleLogScale: isLogScale.toggle()
        case .resizePanel(let direction): resize(direction)
        case .resetPanels: split = DashboardSplit()
        default: break
        }
    }

    private mutating func focus(_ panel: Panel) {
        focusedPanel = panel
        scroll = 0
    }

    private mutating func moveLane(by offset: Int) {
        let count = laneStates.count
        guard count > 0 else { return }
        focusedLane = (focusedLane + offset + count) % count
    }

    /// Arrows, pages, ends and enter on the dashboard.
    mutating func boardNavigate(_ action: BenchAction) -> [WorkbenchEffect] {
        guard action == .activate else {
            look(action)
            return []
        }
        guard isZoomed else {
            isZoomed = true
            scroll = 0
            return []
        }
        return show(focusedPanel.wholeView)
    }

    private mutating func move(_ direction: Direction) {
        guard isZoomed else {
            if SizeClass(width: width, height: height) == .single {
                // One panel at a time: left and right go through them, up and down the lanes.
                switch direction {
                case .left: focus(focusedPanel.advanced(by: -1))
                case .right: focus(focusedPanel.advanced(by: 1))
                case .up: moveLane(by: -1)
                case .down: moveLane(by: 1)
                }
            } else {
                focus(focusedPanel.neighbour(direction))
            }
            return
        }
        switch (focusedPanel, direction) {
        case (.curves, .left): moveCursor(by: -1)
        case (.curves, .right): moveCursor(by: 1)
        case (.field, .left), (.field, .up): moveLane(by: -1)
        case (.field, .right), (.field, .down): moveLane(by: 1)
        case (.lanes, .left), (.curves, .up): moveLane(by: -1)
        case (.lanes, .right), (.curves, .down): moveLane(by: 1)
        case (.lanes, .up), (.samples, .up), (.samples, .left): scroll = max(0, scroll - 1)
        case (.lanes, .down), (.samples, .down), (.samples, .right): scrollOn(by: 1)
        case (.population, _): break
        }
    }

    private mutating func leap(_ sign: Int) {
        guard isZoomed else { return }
        switch focusedPanel {
        case .curves: moveCursor(by: sign * WorkbenchModel.crosshairLeap)
        case .lanes, .samples:
            if sign < 0 { scroll = max(0, scroll - 10) } else { scrollOn(by: 10) }
        case .field, .population: break
        }
    }

    /// Scrolls on, at most to the last row that the panel could have.
    private mutating func scrollOn(by rows: Int) {
        scroll = min(scroll + rows, scrollLimit)
    }

    /// The last row, or page, that it makes sense to scroll to.
    private var scrollLimit: Int {
        switch focusedPanel {
        case .lanes: return max(0, LaneDetail.rows(of: self).count - max(1, height - 5))
        case .samples:
            let pictures = contenders.compactMap {
                sheets.sheet(lane: $0.name, prompt: shownPrompt)
            }
            .map(\.pictures.count).max()
            return max(0, (pictures ?? 1) - 1)
        case .curves, .field, .population: return 0
        }
    }

    private mutating func moveCursor(by columns: Int) {
        guard let span = curveSpan else { return }
        let stride = max(1, (span.upperBound - span.lowerBound) / WorkbenchModel.crosshairPositions)
        let start = cursorStep ?? span.upperBound
        let moved = Double(start) + Double(columns) * Double(stride)
        if moved >= Double(span.upperBound) {
            cursorStep = nil
        } else {
            cursorStep = max(span.lowerBound, Int(moved))
        }
    }

    private mutating func smooth(by offset: Int) {
        let steps = WorkbenchModel.smoothingSteps
        let index = steps.firstIndex { $0 >= smoothing } ?? steps.count - 1
        smoothing = steps[min(max(0, index + offset), steps.count - 1)]
        announce(.info, "smoothing \(NumberText.constant(smoothing))")
    }
}
