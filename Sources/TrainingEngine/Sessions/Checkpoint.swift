import Foundation

/// A checkpoint on disk whose manifest is in order.
public struct Checkpoint: Sendable, Equatable {
    /// The step after which it was taken.
    public let step: Int
    /// Its folder.
    public let path: String
    /// When it was taken, in seconds since 1970.
    public let created: Double
    /// What its writer noted: the kernel in use, for one.
    public let facts: [String: String]
    /// The names of its files, as they were given.
    public let files: [String]
    /// The size of its files, in bytes.
    public let bytes: Int

    /// The path of one of its files; nil when it has none of that name.
    public func path(of file: String) -> String? {
        files.contains(file) ? "\(path)/\(file)" : nil
    }

    init(manifest: CheckpointManifest, path: String) {
        step = manifest.step
        self.path = path
        created = manifest.created
        facts = manifest.facts
        files = manifest.files.map(\.name)
        bytes = manifest.files.reduce(0) { $0.addingReportingOverflow($1.bytes).partialValue }
    }

    /// Opens a checkpoint's folder and compares every file with the manifest.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - readingFiles: false compares sizes only, which is quick.
    /// - Throws: ``CheckpointDefect``, naming the first file that is missing or differs.
    public static func open(_ path: String, readingFiles: Bool = true) throws -> Checkpoint {
        let manifest = try CheckpointManifest.read(in: path)
        for file in manifest.files {
            func defect(_ reason: String) -> CheckpointDefect {
                CheckpointDefect(path: path, reason: "\(file.name) \(reason)")
            }
            var status = stat()
            guard lstat("\(path)/\(file.name)", &status) == 0 else { throw defect("is missing") }
            guard status.st_mode & S_IFMT == S_IFREG else { throw defect("is not a file") }
            guard Int(status.st_size) == file.bytes else {
                throw defect("has \(status.st_size) bytes, not \(file.bytes)")
            }
            guard readingFiles else { continue }
            do {
                let found = try CheckpointHash.ofFile("\(path)/\(file.name)")
                guard CheckpointManifest.hex(found.hash) == file.xxh64 else {
                    throw defect("has changed since it was written")
                }
            } catch let error as SessionError {
                throw defect("cannot be read: \(error)")
            }
        }
        return Checkpoint(manifest: manifest, path: path)
    }
}

/// What a session resumes from, and what was found broken on the way.
public struct CheckpointChoice: Sendable, Equatable {
    /// The newest checkpoint that is whole; nil when there is none, and training starts anew.
    public var checkpoint: Checkpoint?
    /// Newer ones that are not, newest first.
    public var defects: [CheckpointDefect]
}

/// One file of a checkpoint to be: its name and how its contents come about.
public struct CheckpointFile {
    /// The name in the checkpoint; `/` leads into folders: `popalign/unet.safetensors`.
    public let name: String
    /// About how many bytes it will have, for the check of free space.
    public let expectedBytes: Int
    let write: (_ path: String, _ files: DurableFile) throws -> Void

    /// A file that `write` makes at the path it is given.
    public init(
        name: String, expectedBytes: Int, write: @escaping (_ path: String) throws -> Void
    ) {
        precondition(Self.isName(name), "a checkpoint's file cannot be called \(name)")
        self.name = name
        self.expectedBytes = expectedBytes
        self.write = { path, files in
            try write(path)
            try files.sync(path)
        }
    }

    /// A file of these bytes.
    public init(name: String, bytes: [UInt8]) {
        precondition(Self.isName(name), "a checkpoint's file cannot be called \(name)")
        self.name = name
        expectedBytes = bytes.count
        self.write = { path, files in try files.writeNew(path, bytes) }
    }

    /// Whether a name stays inside the checkpoint and cannot be taken for the manifest.
    static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return (1...4).contains(parts.count) && name.utf8.count <= 200
            && name != CheckpointManifest.fileName
            && parts.allSatisfy { RecipeKey<Recipe>.isName(String($0)) }
    }
}
