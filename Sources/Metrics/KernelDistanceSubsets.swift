import Alignment
import TensorCore

extension KernelDistance {
    /// What published tools print for KID: the mean over random subsets, and how much these differ.
    public struct SubsetAverage: Sendable, Equatable {
        /// The mean of KID over subsets.
        public let mean: Double
        /// The standard deviation over subsets; subsets share pictures, so it is neither a standard
        /// error nor the width of an interval.
        public let standardDeviation: Double
        /// How many subsets were drawn.
        public let subsets: Int
        /// How many pictures of each side a subset has.
        public let size: Int
    }

    /// KID as torch-fidelity and clean-fid compute it, averaged over random subsets.
    ///
    /// It agrees in expectation with ``estimate(reference:generated:prompts:)``, which has less
    /// variance and an interval. torch-fidelity draws 100 subsets of 1,000.
    ///
    /// - Parameters:
    ///   - reference: features of real pictures, [m, d].
    ///   - generated: features of a model's pictures, [n, d].
    ///   - subsets: how many subsets, at least 1.
    ///   - size: pictures of each side in a subset, at least 2.
    ///   - seed: what the draws depend on.
    /// - Throws: ``MetricError``, where a set is smaller than a subset.
    public static func averagedOverSubsets(
        reference: Features, generated: Features, subsets: Int = 100, size: Int, seed: UInt64
    ) throws(MetricError) -> SubsetAverage {
        precondition(subsets > 0 && size >= 2, "subsets of two pictures or more")
        for features in [reference, generated] {
            try checkCount(features)
            guard features.count >= size else {
                throw .tooFew(
                    metric: "KID over subsets of \(size)", of: features.name,
                    count: features.count, needed: size)
            }
        }
        let drawn = (0..<subsets).map { subset in
            // Far from the streams that figures with a bootstrap interval count up from 0.
            var random = Philox(
                seed: seed, purpose: .bootstrap, step: subset, sample: 0x4B49_4400)
            return (
                draw(size, of: reference.count, &random), draw(size, of: generated.count, &random)
            )
        }
        return try average(reference: reference, generated: generated, over: drawn)
    }

    /// The average over given subsets: indices of reference and of generated pictures.
    package static func average(
        reference: Features, generated: Features,
        over subsets: [(reference: [Int], generated: [Int])]
    ) throws(MetricError) -> SubsetAverage {
        var values: [Double] = []
        for subset in subsets {
            let x = reference.rows(subset.reference)
            let y = generated.rows(subset.generated)
            let m = Double(x.count)
            let n = Double(y.count)
            values.append(
                kernelSum(x, x, besidesSelf: true) / (m * (m - 1))
                    + kernelSum(y, y, besidesSelf: true) / (n * (n - 1))
                    - 2 * kernelSum(x, y, besidesSelf: false) / (m * n))
        }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance =
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        guard variance.isFinite else { throw .overflow(metric: "KID") }
        return SubsetAverage(
            mean: mean, standardDeviation: variance.squareRoot(), subsets: values.count,
            size: subsets.first?.reference.count ?? 0)
    }

    private static func kernelSum(_ a: Features, _ b: Features, besidesSelf: Bool) -> Double {
        let d = a.dimension
        return a.withRows { left in
            b.withRows { right in
                var sum = 0.0
                for i in 0..<a.count {
                    for j in 0..<b.count where !(besidesSelf && i == j) {
                        let base = innerProduct(left + i * d, right + j * d, d) / Double(d) + 1
                        sum += base * base * base
                    }
                }
                return sum
            }
        }
    }

    /// Different indices below `count`, by the first steps of Fisher and Yates's shuffle.
    private static func draw(_ size: Int, of count: Int, _ random: inout Philox) -> [Int] {
        var indices = Array(0..<count)
        for i in 0..<size { indices.swapAt(i, i + random.index(below: count - i)) }
        return Array(indices.prefix(size))
    }
}
