import Alignment
import BenchProtocol
import Foundation
import Testing
import TrainingEngine

@Suite("Recipes")
struct RecipeTests {
    static let lane = "[[lane]]\nname = \"a\"\nobjective = \"sft\"\n"

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
        #expect(recipe.preferences.source == "none")
        try scratch.write("p.toml", "preferences.source = \"pairs\"\n" + Self.lane)
        let preferences = try Recipe.read(path: "\(scratch.path)/p.toml").preferences
        #expect(preferences.source == "\(scratch.path)/pairs")
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
        if Bool.random(using: &random) {
            recipe.preferences.source = ["collect", "/a \"b\""].randomElement(using: &random)!
        }
        recipe.preferences.pairsPerPrompt = .random(in: 1...5_000, using: &random)
        recipe.preferences.tasteWeight = pow(10, .random(in: -6...6, using: &random))
        recipe.preferences.temperature = .random(in: 0...10, using: &random)
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
            if ["diffusion-dpo", "f-dpo"].contains(objective), Bool.random(using: &random) {
                lane.safeguard = .random(in: 0...1, using: &random)
            }
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
        let taste = try lanes("taste")
        #expect(taste.map(\.objective) == ["sft"] + divergences.map { _ in "f-dpo" })
        #expect(taste.dropFirst().map(\.divergence) == RecipeLane.divergences)
        // Matched by slope, beta kappa f''(1); pairs take a tenth of what populations do.
        func slopes(_ lanes: some Sequence<LaneSettings>) -> Set<Double> {
            Set(
                lanes.map { lane in
                    let bends: [String?: Double] = ["js": 0.5, "jeffreys": 2]
                    let bend = bends[lane.divergence] ?? 1
                    return (lane.beta * lane.kappa * bend * 1e6).rounded() / 1e6
                })
        }
        #expect(slopes(divergences) == [500])
        #expect(slopes(taste.dropFirst()) == [50])
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
