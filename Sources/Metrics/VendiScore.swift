import Foundation

/// The Vendi score: exp(-sum lambda ln lambda) over the eigenvalues lambda of K / n, where K holds
/// the cosines of all pairs; the effective number of different pictures, from 1 (all identical) to n
/// (all orthogonal).
///
/// It grows with n: compare sets of one size.
///
/// Reference: Friedman, Dieng, "The Vendi Score", arXiv 2210.02410.
public enum VendiScore {
    /// The largest matrix whose eigenvalues are computed: the smaller of n and d.
    public static let largestSize = 1_024
    /// The most pictures of a set.
    public static let largestCount = 10_000

    /// The score of a set of pictures.
    ///
    /// - Parameter features: [n, d], n at least 2; rows need not have length 1.
    /// - Throws: ``MetricError``.
    public static func value(of features: Features) throws(MetricError) -> Double {
        let spectrum = try Spectrum(features)
        return spectrum.score(keeping: Array(0..<features.count))
    }

    /// The score with a jackknife interval over prompts, of at most 25 blocks.
    ///
    /// - Parameters:
    ///   - features: [n, d].
    ///   - prompts: the prompt of each picture, [n]; each by itself if nil.
    /// - Throws: ``MetricError``.
    public static func estimate(
        of features: Features, prompts: [Int]? = nil
    ) throws(MetricError) -> Jackknifed {
        let blocks = PictureBlocks(count: features.count, prompts: prompts, limit: 25)
        try blocks.require(2, metric: "the Vendi score", of: features.name)
        let spectrum = try Spectrum(features)
        return try Jackknifed(
            "the Vendi score", value: spectrum.score(keeping: Array(0..<features.count)),
            n: features.count, scale: .number(1...Double(features.count)),
            leftOut: [
                LeftOut(
                    blocks,
                    (0..<blocks.count).map { spectrum.score(keeping: blocks.kept(without: $0)) })
            ])
    }

    /// The score of a matrix of similarities: symmetric, positive semidefinite, 1 on the diagonal.
    ///
    /// - Parameters:
    ///   - similarities: [n, n], row-major.
    ///   - count: n, at least 1.
    /// - Throws: ``MetricError``, if the matrix is none of similarities or too large.
    public static func value(similarities: [Double], count: Int) throws(MetricError) -> Double {
        precondition(count > 0 && similarities.count == count * count, "a square matrix")
        guard count <= largestSize else {
            throw .tooMany(
                metric: "the Vendi score", of: "rows of similarities", count: count,
                limit: largestSize)
        }
        for i in 0..<count {
            for j in 0...i {
                let value = similarities[i * count + j]
                guard value.isFinite else { throw .notFinite(of: "similarities", row: i) }
                guard abs(value - similarities[j * count + i]) <= 1e-9 else {
                    throw .notSimilarities(reason: "entries (\(i), \(j)) and (\(j), \(i)) differ")
                }
                guard i != j || abs(value - 1) <= 1e-9 else {
                    throw .notSimilarities(reason: "row \(i) has \(value) on the diagonal, not 1")
                }
            }
        }
        let eigenvalues = symmetricEigenvalues(similarities, size: count)
        if let smallest = eigenvalues.first, smallest < -1e-9 * Double(count) {
            throw .notSimilarities(reason: "its eigenvalue \(smallest) is negative")
        }
        return exponentialEntropy(eigenvalues.map { $0 / Double(count) })
    }

    /// exp of the entropy; eigenvalues that rounding has left at or below 0 count as 0.
    fileprivate static func exponentialEntropy(_ shares: [Double]) -> Double {
        exp(shares.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 })
    }
}

/// Cosines of all pairs, or products of all pairs of features where that matrix is the smaller one:
/// X X^T and X^T X share their nonzero eigenvalues.
private struct Spectrum {
    private let unit: Features
    private let cosines: [Double]?

    init(_ features: Features) throws(MetricError) {
        let n = features.count
        guard n >= 2 else {
            throw .tooFew(metric: "the Vendi score", of: features.name, count: n, needed: 2)
        }
        guard n <= VendiScore.largestCount else {
            throw .tooMany(
                metric: "the Vendi score", of: features.name, count: n,
                limit: VendiScore.largestCount)
        }
        guard min(n, features.dimension) <= VendiScore.largestSize else {
            throw .tooMany(
                metric: "the Vendi score of vectors this long", of: features.name, count: n,
                limit: VendiScore.largestSize)
        }
        unit = try features.normalised()
        cosines = n <= features.dimension ? gramMatrix(unit) : nil
    }

    func score(keeping kept: [Int]) -> Double {
        let n = Double(kept.count)
        let size: Int
        var matrix: [Double]
        if let cosines {
            size = kept.count
            matrix = kept.flatMap { i in kept.map { j in cosines[i * unit.count + j] } }
        } else {
            size = unit.dimension
            matrix = Array(repeating: 0, count: size * size)
            matrix.withUnsafeMutableBufferPointer { buffer in
                guard let out = buffer.baseAddress else { return }
                unit.withRows { rows in
                    for i in kept {
                        let row = rows + i * size
                        for a in 0..<size { add(row, times: row[a], to: out + a * size, a + 1) }
                    }
                }
            }
        }
        return VendiScore.exponentialEntropy(
            symmetricEigenvalues(matrix, size: size).map { $0 / n })
    }
}
