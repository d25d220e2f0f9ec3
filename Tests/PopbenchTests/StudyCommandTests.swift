import Foundation
import Testing

@Suite("Studies from the command line")
struct StudyCommandTests {
    private func sweepFile(_ tiny: TinySession, _ more: String = "") throws -> String {
        _ = try tiny.recipe([TinySession.sft], named: "base.toml")
        try tiny.scratch.write(
            """
            [sweep]
            name = "tiny"
            recipe = "base"
            seeds = [1, 2]
            evaluate_at = [2]
            criterion = "discrepancy"
            [fixed]
            steps = 4
            \(more)
            [vary]
            objective = ["sft", "popalign"]
            [confirm]
            seeds = [5]
            """, to: "tiny.toml")
        return tiny.scratch.path + "/tiny.toml"
    }

    @Test("a sweep leaves a table, pages and a plot, and does nothing twice")
    func sweep() throws {
        let tiny = try TinySession()
        let file = try sweepFile(tiny)
        let folder = tiny.scratch.path + "/out"
        let first = try tiny.program.run("sweep", file, "--out", folder, "--json")
        #expect(first.status == 0, "\(first.errors)")
        let lines = first.output.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("{\"type\":\"recorded\"") }.count == 12)
        for line in lines {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
        }
        #expect(
            tiny.scratch.names(in: "out") == [
                "README.md", "figures.csv", "prompts.csv", "table.jsonl", "trade-off.png",
                "trade-off.svg", "units",
            ])
        let table = try tiny.scratch.bytes("out/table.jsonl")
        let page = try tiny.scratch.bytes("out/README.md")
        try FileManager.default.removeItem(atPath: folder + "/README.md")
        let second = try tiny.program.run("sweep", file, "--out", folder)
        #expect(second.status == 0 && second.errors.contains("10 of 10"))
        #expect(try tiny.scratch.bytes("out/table.jsonl") == table)
        #expect(try tiny.scratch.bytes("out/README.md") == page)
        try FileManager.default.removeItem(atPath: folder + "/README.md")
        #expect(
            try tiny.program.run("sweep", file, "--out", folder, "--page-only").status == 0)
        #expect(try tiny.scratch.bytes("out/README.md") == page)
    }

    @Test("a dry run says what would be trained, and trains nothing")
    func dryRun() throws {
        let tiny = try TinySession()
        let outcome = try tiny.program.run("sweep", try sweepFile(tiny), "--dry-run")
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("001-sft") && lines[2].hasPrefix("tiny: 2"))
        #expect(!FileManager.default.fileExists(atPath: tiny.scratch.path + "/results"))
    }

    @Test("bad input is one line that says where")
    func refusals() throws {
        let tiny = try TinySession()
        let bad = try tiny.program.run("sweep", try sweepFile(tiny, "learning_rate = \"fast\""))
        #expect(bad.isRefusal && bad.errors.contains("tiny.toml:9: "), "\(bad.errors)")
        let missing = try tiny.program.run("sweep", tiny.scratch.path + "/none.toml")
        #expect(missing.isRefusal && missing.errors.contains("none.toml"))
        let empty = try tiny.program.run(
            "reproduce", "popalign", "--page-only", "--out", tiny.scratch.path + "/nothing")
        #expect(empty.isRefusal && empty.errors.contains("there is no study"))
        let unknown = try tiny.program.run("reproduce", "everything")
        #expect(unknown.status == 64 && unknown.errors.contains("popalign and divergences"))
        let large = try sweepFile(tiny)
        let many = (1...30).map { "\($0)e-6" }.joined(separator: ", ")
        let text = try String(contentsOfFile: large, encoding: .utf8)
            .replacing("[vary]", with: "[vary]\nlearning_rate = [\(many)]")
        try tiny.scratch.write(text, to: "tiny.toml")
        let refused = try tiny.program.run("sweep", large)
        #expect(refused.isRefusal && refused.errors.contains("60 lanes"), "\(refused.errors)")
    }
}
