import Foundation
import Pictures
import TerminalKit

/// A place in a figure, in units of one pixel at its nominal size, from the top left corner.
public struct FigurePoint: Hashable, Sendable {
    /// To the right.
    public var x: Double
    /// Downwards.
    public var y: Double

    /// Makes a place.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// A drawing of lines, polygons, discs and words, which becomes an SVG or a picture.
public struct Figure: Hashable, Sendable {
    /// Where words lie about their point, along their line.
    public enum Anchor: String, Sendable { case start, middle, end }

    /// One thing drawn, later ones over earlier ones.
    public enum Mark: Hashable, Sendable {
        /// A line with round ends and corners.
        case line([FigurePoint], width: Double, color: Color)
        /// A filled convex polygon.
        case polygon([FigurePoint], color: Color)
        /// A filled circle.
        case disc(FigurePoint, radius: Double, color: Color)
        /// Words on a baseline, monospaced; `isUpright` has them read from bottom to top.
        case words(
            String, FigurePoint, size: Double, anchor: Anchor, isUpright: Bool, color: Color)
        /// A picture of three bytes a pixel, its corner at a place, its pixels that many units wide.
        case pixels(FigurePixels, FigurePoint, scale: Double)
    }

    /// Pixels across at its nominal size.
    public let width: Int
    /// Pixels down at its nominal size.
    public let height: Int
    /// The colour behind everything.
    public let background: Color
    /// What is drawn, in order.
    public private(set) var marks: [Mark] = []

    /// Makes an empty figure.
    public init(width: Int, height: Int, background: Color) {
        self.width = width
        self.height = height
        self.background = background
    }

    /// Draws a line through points.
    public mutating func line(_ points: FigurePoint..., width: Double = 1, color: Color) {
        marks.append(.line(points, width: width, color: color))
    }

    /// Draws a line through points.
    public mutating func line(through points: [FigurePoint], width: Double = 1, color: Color) {
        marks.append(.line(points, width: width, color: color))
    }

    /// Draws a filled convex polygon.
    public mutating func polygon(_ points: [FigurePoint], color: Color) {
        marks.append(.polygon(points, color: color))
    }

    /// A line in dashes of equal length, with gaps of the same.
    public mutating func dashes(
        from start: FigurePoint, to end: FigurePoint, length: Double, width: Double = 1,
        color: Color
    ) {
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let whole = (dx * dx + dy * dy).squareRoot()
        func along(_ distance: Double) -> FigurePoint {
            let share = min(distance / whole, 1)
            return FigurePoint(x: start.x + share * dx, y: start.y + share * dy)
        }
        for from in stride(from: 0, to: whole, by: 2 * length) {
            line(along(from), along(from + length), width: width, color: color)
        }
    }

    /// An arrow from its tail to its tip, with a head of a third of its length.
    public mutating func arrow(
        from tail: FigurePoint, to tip: FigurePoint, width: Double, color: Color
    ) {
        let (dx, dy) = (tip.x - tail.x, tip.y - tail.y)
        func at(_ along: Double, _ across: Double) -> FigurePoint {
            FigurePoint(
                x: tail.x + along * dx - across * dy, y: tail.y + along * dy + across * dx)
        }
        line(tail, at(0.7, 0), width: width, color: color)
        marks.append(.polygon([tip, at(0.62, 0.19), at(0.62, -0.19)], color: color))
    }

    /// Draws everything of another figure, its corner on this one's.
    public mutating func add(_ other: Figure) { marks += other.marks }

    /// Draws a filled circle.
    public mutating func disc(_ centre: FigurePoint, radius: Double, color: Color) {
        marks.append(.disc(centre, radius: radius, color: color))
    }

    /// Writes words; their point is on the baseline.
    public mutating func words(
        _ text: String, at point: FigurePoint, size: Double, anchor: Anchor = .start,
        isUpright: Bool = false, color: Color
    ) {
        marks.append(
            .words(text, point, size: size, anchor: anchor, isUpright: isUpright, color: color))
    }

    /// Places a picture with its upper left corner at a point.
    public mutating func pixels(
        _ pixels: FigurePixels, at corner: FigurePoint, scale: Double = 1
    ) {
        marks.append(.pixels(pixels, corner, scale: scale))
    }
}

/// A picture within a figure.
public struct FigurePixels: Hashable, Sendable {
    /// Pixels a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Red, green and blue of each pixel, row by row.
    public let rgb: [UInt8]

    /// Wraps pixels; nil where there are not three bytes for each.
    public init?(width: Int, height: Int, rgb: [UInt8]) {
        guard width > 0, height > 0, rgb.count == width * height * 3 else { return nil }
        self.width = width
        self.height = height
        self.rgb = rgb
    }
}

// MARK: - SVG

extension Figure {
    /// The figure as a standalone SVG picture.
    public func svg() -> String {
        let head = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" font-family="'DejaVu Sans Mono',Menlo,Consolas,\
            'Liberation Mono',monospace">
            <rect width="\(width)" height="\(height)" fill="\(background.text)"/>

            """
        return head + marks.map { Figure.element($0) + "\n" }.joined() + "</svg>\n"
    }

    private static func element(_ mark: Mark) -> String {
        switch mark {
        case .line(let points, let width, let color):
            return "<polyline points=\"\(list(points))\" fill=\"none\" stroke=\"\(color.text)\" "
                + "stroke-width=\"\(number(width))\" stroke-linecap=\"round\" "
                + "stroke-linejoin=\"round\"/>"
        case .polygon(let points, let color):
            return "<polygon points=\"\(list(points))\" fill=\"\(color.text)\"/>"
        case .disc(let centre, let radius, let color):
            return "<circle cx=\"\(number(centre.x))\" cy=\"\(number(centre.y))\" "
                + "r=\"\(number(radius))\" fill=\"\(color.text)\"/>"
        case .words(let text, let point, let size, let anchor, let isUpright, let color):
            let (x, y) = (number(point.x), number(point.y))
            let turn = isUpright ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
            return "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(number(size))\" "
                + "text-anchor=\"\(anchor.rawValue)\" fill=\"\(color.text)\"\(turn)>"
                + "\(escaped(text))</text>"
        case .pixels(let pixels, let corner, let scale):
            let file =
                (try? Picture(width: pixels.width, height: pixels.height, rgb: pixels.rgb).png())
                ?? []
            return "<image x=\"\(number(corner.x))\" y=\"\(number(corner.y))\" "
                + "width=\"\(number(Double(pixels.width) * scale))\" "
                + "height=\"\(number(Double(pixels.height) * scale))\" "
                + "style=\"image-rendering:pixelated\" "
                + "href=\"data:image/png;base64,\(Data(file).base64EncodedString())\"/>"
        }
    }

    private static func list(_ points: [FigurePoint]) -> String {
        points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    }

    private static func number(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;")
            .replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
