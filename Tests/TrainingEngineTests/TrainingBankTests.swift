import DiffusionModels
import Pictures
import Populations
import Testing
import TrainingEngine

private typealias Fixture = TrainingFixture

@Suite("Populations to train on")
struct TrainingBankTests {
    @Test("pictures are sorted by prompt and unshuffled as the model sees them")
    func prompts() throws {
        let pipeline = try Fixture.pipeline()
        let pair = Fixture.populations()
        let bank = try PreferenceBank(pair, professions: ["artist", "farmer"], pipeline: pipeline)
        #expect(bank.prompts.map(\.caption) == ["an artist", "a farmer"])
        #expect(bank.prompts.allSatisfy { $0.winners.count == 5 && $0.losers.count == 5 })
        #expect(
            bank.prompts[1].winnerIdentityCaptions.prefix(2) == [
                "a light-skinned woman farmer", "a medium-light-skinned woman farmer",
            ])
        let picture = try #require(pair.winners.first { $0.attributes.profession == .farmer })
        var expected = [Float](repeating: 0, count: 192)
        pipeline.unshuffle(picture.picture.signedUnit, into: &expected)
        #expect(bank.prompts[1].winners[0] == expected)
    }

    @Test("a prompt without winners or losers, an unknown one and pictures of another size")
    func refusals() throws {
        let pipeline = try Fixture.pipeline()
        func failure(_ pair: PopulationPair, _ professions: [String]) -> String {
            let error = #expect(throws: EngineError.self) {
                try PreferenceBank(pair, professions: professions, pipeline: pipeline)
            }
            return error?.description ?? ""
        }
        #expect(failure(Fixture.populations(), ["judge"]).contains("0 winners and 0 losers"))
        #expect(failure(Fixture.populations(), ["wizard"]).contains("wizard"))
        var oneSided = Fixture.populations()
        oneSided.losers = []
        #expect(failure(oneSided, ["artist"]).contains("5 winners and 0 losers"))
        #expect(failure(Fixture.populations(side: 6), ["artist"]).contains("6x6"))
    }
}
