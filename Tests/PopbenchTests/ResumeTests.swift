import BenchProtocol
import Foundation
import Testing
import TrainingEngine

/// The lines that a run without a screen printed.
private struct Lines {
    let events: [Event]

    init(_ outcome: Program.Outcome) throws {
        #expect(outcome.hasExited && outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.hasSuffix("}\n"))
        let lines = outcome.output.split(separator: "\n").map(String.init)
        for line in lines where !line.hasPrefix("{\"type\":\"") {
            Issue.record("a line does not begin with its type: \(line.prefix(80))")
        }
        events = try lines.map { try EventLine.decode($0) }
    }

    /// The names of the kinds of lines.
    var kinds: Set<String> {
        Set(
            events.compactMap { EventLine.text($0).split(separator: "\"").dropFirst(3).first }
                .map(String.init))
    }

    var steps: [StepMetrics] {
        events.compactMap { if case .step(let metrics) = $0 { metrics } else { nil } }
    }

    var evaluations: [Evaluation] {
        events.compactMap { if case .evaluation(let evaluation) = $0 { evaluation } else { nil } }
    }

    /// Step lines and evaluation lines in order, without what a clock puts into them.
    var timeless: [String] {
        events.compactMap { event in
            switch event {
            case .step(var metrics):
                (metrics.time, metrics.imagesPerSecond) = (.nan, .nan)
                return EventLine.text(.step(metrics))
            case .evaluation: return EventLine.text(event)
            default: return nil
            }
        }
    }
}

@Suite("Training without a screen", .serialized)
struct ResumeTests {
    private let tiny: TinySession

    init() throws { tiny = try TinySession() }

    private static let lanes = ["sft", "dpo", "popalign", "js", "alpha"]

    @Test(
        "forty steps are the same to the bit, whether or not a save and a new process lie between",
        arguments: ["schedule = \"cosine\"", "policy_ema = 0.9"])
    func resume(training: String) throws {
        let recipe = try tiny.recipe(
            [
                TinySession.sft, TinySession.dpo, TinySession.popalign, TinySession.jensenShannon,
                TinySession.alpha,
            ], steps: 60, training: training)
        let straight = try Lines(tiny.run("straight", recipe: recipe, steps: 40))
        let first = try Lines(tiny.run("parted", recipe: recipe, steps: 20))
        // From now on the session stands alone.
        try FileManager.default.removeItem(atPath: recipe)
        let second = try Lines(tiny.run("parted", steps: 20))

        #expect(straight.steps.count == 40 * Self.lanes.count)
        #expect(straight.evaluations.count == 4 * Self.lanes.count)
        #expect(first.timeless + second.timeless == straight.timeless)

        for lane in Self.lanes {
            let name = "checkpoints/step-000040/lanes/\(lane).safetensors"
            let whole = try tiny.scratch.bytes("straight/\(name)")
            #expect(try tiny.scratch.bytes("parted/\(name)") == whole, "\(lane)")
        }
        let names = tiny.scratch.names(in: "parted/checkpoints/step-000040/lanes")
        #expect(names == Self.lanes.map { "\($0).safetensors" }.sorted())
        #expect(try stored("parted") == stored("straight"))
    }

    /// What a session's database holds of its lanes, in lines.
    private func stored(_ name: String) throws -> [String] {
        let store = try SessionStore.open(at: tiny.folder(name))
        let metrics = try MetricsStore(path: store.metricsPath) { _ in }
        defer { try? metrics.close() }
        var lines: [String] = []
        for lane in Self.lanes {
            for quantity in ["loss", "implicit_accuracy", "gradient_norm", "fixed_loss"] {
                let request = CurveRequest(
                    lane: lane, quantity: quantity, firstStep: 0, lastStep: 100, points: 100)
                lines.append(EventLine.text(.curve(try metrics.curve(request))))
            }
            lines += try metrics.evaluations(lane: lane).map { EventLine.text(.evaluation($0)) }
        }
        lines += try metrics.lastHistograms().map { EventLine.text(.population($0)) }
        #expect(lines.count > 2 * Self.lanes.count)
        return lines
    }

    @Test("a run prints its events as lines, the type first, and takes the steps it was given")
    func lines() throws {
        let recipe = try tiny.recipe([TinySession.sft, TinySession.popalign], steps: 30)
        let lines = try Lines(tiny.run("lines", recipe: recipe, steps: 7))
        let expected: Set = ["state", "step", "field", "evaluation", "checkpoint", "goodbye"]
        #expect(lines.kinds.isSuperset(of: expected), "\(lines.kinds)")
        for lane in ["sft", "popalign"] {
            #expect(lines.steps.filter { $0.lane == lane }.map(\.step) == Array(1...7))
            #expect(lines.evaluations.filter { $0.lane == lane }.map(\.step) == [7])
        }
        #expect(lines.steps.allSatisfy { $0.loss.isFinite && $0.gradientNorm > 0 })
        #expect(lines.events.last == .goodbye(Goodbye(reason: "stopped", step: 7)))

        let none = try Lines(tiny.run("lines", steps: 0))
        #expect(none.steps.isEmpty)
        let rest = try Lines(tiny.run("lines", steps: 1000))
        #expect(rest.steps.filter { $0.lane == "sft" }.map(\.step) == Array(8...30))
        guard
            case .state(let last) = rest.events.last(where: {
                if case .state = $0 { true } else { false }
            })
        else {
            Issue.record("no state was told")
            return
        }
        #expect(last.savedStep == 30 && last.step == 30)
        let over = try Lines(tiny.run("lines", steps: 5))
        #expect(over.steps.isEmpty)
    }

    @Test("a run that is to evaluate prints the figures of the base and of every lane")
    func evaluate() throws {
        let recipe = try tiny.recipe([TinySession.sft])
        let outcome = try tiny.program.run(
            "run", "--headless", "--recipe", recipe, "--session", tiny.folder("measured"),
            "--steps", "2", "--evaluate")
        let lines = try Lines(outcome)
        let whole = lines.evaluations.filter { !$0.isOnFixedDraws }
        #expect(whole.map(\.lane) == ["base", "sft"])
        #expect(whole.map(\.step) == [0, 2])
        for evaluation in whole {
            let names = evaluation.figures.map(\.name)
            #expect(names.contains("discrepancy_gender"))
            #expect(names.contains("held_out_discrepancy_tone"))
            #expect(names.contains("identity_accuracy"))
        }
    }
}
