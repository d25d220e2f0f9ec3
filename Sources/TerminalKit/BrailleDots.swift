/// A grid of braille dots, two columns and four rows a cell.
///
/// Polylines are drawn as one vertical span a dot column. Because consecutive segments share an
/// end, the dots they light in one column are always a single span, so that keeping the lowest and
/// highest row of each column gives exactly the dots of drawing every segment, at a cost that does
/// not grow with what many points do to one column.
public struct BrailleDots: Sendable {
    /// Cells across.
    public let columns: Int
    /// Cells down.
    public let rows: Int
    /// Dots lit in each cell, row by row, as the low byte of its braille character.
    public private(set) var masks: [UInt8]
    private var lowest: [Int]
    private var highest: [Int]

    /// Makes an empty grid of a size in cells.
    public init(columns: Int, rows: Int) {
        self.columns = max(columns, 0)
        self.rows = max(rows, 0)
        masks = Array(repeating: 0, count: self.columns * self.rows)
        lowest = Array(repeating: .max, count: self.columns * 2)
        highest = Array(repeating: .min, count: self.columns * 2)
    }

    /// Dots across.
    public var dotColumns: Int { columns * 2 }
    /// Dots down.
    public var dotRows: Int { rows * 4 }

    /// Whether a dot is lit.
    public func isLit(_ x: Int, _ y: Int) -> Bool {
        guard x >= 0, y >= 0, x < dotColumns, y < dotRows else { return false }
        return masks[(y / 4) * columns + x / 2] & BrailleDots.bit(x, y) != 0
    }

    /// Lights a dot; what lies outside is left out.
    public mutating func light(_ x: Int, _ y: Int) {
        guard x >= 0, y >= 0, x < dotColumns, y < dotRows else { return }
        masks[(y / 4) * columns + x / 2] |= BrailleDots.bit(x, y)
    }

    /// Draws a polyline through points in dot coordinates, row 0 on top.
    ///
    /// A point that is not finite is a gap; so is a step to the left, where a new line begins.
    public mutating func drawLine(_ points: some Sequence<(x: Double, y: Double)>, dash: LineDash) {
        var last: (x: Int, y: Int)?
        var touched = Int.max...Int.max
        for point in points {
            guard point.x.isFinite, point.y.isFinite else {
                flush(touched, dash)
                touched = Int.max...Int.max
                last = nil
                continue
            }
            let dot = (x: BrailleDots.dot(point.x), y: BrailleDots.dot(point.y))
            if let from = last, from.x <= dot.x {
                extend(from, dot)
                touched = min(touched.lowerBound, from.x)...max(dot.x, from.x)
            } else {
                flush(touched, dash)
                extend(dot, dot)
                touched = dot.x...dot.x
            }
            last = dot
        }
        flush(touched, dash)
    }

    /// Leaves of each dot column only its lowest and its highest dot, and those of some columns only.
    ///
    /// - Parameter every: one column of so many keeps its dots, above 0.
    public mutating func keepEnvelope(every: Int) {
        for x in 0..<dotColumns {
            var top = -1
            var bottom = -1
            for y in 0..<dotRows where isLit(x, y) {
                if top < 0 { top = y }
                bottom = y
                masks[(y / 4) * columns + x / 2] &= ~BrailleDots.bit(x, y)
            }
            guard top >= 0, x % max(every, 1) == 0 else { continue }
            light(x, top)
            light(x, bottom)
        }
    }

    /// The braille character of a mask.
    public static func glyph(_ mask: UInt8) -> Character {
        // The block of 256 patterns has no holes.
        Character(UnicodeScalar(0x2800 + UInt32(mask)) ?? " ")
    }

    /// Lights the spans collected in a range of columns and forgets them.
    private mutating func flush(_ touched: ClosedRange<Int>, _ dash: LineDash) {
        let first = max(touched.lowerBound, 0)
        let last = min(touched.upperBound, dotColumns - 1)
        guard first <= last else { return }
        for x in first...last {
            let top = max(lowest[x], 0)
            let bottom = min(highest[x], dotRows - 1)
            if top <= bottom, dash.isOn(column: x) {
                for y in top...bottom {
                    masks[(y / 4) * columns + x / 2] |= BrailleDots.bit(x, y)
                }
            }
            lowest[x] = .max
            highest[x] = .min
        }
    }

    /// Adds one segment, going right, to the spans of its columns: the dots of Bresenham's line.
    private mutating func extend(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int)) {
        let first = max(from.x, 0)
        let last = min(to.x, dotColumns - 1)
        guard first <= last else { return }
        let across = to.x - from.x
        let down = abs(to.y - from.y)
        let sign = to.y >= from.y ? 1 : -1
        if across == 0 {
            cover(first, min(from.y, to.y), max(from.y, to.y))
        } else if across >= down {
            for x in first...last {
                let step = (2 * (x - from.x) * down + across) / (2 * across)
                cover(x, from.y + sign * step, from.y + sign * step)
            }
        } else {
            // Column k of the segment holds the steps s with 2 s across + down in
            // [2 down k, 2 down (k + 1)).
            for x in first...last {
                let k = x - from.x
                let low = max(BrailleDots.ceilDivide(2 * down * k - down, 2 * across), 0)
                let high = min(
                    BrailleDots.ceilDivide(2 * down * (k + 1) - down, 2 * across) - 1, down)
                guard low <= high else { continue }
                let one = from.y + sign * low
                let other = from.y + sign * high
                cover(x, min(one, other), max(one, other))
            }
        }
    }

    private mutating func cover(_ x: Int, _ top: Int, _ bottom: Int) {
        if top < lowest[x] { lowest[x] = top }
        if bottom > highest[x] { highest[x] = bottom }
    }

    /// Rounds down to a dot, far-away ones to a distance whose products still fit.
    private static func dot(_ value: Double) -> Int {
        Int(min(max(value, -0x1p28), 0x1p28).rounded(.down))
    }

    private static func ceilDivide(_ value: Int, _ by: Int) -> Int {
        value >= 0 ? (value + by - 1) / by : -(-value / by)
    }

    private static func bit(_ x: Int, _ y: Int) -> UInt8 {
        let row = y & 3
        if row == 3 { return x & 1 == 0 ? 0x40 : 0x80 }
        return UInt8(1) << UInt8(row + (x & 1 == 0 ? 0 : 3))
    }
}

/// How a line is broken up, so that lines differ without colour.
public enum LineDash: Int, CaseIterable, Hashable, Sendable {
    /// Unbroken.
    case solid
    /// Long dashes.
    case dashed
    /// Dots.
    case dotted
    /// Dashes and dots in turn.
    case dashDot

    /// Whether the pattern has a dot in a dot column.
    public func isOn(column: Int) -> Bool {
        switch self {
        case .solid: true
        case .dashed: column % 6 < 4
        case .dotted: column % 3 == 0
        case .dashDot: [0, 1, 2, 5].contains(column % 8)
        }
    }

    /// Two cells that show the pattern, for legends.
    public var sample: String {
        switch self {
        case .solid: "──"
        case .dashed: "╌╌"
        case .dotted: "┈┈"
        case .dashDot: "─·"
        }
    }

    /// The pattern of the n-th series.
    public static func series(_ index: Int) -> LineDash {
        allCases[((index % allCases.count) + allCases.count) % allCases.count]
    }
}
