import Alignment
import Studies
import Testing

/// A study of made-up lanes: each prompt's value is the lane's mean, the prompt's own and noise.
private func figures(
    _ means: [String: Double], figure: String = "discrepancy_gender", seeds: Int = 3,
    prompts: Int = 14, noise: Double = 0.05, seed: UInt64 = 1
) -> StudyFigures {
    var random = NormalNumbers(seed: seed)
    let names = (0..<prompts).map { "p\($0)" }
    let ofPrompts = names.map { _ in random.next(0.1) }
    var records: [EvaluationRecord] = []
    for run in 0..<seeds {
        for (lane, mean) in means.sorted(by: { $0.key < $1.key }) {
            let values = zip(names, ofPrompts).map { name, own in
                (name, Double?.some(mean + own + random.next(noise)))
            }
            records.append(
                StudyFixture.record(
                    lane, seed: UInt64(run),
                    prompts: [figure: Dictionary(uniqueKeysWithValues: values)], trained: names))
        }
    }
    return StudyFigures(records)
}

private func claim(
    _ comparisons: [Claim.Comparison], logic: Claim.Logic = .all, family: String = "f"
) -> Claim {
    Claim(
        family: family, "A sentence.", source: .expectation("a test"), logic: logic, comparisons)
}

@Suite("Verdicts on claims")
struct VerdictTests {
    private let d = "discrepancy_gender"

    @Test("a clear difference supports the claim that says so and contradicts its opposite")
    func clear() {
        let study = figures(["a": 0.2, "b": 0.4])
        let verdicts = Verdict.judge(
            [
                claim([.init(d, "a", against: "b", .lower)]),
                claim([.init(d, "a", against: "b", .higher)]),
                claim([.init(d, "a", against: "b", factor: 0.75, .lower)]),
                claim([.init(d, "a", against: "b", .lower, bound: -0.1)]),
            ], on: study)
        #expect(
            verdicts.map(\.answer) == [.supported, .contradicted, .supported, .supported])
        let difference = verdicts[0].parts[0].difference
        #expect(difference.map { $0.low < -0.2 && -0.2 < $0.high } == true)
    }

    @Test("what is not there is not measured, with the reason")
    func unmeasured() {
        let study = figures(["a": 0.2, "b": 0.4])
        let verdicts = Verdict.judge(
            [
                claim([.init("kid", "a", against: "b", .lower)]),
                claim([.init(d, "a", against: "nobody", .lower)]),
            ], on: study)
        #expect(verdicts.allSatisfy { $0.answer == .unmeasured && $0.p.isNaN })
        #expect(verdicts[0].reason == "KID was not measured for a and b")
        let single = StudyFigures([
            StudyFixture.record("a", seed: 1, figures: ["kid": 1]),
            StudyFixture.record("b", seed: 1, figures: ["kid": 2]),
        ])
        let alone = Verdict.judge([claim([.init("kid", "a", against: "b", .lower)])], on: single)
        #expect(alone[0].answer == .unmeasured)
        #expect(alone[0].reason?.contains("more seeds") == true)
    }

    @Test("a claim of several comparisons needs all of them, and falls with any")
    func conjunction() {
        let study = figures(["a": 0.2, "b": 0.4, "c": 0.2, "worse": 0.1])
        func answer(_ others: [String]) -> Verdict.Answer {
            Verdict.judge([claim(others.map { .init(d, "a", against: $0, .lower) })], on: study)[0]
                .answer
        }
        #expect(answer(["b"]) == .supported)
        #expect(answer(["b", "c"]) == .undecided)
        #expect(answer(["b", "c", "worse"]) == .contradicted)
    }

    @Test("any difference among equals is not found, and among others is")
    func anyDifference() {
        let pairs: [Claim.Comparison] = [
            .init(d, "a", against: "b", .higher), .init(d, "a", against: "c", .higher),
            .init(d, "b", against: "c", .higher),
        ]
        func answer(_ study: StudyFigures) -> Verdict.Answer {
            Verdict.judge([claim(pairs, logic: .anyDifference)], on: study)[0].answer
        }
        #expect(answer(figures(["a": 0.2, "b": 0.2, "c": 0.2])) == .undecided)
        #expect(answer(figures(["a": 0.2, "b": 0.2, "c": 0.5])) == .supported)
    }

    @Test("Holm's correction is that of the textbook, and counts the claims of one family")
    func holm() {
        let study = figures(["a": 0.3, "b": 0.33, "c": 0.31, "d": 0.6], noise: 0.1)
        let claims = ["b", "c", "d"].map { claim([.init(d, "a", against: $0, .lower)]) }
        let alone = claims.map { Verdict.judge([$0], on: study)[0] }
        for verdict in alone { #expect(verdict.p == verdict.adjustedP) }
        let together = Verdict.judge(claims, on: study)
        let sorted = together.indices.sorted { together[$0].p < together[$1].p }
        var largest = 0.0
        for (rank, index) in sorted.enumerated() {
            largest = max(largest, min(1, together[index].p * Double(3 - rank)))
            #expect(abs(together[index].adjustedP - largest) < 1e-15)
        }
        var apart = claims
        for index in apart.indices { apart[index].family = "\(index)" }
        #expect(Verdict.judge(apart, on: study).map(\.adjustedP) == alone.map(\.p))
    }

    @Test("where nothing differs, hardly any family of claims has a false verdict")
    func falseVerdicts() {
        var wrong = 0
        let rounds = 300
        for round in 0..<rounds {
            let study = figures(
                ["a": 0.3, "b": 0.3, "c": 0.3, "d": 0.3], prompts: 6, seed: UInt64(100 + round))
            let verdicts = Verdict.judge(
                ["b", "c", "d"].map { claim([.init(d, "a", against: $0, .lower)]) }, on: study)
            if verdicts.contains(where: { $0.answer != .undecided }) { wrong += 1 }
        }
        #expect(Double(wrong) / Double(rounds) < 0.06)
    }

    @Test("a share that was right in every picture is still not known exactly")
    func shares() {
        func study(_ pictures: Int) -> StudyFigures {
            StudyFigures(
                (0..<2).flatMap { seed in
                    ["a", "base"].map { lane in
                        StudyFixture.record(
                            lane, seed: UInt64(seed),
                            prompts: ["identity_accuracy": ["p": 1, "q": 1, "r": 1]],
                            trained: ["p", "q", "r"], pictures: pictures)
                    }
                })
        }
        let kept = claim([
            .init("identity_accuracy", "a", against: "base", .higher, bound: -0.02)
        ])
        #expect(Verdict.judge([kept], on: study(4))[0].answer == .undecided)
        #expect(Verdict.judge([kept], on: study(400))[0].answer == .supported)
        let model = StudyFigures.Model(contender: "a", step: 10)
        let estimate = study(4).estimate("identity_accuracy", model)
        #expect(estimate?.value == 1 && estimate?.high == 1 && estimate!.low < 0.99)
    }
}

