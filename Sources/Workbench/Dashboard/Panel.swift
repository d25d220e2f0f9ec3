/// One of the dashboard's panels, in reading order.
public enum Panel: String, CaseIterable, Sendable {
    case curves
    case lanes
    case field
    case population
    case samples

    /// The panel that follows, around the end.
    package func advanced(by offset: Int) -> Panel {
        let all = Panel.allCases
        let index = (all.firstIndex(of: self) ?? 0) + offset
        let wrapped = index % all.count
        return all[wrapped < 0 ? wrapped + all.count : wrapped]
    }

    /// The view of the same subject.
    package var wholeView: BenchView {
        switch self {
        case .curves: .curves
        case .lanes: .compare
        case .field: .fields
        case .population, .samples: .population
        }
    }

    /// The neighbour in a direction on the dashboard: two rows of two panels above a wide one.
    package func neighbour(_ direction: Direction) -> Panel {
        switch (self, direction) {
        case (.curves, .right): .lanes
        case (.curves, .down): .field
        case (.lanes, .left): .curves
        case (.lanes, .down): .population
        case (.field, .up): .curves
        case (.field, .right): .population
        case (.field, .down): .samples
        case (.population, .up): .lanes
        case (.population, .left): .field
        case (.population, .down): .samples
        case (.samples, .up): .field
        default: self
        }
    }
}

/// Where a cursor key points.
public enum Direction: Sendable {
    case up, down, left, right
}

/// How much of the dashboard a terminal has room for.
public enum SizeClass: Sendable, Equatable {
    /// From 120x36: every panel at full size.
    case full
    /// From 80x24: every panel, compact.
    case compact
    /// From 40x12: one panel, with numbers and sparklines.
    case single
    /// Too small for a panel: one line that says what is needed.
    case tiny

    /// The class of a terminal of that many columns and rows.
    public init(width: Int, height: Int) {
        self =
            if width >= 120, height >= 36 {
                .full
            } else if width >= 80, height >= 24 {
                .compact
            } else if width >= 40, height >= 12 {
                .single
            } else {
                .tiny
            }
    }
}
