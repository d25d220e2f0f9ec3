import BenchProtocol
import Foundation

/// The last lines of a session's log, in a file of JSON lines that never grows past a bound.
///
/// Each line is a `log` line of the protocol. Whatever stands in the file, reading it gives lines or
/// leaves them out; whatever the disk refuses, writing it fails in silence: a log that cannot be kept
/// is no reason to stop anything.
public final class KeptLog: @unchecked Sendable {
    /// The engine's file in a session's folder.
    public static let engineName = "log.jsonl"
    /// The screen's file in a session's folder.
    public static let screenName = "screen.jsonl"
    /// The most lines that are told again.
    public static let mostLines = 300
    /// The most characters of a message that are kept.
    public static let longestMessage = 1000
    /// The file is written anew when it has grown to this size, in bytes.
    static let mostBytes = 512 * 1024

    private let path: String
    private let lock = NSLock()
    private var kept: [LogLine]
    private var size: Int
    /// Whether the next line must begin with a newline: the last writer was cut off.
    private var isTorn: Bool

    /// Reads what is kept in a session's folder; nothing there, or nothing readable, is no lines.
    public init(folder: String, name: String) {
        path = "\(folder)/\(name)"
        let bytes = Self.end(of: path)
        size = bytes.count
        isTorn = bytes.last.map { $0 != 0x0A } ?? false
        kept = Self.lines(in: bytes)
    }

    /// The lines, oldest first, marked as told before.
    public var lines: [LogLine] {
        lock.withLock { kept }.map { line in
            var line = line
            line.earlier = true
            return line
        }
    }

    /// Appends a line.
    public func append(_ line: LogLine) {
        var line = line
        line.earlier = nil
        if line.message.count > Self.longestMessage {
            line.message = line.message.prefix(Self.longestMessage) + " …"
        }
        lock.withLock {
            kept.append(line)
            if kept.count > Self.mostLines { kept.removeFirst(kept.count - Self.mostLines) }
            let bytes = EventLine.encode(.log(line))
            if size + bytes.count > Self.mostBytes { return writeAnew() }
            write((isTorn ? [0x0A] : []) + bytes)
        }
    }

    private func write(_ bytes: [UInt8]) {
        let file = open(
            path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
        guard file >= 0 else { return }
        defer { close(file) }
        guard Self.isRegular(file) else { return }
        let put = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress!, $0.count) }
        size += max(put, 0)
        isTorn = put > 0 ? put < bytes.count : isTorn
    }

    private func writeAnew() {
        let bytes = kept.flatMap { EventLine.encode(.log($0)) }
        guard (try? DurableFile().replace(path, with: bytes)) != nil else { return }
        (size, isTorn) = (bytes.count, false)
    }

    private static func lines(in bytes: [UInt8]) -> [LogLine] {
        let found = bytes.split(separator: 0x0A).suffix(mostLines).compactMap { line -> LogLine? in
            guard line.count <= 16 * longestMessage,
                case .log(let log)? = try? EventLine.decode(Array(line))
            else { return nil }
            return log.time.isFinite ? log : nil
        }
        return Array(found)
    }

    /// The end of a regular file, whole lines of it.
    private static func end(of path: String) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return [] }
        defer { close(file) }
        guard isRegular(file) else { return [] }
        let size = lseek(file, 0, SEEK_END)
        let start = max(0, size - off_t(mostBytes))
        var bytes = [UInt8](repeating: 0, count: Int(max(0, size - start)))
        var done = 0
        while done < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                pread(file, $0.baseAddress! + done, $0.count - done, start + off_t(done))
            }
            if got < 0, errno == EINTR { continue }
            if got <= 0 { break }
            done += got
        }
        bytes.removeLast(bytes.count - done)
        // What was cut in two at the beginning is left out by reading: it is no line.
        return bytes
    }

    private static func isRegular(_ file: Int32) -> Bool {
        var status = stat()
        return fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
