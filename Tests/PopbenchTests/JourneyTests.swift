import EngineLink
import Foundation
import Testing

/// Ways through the real program with a real engine: keys, and what has to come to stand on the screen.
///
/// Each can be watched: `popbench --recipe R --play FILE --watch`.
@Suite("Journeys", .serialized)
struct JourneyTests {
    private let tiny: TinySession
    private let recipe: String

    init() throws {
        tiny = try TinySession()
        recipe = try tiny.recipe([TinySession.popalign, TinySession.sft], steps: 1_000_000)
    }

    /// Plays a journey on a session, which is made where it is not there yet, and stops its engine.
    private func play(_ journey: String, session: String = "s") throws {
        let folder = tiny.folder(session)
        let outcome = try tiny.program.run(
            "--session", folder, "--recipe", recipe, "--play", Self.path(journey))
        _ = try tiny.program.run("stop", "--session", folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private static func path(_ journey: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Journeys/\(journey).journey").path
    }

    private func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    @Test("the fairest lane for a prompt is found with numbers, and all prompts are measured")
    func fairest() throws { try play("fairest") }

    @Test("a lane is forked with another beta, after a wrong one was refused")
    func fork() throws {
        try play("fork")
        let folders = [tiny.scratch.path, tiny.scratch.path + "/data/popbench/sessions"]
        let forks = folders.flatMap { folder in
            names(in: folder).filter { $0.hasPrefix("s-fork") }.map { "\(folder)/\($0)" }
        }
        #expect(forks.count == 1)
        for fork in forks { _ = try tiny.program.run("stop", "--session", fork) }
    }

    @Test("a figure is exported, lies where the screen says, and is an SVG")
    func export() throws {
        try play("export")
        let folder = tiny.folder("s") + "/exports"
        let files = names(in: folder)
        #expect(files.count == 1)
        let text = try String(contentsOfFile: "\(folder)/\(files.first ?? "")", encoding: .utf8)
        #expect(text.hasPrefix("<svg") && text.hasSuffix("</svg>\n"))
    }

    @Test("what cannot be is refused with a reason, at any size")
    func mistakes() throws { try play("mistakes") }

    @Test("the next day popbench comes back to the session, the prompt and the log")
    func nextDay() throws {
        let first = try tiny.program.run(
            "--recipe", recipe, "--play", Self.path("first-day"))
        #expect(first.status == 0, "\(first.errors)")
        let sessions = tiny.scratch.path + "/data/popbench/sessions"
        let name = try #require(names(in: sessions).first)
        _ = try tiny.program.run("stop", "--session", "\(sessions)/\(name)")
        let next = try tiny.program.run("--play", Self.path("next-day"))
        #expect(next.status == 0, "\(next.errors)")
        _ = try tiny.program.run("stop", "--session", "\(sessions)/\(name)")
    }
}
