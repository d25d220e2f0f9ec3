import BenchProtocol
import Foundation
import Populations
import Testing

@Suite("popbench with preference pairs", .serialized)
struct PreferenceCommandTests {
    private static let guarded = """
        [[lane]]
        name = "guarded"
        objective = "diffusion-dpo"
        beta = 50
        safeguard = true
        learning_rate = 1e-3
        warmup_steps = 5
        """

    private static func preferences(_ source: String) -> String {
        "[preferences]\nsource = \"\(source)\"\npairs_per_prompt = 3\n"
    }

    private func events(_ output: String) throws -> [Event] {
        try output.split(separator: "\n").map { try EventLine.decode(String($0)) }
    }

    @Test("a session collects pairs, trains on them, and rate and another session read its folder")
    func collected() throws {
        let tiny = try TinySession()
        let recipe = try tiny.recipe(
            [TinySession.popalign, Self.guarded], training: Self.preferences("collect"))
        let outcome = try tiny.run("taste", recipe: recipe, steps: 2)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let steps = try events(outcome.output).compactMap { event -> StepMetrics? in
            if case .step(let metrics) = event { metrics } else { nil }
        }
        #expect(steps.map(\.lane) == ["popalign", "guarded", "popalign", "guarded"])
        #expect(steps.allSatisfy { $0.safeguardScale.isNaN == ($0.lane == "popalign") })
        #expect(steps.allSatisfy { $0.safeguardScale.isNaN || (0...1).contains($0.safeguardScale) })
        let folder = tiny.folder("taste") + "/preferences"
        let pairs = try PreferencePairs(loading: folder)
        #expect(pairs.pairs.map(\.caption) == ["a farmer", "an artist"].flatMap { [$0, $0, $0] })
        #expect(pairs.ties == 0 && pairs.pairs.allSatisfy { $0.first.rating != nil })

        let rated = try tiny.program.run(
            "rate", folder, "--output", "again", "--temperature", "0", "--taste-weight", "3")
        #expect(rated.status == 0, "\(rated.errors)")
        #expect(rated.output.contains("6 pairs, 12 pictures rated"))
        #expect(rated.output.contains("against the score: 0.0 %"))
        let again = tiny.scratch.path + "/again"
        #expect(try PreferencePairs(loading: again).pairs.count == 6)

        let second = try tiny.recipe(
            [TinySession.dpo], training: Self.preferences(again), named: "second.toml")
        let other = try tiny.run("second", recipe: second, steps: 1)
        #expect(other.status == 0, "\(other.errors)")
        #expect(tiny.scratch.names(in: "second").contains("preferences") == false)
    }

    @Test("rate takes a folder of pictures, and says in which line one is wrong")
    func pictures() throws {
        let tiny = try TinySession()
        let good = try tiny.program.run("rate", "populations")
        #expect(good.status == 0 && good.output.contains("12 pictures rated"), "\(good.errors)")
        let both = try tiny.program.run("rate", "populations", "--output", "x")
        #expect(both.status != 0 && both.errors.contains("pairs"))
        try FileManager.default.createDirectory(
            atPath: tiny.scratch.path + "/bad", withIntermediateDirectories: true)
        try tiny.scratch.write(
            "caption,jpg_0,jpg_1,label_0,label_1\na judge,no.png,no.png,1,0\n",
            to: "bad/metadata.csv")
        let bad = try tiny.program.run("rate", "bad")
        #expect(bad.isRefusal && bad.errors.contains("bad/metadata.csv:2: no file \"no.png\""))
        let weights = try tiny.program.run("rate", "populations", "--temperature", "nan")
        #expect(weights.status != 0 && weights.errors.contains("temperature"))
    }

    @Test("a lane that training ruins is told of as a diagnostic and as a warning in the log")
    func diagnostics() throws {
        let tiny = try TinySession()
        let recipe = try tiny.recipe([
            TinySession.dpo,
            """
            [[lane]]
            name = "wild"
            objective = "popalign"
            beta = 50
            learning_rate = 0.5
            warmup_steps = 5
            """,
        ])
        let told = try events(tiny.run("wild", recipe: recipe, steps: 60).output)
        let diagnostics = told.compactMap { event -> Diagnostic? in
            if case .diagnostic(let diagnostic) = event { diagnostic } else { nil }
        }
        let warnings = told.compactMap { event -> String? in
            if case .log(let line) = event, line.level == .warning { line.message } else { nil }
        }
        #expect(diagnostics.contains { $0.lane == "wild" })
        for diagnostic in diagnostics where !diagnostic.cleared {
            #expect(warnings.contains(diagnostic.message))
            #expect(diagnostic.message.hasPrefix("\(diagnostic.lane): "))
        }
        // Of one lane and kind, beginning and end take turns.
        for (_, series) in Dictionary(grouping: diagnostics, by: { "\($0.lane) \($0.kind)" }) {
            #expect(series.enumerated().allSatisfy { $0.element.cleared == ($0.offset % 2 == 1) })
        }
    }
}
