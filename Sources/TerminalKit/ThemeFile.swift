import Foundation
import TOMLKit

extension Theme {
    /// Reads a theme by name from the first folder that has it.
    ///
    /// A name with a slash is a path. A theme may inherit another by name; the built-in dark theme
    /// is what `dark` means where no file has that name.
    ///
    /// - Throws: `ThemeError` with file, line and key for whatever is not as it should be.
    public static func load(name: String, directories: [String]) throws(ThemeError) -> Theme {
        try ThemeFile.load(name: name, directories: directories, inheriting: []).theme
    }

    /// Reads a theme from a text, as if it stood in a file.
    public static func parse(
        _ text: String, file: String, directories: [String] = []
    ) throws(ThemeError) -> Theme {
        try ThemeFile.parse(text, file: file, directories: directories, inheriting: [file]).theme
    }

    /// The names of the themes in folders, sorted.
    public static func names(in directories: [String]) -> [String] {
        var names: Set<String> = [builtin.name]
        for directory in directories {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for file in files where file.hasSuffix(".toml") {
                names.insert(String(file.dropLast(5)))
            }
        }
        return names.sorted()
    }
}

/// A theme as read, with the named colours that those who inherit it may use.
struct ThemeFile {
    var theme: Theme
    var palette: [String: Color] = [:]

    /// Far more than any theme needs.
    private static let largestFile = 1 << 20

    static func load(
        name: String, directories: [String], inheriting chain: [String]
    ) throws(ThemeError) -> ThemeFile {
        let candidates =
            name.contains("/") ? [name] : directories.map { "\($0)/\(name).toml" }
        for path in candidates where FileManager.default.fileExists(atPath: path) {
            // A person's theme may inherit the shipped one of the same name.
            if chain.contains(path) { continue }
            return try read(path, directories: directories, inheriting: chain + [path])
        }
        if name == Theme.builtin.name { return ThemeFile(theme: .builtin) }
        let known = Theme.names(in: directories).joined(separator: ", ")
        throw ThemeError(
            file: name, line: nil, key: nil,
            problem: chain.count > 1
                ? "no such theme beside those that inherit it; there are: \(known)"
                : "no such theme; there are: \(known)")
    }

    private static func read(
        _ path: String, directories: [String], inheriting chain: [String]
    ) throws(ThemeError) -> ThemeFile {
        func fail(_ problem: String) -> ThemeError {
            ThemeError(file: path, line: nil, key: nil, problem: problem)
        }
        guard chain.count <= 16 else { throw fail("inherits through more than 16 themes") }
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: largestFile + 1)
        else { throw fail("cannot be read") }
        guard data.count <= largestFile else { throw fail("is larger than 1 MiB") }
        guard let text = String(data: data, encoding: .utf8) else { throw fail("is not UTF-8") }
        return try parse(text, file: path, directories: directories, inheriting: chain)
    }

    static func parse(
        _ text: String, file: String, directories: [String], inheriting chain: [String]
    ) throws(ThemeError) -> ThemeFile {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ThemeError(
                file: file, line: error.source.begin.line, key: nil,
                problem: "not TOML: \(error.description)")
        } catch {
            throw ThemeError(file: file, line: nil, key: nil, problem: "not TOML: \(error)")
        }
        let reader = ThemeReader(file: file, lines: TOMLKeyLines(text))
        var result = ThemeFile(theme: Theme(name: ""))
        if let value = table["inherits"] {
            guard let parent = value.string else {
                throw reader.error(["inherits"], "expected a theme's name, found \(value.found)")
            }
            do {
                result = try load(name: parent, directories: directories, inheriting: chain)
            } catch {
                // What is wrong inside of the parent has a place of its own.
                guard error.file == parent, error.line == nil else { throw error }
                throw reader.error(["inherits"], "\"\(parent)\": \(error.problem)")
            }
        }
        result.theme.name =
            URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        try reader.fill(&result, from: table)
        return result
    }
}

/// Turns a theme's table into colours and styles.
private struct ThemeReader {
    let file: String
    let lines: TOMLKeyLines

    func error(_ path: [String], _ problem: String) -> ThemeError {
        ThemeError(
            file: file, line: lines.line(of: path), key: path.joined(separator: "."),
            problem: problem)
    }

