import BenchProtocol
import Foundation
import Studies
import Testing
import TrainingEngine

private func recipe(_ name: String) throws -> Recipe {
    try Recipe.read(path: "\(StudyFixture.checkout)/sessions/\(name).toml")
}

@Suite("Published studies")
struct PublishedStudyTests {
    @Test(
        "every claim is about lanes that are trained, cites its source and names known figures",
        arguments: PublishedStudy.all.map(\.name), [false, true])
    func claims(_ name: String, isQuick: Bool) throws {
        let study = try #require(PublishedStudy.all.first { $0.name == name })
        let plan = try study.plan(seeds: [1, 2], isQuick: isQuick, recipe: recipe)
        let known = Set(["base"] + plan.contenders)
        let claims = study.claims(plan.arms.map(\.name))
        #expect(claims.count >= 8)
        #expect(claims.contains { if case .paper = $0.source { true } else { false } })
        for claim in claims {
            #expect(claim.sentence.hasSuffix("."))
            for comparison in claim.comparisons {
                #expect(known.contains(comparison.contender), "\(comparison.contender)")
                #expect(known.contains(comparison.against), "\(comparison.against)")
                #expect(comparison.contender != comparison.against)
                #expect(!comparison.formula.isEmpty)
            }
        }
        for focus in study.focus {
            #expect(plan.arms.contains { arm in arm.recipe.lanes.contains { $0.name == focus } })
        }
    }

    @Test("lanes of one matching start at one slope, and the others at one beta")
    func matched() throws {
        let divergences = try recipe("studies/divergences").lanes
        func beta(_ name: String) throws -> Double {
            try #require(divergences.first { $0.name == name }).beta
        }
        let shared = try beta("reverse-kl")
        for name in ["forward-kl", "alpha", "js-beta", "jeffreys-beta"] {
            #expect(try beta(name) == shared)
        }
        #expect(try beta("js-slope") == 2 * shared)
        #expect(try beta("jeffreys-slope") == shared / 2)
        for name in ["studies/popalign-plain", "studies/popalign-anchored"] {
            let lanes = try recipe(name).lanes
            let betas = lanes.map { "\($0.objective) \($0.beta)" }
            #expect(betas.contains("popalign 1000.0") && betas.contains("diffusion-dpo 1000.0"))
            #expect(betas.contains("diffusion-kto 2000.0"))
        }
    }

    @Test("the quick form is small, and says that it is underpowered")
    func quick() throws {
        for study in PublishedStudy.all {
            let plan = try study.plan(
                seeds: [1, 2], isQuick: true, recipe: recipe)
            #expect(plan.name == study.name + "-quick")
            #expect(plan.evaluation.pictures <= 6)
            #expect(plan.arms.allSatisfy { $0.recipe.session.steps <= 60 })
            let page = StudyPage(
                study: study, plan: plan, records: [], runs: [], isQuick: true)
            #expect(page.isUnderpowered && page.markdown().contains("**Underpowered.**"))
            #expect(page.verdicts.allSatisfy { $0.answer == .unmeasured })
            let full = try study.plan(seeds: [1, 2, 3], isQuick: false, recipe: recipe)
            let whole = StudyPage(
                study: study, plan: full, records: [], runs: [], isQuick: false)
            #expect(!whole.isUnderpowered)
        }
    }

    @Test("shipped sweeps can be read and expanded")
    func sweeps() throws {
        let folder = "\(StudyFixture.checkout)/sessions/studies"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        var count = 0
        for file in files {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            guard text.contains("[sweep]") else {
                _ = try Recipe.parse(text, file: file)
                continue
            }
            let sweep = try Sweep.parse(text, file: file) { try recipe($0) }
            #expect(try !SweepPlan(sweep).entries.isEmpty)
            count += 1
        }
        #expect(count >= 1)
    }
}
