import Alignment
import TensorCore

/// KID, the squared maximum mean discrepancy between reference and generated pictures.
///
/// The kernel is k(x, y) = (x . y / d + 1)^3. The estimate has no bias: it is 0 in expectation for
/// a perfect model, and a good one comes out negative half the time. Its size depends on the features: figures from other features are not to be compared.
///
/// Reference: Binkowski, Sutherland, Arbel, Gretton, "Demystifying MMD GANs", arXiv 1801.01401.
public enum KernelDistance {
    /// The most pictures of either set, for the time that all pairs take.
    public static let largestCount = 10_000

    /// KID over all pictures with a jackknife interval over prompts and reference pictures.
    ///
    /// Sum of k(x_i, x_j) over i != j / m(m-1) + the same for y - 2 sum of k(x_i, y_j) / mn.
    ///
    /// - Parameters:
    ///   - reference: features of real pictures, [m, d].
    ///   - generated: features of a model's pictures, [n, d].
    ///   - prompts: the prompt of each generated picture, [n]; each by itself if nil.
    /// - Throws: ``MetricError``, where too few pictures are left beside those of a prompt.
    public static func estimate(
        reference: Features, generated: Features, prompts: [Int]? = nil
    ) throws(MetricError) -> Jackknifed {
        let outer = PictureBlocks(count: reference.count, prompts: nil)
        let inner = PictureBlocks(count: generated.count, prompts: prompts)
        for (features, blocks) in [(reference, outer), (generated, inner)] {
            try checkCount(features)
            try blocks.require(2, metric: "KID", of: features.name)
        }
        let xx = BlockSums(reference, outer, reference, outer, pairsOnce: true)
        let yy = BlockSums(generated, inner, generated, inner, pairsOnce: true)
        let xy = BlockSums(reference, outer, generated, inner, pairsOnce: false)
        func value(withoutReference a: Int?, withoutGenerated b: Int?) -> Double {
            let m = Double(reference.count - (a.map { outer.sizes[$0] } ?? 0))
            let n = Double(generated.count - (b.map { inner.sizes[$0] } ?? 0))
            return xx.total(withoutRow: a, column: a) / (m * (m - 1))
                + yy.total(withoutRow: b, column: b) / (n * (n - 1))
                - 2 * xy.total(withoutRow: a, column: b) / (m * n)
        }
        let leftOut = [
            LeftOut(
                inner,
                (0..<inner.count).map { value(withoutReference: nil, withoutGenerated: $0) }),
            LeftOut(
                outer,
                (0..<outer.count).map { value(withoutReference: $0, withoutGenerated: nil) }),
        ]
        return try Jackknifed(
            "KID", value: value(withoutReference: nil, withoutGenerated: nil), n: generated.count,
            scale: .number(-.infinity ... .infinity), leftOut: leftOut)
    }

    static func checkCount(_ features: Features) throws(MetricError) {
        guard features.count <= largestCount else {
            throw .tooMany(
                metric: "KID", of: features.name, count: features.count, limit: largestCount)
        }
    }
}

/// Sums of the kernel over all pairs of two blocks, from which every leave-one-out figure follows.
private struct BlockSums {
    private let sums: [Double]
    private let columns: Int
    private let rowSums: [Double]
    private let columnSums: [Double]
    private let all: Double

    /// - Parameter pairsOnce: whether both sets are the same one, of whose pairs none is formed of a
    ///   picture with itself.
    init(
        _ a: Features, _ aBlocks: PictureBlocks, _ b: Features, _ bBlocks: PictureBlocks,
        pairsOnce: Bool
    ) {
        precondition(a.dimension == b.dimension, "features of one kind")
        let columns = bBlocks.count
        let d = a.dimension
        let gamma = 1 / Double(d)
        var sums = Array(repeating: 0.0, count: aBlocks.count * columns)
        a.withRows { left in
            b.withRows { right in
                for i in 0..<a.count {
                    let row = aBlocks.blockOf[i]
                    for j in 0..<(pairsOnce ? i : b.count) {
                        let base = innerProduct(left + i * d, right + j * d, d) * gamma + 1
                        let kernel = base * base * base
                        let column = bBlocks.blockOf[j]
                        sums[row * columns + column] += kernel
                        if pairsOnce { sums[column * columns + row] += kernel }
                    }
                }
            }
        }
        let rowSums = (0..<aBlocks.count).map { row in
            sums[row * columns..<(row + 1) * columns].reduce(0, +)
        }
        columnSums = (0..<columns).map { column in
            (0..<aBlocks.count).reduce(0) { $0 + sums[$1 * columns + column] }
        }
        all = rowSums.reduce(0, +)
        self.rowSums = rowSums
        self.sums = sums
        self.columns = columns
    }

    func total(withoutRow row: Int?, column: Int?) -> Double {
        var total = all
        if let row { total -= rowSums[row] }
        if let column { total -= columnSums[column] }
        if let row, let column { total += sums[row * columns + column] }
        return total
    }
}