    func fill(_ result: inout ThemeFile, from table: TOMLTable) throws(ThemeError) {
        if let value = table["palette"] {
            guard let named = value.table else {
                throw error(["palette"], "expected a table of colours, found \(value.found)")
            }
            for key in named.keys.sorted() {
                guard let value = named[key], let text = value.string,
                    let color = Color(text: text)
                else {
                    throw error(
                        ["palette", key],
                        "expected \"#rrggbb\", found \(named[key]?.found ?? "nothing")")
                }
                result.palette[key] = color
            }
        }
        let palette = result.palette
        // In the order of the text, so that the first mistake is the one reported.
        let keys = table.keys.sorted {
            (lines.line(of: [$0]) ?? 0, $0) < (lines.line(of: [$1]) ?? 0, $1)
        }
        for key in keys {
            guard let value = table[key] else { continue }
            switch key {
            case "inherits", "palette": break
            case "background": result.theme.background = try color(value, [key], palette)
            case "foreground": result.theme.foreground = try color(value, [key], palette)
            case "series": result.theme.series = try colors(value, [key], palette)
            case "ramp": result.theme.ramp = try colors(value, [key], palette)
            case "heat": result.theme.heat = try colors(value, [key], palette)
            default:
                guard let role = ThemeRole(rawValue: key) else {
                    let known = ThemeRole.allCases.map(\.rawValue).sorted()
                        .joined(separator: ", ")
                    throw error(
                        [key],
                        "unknown key; expected inherits, palette, background, foreground, "
                            + "series, ramp, heat or a role: \(known)")
                }
                result.theme.roles[role] = try style(value, [key], palette)
            }
        }
    }

    private func style(
        _ value: any TOMLValueConvertible, _ path: [String], _ palette: [String: Color]
    ) throws(ThemeError) -> Style {
        guard let table = value.table else {
            guard value.string != nil else {
                throw error(
                    path,
                    "expected a colour or a table of fg, bg, bold, dim, underline, reverse; "
                        + "found \(value.found)")
            }
            return Style(foreground: try color(value, path, palette))
        }
        let flags: [String: TextAttributes] = [
            "bold": .bold, "dim": .dim, "underline": .underline, "reverse": .reverse,
        ]
        var style = Style()
        for key in table.keys.sorted() {
            guard let part = table[key] else { continue }
            if key == "fg" {
                style.foreground = try color(part, path + [key], palette)
            } else if key == "bg" {
                style.background = try color(part, path + [key], palette)
            } else if let flag = flags[key] {
                guard let isOn = part.bool else {
                    throw error(path + [key], "expected true or false, found \(part.found)")
                }
                if isOn { style.attributes.insert(flag) }
            } else {
                throw error(
                    path + [key],
                    "unknown key; expected fg, bg, bold, dim, underline or reverse")
            }
        }
        return style
    }

    private func colors(
        _ value: any TOMLValueConvertible, _ path: [String], _ palette: [String: Color]
    ) throws(ThemeError) -> [Color] {
        guard let array = value.array else {
            throw error(path, "expected a list of colours, found \(value.found)")
        }
        guard array.count <= 256 else {
            throw error(path, "expected at most 256 colours, found \(array.count)")
        }
        var colors: [Color] = []
        for item in array {
            guard let color = try color(item, path, palette) else {
                throw error(path, "\"default\" has no place in a list of colours")
            }
            colors.append(color)
        }
        return colors
    }

    /// A colour; nil for `default`, the terminal's own.
    private func color(
        _ value: any TOMLValueConvertible, _ path: [String], _ palette: [String: Color]
    ) throws(ThemeError) -> Color? {
        guard let text = value.string else {
            throw error(path, "expected a colour such as \"#7ab7ff\", found \(value.found)")
        }
        if text == "default" { return nil }
        if let color = palette[text] ?? Color(text: text) { return color }
        let names = palette.keys.sorted().joined(separator: ", ")
        throw error(
            path,
            "\"\(text)\" is no colour; expected \"#rrggbb\", \"default\" or a name from [palette]"
                + (names.isEmpty ? "" : ": \(names)"))
    }
}

extension TOMLValueConvertible {
    /// The value's type in words.
    fileprivate var found: String {
        switch type {
        case .string: "the text \"\(String((string ?? "").prefix(40)))\""
        case .int: "the number \(int ?? 0)"
        case .double: "the number \(double ?? 0)"
        case .bool: "\(bool ?? false)"
        case .table: "a table"
        case .array: "a list"
        default: "a \(type)"
        }
    }
}
