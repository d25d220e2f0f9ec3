import Alignment
import BenchProtocol
import Foundation
import Testing
import TrainingEngine

@Suite("Recipes")
struct RecipeTests {
    private static let lane = "[[lane]]\nname = \"a\"\nobjective = \"sft\"\n"

    @Test("The shortest recipe is one lane, and all else has its default")
    func shortest() throws {
        let recipe = try Recipe.parse(Self.lane, file: "short.toml")
        var expected = Recipe()
        expected.lanes = [RecipeLane.preset(name: "a", objective: "sft")]
        #expect(recipe == expected)
        #expect(recipe.populations.professions.count == 14)
        #expect(Set(recipe.populations.professions).isDisjoint(with: Recipe.heldOutProfessions))
        #expect(recipe.lanes[0].learningRate == 2e-4)
    }

    @Test("Every value that is written is read, integers where numbers are wanted as well")
    func values() throws {
        let recipe = try Recipe.parse(
            """
            session = { name = "x-1", seed = 9223372036854775807, steps = 7 }
            populations.professions = ["doctor", "farmer"]
            populations."guidance_scale" = 3
            [training]
            schedule = 'cosine'
            policy_ema = 0.99
            [[lane]]
            name = "js"
            objective = "f-dpo"
            divergence = "js"
            beta = 2
            [[lane]]
            name = "alpha"
            objective = "f-dpo"
            divergence = "alpha"
            alpha = 0.25
            warmup_steps = 0
            """, file: "values.toml")
        #expect(recipe.session.name == "x-1")
        #expect(recipe.session.seed == UInt64(Int64.max))
        #expect(recipe.session.steps == 7)
        #expect(recipe.populations.professions == ["health worker", "farmer"])
        #expect(recipe.populations.guidanceScale == 3)
        #expect(recipe.training.schedule == .cosine)
        #expect(recipe.training.policyEMA == 0.99)
        #expect(recipe.lanes.map(\.name) == ["js", "alpha"])
        #expect(recipe.lanes[0].beta == 2)
        #expect(recipe.lanes[0].alpha == nil)
        #expect(recipe.lanes[1].alpha == 0.25)
        #expect(recipe.lanes[1].warmupSteps == 0)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int
        let key: String
        /// Part of what the error says was expected or found.
        let says: String
        var testDescription: String { "\(key): \(says)" }

        init(_ text: String, _ line: Int, _ key: String, _ says: String) {
            self.text = text
            self.line = line
            self.key = key
            self.says = says
        }
    }

