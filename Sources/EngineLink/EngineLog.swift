import Glibc

/// The file beside a session that everything the engine prints is appended to.
public enum EngineLog {
    /// A log that is larger is put aside when an engine is launched.
    static let rotationSize = 8 << 20

    /// The log's path.
    public static func path(in session: String) -> String { session + "/engine.log" }

    /// The last lines of a session's log, oldest first; none where there is no log.
    ///
    /// Control characters are left out: what died may have printed anything.
    public static func lastLines(session: String, count: Int = 12) -> [String] {
        let bytes = SmallFile.readEnd(path(in: session), limit: 16 << 10)
        let lines = bytes.split(separator: 0x0A).suffix(count)
        return lines.map { line in
            let scalars = String(decoding: line, as: UTF8.self).unicodeScalars
            let shown = scalars.filter { $0 == "\t" || $0.properties.generalCategory != .control }
            return String(String.UnicodeScalarView(shown).prefix(500))
        }
    }

    /// Puts a log that has grown large aside, as `engine.log.1`.
    static func rotate(session: String) {
        var info = stat()
        let path = path(in: session)
        if stat(path, &info) == 0, info.st_size > rotationSize { rename(path, path + ".1") }
    }
}
