import BenchProtocol
import Studies
import Testing
import TrainingEngine

private func sweep(_ text: String) throws -> Sweep {
    try Sweep.parse(text, file: "s.toml") { name in
        #expect(name == "base")
        return StudyFixture.recipe(lanes: [StudyFixture.sft], steps: 100)
    }
}

private let head = "[sweep]\nrecipe = \"base\"\n"

@Suite("Sweep files")
struct SweepTests {
    @Test(
        "what is wrong is named with file, line and key",
        arguments: [
            ("[sweep\n", 1, ""),
            ("", 1, "sweep.recipe"),
            ("[vary]\nbeta = [1]\n", 1, "sweep.recipe"),
            (head, 1, "vary"),
            (head + "[vary]\n", 3, "vary"),
            (head + "[vary]\nobjective = [\"sft\"]\n[other]\n", 5, "other"),
            (head + "seed = 3\n", 3, "sweep.seed"),
            (head + "seeds = []\n", 3, "sweep.seeds"),
            (head + "seeds = [1, 1]\n", 3, "sweep.seeds"),
            (head + "seeds = [-1]\n", 3, "sweep.seeds"),
            (head + "random = 0\n[vary]\nbeta = [1]\n", 3, "sweep.random"),
            (head + "random_seed = 1\n[vary]\nbeta = [1]\n", 3, "sweep.random_seed"),
            (head + "name = \"../x\"\n", 3, "sweep.name"),
            (head + "front = [\"a\", \"a\"]\n", 3, "sweep.front"),
            (head + "[evaluation]\npictures_per_prompt = 1\n", 4, "evaluation.pictures_per_prompt"),
            (head + "[evaluation]\nguidance_scale = nan\n", 4, "evaluation.guidance_scale"),
            (head + "[vary]\n\nbeta = 3\n", 5, "vary.beta"),
            (head + "[vary]\nbeta = []\n", 4, "vary.beta"),
            (head + "[vary]\nbeta = [1, 1]\n", 4, "vary.beta"),
            (head + "[vary]\nbeta = [[1]]\n", 4, "vary.beta"),
            (head + "[fixed]\nbeta = 1\n[vary]\nbeta = [1]\n", 6, "vary.beta"),
            (head + "[vary]\nbeta = [1]\n[[rival]]\nname = \"base\"\n", 6, "rival.name"),
            (head + "[vary]\nbeta = [1]\n[[rival]]\nname = \"1\"\n", 6, "rival.name"),
            (head + "[vary]\nbeta = [1]\n[confirm]\ntop = 1\n", 5, "confirm.seeds"),
            (head + "[vary]\nbeta = [1]\n[confirm]\nseeds = [1]\n", 6, "confirm.seeds"),
        ])
    func refused(_ text: String, _ line: Int, _ key: String) throws {
        let error = #expect(throws: SweepError.self) { try sweep(text) }
        #expect(error?.line == line && error?.key == key, "\(error.map { "\($0)" } ?? "")")
        #expect(error?.description.hasPrefix("s.toml:\(line): ") == true)
    }

    @Test(
        "a value that recipes refuse is named at the line of its list",
        arguments: [
            ("objective = [\"sft\"]\nbogus = [1]\n", 5, "vary.bogus"),
            ("objective = [\"popalign\", \"nonsense\"]\n", 4, "vary.objective"),
            ("objective = [\"popalign\"]\nbeta = [1, -2]\n", 5, "vary.beta"),
            ("objective = [\"popalign\"]\nbeta = [\"many\"]\n", 5, "vary.beta"),
            ("objective = [\"popalign\"]\npolicy_ema = [2]\n", 5, "vary.policy_ema"),
            ("objective = [\"popalign\"]\nsteps = [0]\n", 5, "vary.steps"),
            ("objective = [\"popalign\"]\nbeta = [1]\nslope = [2]\n", 6, "vary.slope"),
            ("objective = [\"f-dpo\"]\ndivergence = [\"tv\"]\n", 5, "vary.divergence"),
        ])
    func refusedByRecipes(_ lists: String, _ line: Int, _ key: String) throws {
        let file = try sweep(head + "[vary]\n" + lists)
        let error = #expect(throws: SweepError.self) { try SweepPlan(file) }
        #expect(error?.line == line && error?.key == key, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("a grid holds what differs: keys that an objective has no use for make no lane")
    func grid() throws {
        let file = try sweep(
            head + """
                seeds = [1, 2]
                evaluate_at = [10, 50]
                [fixed]
                learning_rate = 3e-4
                [vary]
                objective = ["sft", "popalign", "f-dpo"]
                divergence = ["none", "js"]
                slope = [500, 1000]
                policy_ema = [0, 0.9]
                [[rival]]
                name = "published"
                objective = "diffusion-dpo"
                beta = 1000
                steps = 80
                """)
        #expect(file.combinations == 24)
        let plan = try SweepPlan(file)
        // SFT 2, PopAlign 8, f-DPO with a divergence 4; the rest cannot be or came twice.
        #expect(plan.entries.filter { !$0.isRival }.count == 14)
        #expect(plan.leftOut == 10)
        #expect(plan.entries.last?.contender == "published")
        let lanes = plan.search.arms.flatMap(\.recipe.lanes)
        #expect(lanes.count == 15 && Set(lanes.map(\.name)).count == 15)
        #expect(
            lanes.filter { $0.objective == "popalign" && $0.divergence == nil }.map(\.beta)
                .sorted() == [1000, 1000, 2000, 2000])
        #expect(plan.search.arms.allSatisfy { $0.recipe.lanes.count <= 8 })
        let rival = try #require(plan.search.lane(of: "published"))
        #expect(rival.arm.evaluatedSteps == [80] && rival.settings.beta == 1000)
        let first = try #require(plan.search.lane(of: plan.entries[0].contender))
        #expect(first.arm.evaluatedSteps == [10, 50, 100])
        #expect(first.settings.learningRate == 3e-4)
        #expect(plan.size.lanes == 30 && plan.size.hours > 0)
    }

