/// The mean cosine distance, 1 - cos(x_i, x_j), over all pairs of pictures.
///
/// 0 where all are identical, 1 where all are orthogonal. Its expectation does not depend on n.
public enum CosineDistance {
    /// The mean over pairs.
    ///
    /// - Parameter features: [n, d], n at least 2; rows need not have length 1.
    /// - Throws: ``MetricError``.
    public static func mean(of features: Features) throws(MetricError) -> Double {
        guard features.count >= 2 else {
            throw .tooFew(
                metric: "the mean pairwise distance", of: features.name, count: features.count,
                needed: 2)
        }
        let unit = try features.normalised()
        return meanDistance(sum: rowSum(unit, Array(0..<unit.count)), n: unit.count)
    }

    /// The mean over pairs with a jackknife interval over prompts.
    ///
    /// - Parameters:
    ///   - features: [n, d].
    ///   - prompts: the prompt of each picture, [n]; each by itself if nil.
    /// - Throws: ``MetricError``.
    public static func estimate(
        of features: Features, prompts: [Int]? = nil
    ) throws(MetricError) -> Jackknifed {
        let blocks = PictureBlocks(count: features.count, prompts: prompts)
        try blocks.require(2, metric: "the mean pairwise distance", of: features.name)
        let unit = try features.normalised()
        let value = meanDistance(sum: rowSum(unit, Array(0..<unit.count)), n: unit.count)
        let values = (0..<blocks.count).map { block in
            let kept = blocks.kept(without: block)
            return meanDistance(sum: rowSum(unit, kept), n: kept.count)
        }
        return try Jackknifed(
            "the mean pairwise distance", value: value, n: unit.count, scale: .number(0...2),
            leftOut: [LeftOut(blocks, values)])
    }

    /// 1 - (|sum of rows|^2 - n) / n(n - 1).
    ///
    /// The cosines of all ordered pairs add up to the square, those of rows with themselves to n.
    /// Rounding may leave a hair below 0.
    private static func meanDistance(sum: [Double], n: Int) -> Double {
        let count = Double(n)
        let square = sum.reduce(0) { $0 + $1 * $1 }
        return max(0, 1 - (square - count) / (count * (count - 1)))
    }

    private static func rowSum(_ features: Features, _ kept: [Int]) -> [Double] {
        var sum = Array(repeating: 0.0, count: features.dimension)
        sum.withUnsafeMutableBufferPointer { buffer in
            guard let out = buffer.baseAddress else { return }
            features.withRows { rows in
                for i in kept {
                    add(rows + i * features.dimension, times: 1, to: out, features.dimension)
                }
            }
        }
        return sum
    }
}
