/// How keys and values are written as TOML.
package enum TOMLText {
    /// A basic string; no control character is left in it, so that it is safe on a terminal.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// A dotted key, its parts quoted where they have to be.
    package static func key(_ path: [String]) -> String {
        path.map { part in
            !part.isEmpty && part.utf8.allSatisfy(TOMLParser.isBare) ? part : quoted(part)
        }
        .joined(separator: ".")
    }

    /// An array of strings, one a line when it is long.
    package static func array(_ texts: [String]) -> String {
        let items = texts.map(quoted)
        let short = "[" + items.joined(separator: ", ") + "]"
        return short.count <= 80 ? short : "[\n    " + items.joined(separator: ",\n    ") + ",\n]"
    }

    /// The words of a choice as an error lists them.
    package static func choices(_ words: [String]) -> String {
        words.count == 1
            ? quoted(words[0])
            : words.dropLast().map(quoted).joined(separator: ", ") + " or "
                + quoted(words.last ?? "")
    }
}
