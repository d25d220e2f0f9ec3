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
            return Int32(ColorQuantizer.nearestOfFew(color, isBright: false))
        case .palette16: return Int32(ColorQuantizer.nearestOfFew(color, isBright: true))
        case .palette256: return Int32(ColorQuantizer.nearest256(color))
        case .direct: return max(Int32(color.hex), 8)
        }
    }

    /// The colour numbers of a cell; an ink that becomes the colour of its ground gives way to
    /// black or white, whichever the ground is not.
    public func indices(of foreground: Color?, on background: Color?) -> (Int32, Int32) {
        let ink = index(of: foreground)
        let ground = index(of: background)
        guard ink >= 0, ground >= 0, depth < .direct, let foreground, let background,
            foreground != background
        else { return (ink, ground) }
        let shown = ColorQuantizer.paletteColor(Int(ink))
        let behind = ColorQuantizer.paletteColor(Int(ground))
        guard ink == ground || (depth < .palette256 && shown.contrast(with: behind) < 2) else {
            return (ink, ground)
        }
        let black = index(of: Color(hex: 0x000000))
        let white = index(of: Color(hex: 0xFFFFFF))
        return (background.relativeLuminance > 0.18 ? black : white, ground)
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

    /// The entry of 8 or 16 that keeps what a colour says: its hue, where it has one.
    ///
    /// By distance alone every pastel of a theme would become white.
    private static func nearestOfFew(_ color: Color, isBright: Bool) -> Int {
        let (red, green, blue) = (Int(color.red), Int(color.green), Int(color.blue))
        let most = max(red, green, blue)
        let least = min(red, green, blue)
        guard most - least >= 40, least < 0xA0 else {
            let greys = isBright ? [0, 8, 7, 15] : [0, 7]
            return greys.min { ansi[$0].distance(to: color) < ansi[$1].distance(to: color) } ?? 0
        }
        // The hue in sixths of a turn from red, rounded to the nearest of the six.
        let chroma = Double(most - least)
        let turn: Double =
            most == red
            ? Double(green - blue) / chroma
            : most == green ? Double(blue - red) / chroma + 2 : Double(red - green) / chroma + 4
        let sixth = (Int(turn.rounded()) + 6) % 6
        let entry = [1, 3, 2, 6, 4, 5][sixth]
        return isBright && most >= 0xA0 ? entry + 8 : entry
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
