import BenchProtocol
import Foundation
import Testing
import TrainingEngine

@Suite("Forks of sessions")
struct SessionForkTests {
    private struct Refused: Error {}

    private static var recipe: Recipe {
        var recipe = Recipe.small
        recipe.lanes.append(RecipeLane.preset(name: "sft", objective: "sft"))
        return recipe
    }

    private func weights(_ lane: String, _ step: Int) -> CheckpointFile {
        let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ step &+ lane.count) }
        return CheckpointFile(name: "lanes/\(lane).safetensors", bytes: bytes)
    }

    /// A session with checkpoints of steps 10 and 20, and measurements to step 25.
    private func session(_ scratch: Scratch, _ name: String = "source") throws -> SessionStore {
        let store = try SessionStore.create(
            at: "\(scratch.path)/\(name)", recipe: Self.recipe, created: 5)
        for step in [10, 20] {
            _ = try store.save(
                step: step, contents: ["popalign", "sft"].map { weights($0, step) },
                facts: ["kernel": "plain"], recipe: Self.recipe, created: Double(step))
        }
        let metrics = try MetricsStore(path: store.metricsPath)
        for step in 1...25 {
            for lane in ["popalign", "sft"] {
                var row = StepMetrics(lane: lane, step: step)
                row.loss = Double(step) + (lane == "sft" ? 0.5 : 0)
                metrics.record(row)
            }
        }
        for (lane, step) in [("base", 0), ("popalign", 20), ("sft", 25)] {
            metrics.record(
                Evaluation(
                    lane: lane, step: step,
                    figures: [
                        .init(name: "discrepancy_gender", value: 0.4, low: 0.3, high: 0.5, n: 9),
                        .init(name: "discrepancy_tone", value: 0.2, low: 0.1, high: 0.3, n: 9),
                    ]))
            metrics.record(
                PopulationHistogram(
                    lane: lane, prompt: "a pilot", step: step, attribute: "gender",
                    classes: ["man", "woman"], counts: [1, 2], discrepancy: 0.1,
                    meanConfidence: 0.9))
        }
        try metrics.close()
        try scratch.write("\(name)/populations/metadata.csv", "x")
        try scratch.write("\(name)/populations/winners/1.png", "picture")
        return store
    }

    private func fork(
        _ store: SessionStore, _ scratch: Scratch, _ plan: ForkPlan = ForkPlan(),
        _ name: String = "fork"
    ) throws -> SessionStore {
        try store.fork(to: "\(scratch.path)/\(name)", plan: plan, created: 99).session
    }

    @Test("An unchanged fork has the newest checkpoint's bytes, the populations and the history")
    func unchanged() throws {
        let scratch = Scratch()
        let source = try session(scratch)
        let fork = try fork(source, scratch)
        let record = try fork.record()
        #expect(record.name == "fork" && record.created == 99)
        #expect(record.lineage == SessionStore.Lineage(session: "source", step: 20))
        #expect(record.lineage?.sentence == "forked from source at step 20")
        var expected = Self.recipe
        expected.session.name = "fork"
        #expect(try fork.recipe() == expected)
        let old = try #require(try source.latestCheckpoint().checkpoint)
        let new = try #require(try fork.latestCheckpoint().checkpoint)
        #expect(new.step == 20 && new.facts == ["kernel": "plain"])
        for lane in ["popalign", "sft"] {
            let name = "lanes/\(lane).safetensors"
            let bytes = try DurableFile.read(try #require(new.path(of: name)), limit: 9999)
            #expect(bytes == (try DurableFile.read(old.path(of: name)!, limit: 9999)))
        }
        #expect(scratch.has("fork/populations/winners/1.png"))
        let metrics = try MetricsStore(path: fork.metricsPath)
        defer { try? metrics.close() }
        #expect(metrics.openingWarning == nil)
        for lane in ["popalign", "sft"] {
            let kept = try metrics.metrics(lane: lane, steps: 0...100)
            #expect(kept.map(\.step) == Array(1...20))
        }
        #expect(try metrics.evaluations().map(\.lane) == ["base", "popalign"])
        // The source is as it was.
        let before = try MetricsStore(path: source.metricsPath)
        defer { try? before.close() }
        #expect(try before.metrics(lane: "sft", steps: 0...100).count == 25)
    }

    @Test("A changed lane takes weights and history under its new name; others are left out")
    func changed() throws {
        let scratch = Scratch()
        let source = try session(scratch)
        var recipe = try source.recipe()
        var lane = recipe.lanes[0]
        lane.name = "calm"
        lane.beta = 500
        recipe.lanes = [recipe.lanes[0], lane]
        let fork = try fork(
            source, scratch, ForkPlan(step: 10, recipe: recipe, origins: ["calm": "popalign"]))
        let checkpoint = try #require(try fork.latestCheckpoint().checkpoint)
        #expect(checkpoint.step == 10)
        #expect(
            checkpoint.files.sorted() == [
                "lanes/calm.safetensors", "lanes/popalign.safetensors", "recipe.toml",
            ])
        let changes = try #require(try fork.record().lineage?.changes)
        #expect(
            changes == ["calm (from popalign): beta 2000 -> 500", "without lane sft"])
        let metrics = try MetricsStore(path: fork.metricsPath)
        defer { try? metrics.close() }
        let lost = try metrics.metrics(lane: "sft", steps: 0...100)
        #expect(lost.isEmpty)
        let calm = try metrics.metrics(lane: "calm", steps: 0...100)
        #expect(calm.map(\.loss) == (1...10).map(Double.init))
        let curve = try metrics.curve(
            CurveRequest(lane: "calm", quantity: "loss", firstStep: 0, lastStep: 99, points: 2))
        #expect(curve.buckets.last?.maximum == 10)
    }

    @Test("Every quantity, over all timesteps and by quarters, is inherited from the first step on")
    func everyCurve() throws {
        let scratch = Scratch()
        let source = try session(scratch)
        let own: [(String, WritableKeyPath<StepMetrics, Double>)] = [
            ("loss", \.loss), ("implicit_accuracy", \.implicitAccuracy), ("margin", \.margin),
            ("winner_log_ratio", \.winnerLogRatio), ("loser_log_ratio", \.loserLogRatio),
            ("policy_error", \.policyError), ("reference_error", \.referenceError),
            ("offset", \.offset), ("kl_proxy", \.klProxy), ("gradient_norm", \.gradientNorm),
            ("saturated", \.saturated), ("capped", \.capped),
            ("learning_rate", \.learningRate), ("images_per_second", \.imagesPerSecond),
            ("time", \.time), ("safeguard_scale", \.safeguardScale),
        ]
        let metrics = try MetricsStore(path: source.metricsPath)
        for step in 1...25 {
            var row = StepMetrics(lane: "popalign", step: step)
            for (place, quantity) in own.enumerated() {
                row[keyPath: quantity.1] = Double(step * 100 + place)
            }
            row.quartiles = (1...4).map { quarter in
                var quartile = TimestepQuartile(images: 8)
                quartile.loss = Double(step * 1000 + quarter)
                quartile.klProxy = Double(-step * 1000 - quarter)
                return quartile
            }
            metrics.record(row)
        }
        try metrics.close()
        var recipe = try source.recipe()
        var lane = recipe.lanes[0]
        (lane.name, lane.beta) = ("calm", 500)
        recipe.lanes.append(lane)
        let fork = try fork(
            source, scratch, ForkPlan(step: 20, recipe: recipe, origins: ["calm": "popalign"]))
        let before = try MetricsStore(path: source.metricsPath)
        let after = try MetricsStore(path: fork.metricsPath)
        defer {
            try? before.close()
            try? after.close()
        }
        let names =
            own.map(\.0) + (1...4).flatMap { ["loss_q\($0)", "kl_proxy_q\($0)"] }
        for name in names {
            for points in [100, 3] {
                func curve(_ store: MetricsStore, _ lane: String) throws -> [Curve.Bucket] {
                    try store.curve(
                        CurveRequest(
                            lane: lane, quantity: name, firstStep: 0, lastStep: 20, points: points)
                    ).buckets
                }
                let parent = try curve(before, "popalign")
                #expect(parent.allSatisfy { $0.mean.isFinite } && parent.last?.step == 20)
                #expect(try curve(after, "popalign") == parent, "\(name)")
                #expect(try curve(after, "calm") == parent, "\(name)")
            }
        }
    }

    @Test("Histories follow lanes that swap their names")
    func swapped() throws {
        let scratch = Scratch()
        let source = try session(scratch)
        var recipe = try source.recipe()
        (recipe.lanes[0].name, recipe.lanes[1].name) = ("sft", "popalign")
        let fork = try fork(
            source, scratch,
            ForkPlan(step: 20, recipe: recipe, origins: ["sft": "popalign", "popalign": "sft"]))
        let metrics = try MetricsStore(path: fork.metricsPath)
        defer { try? metrics.close() }
        let losses = try metrics.metrics(lane: "sft", steps: 3...3).map(\.loss)
        #expect(losses == [3])
        let other = try metrics.metrics(lane: "popalign", steps: 3...3).map(\.loss)
        #expect(other == [3.5])
        let histograms = try metrics.lastHistograms()
        #expect(Set(histograms.map(\.lane)) == ["base", "sft"])
    }

    @Test("A fork at step 0 begins at the base, with the base's figures alone")
    func base() throws {
        let scratch = Scratch()
        let fork = try fork(try session(scratch), scratch, ForkPlan(step: 0))
        let choice = try fork.latestCheckpoint()
        #expect(choice.checkpoint == nil && choice.defects.isEmpty)
        let metrics = try MetricsStore(path: fork.metricsPath)
        defer { try? metrics.close() }
        #expect(try metrics.lanes() == ["base"])
        #expect(try metrics.evaluations().map(\.lane) == ["base"])
    }

    @Test("A fork that wants other populations does not get the session's own")
    func otherPopulations() throws {
        let scratch = Scratch()
        let source = try session(scratch)
        var recipe = try source.recipe()
        recipe.populations.source = "collect"
        _ = try fork(source, scratch, ForkPlan(recipe: recipe))
        #expect(try DurableFile.names(in: "\(scratch.path)/fork/populations").isEmpty)
    }

    @Test("What does not fit is refused by name, and nothing is left of it")
    func refusals() throws {
        let scratch = Scratch()
        let source = try session(scratch)
        func reason(_ plan: ForkPlan, _ name: String = "fork") throws -> String {
            let error = try #require(throws: (any Error).self) {
                try fork(source, scratch, plan, name)
            }
            return "\(error)"
        }
        #expect(
            try reason(ForkPlan(step: 15)).contains("no checkpoint of step 15; it has 20, 10, 0"))
        #expect(try reason(ForkPlan(), "a b").contains("cannot be a name"))
        #expect(try reason(ForkPlan(), "source").contains("already"))
        var recipe = try source.recipe()
        recipe.session.steps = 20
        #expect(try reason(ForkPlan(step: 20, recipe: recipe)).contains("raise session.steps"))
        recipe = try source.recipe()
        recipe.training.policyEMA = 0.5
        #expect(try reason(ForkPlan(step: 20, recipe: recipe)).contains("policy_ema"))
        recipe = try source.recipe()
        recipe.model.base = "/else"
        #expect(try reason(ForkPlan(step: 20, recipe: recipe)).contains("model.base"))
        recipe = try source.recipe()
        recipe.lanes[0].beta = -1
        #expect(try reason(ForkPlan(step: 20, recipe: recipe)).contains("beta"))
        recipe.lanes = [RecipeLane.preset(name: "new", objective: "sft")]
        #expect(try reason(ForkPlan(step: 20, recipe: recipe)).contains("none of its lanes"))
        #expect(
            try reason(ForkPlan(step: 20, recipe: recipe, origins: ["new": "gone"]))
                .contains("no lane \"gone\""))
        #expect(
            try reason(ForkPlan(step: 20, origins: ["nobody": "sft"])).contains("nobody"))
        #expect(try DurableFile.names(in: scratch.path) == ["source"])
    }

    @Test("A damaged checkpoint is no beginning; damaged metrics cost the history alone")
    func damage() throws {
        let scratch = Scratch()
        let source = try session(scratch)
        let path = "\(source.path)/checkpoints/step-000020/lanes/sft.safetensors"
        var bytes = try DurableFile.read(path, limit: 9999)
        bytes[7] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(throws: CheckpointDefect.self) {
            try fork(source, scratch, ForkPlan(step: 20))
        }
        // The newest whole one is the older.
        let older = try fork(source, scratch)
        #expect(try older.record().lineage?.step == 10)
        try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: source.metricsPath))
        for suffix in ["-wal", "-shm"] { unlink(source.metricsPath + suffix) }
        let (bare, remarks) = try source.fork(
            to: "\(scratch.path)/bare", plan: ForkPlan(), created: 1)
        #expect(remarks.count == 1 && remarks[0].contains("no history"))
        #expect(try bare.latestCheckpoint().checkpoint?.step == 10)
        #expect(!scratch.has("bare/metrics.sqlite"))
        let whole = try DurableFile.read(source.metricsPath, limit: 9999)
        #expect(whole == Array(repeating: 7, count: 5000), "the source is left as it was")
    }

    @Test("Whatever action of forking fails, there is no fork and nothing of one, and again works")
    func everyFailure() throws {
        let scratch = Scratch()
        let source = try session(scratch)
        var number = 1
        while true {
            let counter = Counter()
            let failing = number
            do {
                _ = try source.fork(
                    to: "\(scratch.path)/fork", plan: ForkPlan(), created: 0,
                    probe: { action, _ in
                        // What is cleared up may be cleared up.
                        if counter.next() >= failing, action != .remove { throw Refused() }
                    })
            } catch is Refused {}
            if counter.count < number { break }
            if !scratch.has("fork/session.json") {
                #expect(try DurableFile.names(in: scratch.path) == ["source"], "\(failing)")
            }
            try? FileManager.default.removeItem(atPath: "\(scratch.path)/fork")
            number += 1
        }
        #expect(number > 20)
        try FileManager.default.removeItem(atPath: "\(scratch.path)/fork")
        _ = try fork(source, scratch)
    }
}
