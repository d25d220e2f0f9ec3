import Foundation
import Pictures

#if canImport(Glibc)
    import Glibc
#endif

/// A folder that is written beside its place and put there in one piece.
struct StoredFolder {
    private let path: String

    /// Writes a file of the new folder, with the folders on the way to it.
    func write(_ bytes: [UInt8], to name: String) throws {
        let file = "\(path)/\(name)"
        let parent = String(file[..<file.lastIndex(of: "/")!])
        try Self.makeFolder(parent, reportedAs: parent)
        try StoredFile.write(bytes, to: file, isSynced: false)
    }

    /// Makes a folder at a path, or replaces the one there.
    ///
    /// - Parameters:
    ///   - path: where the folder goes.
    ///   - replaceable: names that an existing folder may hold; any other stops the saving.
    ///   - contents: writes the files.
    static func replace(
        _ path: String, replaceable: Set<String>, writing contents: (StoredFolder) throws -> Void
    ) throws {
        let path = plain(path)
        recover(path)
        let exists = FileManager.default.fileExists(atPath: path)
        if exists {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                throw ImageFolderError.occupied(folder: path, by: path)
            }
            if let other = names.sorted().first(where: { !replaceable.contains($0) }) {
                throw ImageFolderError.occupied(folder: path, by: other)
            }
        }
        let beside = "\(path).\(getpid()).new"
        try? FileManager.default.removeItem(atPath: beside)
        do {
            try makeFolder(beside, reportedAs: path)
            try contents(StoredFolder(path: beside))
            try StoredFile.syncFileSystem(of: beside)
            try putInPlace(beside, at: path, exists: exists)
            try StoredFile.syncFolder(of: path)
        } catch {
            try? FileManager.default.removeItem(atPath: beside)
            throw error
        }
        if exists { try? FileManager.default.removeItem(atPath: steppedAside(path)) }
    }

    /// Puts a folder back that stepped aside for a new one which then never came.
    ///
    /// Two folders cannot change places in one portable call, so a machine that loses its power
    /// between the two renames leaves the old folder, whole, under the name of `steppedAside`.
    static func recover(_ path: String) {
        let old = steppedAside(path)
        if !FileManager.default.fileExists(atPath: path),
            FileManager.default.fileExists(atPath: old)
        {
            _ = rename(old, path)
        }
    }

    /// The path without slashes at its end.
    static func plain(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Where an old folder waits while the new one takes its place: hidden, beside it.
    static func steppedAside(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return ".\(path).replaced" }
        return "\(path[...slash]).\(path[path.index(after: slash)...]).replaced"
    }

    private static func putInPlace(_ new: String, at path: String, exists: Bool) throws {
        func failure() -> ImageFolderError {
            .unwritable(folder: path, reason: String(cString: strerror(errno)))
        }
        let old = steppedAside(path)
        if exists {
            try? FileManager.default.removeItem(atPath: old)
            guard rename(path, old) == 0 else { throw failure() }
        }
        guard rename(new, path) == 0 else {
            let error = failure()
            if exists { _ = rename(old, path) }
            throw error
        }
    }

    private static func makeFolder(_ path: String, reportedAs place: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ImageFolderError.unwritable(
                folder: place, reason: error.localizedDescription)
        }
    }
}
