import Alignment
import Metrics
import Testing

@Suite struct TextImageTests {
    private let bootstrap = Bootstrap(seed: 4, resamples: 300)

    @Test("Cosines and retrieval are those of scikit-learn")
    func reference() throws {
        let entry = try Fixture.read().textImage
        let found = try TextImageScore(
            pictures: entry.pictures.features(), captions: entry.captions.features(),
            captionOf: entry.captionOf, bootstrap: bootstrap)
        #expect(zip(found.cosines, entry.cosines).allSatisfy { agree($0, $1) })
        #expect(agree(found.score.mean.value, entry.mean) && found.score.mean.n == 7)
        #expect(agree(found.retrieval.value, entry.retrieval) && found.retrieval.n == 35)
        #expect(entry.retrieval > 0.3 && entry.retrieval < 1)
        #expect(agree(found.chance, 1.0 / 7))
        let interval = found.retrieval.estimate
        #expect(interval.low < entry.retrieval && entry.retrieval < interval.high)
    }

    @Test("Pictures on their captions match perfectly, and identical ones by chance")
    func knownAnswers() throws {
        let captions = try orthogonal(5)
        let own = (0..<20).map { $0 % 5 }
        let perfect = try TextImageScore(
            pictures: captions.rows(own), captions: captions, captionOf: own, bootstrap: bootstrap)
        #expect(agree(perfect.score.mean.value, 1) && perfect.retrieval.value == 1)
        #expect(perfect.retrieval.estimate.low < 0.9 && perfect.retrieval.estimate.high == 1)
        let same = try TextImageScore(
            pictures: identical(20, [3, 1, 1, 1, 1]), captions: captions, captionOf: own,
            bootstrap: bootstrap)
        #expect(agree(same.retrieval.value, same.chance))
        // As near to all captions: a tie is no hit.
        let tied = try TextImageScore(
            pictures: identical(20, [1, 1, 1, 1, 1]), captions: captions, captionOf: own,
            bootstrap: bootstrap)
        #expect(tied.retrieval.value == 0 && agree(tied.score.mean.value, 0.2.squareRoot()))
    }

    @Test("What leaves nothing to choose is refused")
    func refusals() throws {
        let axes = try orthogonal(3)
        func score(_ captions: Features, _ own: [Int]) throws {
            _ = try TextImageScore(
                pictures: axes, captions: captions, captionOf: own, bootstrap: bootstrap)
        }
        #expect(throws: MetricError.identical(of: "pictures", row: 1, other: 3)) {
            try score(axes.rows([0, 1, 2, 1]), [0, 1, 2])
        }
        #expect(
            throws: MetricError.tooFew(metric: "retrieval", of: "pictures", count: 1, needed: 2)
        ) {
            try score(axes.rows([0]), [0, 0, 0])
        }
        #expect(
            throws: MetricError.tooFew(
                metric: "an interval of retrieval", of: "prompts", count: 1, needed: 2)
        ) {
            try score(axes, [1, 1, 1])
        }
    }
}
