import Foundation
import Glibc

/// Sends standard error to a file while the screen is up, since libraries warn there.
public final class StandardErrorLog {
    /// The file.
    public let path: String
    private var saved: Int32
    private let start: off_t

    /// Opens the file for appending and turns standard error to it.
    ///
    /// - Throws: `TerminalError.system` when the file cannot be opened.
    public init(path: String) throws(TerminalError) {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(call: "open \(path)", number: errno) }
        defer { close(file) }
        fflush(nil)
        let kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        guard kept >= 0 else { throw .system(call: "dup", number: errno) }
        guard dup2(file, STDERR_FILENO) >= 0 else {
            let number = errno
            close(kept)
            throw .system(call: "dup2", number: number)
        }
        self.path = path
        saved = kept
        start = lseek(file, 0, SEEK_END)
    }

    /// Gives standard error back; harmless a second time.
    public func restore() {
        guard saved >= 0 else { return }
        fflush(nil)
        dup2(saved, STDERR_FILENO)
        close(saved)
        saved = -1
    }

    /// The last lines written since the start, oldest first; controls are taken out.
    public func tail(lines count: Int) -> [String] {
        guard count > 0, let handle = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? handle.close() }
        let end = (try? handle.seekToEnd()) ?? 0
        let first = max(UInt64(max(start, 0)), end > 65_536 ? end - 65_536 : 0)
        guard first < end, (try? handle.seek(toOffset: first)) != nil,
            let data = try? handle.read(upToCount: 65_536)
        else { return [] }
        return String(decoding: data, as: UTF8.self)
            .split(whereSeparator: \.isNewline).suffix(count)
            .map { line in
                String(line.map(GlyphWidth.drawable).filter { $0 != "\u{0}" })
            }
    }

    deinit { restore() }
}
