import Foundation

/// Everything a study has found, in a file of JSON lines that only grows.
///
/// A line is on the disk before `append` returns. A line that was torn by a crash is cut off when the
/// table is opened, and what it recorded is done again.
public final class StudyTable {
    /// The name of the table in a study's folder.
    public static let fileName = "table.jsonl"
    private static let largestBytes = 1 << 30

    /// The file.
    public let path: String
    /// The commands that filled the table, oldest first.
    public private(set) var runs: [StudyRunRecord] = []
    /// The evaluations in the order in which they were recorded.
    public private(set) var evaluations: [EvaluationRecord] = []
    /// What was wrong with the file, in sentences.
    public private(set) var notes: [String] = []
    private var known: [String: Int] = [:]
    private let descriptor: Int32

    /// Opens a study's table for writing, and makes the folder and the table where there is none.
    ///
    /// - Throws: ``StudyError`` where the folder cannot be used, or another popbench is at work in it.
    public init(folder: String) throws {
        path = folder + "/" + Self.fileName
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw StudyError("cannot make the folder \(folder): \(Self.reason(errno))")
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else {
            throw StudyError("cannot write \(path): \(Self.reason(errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw StudyError(
                "another popbench is at work in \(folder): wait for it, or choose another --out")
        }
        try take(try Self.bytes(of: descriptor, path), mayRepair: true)
    }

    /// Reads a table without changing it, for pages alone.
    ///
    /// - Throws: ``StudyError`` where there is none.
    public init(reading folder: String) throws {
        path = folder + "/" + Self.fileName
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StudyError(
                "there is no study in \(folder): \(path) cannot be read (\(Self.reason(errno)))")
        }
        try take(try Self.bytes(of: descriptor, path), mayRepair: false)
    }

    // Runs too where an initialiser throws, since everything stored is set by then.
    deinit { close(descriptor) }

    /// The evaluation of a key, if it was done.
    public func evaluation(_ key: String) -> EvaluationRecord? {
        known[key].map { evaluations[$0] }
    }

    /// Adds a line and waits until it is on the disk.
    ///
    /// - Throws: ``StudyError``; the table is then as it was.
    public func append(_ line: StudyLine) throws {
        let bytes: [UInt8]
        do {
            bytes = Array(try line.text().utf8) + [0x0A]
        } catch {
            throw StudyError("a record of \(path) cannot be written as JSON: \(error)")
        }
        let size = lseek(descriptor, 0, SEEK_END)
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                Foundation.write(descriptor, buffer.baseAddress! + done, bytes.count - done)
            }
            if put < 0, errno == EINTR { continue }
            guard put > 0 else {
                let reason = Self.reason(errno)
                ftruncate(descriptor, size)
                throw StudyError("cannot write \(path): \(reason)")
            }
            done += put
        }
        guard fsync(descriptor) == 0 else {
            throw StudyError("cannot write \(path): \(Self.reason(errno))")
        }
        keep(line)
    }

    private func keep(_ line: StudyLine) {
        switch line {
        case .run(let run): runs.append(run)
        case .evaluation(let record):
            if let index = known[record.key] {
                evaluations[index] = record
            } else {
                known[record.key] = evaluations.count
                evaluations.append(record)
            }
        }
    }

    private func take(_ bytes: [UInt8], mayRepair: Bool) throws {
        let end = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        if end < bytes.count {
            notes.append(
                "the last line of \(path) was torn and is dropped; what it recorded is done again")
            if mayRepair, ftruncate(descriptor, off_t(end)) != 0 || fsync(descriptor) != 0 {
                throw StudyError("cannot repair \(path): \(Self.reason(errno))")
            }
        }
        let text = String(decoding: bytes[..<end], as: UTF8.self)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated() where !line.isEmpty
        {
            do {
                guard let line = try StudyLine(line) else {
                    notes.append(
                        "\(path):\(index + 1): a later popbench wrote this line; passed over")
                    continue
                }
                keep(line)
            } catch {
                notes.append(
                    "\(path):\(index + 1): damaged and passed over; what it recorded is done again")
            }
        }
    }

    private static func bytes(of descriptor: Int32, _ path: String) throws -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw StudyError("cannot read \(path): \(reason(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= largestBytes else {
            throw StudyError("\(path) is no study's table: it is no file, or far too large")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var done = 0
        while done < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(done))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw StudyError("cannot read \(path): \(reason(errno))") }
            if got == 0 { break }
            done += got
        }
        bytes.removeLast(bytes.count - done)
        return bytes
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
