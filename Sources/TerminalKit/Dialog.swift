/// One answer a dialog offers.
public struct DialogChoice: Hashable, Sendable {
    /// The key as it is shown.
    public var key: String
    /// What it does.
    public var label: String

    /// Makes a choice.
    public init(key: String, label: String) {
        self.key = key
        self.label = label
    }
}

/// A box in the middle of the screen with a text and the keys that answer it.
public struct Dialog: Drawing, Hashable, Sendable {
    /// The text in the frame.
    public var title: String
    /// The text inside; wrapped at the box's width.
    public var text: String
    /// The answers, one a line.
    public var choices: [DialogChoice]
    /// The box and its text.
    public var style: Style
    /// The title.
    public var titleStyle: Style
    /// The keys.
    public var keyStyle: Style
    /// The widest the text may become, in columns.
    public var maxWidth: Int

    /// Makes a dialog.
    public init(
        title: String, text: String, choices: [DialogChoice] = [], style: Style,
        titleStyle: Style? = nil, keyStyle: Style? = nil, maxWidth: Int = 64
    ) {
        self.title = title
        self.text = text
        self.choices = choices
        self.style = style
        self.titleStyle = titleStyle ?? style.with(.bold)
        self.keyStyle = keyStyle ?? style.with(.bold)
        self.maxWidth = maxWidth
    }

    /// Draws the box in the middle; where the room is short the text is cut before the answers.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        guard rect.width >= 6, rect.height >= 3 else {
            canvas.fill(rect, style)
            canvas.put(title, x: rect.x, y: rect.y, style: titleStyle, maxWidth: rect.width)
            return
        }
        let room = min(rect.width - 4, max(maxWidth, 1))
        let keyWidth = choices.map { TextLayout.columns($0.key) }.max() ?? 0
        let lines = text.isEmpty ? [] : TextLayout.wrapped(text, to: room)
        let answers = choices.map { keyWidth + 2 + TextLayout.columns($0.label) }
        let inner = min(
            room,
            max(
                lines.map { TextLayout.columns($0) }.max() ?? 0, answers.max() ?? 0,
                TextLayout.columns(title) + 1))
        let gap = lines.isEmpty || choices.isEmpty ? 0 : 1
        let box = rect.centered(width: inner + 4, height: lines.count + gap + choices.count + 2)
        canvas.fill(box, style)
        canvas.box(box, title: title, style: style, titleStyle: titleStyle)
        let area = box.inset(horizontally: 2, vertically: 1)
        let forAnswers = min(choices.count, area.height)
        let (above, below) = area.splitBottom(forAnswers)
        for (row, line) in lines.prefix(above.height).enumerated() {
            canvas.put(line, x: area.x, y: area.y + row, style: style, maxWidth: area.width)
        }
        for (row, choice) in choices.prefix(forAnswers).enumerated() {
            canvas.put(
                choice.key, x: below.x, y: below.y + row, style: keyStyle,
                maxWidth: min(keyWidth, area.width))
            canvas.put(
                choice.label, x: below.x + keyWidth + 2, y: below.y + row, style: style,
                maxWidth: max(area.width - keyWidth - 2, 0))
        }
    }
}
