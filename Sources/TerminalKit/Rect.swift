/// A rectangle of cells; width and height are never negative.
public struct Rect: Hashable, Sendable {
    /// The leftmost column.
    public let x: Int
    /// The topmost row.
    public let y: Int
    /// Columns, 0 or more.
    public let width: Int
    /// Rows, 0 or more.
    public let height: Int

    /// Makes a rectangle; a negative width or height becomes 0.
    public init(x: Int = 0, y: Int = 0, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(width, 0)
        self.height = max(height, 0)
    }

    /// The first column right of the rectangle.
    public var maxX: Int { x + width }
    /// The first row below the rectangle.
    public var maxY: Int { y + height }
    /// Whether no cell lies inside.
    public var isEmpty: Bool { width == 0 || height == 0 }

    /// Whether a cell lies inside.
    public func contains(x column: Int, y row: Int) -> Bool {
        column >= x && column < maxX && row >= y && row < maxY
    }

    /// The cells that lie in both rectangles.
    public func intersection(_ other: Rect) -> Rect {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Rect(
            x: left, y: top, width: min(maxX, other.maxX) - left,
            height: min(maxY, other.maxY) - top)
    }

    /// The rectangle less a margin on every side; what is too small becomes empty.
    public func inset(by margin: Int) -> Rect { inset(horizontally: margin, vertically: margin) }

    /// The rectangle less a margin left and right and another above and below.
    public func inset(horizontally columns: Int, vertically rows: Int) -> Rect {
        let left = min(max(columns, 0), width)
        let top = min(max(rows, 0), height)
        return Rect(
            x: x + left, y: y + top, width: width - left - max(columns, 0),
            height: height - top - max(rows, 0))
    }

    /// Cuts columns off the left: at most all of them.
    public func splitLeft(_ columns: Int) -> (Rect, Rect) {
        let cut = min(max(columns, 0), width)
        return (
            Rect(x: x, y: y, width: cut, height: height),
            Rect(x: x + cut, y: y, width: width - cut, height: height)
        )
    }

    /// Cuts columns off the right; the first of the pair is still the left one.
    public func splitRight(_ columns: Int) -> (Rect, Rect) {
        splitLeft(width - min(max(columns, 0), width))
    }

    /// Cuts rows off the top: at most all of them.
    public func splitTop(_ rows: Int) -> (Rect, Rect) {
        let cut = min(max(rows, 0), height)
        return (
            Rect(x: x, y: y, width: width, height: cut),
            Rect(x: x, y: y + cut, width: width, height: height - cut)
        )
    }

    /// Cuts rows off the bottom; the first of the pair is still the upper one.
    public func splitBottom(_ rows: Int) -> (Rect, Rect) {
        splitTop(height - min(max(rows, 0), height))
    }

    /// Divides the height by weights, top to bottom, without gap or overlap.
    public func rows(_ weights: [Int]) -> [Rect] {
        Rect.shares(of: height, weights).map { start, length in
            Rect(x: x, y: y + start, width: width, height: length)
        }
    }

    /// Divides the width by weights, left to right, without gap or overlap.
    public func columns(_ weights: [Int]) -> [Rect] {
        Rect.shares(of: width, weights).map { start, length in
            Rect(x: x + start, y: y, width: length, height: height)
        }
    }

    /// A rectangle of the given size in the middle of this one, clipped to it.
    public func centered(width wanted: Int, height wantedHeight: Int) -> Rect {
        let columns = min(max(wanted, 0), width)
        let rows = min(max(wantedHeight, 0), height)
        return Rect(
            x: x + (width - columns) / 2, y: y + (height - rows) / 2, width: columns, height: rows)
    }

    /// Start and length of each share; cumulative rounding keeps their sum exact.
    private static func shares(of length: Int, _ weights: [Int]) -> [(Int, Int)] {
        let positive = weights.map { max($0, 0) }
        let total = positive.reduce(0, +)
        var passed = 0
        return positive.map { weight in
            let start = total == 0 ? 0 : length * passed / total
            passed += weight
            let end = total == 0 ? 0 : length * passed / total
            return (start, end - start)
        }
    }
}
