import Foundation
import Testing
import Workbench

@Suite("The page of keys")
struct KeysPageTests {
    /// `POPBENCH_RECORD=1` writes the table into the page.
    @Test("docs/workbench-keys.md has the standard table as it is")
    func table() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/workbench-keys.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(page.range(of: "<!-- keys -->\n"))
        let end = try #require(page.range(of: "<!-- /keys -->"))
        let table = KeyTable.standard.markdown()
        if ProcessInfo.processInfo.environment["POPBENCH_RECORD"] == "1" {
            let written = page[..<start.upperBound] + table + page[end.lowerBound...]
            try String(written).write(to: file, atomically: true, encoding: .utf8)
            return
        }
        #expect(page[start.upperBound..<end.lowerBound] == table)
    }
}
