/// A glyph that is drawn as a shape: blocks, shades, braille dots and frame lines.
struct SVGShape: Equatable {
    /// A rectangle in eighteenths of a cell's height and ninths of its width, which are units.
    struct Block: Equatable {
        let x: Double
        let y: Double
        let width: Double
        let height: Double
    }

    private enum Form: Equatable {
        case blocks([Block], opacity: Double)
        case dots(UInt8)
        case path(String, dashes: String?)
    }

    private let form: Form

    /// The shape of a glyph; nil for what is text.
    init?(_ glyph: Character) {
        guard let scalar = glyph.unicodeScalars.first, glyph.unicodeScalars.count == 1,
            scalar.value >= 0x2500, scalar.value < 0x2900
        else { return nil }
        let value = scalar.value
        if value >= 0x2800 {
            form = .dots(UInt8(value - 0x2800))
        } else if value >= 0x2580, value <= 0x259F {
            guard let blocks = SVGShape.blocks(value) else { return nil }
            form = blocks
        } else if let line = SVGShape.lines[glyph] {
            form = .path(line.0, dashes: line.1)
        } else {
            return nil
        }
    }

    /// The elements of the shape in a cell whose top left corner is given.
    func elements(_ left: Int, _ top: Int, _ color: Color) -> [String] {
        switch form {
        case .blocks(let blocks, let opacity):
            let veil = opacity < 1 ? " fill-opacity=\"\(opacity)\"" : ""
            return blocks.map { block in
                "<rect x=\"\(number(Double(left) + block.x))\" "
                    + "y=\"\(number(Double(top) + block.y))\" width=\"\(number(block.width))\" "
                    + "height=\"\(number(block.height))\" fill=\"\(color.text)\"\(veil)/>"
            }
        case .dots(let mask):
            var path = ""
            for (bit, place) in SVGShape.dotPlaces.enumerated() where mask & 1 << UInt8(bit) != 0 {
                let x = Double(left) + place.0
                let y = Double(top) + place.1
                path += "M\(number(x - 1.3)) \(number(y))a1.3 1.3 0 1 0 2.6 0a1.3 1.3 0 1 0-2.6 0z"
            }
            guard !path.isEmpty else { return [] }
            return [
                "<path d=\"\(path)\" fill=\"\(color.text)\" shape-rendering=\"geometricPrecision\"/>"
            ]
        case .path(let path, let dashes):
            let pattern = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
            return [
                "<path transform=\"translate(\(left) \(top))\" d=\"\(path)\" fill=\"none\" "
                    + "stroke=\"\(color.text)\" stroke-width=\"1.2\"\(pattern) "
                    + "shape-rendering=\"geometricPrecision\"/>"
            ]
        }
    }

    private func number(_ value: Double) -> String {
        let whole = value.rounded()
        return abs(whole - value) < 1e-9
            ? "\(Int(whole))" : "\((value * 1000).rounded() / 1000)"
    }

    /// The centres of a braille character's dots, bit by bit.
    private static let dotPlaces: [(Double, Double)] = [
        (2.25, 2.25), (2.25, 6.75), (2.25, 11.25), (6.75, 2.25), (6.75, 6.75), (6.75, 11.25),
        (2.25, 15.75), (6.75, 15.75),
    ]

    private static func blocks(_ value: UInt32) -> Form? {
        func one(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Form {
            .blocks([Block(x: x, y: y, width: width, height: height)], opacity: 1)
        }
        switch value {
        case 0x2580: return one(0, 0, 9, 9)
        case 0x2581...0x2588:
            let height = Double(value - 0x2580) / 8 * 18
            return one(0, 18 - height, 9, height)
        case 0x2589...0x258F: return one(0, 0, Double(0x2590 - value) / 8 * 9, 18)
        case 0x2590: return one(4.5, 0, 4.5, 18)
        case 0x2591...0x2593:
            return .blocks(
                [Block(x: 0, y: 0, width: 9, height: 18)], opacity: Double(value - 0x2590) * 0.25)
        case 0x2594: return one(0, 0, 9, 2.25)
        case 0x2595: return one(7.875, 0, 1.125, 18)
        default:
            // Quadrants, as upper left 1, upper right 2, lower left 4, lower right 8.
            let masks: [UInt32] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14]
            guard value >= 0x2596, value <= 0x259F else { return nil }
            let mask = masks[Int(value - 0x2596)]
            let places: [(Double, Double)] = [(0, 0), (4.5, 0), (0, 9), (4.5, 9)]
            return .blocks(
                places.enumerated().filter { mask & 1 << UInt32($0.offset) != 0 }.map {
                    Block(x: $0.element.0, y: $0.element.1, width: 4.5, height: 9)
                }, opacity: 1)
        }
    }

    /// Frame lines and their dashes.
    private static let lines: [Character: (String, String?)] = [
        "─": ("M0 9H9", nil), "│": ("M4.5 0V18", nil), "╌": ("M0 9H9", "3 1.5"),
        "┈": ("M0 9H9", "1.2 1.05"), "┄": ("M0 9H9", "2 1"), "┊": ("M4.5 0V18", "2.5 2"),
        "╭": ("M9 9Q4.5 9 4.5 13.5V18", nil), "╮": ("M0 9Q4.5 9 4.5 13.5V18", nil),
        "╰": ("M9 9Q4.5 9 4.5 4.5V0", nil), "╯": ("M0 9Q4.5 9 4.5 4.5V0", nil),
        "┌": ("M9 9H4.5V18", nil), "┐": ("M0 9H4.5V18", nil), "└": ("M9 9H4.5V0", nil),
        "┘": ("M0 9H4.5V0", nil), "├": ("M4.5 0V18M4.5 9H9", nil),
        "┤": ("M4.5 0V18M4.5 9H0", nil), "┬": ("M0 9H9M4.5 9V18", nil),
        "┴": ("M0 9H9M4.5 9V0", nil), "┼": ("M0 9H9M4.5 0V18", nil),
    ]
}