    static let bad: [Bad] = [
        Bad("", 1, "lane", "at least one lane"),
        Bad("[session\n", 1, "", "valid TOML"),
        Bad("[=]\n", 1, "", "a key expected"),
        Bad("\n [[ .lane]]\n", 2, "", "a key expected"),
        Bad("\u{FEFF}[\n", 1, "", "a key expected"),
        Bad("a = \"\"\"\n[=]\n\"\"\"\"\"\n[\r\n", 4, "", "a key expected"),
        Bad("a = \n[=]\n", 1, "", "valid TOML"),
        Bad("a = 1\na = 2\n", 2, "", "valid TOML"),
        Bad("# fine\n\n[sesion]\nsteps = 3\n", 3, "sesion", "one of session, model"),
        Bad("\nsteps = 3\n" + lane, 2, "steps", "unknown key"),
        Bad("[session]\nname = \"a\"\nstepz = 3\n" + lane, 3, "session.stepz", "autosave_steps"),
        Bad("[session]\nsteps = \"many\"\n" + lane, 2, "session.steps", "the text \"many\""),
        Bad("[session]\nsteps = 1.5\n" + lane, 2, "session.steps", "whole number"),
        Bad("[session]\nsteps = 0\n" + lane, 2, "session.steps", "from 1 to"),
        Bad("[session]\r\nseed = 1\r\nkeep = true\r\n" + lane, 3, "session.keep", "found true"),
        Bad("[session]\nseed = -1\n" + lane, 2, "session.seed", "from 0"),
        Bad("[session]\nname = \"a/b\"\n" + lane, 2, "session.name", "letters, digits"),
        Bad("[session]\nname = \"..\"\n" + lane, 2, "session.name", "letters, digits"),
        Bad("session = 3\n" + lane, 1, "session", "a table"),
        Bad("[[session]]\nsteps = 1\n" + lane, 1, "session", "a table"),
        Bad("[model]\nbase = \"\"\n" + lane, 2, "model.base", "pipeline folder"),
        Bad(
            "[populations]\nprofessions = [\n  \"farmer\",\n  \"baker\",\n]\n" + lane, 2,
            "populations.professions", "\"baker\""),
        Bad("[populations]\nprofessions = []\n" + lane, 2, "populations.professions", "a list"),
        Bad(
            "[populations]\nprofessions = [\"farmer\", 3]\n" + lane, 2, "populations.professions",
            "a list"),
        Bad(
            "[populations]\nprofessions = [\"doctor\", \"health worker\"]\n" + lane, 2,
            "populations.professions", "different"),
        Bad(
            "[populations]\nconfidence = nan\n" + lane, 2, "populations.confidence",
            "from 0.0 to 1.0"),
        Bad("[sampling]\nguidance_scale = inf\n" + lane, 2, "sampling.guidance_scale", "inf"),
        Bad("[evaluation]\nevery = -1\n" + lane, 2, "evaluation.every", "from 0"),
        Bad(
            "[training]\nschedule = \"step\"\n" + lane, 2, "training.schedule",
            "\"constant\", \"linear\" or \"cosine\""),
        Bad(
            "[training]\nnotes = \"\"\"\nschedule = 1\n\"\"\"\n" + lane, 2, "training.notes",
            "caption_dropout"),
        Bad(
            "[session]\nname = \"\"\"\nseed = 1\n\"\"\"\nseed = 1.5\n" + lane, 2, "session.name",
            "letters"),
        Bad("[training]\nadam_beta1 = 1979-05-27\n" + lane, 2, "training.adam_beta1", "a date"),
        Bad("[lane]\nname = \"a\"\n", 1, "lane", "single brackets"),
        Bad("lane = [1]\n", 1, "lane", "the number 1"),
        Bad("lane = []\n", 1, "lane", "at least one lane"),
        Bad("[[lane]]\nobjective = \"sft\"\n", 1, "lane.name", "found nothing"),
        Bad("[[lane]]\nname = \"a\"\n", 1, "lane.objective", "\"f-dpo\""),
        Bad("[[lane]]\nname = 3\nobjective = \"sft\"\n", 2, "lane.name", "the number 3"),
        Bad("[[lane]]\nname = \"base\"\nobjective = \"sft\"\n", 2, "lane.name", "not \"base\""),
        Bad("[[lane]]\nname = \"a\"\nobjective = \"ppo\"\n", 3, "lane.objective", "\"ppo\""),
        Bad(lane + "\n" + lane, 6, "lane.name", "first in line 2"),
        Bad(lane + "[[lane]]\nname = \"b\"\nobjektive = 1\n", 6, "lane.objektive", "warmup_steps"),
        Bad(lane + "[lane.more]\nx = 1\n", 4, "lane.more", "unknown key"),
        Bad(lane + "divergence = \"js\"\n", 4, "lane.divergence", "no divergence"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"diffusion-kto\"\ndivergence = \"js\"\n", 4,
            "lane.divergence", "no divergence for objective \"diffusion-kto\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\ndivergence = \"tv\"\n", 4,
            "lane.divergence", "finite at 0"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"f-dpo\"\n", 1, "lane.divergence",
            "for objective \"f-dpo\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"f-dpo\"\ndivergence = \"chi-squared\"\n", 4,
            "lane.divergence", "finite at 0"),
        Bad(lane + "beta = 3\n", 4, "lane.beta", "no beta for objective \"sft\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"f-dpo\"\ndivergence = \"js\"\nalpha = 0.5\n", 5,
            "lane.alpha", "no alpha for divergence \"js\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"f-dpo\"\ndivergence = \"alpha\"\nalpha = 1\n", 5,
            "lane.alpha", "above 0 and below 1"),
        Bad(lane + "slope = 500\n", 4, "lane.slope", "no slope for objective \"sft\""),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\nbeta = 1\nslope = 500\n", 5,
            "lane.slope", "beta or slope, not both"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\nslope = 1e10\n", 4, "lane.slope",
            "a positive number"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\nslope = 0\n", 4, "lane.slope",
            "a positive number"),
        Bad(
            lane + "[[lane]]\nname = \"b\"\nobjective = \"popalign\"\nbeta = 0\n", 7, "lane.beta",
            "a number from"),
        Bad(lane + "learning_rate = \"1e-4\"\n", 4, "lane.learning_rate", "a number"),
        Bad(lane + "sft_weight = 1\n", 4, "lane.sft_weight", "no sft_weight for objective"),
        Bad(
            "[[lane]]\nname = \"a\"\nobjective = \"popalign\"\nsft_weight = -1\n", 4,
            "lane.sft_weight", "a number from 0"),
        Bad(lane + "warmup_steps = 1.0\n", 4, "lane.warmup_steps", "a whole number"),
        Bad(
            "lane = [{ name = \"a\", objective = \"sft\" },\n { name = \"a\", objective = \"sft\" }]",
            2, "lane.name", "first in line 1"),
        Bad("x = \"\u{0}\"\n", 1, "", "control character 0"),
        Bad("\n" + String(repeating: "a.", count: 4000) + "b = 1\n", 2, "", "too many parts"),
        Bad(String(repeating: "#\n", count: 200_000), 1, "", "bytes"),
    ]

    @Test("A mistake is reported with file, line, key and what was expected", arguments: bad)
    func mistakes(_ bad: Bad) throws {
        let error = try #require(throws: RecipeError.self) {
            try Recipe.parse(bad.text, file: "bad.toml")
        }
        #expect(error.file == "bad.toml")
        #expect(error.line == bad.line, "\(error)")
        #expect(error.key == bad.key, "\(error)")
        #expect("\(error)".contains(bad.says), "\(error)")
        #expect("\(error)".hasPrefix("bad.toml:\(bad.line): "))
    }

    @Test("Bytes that are not text, folders and missing files are refused by what they are")
    func files() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/r.toml"
        try Data([0x23, 0x0A, 0x61, 0xFF]).write(to: URL(fileURLWithPath: path))
        let text = try #require(throws: RecipeError.self) { try Recipe.read(path: path) }
        #expect(text.line == 2)
        #expect(throws: SessionError.notAFile(path: scratch.path)) {
            try Recipe.read(path: scratch.path)
        }
        #expect(throws: SessionError.self) { try Recipe.read(path: path + "x") }
    }

    @Test("Relative paths in a recipe's file are meant from the file's folder")
    func anchors() throws {
        let scratch = Scratch()
        try scratch.write(
            "r.toml", "[model]\nbase = \"../m\"\n[populations]\nsource = \"/p\"\n" + Self.lane)
        let recipe = try Recipe.read(path: "\(scratch.path)/r.toml")
        let above = (scratch.path as NSString).deletingLastPathComponent
        #expect(recipe.model.base == "\(above)/m")
        #expect(recipe.model.classifier == "embedded")
        #expect(recipe.populations.source == "/p")
    }

    @Test("A resolved recipe reads back as the same recipe")
    func resolvedRoundTrip() throws {
        for seed in 0..<300 {
            var random = SeededGenerator(UInt64(seed))
            let recipe = Self.anyRecipe(&random)
            let text = recipe.resolved()
            #expect(try Recipe.parse(text, file: "resolved.toml") == recipe, "\(text)")
        }
    }

    /// Values over the whole of their ranges, with text that needs escaping.
    private static func anyRecipe(_ random: inout SeededGenerator) -> Recipe {
        var recipe = Recipe()
        recipe.session.name = "s\(random.next() % 1000)"
        recipe.session.seed = random.next() >> 1
        recipe.session.steps = .random(in: 1...100_000_000, using: &random)
        recipe.session.keepEvery = .random(in: 0...1000, using: &random)
        recipe.session.pairsPerStep = .random(in: 1...4096, using: &random)
        let odd = ["\"", "\\", "\n", "\t", "\u{1}", "\u{7F}", "é", "🧑🏿‍⚖️", "#", "'", "=", "]"]
        recipe.model.base = "/" + (0..<8).map { _ in odd.randomElement(using: &random)! }.joined()
        recipe.populations.professions = (1...5).map {
            "p \($0)\(odd.randomElement(using: &random)!)"
        }
        recipe.populations.confidence = .random(in: 0...1, using: &random)
        recipe.sampling.prompt = odd.randomElement(using: &random)! + "x"
        recipe.training.adamEpsilon = pow(10, .random(in: -16...0, using: &random))
        recipe.training.maxGradNorm = pow(10, .random(in: -6...9, using: &random))
        recipe.training.schedule = .allCases.randomElement(using: &random)!
        for index in 0..<Int.random(in: 1...8, using: &random) {
            let objective = RecipeLane.objectives.randomElement(using: &random)!
            let takesOne =
                objective == "f-dpo" || objective == "popalign" && Bool.random(using: &random)
            let divergence =
                takesOne ? RecipeLane.divergences.randomElement(using: &random) : nil
            var lane = RecipeLane.preset(
                name: "lane-\(index)", objective: objective, divergence: divergence)
            if objective != "sft" {
                lane.beta = pow(10, .random(in: -9...9, using: &random))
                lane.kappa = pow(10, .random(in: -6...9, using: &random))
                lane.sftWeight = .random(in: 0...1e6, using: &random)
            }
            if divergence == "alpha" {
                lane.alpha = pow(.random(in: 0.001...0.999, using: &random), 9)
            }
            lane.learningRate = .random(in: 0...1, using: &random)
            lane.warmupSteps = .random(in: 0...1000, using: &random)
            recipe.lanes.append(lane)
        }
        return recipe
    }

    @Test("Recipes changed at random, and soups of TOML's signs, never crash the reader")
    func fuzz() throws {
        let signs = [
            "[", "]", "[[", "]]", "\"", "'", "\"\"\"", "'''", "#", ".", "=", "{", "}", "\n", "\r\n",
            ",", "0", "e", "-", "_", "a", " ", "\\", "\u{FEFF}", "\u{A0}", "\t", "lane", "name = ",
            "1979-05-27", "inf", "\u{7F}", "é",
        ]
        let rounds =
            ProcessInfo.processInfo.environment["POPBENCH_FUZZ"].flatMap { Int($0) } ?? 1500
        for seed in 0..<rounds {
            var random = SeededGenerator(UInt64(seed) &+ 1000)
            var text = ""
            if seed % 3 == 0 {
                for _ in 0..<40 { text += signs.randomElement(using: &random)! }
            } else {
                var scalars = Array(Self.anyRecipe(&random).resolved().unicodeScalars)
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let place = Int.random(in: 0..<scalars.count, using: &random)
                    let sign = signs.randomElement(using: &random)!.unicodeScalars
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: scalars.replaceSubrange(place...place, with: sign)
                    case 1: scalars.remove(at: place)
                    default: scalars.insert(contentsOf: sign, at: place)
                    }
                }
                text.unicodeScalars.append(contentsOf: scalars)
            }
            do {
                let recipe = try Recipe.parse(text, file: "fuzz.toml")
                #expect(try Recipe.parse(recipe.resolved(), file: "again.toml") == recipe)
            } catch let error as RecipeError {
                let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).count
                #expect((1...lines).contains(error.line), "\(error) in \(text)")
            }
        }
    }

    @Test("The starter recipes read, and hold the lanes they are named for")
    func starters() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../sessions").standardizedFileURL.path
        func lanes(_ name: String) throws -> [LaneSettings] {
            let recipe = try Recipe.read(path: "\(root)/\(name).toml")
            #expect(recipe.session.name == name)
            return recipe.lanes
        }
        let starter = try lanes("starter")
        #expect(starter.map(\.objective) == ["sft", "diffusion-dpo", "popalign", "f-dpo"])
        #expect(starter.map(\.divergence) == [nil, nil, nil, "js"])
        #expect(try lanes("fair-professions").map(\.objective) == ["popalign"])
        let divergences = try lanes("compare-divergences")
        #expect(divergences.map(\.divergence) == RecipeLane.divergences)
        #expect(Set(divergences.map(\.objective)) == ["f-dpo"])
        // Matched by slope, beta kappa f''(1).
        let slopes = divergences.map { lane in
            lane.beta * lane.kappa * (["js": 0.5, "jeffreys": 2][lane.divergence] ?? 1)
        }
        #expect(Set(slopes) == [500], "\(slopes)")
    }

    @Test("A slope is read as the beta that gives it, whatever the objective, kappa and divergence")
    func slope() throws {
        func beta(_ rest: String) throws -> Double {
            let text = "[[lane]]\nname = \"a\"\nslope = 300\n" + rest
            let recipe = try Recipe.parse(text, file: "slope.toml")
            let resolved = recipe.resolved()
            #expect(!resolved.contains("slope =") && resolved.contains("\nbeta = "))
            #expect(try Recipe.parse(resolved, file: "resolved.toml") == recipe)
            return recipe.lanes[0].beta
        }
        #expect(try beta("objective = \"diffusion-dpo\"\nkappa = 7\n") == 600)
        #expect(try beta("objective = \"diffusion-kto\"\n") == 1200)
        #expect(try beta("objective = \"popalign\"\n") == 600)
        for (divergence, curvature) in [
            ("reverse-kl", 1.0), ("forward-kl", 1), ("js", 0.5), ("alpha", 1), ("jeffreys", 2),
        ] {
            let rest = "divergence = \"\(divergence)\"\nkappa = 400\n"
            let paired = try beta("objective = \"f-dpo\"\n" + rest)
            #expect(paired == 300 / (400 * curvature))
            let centred = try beta("objective = \"popalign\"\n" + rest)
            #expect(abs(centred - 2 * paired) < 1e-12)
        }
    }

    @Test("Every objective has a preset that its rules accept, with and without a divergence")
    func presets() throws {
        for objective in RecipeLane.objectives where objective != "f-dpo" {
            try RecipeLane.check(RecipeLane.preset(name: "a", objective: objective))
        }
        for objective in ["popalign", "f-dpo"] {
            for divergence in RecipeLane.divergences {
                let lane = RecipeLane.preset(
                    name: "a", objective: objective, divergence: divergence)
                try RecipeLane.check(lane)
                _ = try ObjectiveName.makeObjective(
                    named: lane.objective, divergence: lane.divergence, alpha: lane.alpha,
                    beta: lane.beta, kappa: lane.kappa)
            }
        }
        let js = RecipeLane.preset(name: "a", objective: "f-dpo", divergence: "js")
        #expect(js.beta == 1 && js.kappa == 1000 && js.learningRate == 1e-4)
        #expect(RecipeLane.preset(name: "a", objective: "popalign").beta == 2000)
        #expect(RecipeLane.preset(name: "a", objective: "diffusion-dpo").beta == 1000)
    }

    @Test("Settings from a command are held to the rules of a recipe")
    func commands() throws {
        var lane = RecipeLane.preset(name: "a", objective: "f-dpo", divergence: "alpha")
        try RecipeLane.check(lane)
        lane.alpha = nil
        #expect(throws: LaneProblem.self) { try RecipeLane.check(lane) }
        lane = RecipeLane.preset(name: "a", objective: "popalign")
        lane.learningRate = .nan
        let problem = try #require(throws: LaneProblem.self) { try RecipeLane.check(lane) }
        #expect(problem.key == "learning_rate")
    }

    @Test("The learning rate ramps up over the warm-up and ends where the schedule says")
    func learningRate() {
        var recipe = Recipe.small
        recipe.session.steps = 120
        recipe.lanes[0].learningRate = 0.5
        recipe.lanes[0].warmupSteps = 20
        func rate(_ step: Int) -> Double { recipe.learningRate(of: recipe.lanes[0], atStep: step) }
        #expect(rate(1) == 0.025)
        #expect(rate(20) == 0.5)
        #expect(rate(10_000) == 0.5)
        recipe.training.schedule = .linear
        #expect(rate(70) == 0.25)
        #expect(rate(120) == 0)
        recipe.training.schedule = .cosine
        #expect(abs(rate(70) - 0.25) < 1e-12)
        #expect(rate(20) == 0.5)
        #expect(rate(500) == 0)
        recipe.lanes[0].warmupSteps = 0
        #expect(rate(0) == 0.5)
    }
}
