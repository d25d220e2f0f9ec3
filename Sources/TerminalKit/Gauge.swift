/// A progress bar, with a text after it.
public struct Gauge: Drawing, Hashable, Sendable {
    /// The share done, 0 to 1; what lies outside is clamped, NaN is 0.
    public var fraction: Double
    /// The text right of the bar.
    public var label: String
    /// The bar's filled part.
    public var style: Style
    /// The bar's empty part and the text.
    public var trackStyle: Style

    /// Makes a gauge.
    public init(fraction: Double, label: String = "", style: Style, trackStyle: Style) {
        self.fraction = fraction
        self.label = label
        self.style = style
        self.trackStyle = trackStyle
    }

    /// Draws the gauge into the first row.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        let text = TextLayout.columns(label, upTo: max(rect.width - 4, 0))
        let (bar, rest) = rect.splitTop(1).0.splitRight(text == 0 ? 0 : text + 1)
        canvas.fill(bar, "─", trackStyle)
        Bar.draw(share: fraction, style: style, on: &canvas, in: bar)
        canvas.put(label, x: rest.x + 1, y: rest.y, style: trackStyle, maxWidth: text)
    }
}

/// A row of small bars, newest at the right.
public struct Sparkline: Drawing, Hashable, Sendable {
    /// The values, oldest first; not finite is a gap.
    public var values: [Double]
    /// The range; nil fits the values.
    public var range: ClosedRange<Double>?
    /// The bars' colour.
    public var style: Style

    /// Makes a sparkline.
    public init(_ values: [Double], range: ClosedRange<Double>? = nil, style: Style) {
        self.values = values
        self.range = range
        self.style = style
    }

    /// Draws the values into the first row; several in one column show their mean.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty, !values.isEmpty else { return }
        let columns = min(rect.width, values.count)
        let means = (0..<columns).map { column in
            let part = values[
                column * values.count / columns..<(column + 1) * values.count / columns
            ].filter(\.isFinite)
            return part.isEmpty ? Double.nan : part.reduce(0) { $0 + $1 / Double(part.count) }
        }
        let finite = means.filter(\.isFinite)
        let low = range?.lowerBound ?? finite.min() ?? 0
        let high = range?.upperBound ?? finite.max() ?? 1
        let glyphs: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        for (column, value) in means.enumerated() where value.isFinite {
            let share = high > low ? (value - low) / (high - low) : 0.5
            let level = Int((min(max(share.isNaN ? 0 : share, 0), 1) * 7).rounded())
            canvas[rect.x + column, rect.y] = Cell(glyphs[level], style: style)
        }
    }
}
