import Foundation

/// Where things are: sessions, themes, starter recipes, weights, caches.
///
/// Inside a checkout (a folder, at or above the current one, whose `Package.swift` names popbench and
/// which has `sessions/`) everything is taken from there. An installed popbench keeps sessions under
/// `$XDG_DATA_HOME/popbench` and finds the rest in `share/popbench` beside the folder of its binary.
/// `$POPBENCH_SHARE` comes before both.
public struct Locations: Sendable, Equatable {
    /// What is shipped beside the program.
    public enum Shared: String, Sendable, CaseIterable {
        /// Themes of the screen.
        case themes
        /// Starter recipes.
        case sessions
        /// Weights of the base model and the classifiers.
        case models
    }

    /// The checkout that the current folder lies in, or nil.
    public let checkout: String?
    /// Where sessions are kept.
    public let sessions: String
    /// Where things that can be made again are kept.
    public let cache: String
    /// Where the user's own recipes are kept, and what else is the user's to write.
    public let configuration: String
    /// The folders that may hold `themes`, `sessions` and `models`, the first that does wins.
    public let shareFolders: [String]
    private let currentFolder: String

    /// The name of the starter recipe that is taken when none is given.
    public static let defaultRecipe = "starter"

    /// The locations of this process.
    public static func current() -> Locations {
        Locations(
            environment: ProcessInfo.processInfo.environment,
            currentFolder: FileManager.default.currentDirectoryPath,
            executable: try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        )
    }

    /// The locations of a process with this environment, folder and binary.
    ///
    /// - Parameters:
    ///   - environment: `HOME`, `XDG_DATA_HOME`, `XDG_CONFIG_HOME`, `XDG_CACHE_HOME` and
    ///     `POPBENCH_SHARE` count; the XDG ones only where they are absolute paths, as their
    ///     specification says.
    ///   - currentFolder: an absolute path.
    ///   - executable: the absolute path of the binary, links resolved; nil where it is not known.
    public init(environment: [String: String], currentFolder: String, executable: String?) {
        func folder(_ variable: String, else fallback: String) -> String {
            let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/"
            guard let path = environment[variable], path.hasPrefix("/") else {
                return URL(fileURLWithPath: home).appendingPathComponent(fallback).path
            }
            return path
        }
        self.currentFolder = currentFolder
        let checkout = Self.checkout(at: currentFolder)
        self.checkout = checkout
        sessions =
            checkout.map { "\($0)/sessions" }
            ?? folder("XDG_DATA_HOME", else: ".local/share") + "/popbench/sessions"
        cache = folder("XDG_CACHE_HOME", else: ".cache") + "/popbench"
        configuration = folder("XDG_CONFIG_HOME", else: ".config") + "/popbench"

        var folders: [String] = []
        if let share = environment["POPBENCH_SHARE"], !share.isEmpty {
            folders.append(Self.absolute(share, in: currentFolder))
        }
        if let checkout { folders.append(checkout) }
        if let executable {
            let bin = (executable as NSString).deletingLastPathComponent
            // A binary that was built in a checkout and is called from elsewhere.
            if let built = Self.checkout(at: bin), built != checkout { folders.append(built) }
            let prefix = (bin as NSString).deletingLastPathComponent
            folders.append((prefix == "/" ? "" : prefix) + "/share/popbench")
        }
        shareFolders = folders
    }

    /// The folder of something shipped.
    ///
    /// - Throws: ``SessionError/notFound(what:lookedAt:)`` with the places that were looked at.
    public func folder(of shared: Shared) throws -> String {
        let places = shareFolders.map { "\($0)/\(shared.rawValue)" }
        guard let found = places.first(where: DurableFile.isFolder) else {
            throw SessionError.notFound(what: "folder of \(shared.rawValue)", lookedAt: places)
        }
        return found
    }

    /// The path of a shipped file or folder: `models`, `emoji-people`.
    ///
    /// - Throws: ``SessionError/notFound(what:lookedAt:)`` with the places that were looked at.
    public func path(of name: String, in shared: Shared) throws -> String {
        let places = shareFolders.map { "\($0)/\(shared.rawValue)/\(name)" }
        guard let found = places.first(where: { access($0, R_OK) == 0 }) else {
            throw SessionError.notFound(what: "\(shared.rawValue)/\(name)", lookedAt: places)
        }
        return found
    }

