import Pictures
import TerminalKit

extension Figure {
    /// The figure as pixels with smooth edges.
    ///
    /// - Parameter scale: pixels for one unit of the figure.
    public func picture(scale: Double) -> Picture {
        var canvas = FigureCanvas(self, scale: scale)
        for mark in marks { canvas.draw(mark) }
        return canvas.picture
    }
}

/// Pixels on which shapes are laid by their signed distance: what is nearer than half a pixel to an
/// edge is mixed, so edges are smooth without any shape being drawn larger first.
private struct FigureCanvas {
    private(set) var picture: Picture
    private let scale: Double

    init(_ figure: Figure, scale: Double) {
        self.scale = scale
        picture = Picture(
            width: Int(Double(figure.width) * scale), height: Int(Double(figure.height) * scale),
            filledWith: PictureColor(figure.background))
    }

    mutating func draw(_ mark: Figure.Mark) {
        switch mark {
        case .line(let points, let width, let color):
            path(points.map(scaled), width: width * scale, color)
        case .polygon(let points, let color):
            polygon(points.map(scaled), color)
        case .disc(let centre, let radius, let color):
            let centre = scaled(centre)
            path([centre, centre], width: 2 * radius * scale, color)
        case .words(let text, let point, let size, let anchor, let isUpright, let color):
            // Strokes of a tenth of the size look like the regular weight of a printed font.
            for stroke in StrokeLetters.strokes(
                of: text, size: size, anchor: anchor, isUpright: isUpright, at: point)
            {
                path(stroke.map(scaled), width: 0.1 * size * scale, color)
            }
        case .pixels(let pixels, let corner, let size):
            place(pixels, at: scaled(corner), size: size * scale)
        }
    }

    /// Every pixel of a picture as a square of `size` pixels; none is mixed with its neighbours.
    private mutating func place(_ pixels: FigurePixels, at corner: FigurePoint, size: Double) {
        guard max(abs(corner.x), abs(corner.y)) < 1e6, size > 0, size < 1e4 else { return }
        let (left, top) = (Int(corner.x.rounded()), Int(corner.y.rounded()))
        let width = Int((Double(pixels.width) * size).rounded())
        let height = Int((Double(pixels.height) * size).rounded())
        for y in max(top, 0)..<max(min(top + height, picture.height), max(top, 0)) {
            let row = min(Int((Double(y - top) + 0.5) / size), pixels.height - 1)
            for x in max(left, 0)..<max(min(left + width, picture.width), max(left, 0)) {
                let column = min(Int((Double(x - left) + 0.5) / size), pixels.width - 1)
                let start = (row * pixels.width + column) * 3
                picture[x: x, y: y] = PictureColor(
                    red: pixels.rgb[start], green: pixels.rgb[start + 1],
                    blue: pixels.rgb[start + 2])
            }
        }
    }

    private func scaled(_ point: FigurePoint) -> FigurePoint {
        FigurePoint(x: point.x * scale, y: point.y * scale)
    }

    private mutating func path(_ points: [FigurePoint], width: Double, _ color: Color) {
        let reach = width / 2 + 1
        for (a, b) in zip(points, points.dropFirst()) {
            let (dx, dy) = (b.x - a.x, b.y - a.y)
            let square = dx * dx + dy * dy
            fill(
                from: FigurePoint(x: min(a.x, b.x) - reach, y: min(a.y, b.y) - reach),
                to: FigurePoint(x: max(a.x, b.x) + reach, y: max(a.y, b.y) + reach), color
            ) { p in
                let along =
                    square > 0
                    ? min(max(((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0), 1) : 0
                let (x, y) = (p.x - a.x - along * dx, p.y - a.y - along * dy)
                return (x * x + y * y).squareRoot() - width / 2
            }
        }
    }

    private mutating func polygon(_ points: [FigurePoint], _ color: Color) {
        guard points.count > 2 else { return }
        let edges = zip(points, points.dropFirst() + points.prefix(1)).map { ($0, $1) }
        // Twice the area, whose sign is the direction in which the corners go round.
        let area = edges.reduce(0) { $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y }
        let turn = area < 0 ? -1.0 : 1
        let (xs, ys) = (points.map(\.x), points.map(\.y))
        fill(
            from: FigurePoint(x: xs.min()! - 1, y: ys.min()! - 1),
            to: FigurePoint(x: xs.max()! + 1, y: ys.max()! + 1), color
        ) { p in
            edges.reduce(-Double.infinity) { farthest, edge in
                let (dx, dy) = (edge.1.x - edge.0.x, edge.1.y - edge.0.y)
                let length = (dx * dx + dy * dy).squareRoot()
                guard length > 0 else { return farthest }
                let outside = (p.x - edge.0.x) * dy - (p.y - edge.0.y) * dx
                return max(farthest, turn * outside / length)
            }
        }
    }

    /// The pixels of a side that a stretch touches; nil where it lies outside or is no number.
    private static func pixels(from low: Double, to high: Double, of count: Int) -> ClosedRange<
        Int
    >? {
        guard count > 0, low <= high, high >= 0, low < Double(count) else { return nil }
        return Int(max(low, 0))...Int(min(high, Double(count - 1)))
    }

    /// Colours the pixels of a box by how far their middle lies inside a shape.
    private mutating func fill(
        from low: FigurePoint, to high: FigurePoint, _ color: Color,
        distance: (FigurePoint) -> Double
    ) {
        // Shapes reach beyond the picture where a person zooms, and may have no place at all.
        guard let columns = Self.pixels(from: low.x, to: high.x, of: picture.width),
            let rows = Self.pixels(from: low.y, to: high.y, of: picture.height)
        else { return }
        for y in rows {
            for x in columns {
                let inside = 0.5 - distance(FigurePoint(x: Double(x) + 0.5, y: Double(y) + 0.5))
                guard inside > 0 else { continue }
                picture[x: x, y: y] = picture[x: x, y: y].mixed(with: color, min(inside, 1))
            }
        }
    }
}

extension PictureColor {
    fileprivate init(_ color: Color) {
        self.init(red: color.red, green: color.green, blue: color.blue)
    }

    fileprivate func mixed(with color: Color, _ share: Double) -> PictureColor {
        func channel(_ own: UInt8, _ other: UInt8) -> UInt8 {
            UInt8((Double(own) + share * (Double(other) - Double(own))).rounded())
        }
        return PictureColor(
            red: channel(red, color.red), green: channel(green, color.green),
            blue: channel(blue, color.blue))
    }
}
