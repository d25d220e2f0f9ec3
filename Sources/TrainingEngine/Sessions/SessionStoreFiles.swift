import Foundation

/// One of the actions by which a file comes to stay; tests fail each of them in turn.
package enum FileAction: String, Sendable {
    case create, write, sync, rename, remove, syncFolder
}

/// Called before every action on the disk; throwing stands for the disk's refusal.
package typealias FileProbe = @Sendable (FileAction, String) throws -> Void

/// Files that are either whole or absent, whatever happens while they are written.
///
/// Each file is written beside its place, flushed to the disk and renamed, and then the folder is
/// flushed, so that neither a crash nor a power cut leaves half of one under its final name.
package struct DurableFile: Sendable {
    /// What a file under way is called: its name and this.
    package static let partialSuffix = ".partial"

    private let probe: FileProbe

    /// Files with a probe; the plain one lets everything happen.
    package init(probe: @escaping FileProbe = { _, _ in }) { self.probe = probe }

    /// Reads a whole regular file.
    ///
    /// - Parameters:
    ///   - path: the file; a link to one is followed.
    ///   - limit: the most bytes it may have, checked before anything is allocated.
    package static func read(_ path: String, limit: Int) throws -> [UInt8] {
        // Without O_NONBLOCK a named pipe would hold the program up for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw refusal("read", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw refusal("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SessionError.notAFile(path: path) }
        let size = Int(status.st_size)
        guard size <= limit else {
            throw SessionError.tooLarge(path: path, bytes: size, limit: limit)
        }
        var bytes = [UInt8](repeating: 0, count: size)
        var done = 0
        while done < size {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Foundation.read(descriptor, buffer.baseAddress! + done, size - done)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw refusal("read", path) }
            if got == 0 { break }
            done += got
        }
        bytes.removeLast(size - done)
        return bytes
    }

    /// Puts bytes under a name, replacing what was there.
    package func replace(_ path: String, with bytes: [UInt8]) throws {
        let partial = path + Self.partialSuffix
        do {
            try writeNew(partial, bytes)
            try rename(partial, to: path)
        } catch {
            try? remove(partial)
            throw error
        }
        try syncFolder(of: path)
    }

    /// Writes bytes to a file that is not yet in its place, and flushes it.
    package func writeNew(_ path: String, _ bytes: [UInt8]) throws {
        try probe(.create, path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw Self.refusal("write", path) }
        var isOpen = true
        defer { if isOpen { close(descriptor) } }
        try probe(.write, path)
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                Foundation.write(descriptor, buffer.baseAddress! + done, bytes.count - done)
            }
            if put < 0, errno == EINTR { continue }
            guard put >= 0 else { throw Self.refusal("write", path) }
            done += put
        }
        try probe(.sync, path)
        guard fsync(descriptor) == 0 else { throw Self.refusal("write", path) }
        isOpen = false
        guard close(descriptor) == 0 else { throw Self.refusal("write", path) }
    }

    /// Flushes a file that someone else has written.
    package func sync(_ path: String) throws {
        try probe(.sync, path)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.refusal("write", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.refusal("write", path) }
    }

    /// Flushes the folder that holds `path`, so that its names stay.
    package func syncFolder(of path: String) throws {
        try syncFolder(parent(of: path))
    }

    /// Flushes a folder's names.
    package func syncFolder(_ folder: String) throws {
        try probe(.syncFolder, folder)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.refusal("write to", folder) }
        defer { close(descriptor) }
        // Some network file systems cannot flush folders; there is nothing better to do there.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw Self.refusal("write to", folder)
        }
    }

    /// Gives a file or folder another name on the same disk, replacing a file that has it.
    package func rename(_ path: String, to other: String) throws {
        try probe(.rename, other)
        guard Foundation.rename(path, other) == 0 else { throw Self.refusal("write", other) }
    }

    /// Gives a file a second name on the same disk, or copies it where that cannot be.
    ///
    /// Only for files that nobody changes in their place: both names are the same bytes.
    package func duplicate(_ path: String, as other: String) throws {
        try probe(.create, other)
        if link(path, other) == 0 { return }
        guard [EXDEV, EPERM, EMLINK, ENOTSUP, EACCES].contains(errno) else {
            throw Self.refusal("write", other)
        }
        try copy(path, to: other)
    }

    /// Copies a regular file to a new one and flushes it.
    package func copy(_ path: String, to other: String) throws {
        try probe(.create, other)
        let source = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard source >= 0 else { throw Self.refusal("read", path) }
        defer { close(source) }
        var status = stat()
        guard fstat(source, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SessionError.notAFile(path: path)
        }
        let target = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard target >= 0 else { throw Self.refusal("write", other) }
        defer { close(target) }
        try probe(.write, other)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = Foundation.read(source, &buffer, buffer.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Self.refusal("read", path) }
            if got == 0 { break }
            var done = 0
            while done < got {
                let put = buffer.withUnsafeBytes { bytes in
                    Foundation.write(target, bytes.baseAddress! + done, got - done)
                }
                if put < 0, errno == EINTR { continue }
                guard put > 0 else { throw Self.refusal("write", other) }
                done += put
            }
        }
        try probe(.sync, other)
        guard fsync(target) == 0 else { throw Self.refusal("write", other) }
    }

    /// Copies a folder with all files and folders below it; links and the rest are left out.
    package func copyFolder(_ path: String, to other: String) throws {
        try makeFolder(other)
        for name in try Self.names(in: path) {
            var status = stat()
            let (from, to) = ("\(path)/\(name)", "\(other)/\(name)")
            guard lstat(from, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try copyFolder(from, to: to)
            case S_IFREG: try copy(from, to: to)
            default: break
            }
        }
        try syncFolder(other)
    }

    /// Makes a folder and those above it.
    package func makeFolder(_ path: String) throws {
        try probe(.create, path)
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw SessionError.system(action: "make the folder", path: path, code: ENOTDIR)
            }
            return
        }
        let above = parent(of: path)
        if above != path { try makeFolder(above) }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw Self.refusal("make the folder", path)
        }
    }

    /// Removes a file, or a folder and all in it; nothing there is fine, links are not followed.
    package func remove(_ path: String) throws {
        try probe(.remove, path)
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw Self.refusal("remove", path)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            guard unlink(path) == 0 || errno == ENOENT else { throw Self.refusal("remove", path) }
            return
        }
        for name in try Self.names(in: path) { try remove("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else { throw Self.refusal("remove", path) }
    }

    /// The names in a folder, sorted; without `.` and `..`.
    package static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else { throw refusal("list", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Bytes of a file, or of all files below a folder; what vanishes meanwhile counts nothing.
    package static func bytes(at path: String) -> Int {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        guard status.st_mode & S_IFMT == S_IFDIR else { return Int(status.st_size) }
        let names = (try? names(in: path)) ?? []
        return names.reduce(0) { $0 + bytes(at: "\(path)/\($1)") }
    }

    /// Whether there is a folder of that path.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Bytes a user may still write on the disk that holds `folder`; nil where it cannot be told.
    package static func freeBytes(at folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = Int(clamping: status.f_bavail)
            .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }

    /// The error the last system call left.
    static func refusal(_ action: String, _ path: String) -> SessionError {
        .system(action: action, path: path, code: errno)
    }

    private func parent(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }
}
