import BenchProtocol
import Foundation
import Testing
import TrainingEngine

@Suite("Forked sessions in training, and the commands about sessions", .serialized)
struct ForkTests {
    private let tiny: TinySession

    init() throws { tiny = try TinySession() }

    private var sessions: String { tiny.scratch.path + "/data/popbench/sessions" }
    private static let lanes = ["sft", "popalign", "js"]

    private func weights(_ session: String, _ lane: String, step: Int) throws -> Data {
        try Data(
            contentsOf: URL(
                fileURLWithPath: "\(session)/checkpoints/step-0000\(step)/lanes/\(lane).safetensors"
            ))
    }

    /// What was logged of a lane, without what a clock puts into it.
    private func logged(_ session: String, _ lane: String) throws -> [String] {
        let metrics = try MetricsStore(path: "\(session)/metrics.sqlite")
        defer { try? metrics.close() }
        return try metrics.metrics(lane: lane, steps: 0...1000).map { row in
            var row = row
            (row.time, row.imagesPerSecond) = (.nan, .nan)
            row.lane = "lane"
            return EventLine.text(.step(row))
        }
    }

    @Test(
        "forking and training on is, to the bit, never having forked",
        arguments: ["", "policy_ema = 0.9"])
    func equality(training: String) throws {
        let recipe = try tiny.recipe(
            [TinySession.sft, TinySession.popalign, TinySession.jensenShannon], steps: 40,
            autosave: 10, training: training)
        #expect(try tiny.run("straight", recipe: recipe, steps: 30).status == 0)
        let straight = tiny.folder("straight")
        let made = try tiny.program.run(
            "sessions", "fork", straight, "--name", "same", "--step", "20", "--json")
        #expect(made.status == 0, "\(made.errors)")
        let changed = try tiny.program.run(
            "sessions", "fork", straight, "--name", "other", "--step", "20", "--lane", "popalign",
            "--set", "beta=5", "--set", "learning_rate=2e-3")
        #expect(changed.status == 0, "\(changed.errors)")
        for name in ["same", "other"] {
            let run = try tiny.program.run(
                "run", "--headless", "--session", name, "--steps", "10")
            #expect(run.status == 0, "\(run.errors)")
        }
        for lane in Self.lanes {
            #expect(
                try weights("\(sessions)/same", lane, step: 30)
                    == weights(straight, lane, step: 30), "\(lane)")
            #expect(try logged("\(sessions)/same", lane) == logged(straight, lane))
        }
        // The lane as it was beside it goes on as ever; the changed one goes another way.
        #expect(
            try weights("\(sessions)/other", "popalign", step: 30)
                == weights(straight, "popalign", step: 30))
        let calm = "popalign-beta-5"
        #expect(
            try weights("\(sessions)/other", calm, step: 30)
                != weights(straight, "popalign", step: 30))
        let history = try logged("\(sessions)/other", calm)
        #expect(try history.prefix(20) == logged(straight, "popalign").prefix(20))
        #expect(try history.count == 30 && history.last != logged(straight, "popalign").last)
    }

    @Test("a session is noted on, tagged, renamed, deleted, brought back and exported by commands")
    func commands() throws {
        let recipe = try tiny.recipe([TinySession.sft, TinySession.popalign], steps: 4)
        let made = try tiny.program.run(
            "run", "--headless", "--session", "one", "--recipe", recipe, "--steps", "2")
        #expect(made.status == 0, "\(made.errors)")
        func run(_ arguments: String...) throws -> Program.Outcome {
            try tiny.program.run(["sessions"] + arguments)
        }
        #expect(try run("note", "one", "worth a look").status == 0)
        #expect(try run("note", "one").output == "worth a look\n")
        #expect(try run("tag", "one", "fair", "slow").output == "fair slow\n")
        #expect(try run("tag", "one", "--remove", "slow").output == "fair\n")
        #expect(try run("rename", "one", "two").status == 0)
        let list = try run("list")
        #expect(list.output.contains("two") && list.output.contains("#fair"))
        #expect(list.output.contains("note: worth a look"))
        #expect(try run("rename", "two", "a b").isRefusal)
        #expect(try run("fork", "two", "--step", "3").isRefusal)
        #expect(try run("fork", "two", "--lane", "sft").status == 64)
        let fork = try run("fork", "two", "--lane", "popalign", "--set", "beta=x")
        #expect(fork.isRefusal && fork.errors.contains("beta"), "\(fork.errors)")
        let ended = try run(
            "fork", "two", "--lane", "popalign", "--set", "beta=7", "--beside", "all")
        #expect(ended.output.contains("made two-fork, forked from two at step 2"))
        #expect(try run("trash", "two").status == 0)
        #expect(try !run("list").output.contains("worth a look"))
        #expect(try run("list", "--trash").output.contains("two"))
        #expect(try run("restore", "three").isRefusal)
        #expect(try run("restore", "two").status == 0)
        let out = tiny.scratch.path + "/out.tar"
        let exported = try run("export", "two", "--output", out)
        #expect(exported.status == 0 && exported.output.contains("curves.csv"))
        #expect(try run("export", "two", "--output", out).isRefusal)
        let json = try run("--json")
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(Set(rows.compactMap { $0["name"] as? String }) == ["two", "two-fork"])
        let forked = try #require(rows.first { $0["name"] as? String == "two-fork" })
        let lineage = try #require(forked["lineage"] as? [String: Any])
        #expect(lineage["session"] as? String == "two" && lineage["step"] as? Int == 2)
        #expect((forked["lanes"] as? [String]) == ["sft", "popalign", "popalign-beta-7"])
    }
}
