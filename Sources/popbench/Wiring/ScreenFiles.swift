import Foundation
import TerminalKit
import TrainingEngine
import Workbench

/// The person's own files about the screen: keys and themes they wrote, and what they chose last.
struct ScreenFiles {
    /// `keys.toml` in the folder of configuration.
    let keys: String
    /// Themes that the person wrote.
    let themes: String
    /// What the screen remembers.
    private let memory: String

    /// The largest file of keys that is read.
    private static let largestFile = 1 << 20

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func folder(_ variable: String, else fallback: String) -> String {
            if let path = environment[variable], path.hasPrefix("/") { return path + "/popbench" }
            return (environment["HOME"] ?? "/") + "/" + fallback + "/popbench"
        }
        let configuration = folder("XDG_CONFIG_HOME", else: ".config")
        keys = configuration + "/keys.toml"
        themes = configuration + "/themes"
        memory = folder("XDG_STATE_HOME", else: ".local/state") + "/screen"
    }

    // MARK: Keys

    /// The keys in force, and what is wrong with the file; no file means the standard ones.
    func keyTable() -> (table: KeyTable, problems: [KeysProblem]) {
        guard FileManager.default.fileExists(atPath: keys) else { return (.standard, []) }
        func refuse(_ problem: String) -> (KeyTable, [KeysProblem]) {
            (.standard, [KeysProblem(file: keys, line: nil, problem: problem)])
        }
        guard let handle = FileHandle(forReadingAtPath: keys),
            let data = try? handle.read(upToCount: Self.largestFile + 1)
        else { return refuse("cannot be read") }
        guard data.count <= Self.largestFile else { return refuse("is larger than 1 MiB") }
        guard let text = String(data: data, encoding: .utf8) else { return refuse("is not UTF-8") }
        return KeyTable.read(text, file: keys)
    }

    // MARK: Themes

    /// Every theme that can be used, and what is wrong with those that cannot.
    ///
    /// - Parameter first: the theme to begin with; nil takes the remembered one.
    /// - Throws: `ThemeError` when the theme that was asked for cannot be used.
    func loadThemes(
        _ locations: Locations, first: String?
    ) throws -> (themes: [Theme], problems: [ThemeError]) {
        var folders = [themes]
        if let shipped = try? locations.folder(of: .themes) { folders.append(shipped) }
        let remembered = remembered("theme")
        var problems: [ThemeError] = []
        var loaded: [Theme] = []
        if let first { loaded.append(try Theme.load(name: first, directories: folders)) }
        for name in [first == nil ? remembered : nil, "dark"].compactMap({ $0 })
            + Theme.names(in: folders)
        where !loaded.contains(where: { $0.name == name }) {
            do throws(ThemeError) {
                loaded.append(try Theme.load(name: name, directories: folders))
            } catch {
                // A remembered theme that is gone is no news worth a line.
                if error.line != nil || Theme.names(in: folders).contains(name),
                    !problems.contains(error)
                {
                    problems.append(error)
                }
            }
        }
        return (loaded.isEmpty ? [.builtin] : loaded, problems)
    }

    // MARK: Memory

    /// Whether the screen was never used by this person.
    var isNewcomer: Bool { remembered("greeted") == nil }

    /// Keeps something for next time.
    func remember(_ thing: ScreenMemory) throws {
        switch thing {
        case .theme(let name): try write(name, to: "theme")
        case .greeted: try write("yes", to: "greeted")
        }
    }

    /// Keeps which session is shown, for each folder of sessions apart.
    func rememberShown(_ session: String, in sessions: String) throws {
        try write(session, to: Self.shownName(sessions))
    }

    /// The session that was shown last; nil where none was, or its file is damaged.
    func shown(in sessions: String) -> String? {
        guard let line = firstLine(of: Self.shownName(sessions), limit: 4096),
            line.hasPrefix("/"), printable(line) == line
        else { return nil }
        return line
    }

    /// One checkout's sessions are not another's.
    private static func shownName(_ sessions: String) -> String {
        let digits = String(CheckpointHash.of(Array(sessions.utf8)), radix: 16)
        return "session-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// One small file a thing, so that two screens never overwrite each other's choices.
    private func write(_ text: String, to name: String) throws {
        try FileManager.default.createDirectory(
            atPath: memory, withIntermediateDirectories: true)
        try Data((text + "\n").utf8).write(
            to: URL(fileURLWithPath: "\(memory)/\(name)"), options: .atomic)
    }

    private func remembered(_ name: String) -> String? {
        // A name only: what is remembered must not lead to a file elsewhere.
        firstLine(of: name, limit: 256).flatMap { $0.contains("/") ? nil : $0 }
    }

    private func firstLine(of name: String, limit: Int) -> String? {
        guard let bytes = try? DurableFile.read("\(memory)/\(name)", limit: limit),
            let line = String(validating: bytes, as: UTF8.self)?.split(separator: "\n").first
        else { return nil }
        return String(line)
    }
}
