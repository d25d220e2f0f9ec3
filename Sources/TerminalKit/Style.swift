/// How a cell's text is set, beside its colours.
public struct TextAttributes: OptionSet, Hashable, Sendable {
    /// The set as bits.
    public let rawValue: UInt8

    /// Makes a set of its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bold.
    public static let bold = TextAttributes(rawValue: 1)
    /// Dim.
    public static let dim = TextAttributes(rawValue: 2)
    /// Underlined.
    public static let underline = TextAttributes(rawValue: 4)
    /// Foreground and background exchanged.
    public static let reverse = TextAttributes(rawValue: 8)
}

/// Colours and attributes of a cell.
public struct Style: Hashable, Sendable {
    /// The colour of the glyph; nil is the terminal's own.
    public var foreground: Color?
    /// The colour behind the glyph; nil is the terminal's own.
    public var background: Color?
    /// Bold, dim, underline, reverse.
    public var attributes: TextAttributes

    /// Makes a style; nothing given is the terminal's plain text.
    public init(
        foreground: Color? = nil, background: Color? = nil, attributes: TextAttributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The terminal's plain text.
    public static let plain = Style()

    /// The same style on another background.
    public func on(_ background: Color?) -> Style {
        var copy = self
        copy.background = background
        return copy
    }

    /// The same style with attributes added.
    public func with(_ added: TextAttributes) -> Style {
        var copy = self
        copy.attributes.formUnion(added)
        return copy
    }

    /// The same style with another foreground.
    public func colored(_ foreground: Color?) -> Style {
        var copy = self
        copy.foreground = foreground
        return copy
    }
}
