import Alignment
import Foundation
import Metrics
import TensorCore

/// What other implementations computed; `scripts/make_metric_fixtures.py` says which.
struct Fixture: Decodable {
    struct Matrix: Decodable {
        let dimension: Int
        let values: [Double]

        func features(_ name: String = "pictures") throws -> Features {
            try Features(values, dimension: dimension, of: name)
        }
    }

    struct KID: Decodable {
        let value, variance, equalValue, subsetMean, subsetDeviation: Double
        let equalSize: Int
        let subsets: [[[Int]]]
    }

    struct Shares: Decodable {
        let precision, recall, density, coverage: Double
    }

    struct Neighbours: Decodable {
        let k: Int
        let value, variance: Shares
    }

    struct Diversity: Decodable {
        let features: Matrix
        let prompts: [Int]
        let vendi, vendiVariance, distance, distanceVariance: Double
    }

    struct Eigenvalues: Decodable {
        let size: Int
        let matrix, eigenvalues: [Double]
    }

    struct TextImage: Decodable {
        let pictures, captions: Matrix
        let captionOf: [Int]
        let cosines: [Double]
        let mean, retrieval: Double
    }

    struct Agreement: Decodable {
        let first, second, counts: [Int]
        let classes: Int
        let accuracy, kappa, kappaError: Double
    }

    struct Population: Decodable {
        let counts: [Int]
        let discrepancy, unbiasedSquare, entropy: Double
    }

    struct Comparison: Decodable {
        let a, b: [Double]
        let difference, low, high, share: Double
    }

    struct Proportions: Decodable {
        let wilson, newcombe: [[Double]]
    }

    let reference, generated: Matrix
    let prompts: [Int]
    let kid: KID
    let neighbourhoods: [Neighbours]
    let diversity: [Diversity]
    let eigenvalues: [Eigenvalues]
    let textImage: TextImage
    let agreement: [Agreement]
    let populations: [Population]
    let comparisons: [Comparison]
    let student: [[Double]]
    let proportions: Proportions

    static func read() throws -> Fixture {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/metrics.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Fixture.self, from: Data(contentsOf: file))
    }
}

/// Whether two numbers agree to `tolerance`, relative to the larger of them or to `floor`.
func agree(_ a: Double, _ b: Double, _ tolerance: Double = 1e-10, floor: Double = 1e-6) -> Bool {
    abs(a - b) <= tolerance * max(abs(a), abs(b), floor)
}

/// A reproducible source of features for property tests.
struct Draws {
    private var random: Philox

    init(_ seed: UInt64) { random = Philox(seed: seed, purpose: .evaluation) }

    /// n x d independent normal features.
    mutating func normal(
        _ count: Int, _ dimension: Int, shift: Double = 0, of name: String = "pictures"
    ) throws -> Features {
        try Features(
            list(count * dimension).map { $0 + shift }, dimension: dimension, of: name)
    }

    /// Independent normal numbers.
    mutating func list(_ count: Int) -> [Double] {
        var values = Array(repeating: Float(0), count: count)
        values.withUnsafeMutableBufferPointer {
            if let out = $0.baseAddress { random.fillNormal(out, count: count) }
        }
        return values.map(Double.init)
    }

    mutating func index(below count: Int) -> Int { random.index(below: count) }

    mutating func uniform() -> Double { Double(random.nextWord()) * 0x1p-32 }
}

/// As many rows, all alike.
func identical(_ count: Int, _ row: [Double], of name: String = "pictures") throws -> Features {
    try Features((0..<count).flatMap { _ in row }, dimension: row.count, of: name)
}

/// The unit vectors of as many axes.
func orthogonal(_ count: Int) throws -> Features {
    try Features(
        (0..<count * count).map { $0 % (count + 1) == 0 ? 1.0 : 0 }, dimension: count,
        of: "pictures")
}
