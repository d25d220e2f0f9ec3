import BenchProtocol
import DiffusionModels
import Pictures
import Populations
import TensorCore
import Testing
import TrainingEngine

private typealias Fixture = TrainingFixture

@Suite("Preference pairs to train on")
struct PreferenceTrainingTests {
    private func picture(_ level: UInt8, side: Int = 8) -> Picture {
        Picture(width: side, height: side, rgb: [UInt8](repeating: level, count: side * side * 3))
    }

    /// A pair of which the brighter picture is preferred; equal ones tie.
    private func pair(_ caption: String, _ first: UInt8, _ second: UInt8, side: Int = 8)
        -> PreferencePair
    {
        let label = first > second ? 1 : first < second ? 0 : 0.5
        return PreferencePair(
            caption: caption,
            first: RatedPicture(picture: picture(first, side: side), label: label),
            second: RatedPicture(picture: picture(second, side: side), label: 1 - label))
    }

    private func bank(
        _ pairs: [PreferencePair], professions: [String] = ["farmer", "artist"]
    ) throws -> PreferenceBank {
        try PreferenceBank(
            PreferencePairs(pairs: pairs), professions: professions, pipeline: Fixture.pipeline(),
            name: "pairs")
    }

    @Test("winners and losers stay together, sorted by caption, and ties are left out")
    func sorted() throws {
        let bank = try bank([
            pair("a farmer", 200, 10), pair("an artist", 20, 210), pair("a farmer", 7, 7),
            pair("a farmer", 30, 220),
        ])
        #expect(bank.prompts.map(\.caption) == ["a farmer", "an artist"])
        #expect(bank.prompts.allSatisfy { $0.isPaired })
        let farmer = bank.prompts[0]
        #expect(farmer.winners.count == 2 && farmer.losers.count == 2)
        #expect(farmer.winners[0].allSatisfy { abs($0 - (200 * 2 / 255.0 - 1)) < 1e-6 })
        #expect(farmer.losers[1].allSatisfy { abs($0 - (30 * 2 / 255.0 - 1)) < 1e-6 })
    }

    @Test(
        "professions that the recipe leaves out are never trained on, and nothing left is an error")
    func heldOut() throws {
        let both = [pair("a farmer", 9, 1), pair("a woman judge", 9, 1)]
        #expect(try bank(both, professions: ["farmer"]).prompts.map(\.caption) == ["a farmer"])
        #expect(
            try bank(both, professions: ["judge"]).prompts.map(\.caption) == ["a woman judge"])
        let error = try #require(throws: EngineError.self) {
            try bank(both + [pair("a farmer", 3, 3)], professions: ["artist"])
        }
        #expect(error.description.contains("of 3 pairs 1 tie and 2 are of professions"))
        #expect(throws: EngineError.self) { try bank([]) }
    }

    @Test("a caption that the model cannot read is named with its pair")
    func captions() throws {
        let error = try #require(throws: EngineError.self) {
            try bank([pair("a farmer", 9, 1), pair("a wizard", 9, 1)])
        }
        #expect(error.description.contains("pair 2") && error.description.contains("wizard"))
    }

    @Test("pictures of another size are cut and resampled to the model's")
    func sizes() throws {
        let bank = try bank([pair("a farmer", 200, 10, side: 20)])
        #expect(bank.prompts[0].winners[0].count == 192)
    }

    @Test("every pair that is drawn was compared, winner with its own loser")
    func drawnTogether() throws {
        let pipeline = try Fixture.pipeline()
        // Winner i is 10 brighter than loser i, and than no other loser.
        let pairs = (0..<12).map { index in
            pair("a farmer", UInt8(20 * index + 10), UInt8(20 * index))
        }
        let bank = try bank(pairs)
        var seen: Set<Float> = []
        for step in 0..<40 {
            for pair in 0..<8 {
                let (winner, loser) = bank.drawMembers(
                    seed: 4, step: step, pair: pair, isAnchor: false)
                #expect(winner.caption == "a farmer" && loser.caption == "a farmer")
                #expect(abs((winner.picture[0] - loser.picture[0]) * 255 / 2 - 10) < 0.01)
                seen.insert(winner.picture[0])
            }
        }
        #expect(seen.count == pairs.count)
        let trainer = LockstepTrainer(
            pipeline: pipeline, bank: bank,
            plan: TrainingPlan(seed: 4, pairsPerStep: 8, captionDropout: 0, policyEMA: 0) {
                settings, _ in settings.learningRate
            })
        let lanes = try ["diffusion-dpo", "popalign"].map {
            try Fixture.lane(Fixture.settings($0, objective: $0), pipeline, averages: false)
        }
        for _ in 0..<3 { _ = trainer.advance(lanes) }
        #expect(lanes.allSatisfy { $0.step == 3 })
    }

    @Test("rated pairs are summarised, with the share of labels that go against the score")
    func summary() throws {
        let (good, bad) = (
            Rating(match: 1, fidelity: 1, taste: 1), Rating(match: 0, fidelity: 0, taste: 0)
        )
        func rated(_ label: Double) -> PreferencePair {
            PreferencePair(
                caption: "a farmer",
                first: RatedPicture(picture: picture(1), label: label, rating: good),
                second: RatedPicture(picture: picture(2), label: 1 - label, rating: bad))
        }
        let rater = try Rater(temperature: 0)
        let summary = PreferenceSummary(
            PreferencePairs(pairs: [rated(1), rated(1), rated(1), rated(0)]), rater: rater)
        #expect(summary.pictures == 8 && summary.pairs == 4)
        #expect(summary.againstScore == 0.25 && summary.expectedAgainstScore == 0)
        #expect(summary.match.mean == 0.5 && summary.match.deviation == 0.5)
        #expect(summary.score.mean == 1.5)
        #expect(summary.lines.count == 6)
        let none = PreferenceSummary(
            PreferencePairs(pairs: [pair("a farmer", 1, 2)]), rater: rater)
        #expect(none.lines == ["1 pairs, no picture rated"])
    }
}
