/// The limits of the line format, and how names are written in it.
public enum LineFormat {
    /// The longest line that is accepted, in bytes, without its newline.
    public static let maximumBytes = 16 << 20
    /// The deepest nesting of arrays and objects that is accepted.
    public static let maximumDepth = 32
    /// The longest number that is accepted, in characters; a Double needs fewer than 30.
    static let maximumNumberBytes = 400
}

/// Passes the bytes of a Swift name in snake case to `body` until that returns false.
///
/// `klProxy` is `kl_proxy`, `meanDX` is `mean_dx`, `processID` is `process_id`. The bytes are not
/// collected into a string because this runs for every field of every line.
@inline(__always)
func forEachSnakeCaseByte(of name: String, _ body: (UInt8) -> Bool) {
    func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
    var name = name
    name.withUTF8 { utf8 in
        for index in utf8.indices {
            let byte = utf8[index]
            guard isUpper(byte) else {
                guard body(byte) else { return }
                continue
            }
            if index > 0 {
                // A capital starts a word after a small letter, or before one: URLPath, url_path.
                let nextIsSmall = index + 1 < utf8.count && !isUpper(utf8[index + 1])
                if !isUpper(utf8[index - 1]) || nextIsSmall {
                    guard body(0x5F) else { return }
                }
            }
            guard body(byte | 0x20) else { return }
        }
    }
}

/// A Swift name in snake case.
func snakeCase(_ name: String) -> String {
    var bytes: [UInt8] = []
    forEachSnakeCaseByte(of: name) { byte in
        bytes.append(byte)
        return true
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// A name in snake case as Swift writes it, without knowledge of abbreviations.
func camelCase(_ name: String) -> String {
    var bytes: [UInt8] = []
    var capital = false
    for byte in name.utf8 {
        if byte == 0x5F {
            capital = true
        } else {
            bytes.append(capital && byte &- 0x61 < 26 ? byte & ~0x20 : byte)
            capital = false
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
