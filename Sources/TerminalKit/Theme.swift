/// What a piece of the screen is, as far as its colours go.
public enum ThemeRole: String, CaseIterable, Hashable, Sendable {
    /// Text that is nothing else.
    case text
    /// Frames of panels.
    case border
    /// The frame of the panel that has the keys.
    case borderFocus = "border_focus"
    /// Titles in frames.
    case title
    /// What should be seen first.
    case accent
    /// Good, done, running.
    case ok
    /// Worth a look.
    case warn
    /// Wrong, failed.
    case error
    /// Less important text.
    case dim
    /// The row or item chosen.
    case selection
    /// Heads of tables.
    case header
    /// A key in a hint line.
    case key
    /// Axes, ticks and grid lines.
    case axis
    /// The base model's bars and lines.
    case base
    /// Marks of a target: the uniform share, a goal.
    case marker
    /// The winner's side of a preference pair.
    case winner
    /// The loser's side of a preference pair.
    case loser
    /// Dialogs laid over the screen.
    case dialog
    /// The filled part of gauges.
    case gauge
}

/// Colours by role.
///
/// Every style it hands out has the theme's own background, unless the role names another, so a
/// theme looks the same on any terminal; a theme that leaves `background` out keeps the terminal's.
public struct Theme: Hashable, Sendable {
    /// The theme's name: its file's, without the ending.
    public var name: String
    /// The background of the whole screen; nil keeps the terminal's own.
    public var background: Color?
    /// The colour of plain text; nil keeps the terminal's own.
    public var foreground: Color?
    /// Styles of the roles that have one.
    public var roles: [ThemeRole: Style]
    /// Colours of series, in order; empty where series are told apart by dash and marker alone.
    public var series: [Color]
    /// Colours from little to much.
    public var ramp: [Color]
    /// Colours from negative over nothing to positive.
    public var heat: [Color]

    /// Makes a theme.
    public init(
        name: String, background: Color? = nil, foreground: Color? = nil,
        roles: [ThemeRole: Style] = [:], series: [Color] = [], ramp: [Color] = [],
        heat: [Color] = []
    ) {
        self.name = name
        self.background = background
        self.foreground = foreground
        self.roles = roles
        self.series = series
        self.ramp = ramp
        self.heat = heat
    }

    /// Plain text on the theme's background.
    public var base: Style { Style(foreground: foreground, background: background) }

    /// The style of a role, filled up with the theme's own foreground and background.
    public func style(for role: ThemeRole) -> Style {
        guard var style = roles[role] else { return base }
        style.foreground = style.foreground ?? foreground
        style.background = style.background ?? background
        return style
    }

    /// The style of the n-th series; colours repeat after the last, dashes and markers go on.
    public func series(_ index: Int) -> Style {
        guard !series.isEmpty else { return base }
        let place = ((index % series.count) + series.count) % series.count
        return base.colored(series[place])
    }

    /// The series' style drawn towards the background, for the raw line behind a smoothed one.
    public func faint(_ style: Style) -> Style {
        guard let color = style.foreground else { return style.with(.dim) }
        // Without a background of its own the theme cannot know what faint is: grey serves both.
        return style.colored(color.blended(with: background ?? Color(hex: 0x606060), 0.6))
    }

    /// The colour of a share from 0 to 1 on the ramp; nil when the theme has none.
    public func rampColor(_ share: Double) -> Color? { Theme.interpolated(ramp, share) }

    /// The colour of a value from -1 to 1 on the heat scale; nil when the theme has none.
    public func heatColor(_ value: Double) -> Color? {
        Theme.interpolated(heat, (value + 1) / 2)
    }

    private static func interpolated(_ colors: [Color], _ share: Double) -> Color? {
        guard let last = colors.last else { return nil }
        let place = min(max(share.isNaN ? 0 : share, 0), 1) * Double(colors.count - 1)
        let index = Int(place)
        guard index + 1 < colors.count else { return last }
        return colors[index].blended(with: colors[index + 1], place - Double(index))
    }

    /// The dark theme, built in so that there is one without any file.
    public static let builtin: Theme = {
        func ink(_ hex: UInt32, _ attributes: TextAttributes = []) -> Style {
            Style(foreground: Color(hex: hex), attributes: attributes)
        }
        return Theme(
            name: "dark", background: Color(hex: 0x14171C), foreground: Color(hex: 0xD5DAE1),
            roles: [
                .border: ink(0x626D7D), .borderFocus: ink(0x7AB7FF, .bold),
                .title: ink(0xE8ECF2, .bold), .accent: ink(0x7AB7FF, .bold),
                .ok: ink(0x7FCB8B), .warn: ink(0xE6BE62), .error: ink(0xF2777A, .bold),
                .dim: ink(0x97A1AF),
                .selection: Style(
                    foreground: Color(hex: 0xFFFFFF), background: Color(hex: 0x2C4160),
                    attributes: .bold),
                .header: ink(0xA9B4C2, .underline), .key: ink(0xE6BE62, .bold),
                .axis: ink(0x808A99), .base: ink(0x929CAB), .marker: ink(0xE6BE62),
                .winner: ink(0x7FCB8B), .loser: ink(0xF2777A),
                .dialog: Style(
                    foreground: Color(hex: 0xE8ECF2), background: Color(hex: 0x222831)),
                .gauge: ink(0x7AB7FF),
            ],
            series: [
                0x7AB7FF, 0xF2A65A, 0x7FCB8B, 0xD794E8, 0xF2777A, 0x62D0CF, 0xE6D562, 0xB0B8C4,
            ]
            .map(Color.init(hex:)),
            ramp: [0x1B2A41, 0x24598A, 0x2FA39B, 0xA6D854, 0xFDE725].map(Color.init(hex:)),
            heat: [0xE4685D, 0x3A3F48, 0x5AA7F2].map(Color.init(hex:)))
    }()
}
