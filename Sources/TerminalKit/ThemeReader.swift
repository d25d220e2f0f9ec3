import PlainTOML

/// Turns a theme's table into colours and styles.
struct ThemeReader {
    /// A key and where it stands, which is what errors tell.
    struct Place {
        let line: Int
        let path: [String]

        init(of key: String, in table: TOMLTable, under parent: Place? = nil) {
            line = table.line(of: key)
            path = (parent?.path ?? []) + [key]
        }
    }

    /// The file's name in errors.
    let file: String

    func error(_ place: Place, _ problem: String) -> ThemeError {
        ThemeError(
            file: file, line: place.line, key: TOMLText.key(place.path), problem: problem)
    }

    func fill(_ result: inout ThemeFile, from table: TOMLTable) throws(ThemeError) {
        if let value = table["palette"] {
            let place = Place(of: "palette", in: table)
            guard case .table(let named) = value else {
                throw error(place, "expected a table of colours, found \(value.described)")
            }
            for (key, value) in named.inOrder {
                guard case .string(let text) = value, let color = Color(text: text) else {
                    throw error(
                        Place(of: key, in: named, under: place),
                        "expected \"#rrggbb\", found \(value.described)")
                }
                result.palette[key] = color
            }
        }
        let palette = result.palette
        // In the order of the text, so that the first mistake is the one reported.
        for (key, value) in table.inOrder {
            let place = Place(of: key, in: table)
            switch key {
            case "inherits", "palette": break
            case "background": result.theme.background = try color(value, place, palette)
            case "foreground": result.theme.foreground = try color(value, place, palette)
            case "series": result.theme.series = try colors(value, place, palette)
            case "ramp": result.theme.ramp = try colors(value, place, palette)
            case "heat": result.theme.heat = try colors(value, place, palette)
            default:
                guard let role = ThemeRole(rawValue: key) else {
                    let known = ThemeRole.allCases.map(\.rawValue).sorted()
                        .joined(separator: ", ")
                    throw error(
                        place,
                        "unknown key; expected inherits, palette, background, foreground, "
                            + "series, ramp, heat or a role: \(known)")
                }
                result.theme.roles[role] = try style(value, place, palette)
            }
        }
    }

    private func style(
        _ value: TOMLValue, _ place: Place, _ palette: [String: Color]
    ) throws(ThemeError) -> Style {
        guard case .table(let table) = value else {
            guard case .string = value else {
                throw error(
                    place,
                    "expected a colour or a table of fg, bg, bold, dim, underline, reverse; "
                        + "found \(value.described)")
            }
            return Style(foreground: try color(value, place, palette))
        }
        let flags: [String: TextAttributes] = [
            "bold": .bold, "dim": .dim, "underline": .underline, "reverse": .reverse,
        ]
        var style = Style()
        for (key, part) in table.inOrder {
            let place = Place(of: key, in: table, under: place)
            if key == "fg" {
                style.foreground = try color(part, place, palette)
            } else if key == "bg" {
                style.background = try color(part, place, palette)
            } else if let flag = flags[key] {
                guard case .boolean(let isOn) = part else {
                    throw error(place, "expected true or false, found \(part.described)")
                }
                if isOn { style.attributes.insert(flag) }
            } else {
                throw error(
                    place, "unknown key; expected fg, bg, bold, dim, underline or reverse")
            }
        }
        return style
    }

    private func colors(
        _ value: TOMLValue, _ place: Place, _ palette: [String: Color]
    ) throws(ThemeError) -> [Color] {
        guard case .array(let array) = value else {
            throw error(place, "expected a list of colours, found \(value.described)")
        }
        guard array.count <= 256 else {
            throw error(place, "expected at most 256 colours, found \(array.count)")
        }
        var colors: [Color] = []
        for item in array {
            guard let color = try color(item, place, palette) else {
                throw error(place, "\"default\" has no place in a list of colours")
            }
            colors.append(color)
        }
        return colors
    }

    /// A colour; nil for `default`, the terminal's own.
    private func color(
        _ value: TOMLValue, _ place: Place, _ palette: [String: Color]
    ) throws(ThemeError) -> Color? {
        guard case .string(let text) = value else {
            throw error(place, "expected a colour such as \"#7ab7ff\", found \(value.described)")
        }
        if text == "default" { return nil }
        if let color = palette[text] ?? Color(text: text) { return color }
        let names = palette.keys.sorted().map { TOMLText.key([$0]) }.joined(separator: ", ")
        throw error(
            place,
            TOMLText.quoted(String(text.prefix(60)))
                + " is no colour; expected \"#rrggbb\", \"default\" or a name from [palette]"
                + (names.isEmpty ? "" : ": \(names)"))
    }
}
