import Foundation
import TerminalKit
import Testing

/// Compares a screen with the text file of that name in `Golden/`, row by row.
///
/// `POPBENCH_RECORD=1` writes the file anew; read the difference before committing it.
func compareWithGolden(_ canvas: Canvas, named name: String) throws {
    try compareWithGolden(canvas.plainText(), file: "\(name).txt")
}

/// Compares any text with a file in `Golden/`, line by line.
func compareWithGolden(_ text: String, file name: String) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/\(name)")
    if ProcessInfo.processInfo.environment["POPBENCH_RECORD"] == "1" {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    let wanted = golden.split(separator: "\n", omittingEmptySubsequences: false)
    let found = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(found.count == wanted.count)
    for (row, pair) in zip(found, wanted).enumerated() {
        #expect(pair.0 == pair.1, "row \(row) of \(name)")
    }
}
