import BenchProtocol
import Foundation
import Testing
import TrainingEngine

@Suite("The log that a session keeps")
struct KeptLogTests {
    private func log(_ scratch: Scratch) -> KeptLog {
        KeptLog(folder: scratch.path, name: KeptLog.engineName)
    }

    private func line(_ message: String, _ time: Double = 1) -> LogLine {
        LogLine(level: .warning, message: message, time: time, diagnostic: .saturation)
    }

    @Test("What was told is there next time, with level, time and kind, marked as told before")
    func kept() throws {
        let scratch = Scratch()
        let first = log(scratch)
        #expect(first.lines.isEmpty)
        first.append(line("js is saturated", 7.5))
        first.append(LogLine(level: .error, message: "a\nb\u{1B}[31m", time: 8))
        let again = log(scratch).lines
        #expect(again == first.lines)
        #expect(again.map(\.message) == ["js is saturated", "a\nb\u{1B}[31m"])
        #expect(again.allSatisfy { $0.isEarlier })
        #expect(again[0].diagnostic == .saturation && again[0].time == 7.5)
    }

    @Test("The file stays small and the newest lines stay, however much is told")
    func bounded() throws {
        let scratch = Scratch()
        let kept = log(scratch)
        let long = String(repeating: "x", count: 20_000)
        for number in 1...1500 { kept.append(line("\(number) \(long)", Double(number))) }
        let size = DurableFile.bytes(at: "\(scratch.path)/\(KeptLog.engineName)")
        #expect(size <= 600_000 && size > 1000)
        for lines in [kept.lines, log(scratch).lines] {
            #expect(lines.count == KeptLog.mostLines && lines.last?.time == 1500)
            #expect(lines.allSatisfy { $0.message.count < 1100 })
        }
    }

    @Test("A torn last line is left out, and what is told after it is not lost with it")
    func torn() throws {
        let scratch = Scratch()
        log(scratch).append(line("whole"))
        let path = URL(fileURLWithPath: "\(scratch.path)/\(KeptLog.engineName)")
        let whole = try Data(contentsOf: path)
        for count in 0..<whole.count {
            try (whole + whole.prefix(count)).write(to: path)
            let kept = log(scratch)
            #expect(kept.lines.first?.message == "whole")
            kept.append(line("after"))
            let messages = log(scratch).lines.map(\.message)
            #expect(messages.first == "whole" && messages.last == "after")
            #expect(messages.count <= 3)
        }
    }

    @Test("Whatever stands in the file does no harm")
    func hostile() throws {
        let scratch = Scratch()
        let path = URL(fileURLWithPath: "\(scratch.path)/\(KeptLog.engineName)")
        let deep = String(repeating: "[", count: 100_000)
        let texts = [
            "", "\n\n\n", "{}", deep, "{\"type\":\"hello\"}",
            "{\"type\":\"log\",\"level\":\"fatal\",\"message\":\"x\",\"time\":1}",
            "{\"type\":\"log\",\"level\":\"info\",\"message\":\"x\",\"time\":null}",
            String(repeating: "\u{0}", count: 2_000_000),
        ]
        for text in texts {
            try Data((text + "\n").utf8).write(to: path)
            let kept = log(scratch)
            #expect(kept.lines.isEmpty)
            kept.append(line("still"))
            #expect(log(scratch).lines.map(\.message) == ["still"])
        }
        try Data((0..<99_999).map { UInt8(truncatingIfNeeded: $0 &* 37) }).write(to: path)
        #expect(log(scratch).lines.isEmpty)
    }

    @Test("A folder, a pipe, a link or no folder at all in the file's place is no lines")
    func noFile() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/\(KeptLog.engineName)"
        func check() {
            let kept = log(scratch)
            kept.append(line("here at least"))
            #expect(kept.lines.count == 1 && log(scratch).lines.isEmpty)
        }
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        check()
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        check()
        try FileManager.default.removeItem(atPath: path)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/other"))
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "\(scratch.path)/other")
        check()
        #expect(try String(contentsOfFile: "\(scratch.path)/other", encoding: .utf8) == "mine")
        let nowhere = KeptLog(folder: "\(scratch.path)/none", name: "log.jsonl")
        nowhere.append(line("x"))
        #expect(nowhere.lines.count == 1)
    }

    @Test("The prompts looked at are remembered, a fork takes them over, damage is none")
    func prompts() throws {
        let scratch = Scratch()
        let store = try SessionStore.create(
            at: "\(scratch.path)/s", recipe: .small, created: 1)
        #expect(store.prompts() == SessionPrompts())
        let chosen = SessionPrompts(selected: "a pilot", typed: ["a green cat"])
        try store.write(chosen)
        #expect(store.prompts() == chosen)
        let fork = try store.fork(
            to: "\(scratch.path)/f", plan: ForkPlan(step: 0), created: 2
        ).session
        #expect(fork.prompts() == chosen)
        for text in ["", "{", "[]", "{\"typed\":7}", String(repeating: "x", count: 100_000)] {
            try scratch.write("s/prompts.json", text)
            #expect(store.prompts() == SessionPrompts())
        }
        let plain = try store.fork(
            to: "\(scratch.path)/g", plan: ForkPlan(step: 0), created: 2
        ).session
        #expect(!scratch.has("g/prompts.json") && plain.prompts() == SessionPrompts())
    }

    @Test("A list tells how much was exported and what came last")
    func exports() throws {
        let scratch = Scratch()
        let store = try SessionStore.create(
            at: "\(scratch.path)/s", recipe: .small, created: 1)
        #expect(SessionStore.summary(store.path).exports == nil)
        for name in ["a.csv", "b.svg", ".hidden", "whole/curves.csv"] {
            try scratch.write("s/exports/\(name)", "x")
        }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: 100)],
            ofItemAtPath: "\(store.path)/exports/a.csv")
        let found = try #require(SessionStore.summary(store.path).exports)
        #expect(found.files == 2 && found.folders == 1 && found.newest == "a.csv")
    }
}
