/// How many colours a terminal shows.
public enum ColorDepth: String, CaseIterable, Hashable, Sendable, Comparable {
    /// No colour: bold, dim, underline and reverse only.
    case mono
    /// The eight colours of the first terminals.
    case palette8
    /// Those and their bright versions.
    case palette16
    /// The 256-colour palette.
    case palette256
    /// 24-bit colour.
    case direct

    private var rank: Int { ColorDepth.allCases.firstIndex(of: self) ?? 0 }

    /// Orders depths from mono to direct.
    public static func < (left: ColorDepth, right: ColorDepth) -> Bool { left.rank < right.rank }

    /// Reads the value of `--color`: `direct`, `256`, `16`, `8` or `mono`; nil for anything else.
    public init?(option: String) {
        switch option.lowercased() {
        case "direct", "truecolor", "24bit": self = .direct
        case "256": self = .palette256
        case "16": self = .palette16
        case "8": self = .palette8
        case "mono", "none", "never": self = .mono
        default: return nil
        }
    }

    /// The depth to use: `--color` first, then `NO_COLOR`, then what the terminal says.
    ///
    /// - Parameters:
    ///   - option: the value of `--color`, nil when it was not given.
    ///   - environment: the process's environment.
    ///   - terminfoColors: `max_colors` of the terminal's entry; 0 or less means none.
    public static func detect(
        option: ColorDepth?, environment: [String: String], terminfoColors: Int
    ) -> ColorDepth {
        if let option { return option }
        if let value = environment["NO_COLOR"], !value.isEmpty { return .mono }
        if terminfoColors < 8 { return .mono }
        if hasDirectColor(environment) || terminfoColors >= 0x1000 { return .direct }
        if terminfoColors >= 256 { return .palette256 }
        return terminfoColors >= 16 ? .palette16 : .palette8
    }

    /// Whether the environment promises 24-bit colour (`COLORTERM`).
    public static func hasDirectColor(_ environment: [String: String]) -> Bool {
        ["truecolor", "24bit"].contains(environment["COLORTERM"]?.lowercased() ?? "")
    }
}