    @Test("a random search draws different combinations, the same ones every time")
    func random() throws {
        func plan(_ seed: Int) throws -> [String] {
            let file = try sweep(
                head + """
                    random = 7
                    random_seed = \(seed)
                    [vary]
                    objective = ["popalign", "diffusion-dpo", "sft"]
                    slope = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
                    learning_rate = [1e-4, 2e-4, 3e-4, 4e-4]
                    """)
            return try SweepPlan(file).entries.map { entry in
                entry.settings.map { "\($0.key)=\($0.text)" }.joined(separator: " ")
            }
        }
        let drawn = try plan(1)
        #expect(drawn.count == 7 && Set(drawn).count == 7)
        #expect(try plan(1) == drawn)
        #expect(try plan(2) != drawn)
    }

    @Test("a grid that is too large is refused with its size")
    func tooLarge() throws {
        let many = (1...20).map { "\($0)" }.joined(separator: ", ")
        let keys = ["slope", "learning_rate", "sft_weight", "warmup_steps"]
        let lists = keys.map { "\($0) = [\(many)]\n" }.joined()
        let file = try sweep(head + "[vary]\nobjective = [\"popalign\"]\n" + lists)
        #expect(file.combinations == 160_000)
        let error = #expect(throws: StudyError.self) { try SweepPlan(file) }
        #expect(error?.description.contains("160000 combinations") == true)
        let nothing = try sweep(head + "[vary]\nobjective = [\"f-dpo\"]\ndivergence = [\"none\"]\n")
        #expect(throws: StudyError.self) { try SweepPlan(nothing) }
    }

    @Test("finalists are the best by the criterion, and are confirmed beside the rivals")
    func confirmation() throws {
        let plan = try SweepPlan(
            try sweep(
                head + """
                    evaluate_at = [10]
                    criterion = "balance"
                    [vary]
                    objective = ["popalign", "diffusion-dpo", "sft"]
                    [[rival]]
                    name = "published"
                    objective = "popalign"
                    [confirm]
                    seeds = [5, 6]
                    top = 2
                    """))
        func record(_ contender: String, _ step: Int, _ discrepancy: Double) -> EvaluationRecord {
            StudyFixture.record(
                contender, seed: 1, step: step,
                prompts: [
                    "discrepancy_gender": ["a": discrepancy],
                    "discrepancy_tone": ["a": discrepancy],
                    "identity_accuracy": ["a": 0.9],
                ])
        }
        let figures = StudyFigures([
            record("base", 0, 0.6), record("001-popalign", 10, 0.2),
            record("001-popalign", 100, 0.3),
            record("002-diffusion-dpo", 10, 0.5), record("002-diffusion-dpo", 100, .nan),
            record("003-sft", 10, 0.4), record("003-sft", 100, 0.1), record("published", 100, 0.05),
        ])
        let finalists = plan.finalists(figures)
        #expect(
            finalists == [
                .init(contender: "003-sft", step: 100), .init(contender: "001-popalign", step: 10),
            ])
        let ranking = plan.ranking(figures, includesRivals: true).map(\.contender)
        #expect(ranking.first == "published" && ranking.last == "002-diffusion-dpo")
        let second = try #require(try plan.confirmation(finalists))
        #expect(second.seeds == [5, 6])
        #expect(second.contenders == ["001-popalign", "003-sft", "published"])
        #expect(second.lane(of: "001-popalign")?.arm.evaluatedSteps == [10])
        let claims = plan.claims(finalists)
        #expect(claims.count == 2 && claims.allSatisfy { $0.comparisons.count == 2 })
        #expect(claims[0].comparisons[0].against == "published")
        #expect(try plan.confirmation([]) == nil)
    }

    @Test("hostile bytes are an error or a sweep, never a crash")
    func hostile() throws {
        let text =
            head + """
                seeds = [1]
                [vary]
                objective = ["sft", "popalign"]
                slope = [500]
                [confirm]
                seeds = [3]
                """
        let bytes = Array(text.utf8)
        for position in bytes.indices {
            for replacement in [UInt8(0), 0x22, 0x5B, 0x5D, 0x2D, 0x39, 0xFF] {
                var changed = bytes
                changed[position] = replacement
                let sweep = try? Sweep.parse(
                    String(decoding: changed, as: UTF8.self), file: "s.toml"
                ) { _ in StudyFixture.recipe(lanes: [StudyFixture.sft]) }
                if let sweep { _ = try? SweepPlan(sweep) }
            }
        }
    }
}
