import Foundation
import Testing

@Suite("popbench doctor", .serialized)
struct DoctorCommandTests {
    /// What the tests read of `doctor --json`.
    private struct Diagnosis: Decodable {
        struct Check: Decodable {
            var name: String
            var status: String
            var summary: String
            var advice: String?
            var details: [String: String]
        }
        var status: String
        var version: String
        var checks: [Check]

        subscript(name: String) -> Check? { checks.first { $0.name == name } }
    }

    private func diagnose(_ program: Program) throws -> (Diagnosis, Int32) {
        let outcome = try program.run("doctor", "--json")
        try #require(outcome.hasExited && outcome.errors.isEmpty, "\(outcome)")
        return (
            try JSONDecoder().decode(Diagnosis.self, from: Data(outcome.output.utf8)),
            outcome.status
        )
    }

    @Test("the doctor looks at everything, and its status is that of the worst finding")
    func everything() throws {
        let (diagnosis, status) = try diagnose(Program(try Scratch()))
        #expect(
            diagnosis.checks.map(\.name) == [
                "terminal", "colours", "characters", "keys", "theme files", "kernel", "cores",
                "memory", "font", "emoji table", "pictures", "base model", "classifier",
                "recipes", "themes", "sessions", "sockets",
            ])
        for check in diagnosis.checks {
            #expect(!check.summary.isEmpty && !check.summary.contains("\n"))
            #expect(["ok", "warning", "problem"].contains(check.status))
            #expect(check.status != "warning" || check.advice != nil, "\(check.name)")
        }
        let hasProblem = diagnosis.checks.contains { $0.status == "problem" }
        #expect((status == 1) == hasProblem && (diagnosis.status == "problem") == hasProblem)
        // Standard output is a file here.
        #expect(diagnosis["terminal"]?.status == "warning")
        #expect(diagnosis["terminal"]?.advice?.contains("--headless") == true)
        #expect(diagnosis["font"]?.status == "ok")
        #expect(diagnosis["font"]?.details["sha256"]?.count == 64)
        #expect(diagnosis["sessions"]?.summary.contains("/data/popbench/sessions") == true)
        #expect(Double(diagnosis["kernel"]?.details["gflops_a_core"] ?? "0") ?? 0 > 0)
    }

    @Test("the text has a line a finding, and what to do under those that are not ok")
    func text() throws {
        let outcome = try Program(try Scratch()).run("doctor")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines[0].hasPrefix("popbench "))
        #expect(lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("warning ") }.count >= 10)
        #expect(lines.contains { $0.contains("-> fine for popbench run --headless") })
        #expect(!outcome.output.contains("\u{1B}"))
    }

    @Test("a bare locale is replaced, a monochrome terminal is told of")
    func localeAndColours() throws {
        var program = Program(try Scratch())
        program.environment["LANG"] = nil
        program.environment["TERM"] = "vt100"
        let (diagnosis, _) = try diagnose(program)
        #expect(diagnosis["characters"]?.status == "ok")
        #expect(diagnosis["characters"]?.summary.contains("C.UTF-8") == true)
        #expect(diagnosis["colours"]?.details["depth"] == "mono")
        #expect(diagnosis["colours"]?.status == "warning")
        program.environment["TERM"] = "xterm-256color"
        #expect(try diagnose(program).0["colours"]?.details["depth"] == "palette256")
        program.environment["NO_COLOR"] = "1"
        #expect(try diagnose(program).0["colours"]?.advice?.contains("NO_COLOR") == true)
    }

    @Test("what is missing is a problem that says what to do, and the exit status is 1")
    func missing() throws {
        let scratch = try Scratch()
        // Away from the checkout, and with nothing beside it.
        try FileManager.default.createDirectory(
            atPath: scratch.path + "/bin", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Program.built, toPath: scratch.path + "/bin/popbench")
        var program = Program(scratch)
        program.path = scratch.path + "/bin/popbench"
        program.environment["POPBENCH_SHARE"] = nil
        program.environment["POPBENCH_EMOJI_FONT"] = "/nowhere/font.ttf"
        // A file where a folder should be stops even the superuser.
        try scratch.write("", to: "data")
        program.environment["XDG_DATA_HOME"] = scratch.path + "/data"
        let (diagnosis, status) = try diagnose(program)
        #expect(status == 1 && diagnosis.status == "problem")
        for name in ["font", "pictures"] {
            #expect(diagnosis[name]?.status == "problem")
            #expect(diagnosis[name]?.summary.contains("fonts-noto-color-emoji") == true)
        }
        for name in ["base model", "classifier", "recipes", "themes"] {
            #expect(diagnosis[name]?.status == "problem")
            #expect(diagnosis[name]?.summary.contains("\(scratch.path)/share/popbench") == true)
            #expect(diagnosis[name]?.advice?.contains("POPBENCH_SHARE") == true)
        }
        #expect(diagnosis["sessions"]?.status == "problem")
        #expect(diagnosis["sessions"]?.advice?.contains("XDG_DATA_HOME") == true)
    }
}
