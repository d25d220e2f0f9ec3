import Alignment
import Testing

@Suite struct PopulationReferenceTests {
    @Test("Discrepancy, its unbiased square and entropy are those that scipy and pairs give")
    func reference() throws {
        let populations = try Fixture.read().populations
        #expect(populations.count == 6)
        for entry in populations {
            let counts = PopulationCounts(counts: entry.counts)
            #expect(agree(counts.discrepancy, entry.discrepancy))
            #expect(agree(counts.unbiasedSquare, entry.unbiasedSquare))
            #expect(agree(counts.entropy, entry.entropy))
        }
    }
}
