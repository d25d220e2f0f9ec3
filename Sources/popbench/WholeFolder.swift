import Foundation

/// Why a folder of results cannot be written.
enum WholeFolderError: Error, CustomStringConvertible {
    /// The folder holds something that is not ours to replace.
    case occupied(path: String, name: String, advice: String)
    /// The system refused; `action` completes "cannot ...".
    case refused(action: String, path: String, reason: String)

    /// What is wrong, where, and what to do.
    var description: String {
        switch self {
        case .occupied(let path, let name, let advice):
            "\(path) holds \(name) already; \(advice)"
        case .refused(let action, let path, let reason):
            "cannot \(action) \(path): \(reason)"
        }
    }
}

/// Folders of results that appear whole or not at all.
enum WholeFolder {
    /// Fills a new folder beside its place and then puts it there.
    ///
    /// - Parameters:
    ///   - path: the folder to be; folders above it are made. An empty one is replaced.
    ///   - advice: what to do about a folder that may not be replaced.
    ///   - mayReplace: whether what a folder holds, by names, is ours to replace.
    ///   - fill: writes the contents into the folder that it is given.
    /// - Throws: `WholeFolderError`, or what `fill` throws; the place is then as it was.
    static func write(
        to path: String, advice: String, mayReplace: ([String]) -> Bool,
        _ fill: (String) throws -> Void
    ) throws {
        let path = URL(fileURLWithPath: path).standardizedFileURL.path
        let isReplacing = try check(path, advice: advice, mayReplace: mayReplace)
        let above = (path as NSString).deletingLastPathComponent
        let neighbour = "\(above)/.\((path as NSString).lastPathComponent.prefix(60)).\(getpid())"
        let (partial, replaced) = (neighbour + ".partial", neighbour + ".replaced")
        do {
            try FileManager.default.createDirectory(
                atPath: partial, withIntermediateDirectories: true)
        } catch {
            throw WholeFolderError.refused(
                action: "make a folder in", path: above, reason: reason(errno))
        }
        do {
            try fill(partial)
            if isReplacing { try move(path, to: replaced) }
            do {
                try move(partial, to: path)
            } catch {
                if isReplacing { rename(replaced, path) }
                throw error
            }
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            throw error
        }
        if isReplacing { try? FileManager.default.removeItem(atPath: replaced) }
    }

    /// Whether a folder with something in it is to be replaced.
    private static func check(
        _ path: String, advice: String, mayReplace: ([String]) -> Bool
    ) throws -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else {
                throw WholeFolderError.refused(
                    action: "look at", path: path, reason: reason(errno))
            }
            return false
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw WholeFolderError.refused(
                action: "write to", path: path, reason: "it is no folder; name another one")
        }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw WholeFolderError.refused(action: "read", path: path, reason: reason(errno))
        }
        guard !names.isEmpty else { return false }
        guard mayReplace(names) else {
            throw WholeFolderError.occupied(path: path, name: names.min()!, advice: advice)
        }
        return true
    }

    private static func move(_ from: String, to: String) throws {
        guard rename(from, to) == 0 else {
            throw WholeFolderError.refused(
                action: "put the folder in its place,", path: to, reason: reason(errno))
        }
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