    /// Where deleted sessions wait: beside the others, so that deleting is a rename.
    public var trash: String { "\(sessions)/.trash" }

    /// Where recipes are kept that the user saved.
    public var ownRecipes: String { "\(configuration)/recipes" }

    /// The recipes that can be given by name: the user's own, then the shipped ones.
    public func recipes() -> [RecipeListing] {
        var listings: [RecipeListing] = []
        let folders =
            [ownRecipes] + shareFolders.map { "\($0)/\(Shared.sessions.rawValue)" }
        for (index, folder) in folders.enumerated() {
            for file in (try? DurableFile.names(in: folder)) ?? []
            where file.hasSuffix(".toml") && !file.hasPrefix(".") {
                let name = String(file.dropLast(5))
                guard !listings.contains(where: { $0.name == name }) else { continue }
                listings.append(
                    RecipeListing(name: name, path: "\(folder)/\(file)", isOwn: index == 0))
            }
        }
        return listings
    }

    /// The file of a recipe given by path, or by the name of one of ``recipes()`` with or without
    /// `.toml`.
    public func recipe(_ nameOrPath: String) throws -> String {
        let path = Self.absolute(nameOrPath, in: currentFolder)
        if access(path, F_OK) == 0, !DurableFile.isFolder(path) { return path }
        let name = nameOrPath.hasSuffix(".toml") ? nameOrPath : nameOrPath + ".toml"
        let places =
            nameOrPath.contains("/")
            ? []
            : ["\(ownRecipes)/\(name)"]
                + shareFolders.map { "\($0)/\(Shared.sessions.rawValue)/\(name)" }
        guard let found = places.first(where: { access($0, R_OK) == 0 }) else {
            throw SessionError.notFound(
                what: "recipe \"\(String(nameOrPath.prefix(200)))\"", lookedAt: [path] + places)
        }
        return found
    }

    /// The folder of a session given by path or by name; it need not exist.
    ///
    /// Anything with a slash, and `.` and `..`, is a path; so is the name of a session's folder in the
    /// current folder. Everything else is the name of a session in ``sessions``.
    ///
    /// - Throws: ``SessionError/badName(_:)``, since the last part becomes the session's name.
    public func session(_ nameOrPath: String) throws -> String {
        let path = Self.absolute(nameOrPath, in: currentFolder)
        let name = (path as NSString).lastPathComponent
        guard !nameOrPath.isEmpty, RecipeKey<Recipe>.isName(name) else {
            throw SessionError.badName(nameOrPath)
        }
        let isPath =
            nameOrPath.contains("/") || nameOrPath == "." || nameOrPath == ".."
            || SessionStore.isSession(path)
        return isPath ? path : "\(sessions)/\(name)"
    }

    /// A name that no session has yet: `starter`, `starter-2`, ...
    public func freshSessionName(_ base: String) -> String {
        var (name, number) = (base, 1)
        while access("\(sessions)/\(name)", F_OK) == 0 {
            number += 1
            let suffix = "-\(number)"
            name = base.prefix(RecipeKey<Recipe>.longestName - suffix.count) + suffix
        }
        return name
    }

    /// The checkout at a folder or above it.
    private static func checkout(at folder: String) -> String? {
        var folder = folder
        while true {
            if DurableFile.isFolder("\(folder)/sessions"),
                let bytes = try? DurableFile.read("\(folder)/Package.swift", limit: 1 << 20),
                String(decoding: bytes, as: UTF8.self).contains("name: \"popbench\"")
            {
                return folder
            }
            let above = (folder as NSString).deletingLastPathComponent
            guard above != folder, !above.isEmpty else { return nil }
            folder = above
        }
    }

    private static func absolute(_ path: String, in folder: String) -> String {
        URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
            .standardizedFileURL.path
    }
}

/// A recipe that can be given by name.
public struct RecipeListing: Sendable, Equatable {
    /// The name: the file's, without its ending.
    public var name: String
    /// The file.
    public var path: String
    /// Whether it is the user's own.
    public var isOwn: Bool
}
