import BenchProtocol
import Foundation
import Testing

@Suite("popbench evaluate", .serialized)
struct EvaluateCommandTests {
    private let session: TinySession

    init() throws { session = try TinySession() }

    private func evaluate(_ more: String...) throws -> Program.Outcome {
        try session.program.run(
            ["evaluate", "--model", session.model, "--pictures", "2", "--steps", "1"] + more)
    }

    @Test("the table groups the figures and sets both sides of the professions next to each other")
    func table() throws {
        let outcome = try evaluate()
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        var last = -1
        for group in ["FAIRNESS", "MATCH", "QUALITY", "DIVERSITY", "JUDGE"] {
            let place = try #require(lines.firstIndex { $0.hasPrefix(group) })
            #expect(place > last)
            #expect(lines[place].contains("trained on") && lines[place].contains("held out"))
            last = place
        }
        #expect(!outcome.output.contains("OTHER"))
        let gender = try #require(lines.first { $0.hasPrefix("  discrepancy_gender ") })
        #expect(gender.contains("n 14") && gender.contains("n 6"))
        #expect(lines.contains { $0.hasPrefix("  text_image_score ") })
        // What noise shows is nothing that an evaluator could be sure of.
        #expect(lines.contains { $0.hasPrefix("  unsure_share ") && $0.contains("!") })
        #expect(outcome.errors.contains("not to be trusted"))
        #expect(outcome.errors.contains("kappa_gender says nothing"))
    }

    @Test("the object has every figure, with null where there was nothing to measure")
    func object() throws {
        let outcome = try evaluate("--json")
        #expect(outcome.status == 0)
        let line = try #require(outcome.output.split(separator: "\n").first)
        guard case .evaluation(let evaluation) = try EventLine.decode(String(line)) else {
            Issue.record("no evaluation: \(line)")
            return
        }
        #expect(evaluation.figures.contains { $0.name == "held_out_identity_text_image_score" })
        #expect(evaluation.figures.contains { $0.name == "kappa_tone" })
        #expect(Set(evaluation.figures.map(\.name)).count == evaluation.figures.count)
        #expect(!outcome.output.contains("nan"))
    }
}
