import Foundation

/// Files that are either the old one or the new one, whenever the machine stops.
///
/// The bytes go to a file beside the target, which is synchronised and renamed over it; then the
/// folder is synchronised. On any failure the neighbour is removed and the target is as it was.
public enum AtomicFile {
    /// Replaces the file at a path by the given bytes.
    ///
    /// - Throws: `ModelStoreError` of kind `unwritable`, naming the file and the system's reason.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try write(to: path) { try $0.append(bytes) }
    }

    /// Replaces the file at a path by the given data.
    ///
    /// - Throws: `ModelStoreError` of kind `unwritable`.
    public static func write(_ data: Data, to path: String) throws {
        try write(to: path) { sink in
            try data.withUnsafeBytes { try sink.append($0) }
        }
    }

    /// Replaces the file at a path by the UTF-8 form of a text.
    ///
    /// - Throws: `ModelStoreError` of kind `unwritable`.
    public static func write(_ text: String, to path: String) throws {
        try write(Array(text.utf8), to: path)
    }

    /// Replaces the file at a path by what the closure appends, so that large files need no copy.
    ///
    /// - Throws: `ModelStoreError` of kind `unwritable`, or what the closure throws; the target is
    ///   untouched in both cases.
    public static func write(to path: String, _ fill: (Sink) throws -> Void) throws {
        let neighbour = unusedNeighbour(of: path)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = open(neighbour, flags, 0o644)
        guard descriptor >= 0 else { throw unwritable(path, "cannot be created", errno) }
        var isOpen = true
        do {
            try fill(Sink(descriptor: descriptor, path: path))
            guard fsync(descriptor) == 0 else { throw unwritable(path, "cannot be stored", errno) }
            isOpen = false
            guard close(descriptor) == 0 else { throw unwritable(path, "cannot be stored", errno) }
            guard rename(neighbour, path) == 0 else {
                throw unwritable(path, "cannot be put in its place", errno)
            }
        } catch {
            if isOpen { close(descriptor) }
            unlink(neighbour)
            throw error
        }
        try synchroniseFolder(of: path)
    }

    /// Takes the bytes of a file that is being written.
    public struct Sink {
        fileprivate let descriptor: Int32
        fileprivate let path: String

        /// Appends bytes.
        ///
        /// - Throws: `ModelStoreError` of kind `unwritable`, for instance when the disk is full.
        public func append(_ bytes: [UInt8]) throws {
            try bytes.withUnsafeBytes { try append($0) }
        }

        /// Appends the bytes of a buffer.
        ///
        /// - Throws: `ModelStoreError` of kind `unwritable`.
        public func append(_ bytes: UnsafeRawBufferPointer) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let chunk = UnsafeRawBufferPointer(rebasing: rest)
                let written = Foundation.write(descriptor, chunk.baseAddress, chunk.count)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { throw unwritable(path, "cannot be written", errno) }
                rest = rest.dropFirst(written)
            }
        }
    }

    /// Makes a rename in the folder of a path outlast a power failure.
    private static func synchroniseFolder(of path: String) throws {
        let folder = split(path).folder
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that may be written but not listed cannot be opened; its rename stands all the same.
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Some file systems cannot synchronise a folder and say so with EINVAL.
        if fsync(descriptor) != 0 && errno != EINVAL {
            throw unwritable(path, "was written, but its folder cannot be synchronised", errno)
        }
    }

    private static func unusedNeighbour(of path: String) -> String {
        let (folder, name) = split(path)
        let tag = String(UInt64.random(in: .min ... .max), radix: 36)
        // File names end at 255 bytes; the tail of a long one gives way to the tag.
        let stem = String(decoding: Array(name.utf8.prefix(200)), as: UTF8.self)
        return "\(folder)/.\(stem).\(getpid())-\(tag).partial"
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
    }
}

private func unwritable(_ path: String, _ what: String, _ code: Int32) -> ModelStoreError {
    let reason = String(cString: strerror(code))
    let advice: String
    switch code {
    case ENOSPC, EDQUOT: advice = "make room on the disk and save again"
    case ENOENT, ENOTDIR: advice = "make the folder that is to hold it first"
    case EACCES, EPERM, EROFS: advice = "choose a folder that you may write to"
    default: advice = "look at the disk, or choose another folder"
    }
    return ModelStoreError(
        .unwritable, file: path, problem: "\(what) (\(reason))", advice: advice)
}
