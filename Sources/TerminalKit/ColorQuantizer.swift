/// Finds what a terminal of some depth shows for a colour.
public struct ColorQuantizer: Hashable, Sendable {
    /// The depth.
    public let depth: ColorDepth

    /// Makes a quantiser for a depth.
    public init(depth: ColorDepth) { self.depth = depth }

    /// The colour number as curses counts them: -1 is the terminal's own.
    ///
    /// With direct colour the number is the 24-bit value, except that 0 to 7 would be taken for
    /// palette entries there, and become the nearest value that is not.
    public func index(of color: Color?) -> Int32 {
        guard let color else { return -1 }
        switch depth {
        case .mono: return -1
        case .palette8:
            return Int32(ColorQuantizer.nearest(color, in: ColorQuantizer.ansi.prefix(8)))
        case .palette16: return Int32(ColorQuantizer.nearest(color, in: ColorQuantizer.ansi[...]))
        case .palette256: return Int32(ColorQuantizer.nearest256(color))
        case .direct: return max(Int32(color.hex), 8)
        }
    }

    /// A picture's colour on a grid of 64 levels a channel, so that pairs of colours repeat.
    public static func coarse(_ color: Color) -> Color {
        func level(_ value: UInt8) -> UInt8 { value & 0xFC | value >> 6 }
        return Color(red: level(color.red), green: level(color.green), blue: level(color.blue))
    }

    /// The colour that an entry of the 256-colour palette has on most terminals.
    public static func paletteColor(_ index: Int) -> Color {
        if index < 16 { return ansi[max(index, 0)] }
        if index < 232 {
            let cube = index - 16
            return Color(
                red: levels[cube / 36], green: levels[cube / 6 % 6], blue: levels[cube % 6])
        }
        let grey = UInt8(8 + 10 * min(index - 232, 23))
        return Color(red: grey, green: grey, blue: grey)
    }

    private static let levels: [UInt8] = [0, 95, 135, 175, 215, 255]

    private static let ansi: [Color] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ].map(Color.init(hex:))

    private static func nearest(_ color: Color, in palette: ArraySlice<Color>) -> Int {
        palette.indices.min { palette[$0].distance(to: color) < palette[$1].distance(to: color) }
            ?? 0
    }

    /// The nearest of the colour cube and the greys; the first 16 entries differ by terminal.
    private static func nearest256(_ color: Color) -> Int {
        func step(_ value: UInt8) -> Int {
            value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40
        }
        let cube = 16 + 36 * step(color.red) + 6 * step(color.green) + step(color.blue)
        // The grey nearest by the same weights that `distance` gives the channels.
        let mean = (3 * Double(color.red) + 6 * Double(color.green) + 2 * Double(color.blue)) / 11
        let grey = 232 + min(max(Int(((mean - 8) / 10).rounded()), 0), 23)
        let toCube = paletteColor(cube).distance(to: color)
        return paletteColor(grey).distance(to: color) < toCube ? grey : cube
    }
}