@Suite("Figures of a study")
struct StudyFiguresTests {
    private let prompts: [String: Double?] = ["a": 0.2, "b": 0.4, "z": 0.9]

    @Test("a figure of prompts is split into those trained on and those held out")
    func heldOut() {
        let study = StudyFigures([
            StudyFixture.record(
                "x", seed: 1, prompts: ["discrepancy_gender": prompts], trained: ["a", "b"])
        ])
        let model = StudyFigures.Model(contender: "x", step: 10)
        #expect(abs(study.mean("discrepancy_gender", model)!.value - 0.3) < 1e-12)
        #expect(study.mean("held_out_discrepancy_gender", model)!.value == 0.9)
        #expect(study.mean("kid", model) == nil)
        #expect(study.has("held_out_discrepancy_gender") && !study.has("kid"))
    }

    @Test("derived figures follow their formulas, prompt by prompt")
    func derived() {
        let study = StudyFigures(
            ["base", "x"].map { lane in
                StudyFixture.record(
                    lane, seed: 1,
                    figures: [
                        "pairwise_distance": lane == "x" ? 3 : 2,
                        "preference_score": lane == "x" ? 2.2 : 2,
                    ],
                    prompts: [
                        "discrepancy_gender": prompts,
                        "discrepancy_tone": ["a": 0.4, "b": 0.2, "z": 0],
                        "identity_accuracy": ["a": 1, "b": 0.5, "z": 0],
                    ], trained: ["a", "b"])
            })
        let model = StudyFigures.Model(contender: "x", step: 10)
        #expect(abs(study.mean("discrepancy", model)!.value - 0.3) < 1e-12)
        #expect(abs(study.mean("balance", model)!.value - 0.45) < 1e-12)
        #expect(study.mean("discrepancy", model)!.prompts == 2)
        // 3 / 2 of the base's diversity, and 11 / 10 of its preference score.
        #expect(study.mean("diversity", model)!.value == 3)
        #expect(abs(study.mean("trade_off", model)!.value - 2.6) < 1e-12)
        #expect(study.mean("held_out_balance", model)!.value == -0.45)
    }

    @Test("differences pair seeds and prompts, and leave out seeds that one of them lacks")
    func differences() {
        func record(_ lane: String, _ seed: UInt64, _ values: [String: Double?]) -> EvaluationRecord
        {
            StudyFixture.record(lane, seed: seed, prompts: ["discrepancy_tone": values])
        }
        let study = StudyFigures([
            record("x", 1, ["a": 1, "b": 2]), record("x", 2, ["a": 3, "b": 5]),
            record("y", 2, ["a": 1, "b": 1]),
        ])
        let (x, y) = (
            StudyFigures.Model(contender: "x", step: 10),
            StudyFigures.Model(contender: "y", step: 10)
        )
        let difference = study.difference("discrepancy_tone", x, minus: y)
        #expect(difference?.value == 3 && difference?.seeds == 1 && difference?.prompts == 2)
        #expect(study.difference("discrepancy_tone", x, minus: y, factor: 2)?.value == 2)
        #expect(study.perSeed("discrepancy_tone", x).map(\.value) == [1.5, 4])
    }

    @Test("a model that broke counts as not measured")
    func problem() {
        var broken = StudyFixture.record("x", seed: 1, prompts: ["discrepancy_tone": prompts])
        broken.problem = "its weights are not finite after step 3"
        let study = StudyFigures([broken])
        #expect(study.mean("discrepancy_tone", study.models[0]) == nil)
    }
}
