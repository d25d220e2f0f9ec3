import Alignment
import BenchProtocol
import Testing
import TrainingEngine

@Suite("Lanes of recipes")
struct RecipeLaneTests {
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

    @Test("A safeguard is read as its slack, true as the authors' own, false as none")
    func safeguard() throws {
        func slack(_ value: String, objective: String = "diffusion-dpo") throws -> Double? {
            let recipe = try Recipe.parse(
                "[[lane]]\nname = \"a\"\nobjective = \"\(objective)\"\nsafeguard = \(value)\n",
                file: "safeguard.toml")
            #expect(try Recipe.parse(recipe.resolved(), file: "resolved.toml") == recipe)
            return recipe.lanes[0].safeguard
        }
        #expect(try slack("true") == LoserSafeguard.defaultSlack)
        #expect(try slack("0.6") == 0.6)
        #expect(try slack("1") == 1)
        #expect(try slack("0") == 0)
        #expect(try slack("false") == nil)
        #expect(try slack("false", objective: "popalign") == nil)
    }

    @Test("A safeguard from a command is refused where the objective has no use for one")
    func safeguardFromCommand() throws {
        for objective in RecipeLane.objectives {
            let takesOne = ["diffusion-dpo", "f-dpo"].contains(objective)
            var lane = RecipeLane.preset(
                name: "a", objective: objective, divergence: objective == "f-dpo" ? "js" : nil)
            #expect(lane.safeguard == nil)
            lane.safeguard = 0.5
            if takesOne {
                try RecipeLane.check(lane)
            } else {
                let problem = try #require(throws: LaneProblem.self) { try RecipeLane.check(lane) }
                #expect(problem.key == "safeguard" && problem.expected.contains(objective))
            }
            lane.safeguard = .nan
            #expect(throws: LaneProblem.self) { try RecipeLane.check(lane) }
        }
    }
}
