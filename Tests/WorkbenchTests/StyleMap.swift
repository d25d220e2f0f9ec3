import TerminalKit

/// How the cells of a frame look, as text: a letter a style, and what each letter means.
///
/// Golden files of it are small and can be read: they show where a colour or an attribute begins and
/// ends. The most frequent style is left blank.
struct StyleMap {
    private static let letters = Array(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    /// The map and its legend.
    let text: String

    init(_ canvas: Canvas) {
        var counts: [Style: Int] = [:]
        for y in 0..<canvas.height {
            for x in 0..<canvas.width { counts[canvas[x, y].style, default: 0] += 1 }
        }
        let ground = counts.max { ($0.value, Self.words($0.key)) < ($1.value, Self.words($1.key)) }
        var names: [Style: Character] = [:]
        var legend: [String] = []
        if let ground {
            names[ground.key] = " "
            legend.append("blank: \(Self.words(ground.key))")
        }
        var rows: [String] = []
        for y in 0..<canvas.height {
            var row = ""
            for x in 0..<canvas.width {
                let style = canvas[x, y].style
                if names[style] == nil {
                    let name =
                        names.count <= Self.letters.count ? Self.letters[names.count - 1] : "?"
                    names[style] = name
                    if name != "?" { legend.append("\(name): \(Self.words(style))") }
                }
                row.append(names[style] ?? "?")
            }
            rows.append(String(row.reversed().drop { $0 == " " }.reversed()))
        }
        text = (rows + legend).joined(separator: "\n") + "\n"
    }

    private static func words(_ style: Style) -> String {
        let attributes: [(TextAttributes, String)] = [
            (.bold, "bold"), (.dim, "dim"), (.underline, "underline"), (.reverse, "reverse"),
        ]
        let colours = [("fg", style.foreground), ("bg", style.background)].compactMap {
            name, colour in
            colour.map { "\(name) \($0)" }
        }
        let words =
            colours + attributes.filter { style.attributes.contains($0.0) }.map(\.1)
        return words.isEmpty ? "plain" : words.joined(separator: " ")
    }
}
