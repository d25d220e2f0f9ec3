import Figures
import Foundation
import Pictures
import TerminalKit
import Workbench

/// Where the screen's exports go: a session's own folder, under names that tell them apart.
enum Exports {
    /// Writes a screen as SVG and returns its path.
    static func write(_ canvas: Canvas, _ theme: Theme, session: String) throws -> String {
        try write(Data(canvas.svg(theme: theme).utf8), name: "screen", ending: "svg", session)
    }

    /// Writes what a view exports and returns its path.
    static func write(_ file: ExportedFile, session: String) throws -> String {
        let path = try freshPath(file.name, file.format.rawValue, session)
        switch (file.content, file.format) {
        case (.text(let text), _): try store(Data(text.utf8), at: path)
        case (.figure(let figure), .png): try figure.picture(scale: 2).writePNG(to: path)
        case (.figure(let figure), _): try store(Data(figure.svg().utf8), at: path)
        }
        return path
    }

    private static func write(
        _ data: Data, name: String, ending: String, _ session: String
    ) throws -> String {
        let path = try freshPath(name, ending, session)
        try store(data, at: path)
        return path
    }

    private static func store(_ data: Data, at path: String) throws {
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// A path that no earlier export has, dated to the second.
    private static func freshPath(
        _ name: String, _ ending: String, _ session: String
    ) throws -> String {
        let folder = session + "/exports"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let stamp = ISO8601DateFormatter().string(from: Date()).replacingOccurrences(
            of: ":", with: "-")
        let base = "\(folder)/\(name)-\(stamp)"
        var path = "\(base).\(ending)"
        var count = 1
        while FileManager.default.fileExists(atPath: path) {
            count += 1
            path = "\(base)-\(count).\(ending)"
        }
        return path
    }
}
