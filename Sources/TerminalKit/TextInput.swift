/// A line of text being typed: its characters and where the next one goes.
public struct TextInput: Hashable, Sendable {
    /// The most characters a line takes; what is pasted beyond is left out.
    public static let capacity = 4096

    /// The characters so far.
    public private(set) var characters: [Character]
    /// How many of them lie before the cursor.
    public private(set) var cursor: Int

    /// Makes a line with the cursor at its end.
    public init(_ text: String = "") {
        characters = Array(text.prefix(TextInput.capacity))
        cursor = characters.count
    }

    /// The line as a text.
    public var text: String { String(characters) }

    /// Takes in a key; false when it means nothing to a line.
    public mutating func take(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert([character])
        case .paste(let text):
            // A line stays one line: what breaks it becomes a blank.
            insert(text.prefix(TextInput.capacity).map { $0.isNewline || $0 == "\t" ? " " : $0 })
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .backspace:
            guard cursor > 0 else { return true }
            cursor -= 1
            characters.remove(at: cursor)
        case .delete, .control("d"):
            if cursor < characters.count { characters.remove(at: cursor) }
        case .control("u"):
            characters.removeFirst(cursor)
            cursor = 0
        case .control("k"): characters.removeLast(characters.count - cursor)
        case .control("w"):
            let head = characters[..<cursor]
            let kept = head.reversed().drop { $0 == " " }.drop { $0 != " " }.count
            characters.removeSubrange(kept..<cursor)
            cursor = kept
        default: return false
        }
        return true
    }

    private mutating func insert(_ added: [Character]) {
        let clean = added.filter { character in
            character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        }
        let fitting = clean.prefix(TextInput.capacity - characters.count)
        characters.insert(contentsOf: fitting, at: cursor)
        cursor += fitting.count
    }
}

/// A typed line on the screen, scrolled so that its cursor shows.
public struct TextInputView: Drawing {
    private let input: TextInput
    private let style: Style

    /// Makes a view in one row.
    public init(_ input: TextInput, style: Style) {
        self.input = input
        self.style = style
    }

    /// Draws the first row of the rectangle.
    public func draw(on canvas: inout Canvas, in rect: Rect) {
        guard rect.width > 0, rect.height > 0 else { return }
        canvas.fill(Rect(x: rect.x, y: rect.y, width: rect.width, height: 1), style)
        // The newest part that ends at the cursor, then what follows it.
        var first = input.cursor
        var used = 1
        while first > 0 {
            let columns = GlyphWidth.columns(of: GlyphWidth.drawable(input.characters[first - 1]))
            guard used + columns <= rect.width else { break }
            used += columns
            first -= 1
        }
        var column = rect.x
        for index in first...input.characters.count where column < rect.maxX {
            let isEnd = index == input.characters.count
            let text = isEnd ? " " : String(input.characters[index])
            if isEnd, index != input.cursor { break }
            let shown = index == input.cursor ? style.with(.reverse) : style
            column += canvas.put(
                text, x: column, y: rect.y, style: shown, maxWidth: rect.maxX - column)
        }
    }
}
