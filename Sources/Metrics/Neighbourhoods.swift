/// Density and coverage, precision and recall: how far each set lies in the other's neighbourhoods.
///
/// The neighbourhood of a picture is the ball that reaches to its k-th
/// nearest neighbour in its own set.
///
/// Reference: Naeem, Oh, Uh, Choi, Yoo, "Reliable fidelity and diversity metrics for generative
/// models", arXiv 2002.09797; precision and recall after Kynkaanniemi et al., arXiv 1904.06991.
public struct Neighbourhoods: Sendable, Equatable {
    /// The mean over generated pictures of the number of reference balls around each, divided by k:
    /// 1 in expectation for a perfect model, more where the model keeps to crowded places.
    public let density: Jackknifed
    /// The share of reference balls that hold a generated picture.
    ///
    /// That of a perfect model is ``expectedCoverage(reference:generated:k:)``.
    public let coverage: Jackknifed
    /// The share of generated pictures that lie in a reference ball.
    public let precision: Jackknifed
    /// The share of reference pictures that lie in the ball of a generated picture.
    public let recall: Jackknifed
    /// How many neighbours a ball reaches to.
    public let k: Int
    /// How many reference pictures have k identical neighbours, hence a ball without extent that
    /// nothing lies in; a coverage computed with many of them is too low.
    public let emptyReferenceBalls: Int
    /// How many generated pictures have k identical neighbours, which is what collapse looks like.
    public let emptyGeneratedBalls: Int

    /// The most pictures of either set, for the memory and time that all pairs take.
    public static let largestCount = 2_000

    /// Computes all four with jackknife intervals over prompts and over reference pictures, balls
    /// recomputed each time.
    ///
    /// - Parameters:
    ///   - reference: features of real pictures, [m, d].
    ///   - generated: features of a model's pictures, [n, d].
    ///   - prompts: the prompt of each generated picture, [n]; each by itself if nil.
    ///   - k: how many neighbours a ball reaches to; the papers' density and coverage have 5.
    /// - Throws: ``MetricError``, where fewer than k + 1 pictures are left beside those of a prompt
    ///   or where all reference pictures are identical.
    public init(
        reference: Features, generated: Features, prompts: [Int]? = nil, k: Int = 5
    ) throws(MetricError) {
        precondition(k > 0, "a neighbourhood reaches to a neighbour")
        let name = "density and coverage with k = \(k)"
        let outer = PictureBlocks(count: reference.count, prompts: nil)
        let inner = PictureBlocks(count: generated.count, prompts: prompts)
        for (features, blocks) in [(reference, outer), (generated, inner)] {
            guard features.count <= Neighbourhoods.largestCount else {
                throw .tooMany(
                    metric: name, of: features.name, count: features.count,
                    limit: Neighbourhoods.largestCount)
            }
            try blocks.require(k + 1, metric: name, of: features.name)
        }
        let distances = Distances(reference, generated, k: k)
        guard distances.areFinite else { throw .overflow(metric: name) }
        let (outerRadii, innerRadii) = (distances.referenceRadii(), distances.generatedRadii())
        let emptyReferenceBalls = outerRadii.filter { $0 == 0 }.count
        guard emptyReferenceBalls < reference.count else {
            throw .noExtent(of: reference.name, neighbours: k)
        }
        let whole = distances.shares(outerRadii, innerRadii)
        let withoutInner = (0..<inner.count).map { block in
            let keep = inner.blockOf.map { $0 != block }
            return distances.shares(
                outerRadii, distances.generatedRadii(keep), keepGenerated: keep)
        }
        let withoutOuter = (0..<outer.count).map { block in
            let keep = outer.blockOf.map { $0 != block }
            return distances.shares(
                distances.referenceRadii(keep), innerRadii, keepReference: keep)
        }
        func figure(
            _ scale: Jackknifed.Scale, _ share: (Distances.Shares) -> Double
        ) throws(MetricError) -> Jackknifed {
            try Jackknifed(
                name, value: share(whole), n: generated.count, scale: scale,
                leftOut: [
                    LeftOut(inner, withoutInner.map(share)),
                    LeftOut(outer, withoutOuter.map(share)),
                ])
        }
        density = try figure(.number(0 ... .infinity)) { $0.density }
        coverage = try figure(.proportion(of: reference.count)) { $0.coverage }
        precision = try figure(.proportion(of: generated.count)) { $0.precision }
        recall = try figure(.proportion(of: reference.count)) { $0.recall }
        self.k = k
        self.emptyReferenceBalls = emptyReferenceBalls
        emptyGeneratedBalls = innerRadii.filter { $0 == 0 }.count
    }

    /// The coverage expected of a perfect model, 1 - (m-1)...(m-k) / (m+n-1)...(m+n-k): a ball is
    /// missed only if the k nearest of all other pictures are all real.
    ///
    /// - Parameters:
    ///   - reference: m, more than k.
    ///   - generated: n.
    ///   - k: how many neighbours a ball reaches to.
    public static func expectedCoverage(reference: Int, generated: Int, k: Int = 5) -> Double {
        precondition(k > 0 && reference > k && generated >= 0, "more reference pictures than k")
        return 1
            - (1...k).reduce(1.0) {
                $0 * Double(reference - $1) / Double(reference + generated - $1)
            }
    }
}
