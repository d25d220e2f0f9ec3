/// A point of a series.
public struct ChartPoint: Hashable, Sendable {
    /// Where it stands on the horizontal axis: a step, a time.
    public var x: Double
    /// Its value; not finite is a gap.
    public var y: Double

    /// Makes a point.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// How the values behind a smoothed line are drawn.
public enum RawShape: Hashable, Sendable {
    /// Every value, joined to a line.
    case line
    /// Only where the values reach to, in sparse dots: it never hides a line, even without colour.
    case envelope
}

/// One line of a chart, with the raw values behind it.
public struct ChartSeries: Hashable, Sendable {
    /// The text at the line's right end.
    public var label: String
    /// The line itself, smoothed as a rule; x ascends.
    public var points: [ChartPoint]
    /// The values before smoothing, drawn faint behind; may be empty.
    public var raw: [ChartPoint]
    /// How they are drawn.
    public var rawShape = RawShape.line
    /// The line's colour.
    public var style: Style
    /// The raw line's colour; nil is the line's own, dim.
    public var rawStyle: Style?
    /// The line's dashes.
    public var dash: LineDash
    /// What is set on every point, where they are few; nil for a line alone.
    public var marker: Character?

    /// Makes a series.
    public init(
        label: String, points: [ChartPoint], raw: [ChartPoint] = [], style: Style,
        rawStyle: Style? = nil, dash: LineDash = .solid
    ) {
        self.label = label
        self.points = points
        self.raw = raw
        self.style = style
        self.rawStyle = rawStyle
        self.dash = dash
    }

    /// Makes a series of raw values: the line is their debiased moving average.
    public init(
        label: String, raw: [ChartPoint], smoothing weight: Double, style: Style,
        rawStyle: Style? = nil, dash: LineDash = .solid
    ) {
        let smooth = emaSmoothed(raw.map(\.y), weight: weight)
        self.init(
            label: label,
            points: zip(raw, smooth).map { ChartPoint(x: $0.x, y: $1) },
            raw: weight > 0 ? raw : [], style: style, rawStyle: rawStyle, dash: dash)
    }
}
