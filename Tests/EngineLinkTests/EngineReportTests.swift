import BenchProtocol
import EngineLink
import Foundation
import Testing

@Suite("What an engine says of itself in a file")
struct EngineReportTests {
    private func folder() throws -> String {
        let path = NSTemporaryDirectory() + "report-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func progress(_ task: String, _ done: Int, _ total: Int) -> Event {
        .progress(
            TaskProgress(task: task, done: done, total: total, secondsLeft: 9, message: ""))
    }

    private func take(_ event: Event, _ report: inout EngineReport) -> Bool { report.take(event) }

    @Test("it follows states and tasks, and is read as it was written")
    func follows() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(EngineReport.read(session: folder) == nil)
        var report = EngineReport(pid: 4711)
        let state = SessionState(
            phase: .training, session: "s", step: 131, endStep: 300, lanes: [], prompts: [],
            selectedPrompt: "", stepsPerSecond: 1, imagesPerSecond: 1, secondsLeft: 169,
            savedStep: 100, savedAt: 1, kernel: "plain")
        #expect(take(.state(state), &report))
        #expect(!take(.state(state), &report), "nothing new")
        #expect(take(progress("evaluate", 3, 10), &report))
        #expect(!take(progress("sample", 1, 1), &report), "another task is over")
        try report.write(session: folder)
        #expect(EngineReport.read(session: folder) == report)
        #expect(report.step == 131 && report.endStep == 300 && report.secondsLeft == 169)
        #expect(report.task?.name == "evaluate" && report.task?.done == 3)
        #expect(take(progress("evaluate", 10, 10), &report) && report.task == nil)
        EngineReport.remove(session: folder)
        #expect(EngineReport.read(session: folder) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test("a file that makes no sense is no report")
    func hostile() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = URL(fileURLWithPath: folder + "/status.json")
        let good =
            "{\"pid\":1,\"phase\":\"training\",\"step\":5,\"end_step\":9,\"time\":1.0}"
        try Data(good.utf8).write(to: path)
        #expect(EngineReport.read(session: folder)?.step == 5)
        for (what, other) in [
            ("training", "sleeping"), ("5", "-5"), ("5", "10"), ("5", "\"5\""), ("}", ""),
            ("}", ",\"task\":{\"name\":\"x\",\"done\":3,\"total\":2}}"),
            ("1.0", String(repeating: "9", count: 5000)),
        ] {
            let text = good.replacingOccurrences(of: what, with: other)
            try Data(text.utf8).write(to: path)
            #expect(EngineReport.read(session: folder) == nil, "\(text.prefix(100))")
        }
    }
}
