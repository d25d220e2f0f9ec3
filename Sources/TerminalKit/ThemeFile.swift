import Foundation
import PlainTOML

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
            table = try TOMLParser.parse(text)
        } catch {
            throw ThemeError(
                file: file, line: error.line, key: nil, problem: "not TOML: \(error.reason)")
        }
        let reader = ThemeReader(file: file)
        var result = ThemeFile(theme: Theme(name: ""))
        if let value = table["inherits"] {
            let place = ThemeReader.Place(of: "inherits", in: table)
            guard case .string(let parent) = value else {
                throw reader.error(place, "expected a theme's name, found \(value.described)")
            }
            do {
                result = try load(name: parent, directories: directories, inheriting: chain)
            } catch {
                // What is wrong inside of the parent has a place of its own.
                guard error.file == parent, error.line == nil else { throw error }
                throw reader.error(place, "\(TOMLText.quoted(parent)): \(error.problem)")
            }
        }
        result.theme.name =
            URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        try reader.fill(&result, from: table)
        return result
    }
}
