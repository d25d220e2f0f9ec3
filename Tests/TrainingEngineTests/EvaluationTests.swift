import Alignment
import BenchProtocol
import DiffusionModels
import Foundation
import Metrics
import NeuralLayers
import Populations
import TensorCore
import Testing
import TrainingEngine

private typealias Fixture = TrainingFixture

/// Untrained judges of 32x32 pictures: what is tested is what becomes of their verdicts.
private func judges(
    evaluator: UInt64? = 2, scorer: Bool = true, filter: UInt64 = 1
) -> PopulationJudges {
    PopulationJudges(
        filter: AttributeClassifier(.emojiPeople(widths: [4], groups: 2), seed: filter),
        evaluator: evaluator.map {
            AttributeClassifier(.emojiPeople(widths: [4, 8], groups: 2, blocks: 1), seed: $0)
        },
        scorer: scorer ? TextImageScorer(scorerShape(), seed: 3) : nil)
}

private func scorerShape(words: [String]? = nil) -> TextImageScorerConfiguration {
    let known = Set(Caption.all.flatMap { $0.text.split(separator: " ").map(String.init) })
        .subtracting(["a", "an"]).sorted()
    return TextImageScorerConfiguration(
        widths: [4], groups: 2, blocks: 1, textWidth: 8, embeddingSize: 8, longestCaption: 4,
        words: words ?? known)
}

private func run(
    _ judges: PopulationJudges, pictures: Int = 8, trained: [Profession] = Profession.aligned,
    weights: FloatBlock? = nil
) throws -> EvaluationReport {
    try finished(judges, pictures: pictures, trained: trained, weights: weights).report()
}

private func finished(
    _ judges: PopulationJudges, pictures: Int, trained: [Profession], weights: FloatBlock?
) throws -> EvaluationRun {
    let run = EvaluationRun(
        plan: EvaluationPlan(
            picturesPerPrompt: pictures, inferenceSteps: 1, seed: 5, trained: trained),
        sampling: PopulationSampling(pipeline: try Fixture.pipeline(factor: 8), judges: judges),
        weights: weights)
    while try run.advance() {}
    return run
}

private let judged = ["agreement", "kappa"].flatMap { name in
    ["profession", "gender", "tone"].map { "\(name)_\($0)" }
}
private let text = ["", "identity_"].flatMap { prefix in
    ["text_image_score", "text_image_retrieval"].map { prefix + $0 }
}
private let onPictures = ["", "identity_"].flatMap { prefix in
    [
        "preference_score", "kid", "density", "coverage", "precision", "recall", "vendi_score",
        "vendi_score_pooled",
        "pairwise_distance", "evaluator_confidence", "unsure_share", "unsure_flag",
    ].map { prefix + $0 }
}
private let always =
    ["gender", "tone"].flatMap { name in
        ["", "_pooled", "_unbiased_square", "_fair_floor"].map { "discrepancy_\(name)\($0)" }
            + ["entropy_\(name)", "planted_distance_\(name)"]
    } + [
        "profession_accuracy", "identity_profession_accuracy", "identity_gender_accuracy",
        "identity_tone_accuracy", "identity_accuracy",
    ]

