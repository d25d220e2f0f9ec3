extension Key: CustomStringConvertible {
    private static let named: [(String, Key)] = [
        ("up", .up), ("down", .down), ("left", .left), ("right", .right), ("home", .home),
        ("end", .end), ("page-up", .pageUp), ("page-down", .pageDown), ("insert", .insert),
        ("delete", .delete), ("enter", .enter), ("escape", .escape), ("tab", .tab),
        ("shift-tab", .backTab), ("backspace", .backspace), ("space", .character(" ")),
    ]

    /// Reads a key's name as files and options write it: `q`, `space`, `ctrl-s`, `alt-x`, `f5`.
    public init?(name: String) {
        if let found = Key.named.first(where: { $0.0 == name.lowercased() }) {
            self = found.1
        } else if name.count == 1, let character = name.first,
            GlyphWidth.drawable(character) == character, !character.isWhitespace
        {
            self = .character(character)
        } else if name.count == 6, name.lowercased().hasPrefix("ctrl-"),
            let letter = name.lowercased().last, letter.isASCII,
            letter.isLetter || "@[\\]^_".contains(letter)
        {
            self = .control(letter)
        } else if name.count == 5, name.lowercased().hasPrefix("alt-"), let letter = name.last {
            self = .alt(letter)
        } else if name.lowercased().hasPrefix("f"), let number = Int(name.dropFirst()),
            (1...63).contains(number)
        {
            self = .function(number)
        } else {
            return nil
        }
    }

    /// The key's name; the same that `init(name:)` reads.
    public var description: String {
        if let found = Key.named.first(where: { $0.1 == self }) { return found.0 }
        switch self {
        case .character(let character): return String(character)
        case .control(let letter): return "ctrl-\(letter)"
        case .alt(let letter): return "alt-\(letter)"
        case .function(let number): return "f\(number)"
        case .resize: return "resize"
        case .mouse: return "mouse"
        case .paste: return "paste"
        default: return ""
        }
    }
}
