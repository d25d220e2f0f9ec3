import Alignment

/// How well pictures match their captions under a joint embedding of text and pictures.
public struct TextImageScore: Sendable, Equatable {
    /// The cosine between each picture and its own caption, [n].
    public let cosines: [Double]
    /// Whether each picture's own caption is nearer than any other, [n]; a tie is a miss.
    public let hits: [Bool]
    /// The mean cosine over prompts, with a bootstrap interval over prompts.
    public let score: PromptMeans
    /// The share of pictures whose own caption is nearer than any other, with a jackknife interval over
    /// prompts; a tie is a miss.
    public let retrieval: Jackknifed
    /// The retrieval of guessing, 1 over the number of captions.
    public let chance: Double

    /// Scores pictures against captions.
    ///
    /// - Parameters:
    ///   - pictures: embeddings of pictures, [n, d]; rows need not have length 1.
    ///   - captions: embeddings of all captions to choose from, each once, [m, d].
    ///   - captionOf: the row of each picture's own caption, [n].
    ///   - prompts: the prompt of each picture, [n]; its caption if nil.
    ///   - bootstrap: the resampling; lanes to be compared share it.
    ///   - stream: which sequence of random numbers it takes.
    /// - Throws: ``MetricError``, for fewer than two captions or prompts, for vectors without a
    ///   direction, and for captions with the same embedding.
    public init(
        pictures: Features, captions: Features, captionOf: [Int], prompts: [Int]? = nil,
        bootstrap: Bootstrap, stream: Int = 0
    ) throws(MetricError) {
        precondition(pictures.dimension == captions.dimension, "one embedding")
        precondition(captionOf.count == pictures.count, "one caption a picture")
        precondition(captionOf.allSatisfy { 0..<captions.count ~= $0 }, "captions that were given")
        guard captions.count >= 2 else {
            throw .tooFew(
                metric: "retrieval", of: captions.name, count: captions.count, needed: 2)
        }
        let groups = prompts ?? captionOf
        let blocks = PictureBlocks(count: pictures.count, prompts: groups)
        try blocks.require(1, metric: "retrieval", of: pictures.name)
        let (left, right) = (try pictures.normalised(), try captions.normalised())
        if let (row, other) = TextImageScore.firstRepeat(right) {
            throw .identical(of: captions.name, row: row, other: other)
        }
        let (own, hits) = TextImageScore.match(left, right, captionOf)
        cosines = own
        self.hits = hits
        score = try PromptMeans(
            of: own, prompts: groups, name: "the text-image score", bootstrap: bootstrap,
            stream: stream)
        let right1 = hits.filter { $0 }.count
        let withoutBlock = (0..<blocks.count).map { block in
            let kept = blocks.kept(without: block)
            return Double(kept.filter { hits[$0] }.count) / Double(kept.count)
        }
        retrieval = try Jackknifed(
            "retrieval", value: Double(right1) / Double(hits.count), n: hits.count,
            scale: .proportion(of: hits.count), leftOut: [LeftOut(blocks, withoutBlock)])
        chance = 1 / Double(captions.count)
    }

    private static func match(
        _ pictures: Features, _ captions: Features, _ captionOf: [Int]
    ) -> (cosines: [Double], hits: [Bool]) {
        let d = pictures.dimension
        return pictures.withRows { left in
            captions.withRows { right in
                var cosines: [Double] = []
                var hits: [Bool] = []
                for (i, mine) in captionOf.enumerated() {
                    let own = innerProduct(left + i * d, right + mine * d, d)
                    let hit = (0..<captions.count).allSatisfy {
                        $0 == mine || innerProduct(left + i * d, right + $0 * d, d) < own
                    }
                    cosines.append(own)
                    hits.append(hit)
                }
                return (cosines, hits)
            }
        }
    }

    private static func firstRepeat(_ features: Features) -> (Int, Int)? {
        var seen: [[Double]: Int] = [:]
        let d = features.dimension
        for row in 0..<features.count {
            let values = Array(features.values[row * d..<(row + 1) * d])
            if let earlier = seen.updateValue(row, forKey: values) { return (earlier, row) }
        }
        return nil
    }
}