@Suite("Evaluation", .serialized)
struct EvaluationTests {
    @Test("every figure is there for both sides of the professions, once, with its n")
    func figures() throws {
        let report = try run(judges())
        let names = always + onPictures + text + judged
        #expect(
            report.figures.map(\.name).sorted()
                == (names + names.map { "held_out_\($0)" }).sorted())
        #expect(report.figures.allSatisfy { $0.n > 0 })
        for figure in report.figures where !figure.name.hasSuffix("flag") && figure.value.isFinite {
            // Percentiles of a bootstrap may leave the value out; nothing else may.
            if figure.low.isFinite, figure.low > figure.high { Issue.record("\(figure)") }
        }
        let again = try run(judges())
        #expect(report.figures == again.figures)
        #expect(report.samplingSeconds > 0 && report.judgingSeconds > 0)
    }

    @Test("figures over prompts are the means of the table of prompts")
    func promptTable() throws {
        let run = try finished(
            judges(), pictures: 8, trained: Profession.aligned, weights: nil)
        let report = run.report()
        let tones = run.promptFigures()["discrepancy_tone"]
        #expect(tones == report.prompts.map { $0.values["discrepancy_tone"] ?? .nan })
        #expect(report.prompts.map(\.profession) == Profession.all)
        #expect(report.prompts.count { $0.isHeldOut } == 6)
        for name in always + text + judged + onPictures {
            let held = report.values(name, heldOut: true)
            guard held.allSatisfy(\.isFinite),
                let figure = report.figures.first(where: { $0.name == "held_out_\(name)" })
            else { continue }
            let mean = held.reduce(0, +) / Double(held.count)
            #expect(abs(mean - figure.value) < 1e-9, "\(name)")
        }
        for name in [
            "discrepancy_gender", "identity_accuracy", "vendi_score", "text_image_score",
            "agreement_tone", "unsure_share",
        ] {
            let finite = report.values(name, heldOut: false).filter(\.isFinite)
            #expect(finite.count == 14, "\(name)")
        }
        // Two lanes of one plan can be compared as they are; a lane with itself differs by nothing.
        let values = report.values("discrepancy_gender", heldOut: true)
        let comparison = try PairedComparison(values, values, bootstrap: Bootstrap(seed: 1))
        #expect(comparison.difference.value == 0 && comparison.share == 1)
        let kid = try #require(report.sets["identity_kid"])
        let unchanged = try Jackknifed.difference(kid, kid)
        #expect(unchanged.value == 0)
    }

    @Test("the evaluator judges and the filter does not")
    func whoJudges() throws {
        let one = try run(judges(evaluator: 2, filter: 1))
        let other = try run(judges(evaluator: 2, filter: 7))
        func figure(_ report: EvaluationReport, _ name: String) -> Double {
            report.figures.first { $0.name == name }?.value ?? .nan
        }
        for name in ["discrepancy_tone", "identity_tone_accuracy", "vendi_score", "kid"] {
            #expect(figure(one, name) == figure(other, name), "\(name)")
        }
        #expect(
            judged.contains { figure(one, $0) != figure(other, $0) && !figure(one, $0).isNaN })
    }

    @Test("without evaluator and scorer their figures are left out and the filter judges")
    func degraded() throws {
        let report = try run(judges(evaluator: nil, scorer: false))
        let names = Set(report.figures.map(\.name))
        #expect(names.isDisjoint(with: judged + text))
        #expect(names.isSuperset(of: always + onPictures))
    }

    @Test("one picture a prompt gives what it can, and says what it cannot")
    func fewPictures() throws {
        let report = try run(judges(), pictures: 1)
        let vendi = try #require(report.figures.first { $0.name == "vendi_score" })
        #expect(vendi.value.isNaN && vendi.n == 0)
        let square = try #require(
            report.figures.first { $0.name == "discrepancy_tone_unbiased_square" })
        #expect(square.value.isNaN && square.n == 0)
        #expect(
            report.warnings.contains { $0.contains("vendi_score") && $0.contains("at least 2") })
        // Six held-out prompts leave five pictures beside any one, and density needs six.
        #expect(
            report.warnings.contains { $0.contains("held_out_density") && $0.contains("draw more") }
        )
        #expect(report.figures.first { $0.name == "held_out_density" }?.n == 6)
    }

    @Test("one profession on a side has values without intervals over prompts")
    func oneProfession() throws {
        let report = try run(judges(), trained: [.farmer])
        let figure = try #require(report.figures.first { $0.name == "discrepancy_gender" })
        #expect(figure.n == 1 && figure.value.isFinite && figure.low.isNaN)
        let accuracy = try #require(report.figures.first { $0.name == "identity_accuracy" })
        #expect(accuracy.n == 8 && accuracy.low < accuracy.high)
        #expect(report.figures.first { $0.name == "kid" }?.value.isFinite == true)
    }

    @Test("weights that diverged are told, and nothing crashes over their pictures")
    func diverged() throws {
        let pipeline = try Fixture.pipeline(factor: 8)
        let weights = FloatBlock(count: pipeline.unetWeights.count)
        weights.pointer.update(repeating: .nan, count: weights.count)
        let report = try run(judges(), weights: weights)
        #expect(report.warnings.first?.contains("values that are no numbers") == true)
        #expect(report.warnings.contains { $0.contains("collapsed") })
        let vendi = try #require(report.figures.first { $0.name == "vendi_score_pooled" })
        #expect(abs(vendi.value - 1) < 1e-6)
        // Every picture is alike, so each attribute has one class alone.
        let gender = try #require(report.figures.first { $0.name == "discrepancy_gender" })
        #expect(abs(gender.value - (2.0 / 3).squareRoot()) < 1e-12)
        #expect(report.figures.first { $0.name == "entropy_gender" }?.value == 0)
        #expect(report.warnings.contains { $0.contains("kappa_gender says nothing") })
    }

    @Test("an unsure evaluator is flagged in figures and in words")
    func unsure() throws {
        let report = try run(judges())
        // Untrained, it spreads its probability over twenty professions.
        #expect(report.figures.first { $0.name == "unsure_share" }?.value == 1)
        #expect(report.figures.first { $0.name == "held_out_unsure_flag" }?.value == 1)
        #expect(report.warnings.contains { $0.contains("confidence is under 0.7 in 100 %") })
    }

    @Test("a scorer that does not know the prompts' words costs its own figures only")
    func unknownWords() throws {
        let scorer = TextImageScorer(scorerShape(words: ["judge"]), seed: 3)
        let known = judges()
        let report = try run(
            PopulationJudges(filter: known.filter, evaluator: known.evaluator, scorer: scorer))
        #expect(Set(report.figures.map(\.name)).isDisjoint(with: text))
        #expect(report.warnings.contains { $0.contains("does not know") })
        #expect(report.figures.contains { $0.name == "kid" })
    }
}
