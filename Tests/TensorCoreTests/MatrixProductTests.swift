import CKernels
import TensorCore
import Testing

/// One product with everything drawn: sizes, transposes, leading dimensions, scales.
private struct DrawnProduct {
    let (m, n, k): (Int, Int, Int)
    let (transposeA, transposeB): (Bool, Bool)
    let (lda, ldb, ldc): (Int, Int, Int)
    let (alpha, beta): (Float, Float)
    let (a, b, c): ([Float], [Float], [Float])

    init(seed: Int) {
        var random = Philox(seed: 17, purpose: .evaluation, step: seed)
        func size() -> Int {
            [1, 2 + random.index(below: 7), 9 + random.index(below: 60)][random.index(below: 3)]
        }
        func padding() -> Int { random.index(below: 2) == 0 ? 0 : random.index(below: 9) }
        (m, n, k) = (size(), size(), size())
        (transposeA, transposeB) = (random.index(below: 2) == 1, random.index(below: 2) == 1)
        lda = (transposeA ? m : k) + padding()
        ldb = (transposeB ? k : n) + padding()
        ldc = n + padding()
        alpha = [1, 0.5, -1.25][random.index(below: 3)]
        beta = [0, 1, -0.75][random.index(below: 3)]
        func values(_ count: Int) -> [Float] { (0..<count).map { _ in random.uniform(-1, 1) } }
        a = values((transposeA ? k : m) * lda)
        b = values((transposeB ? n : k) * ldb)
        // Without beta the old C may hold anything, and must not be read.
        c = beta == 0 ? [Float](repeating: .nan, count: m * ldc) : values(m * ldc)
    }

    /// The product in Double, and the largest rounding error that Float sums may have in it.
    var expected: (values: [Double], bounds: [Double]) {
        var values: [Double] = []
        var bounds: [Double] = []
        for i in 0..<m {
            for j in 0..<n {
                var (sum, size) = (0.0, 0.0)
                for l in 0..<k {
                    let left = Double(transposeA ? a[l * lda + i] : a[i * lda + l])
                    let right = Double(transposeB ? b[j * ldb + l] : b[l * ldb + j])
                    sum += left * right
                    size += abs(left * right)
                }
                let old = beta == 0 ? 0 : Double(beta) * Double(c[i * ldc + j])
                values.append(Double(alpha) * sum + old)
                bounds.append(1e-7 * Double(k + 4) * (abs(Double(alpha)) * size + abs(old)) + 1e-12)
            }
        }
        return (values, bounds)
    }

    /// The values of C, and whether what lies between its rows was left alone.
    func parts(of result: [Float]) -> (values: [Float], gapsKept: Bool) {
        var values: [Float] = []
        var kept = true
        for i in 0..<m {
            values += result[(i * ldc)..<(i * ldc + n)]
            for j in n..<ldc where result[i * ldc + j].bitPattern != c[i * ldc + j].bitPattern {
                kept = false
            }
        }
        return (values, kept)
    }
}

@Suite("Matrix product")
struct MatrixProductTests {
    @Test("OpenBLAS is found, or the plain loop is named in its place")
    func opening() {
        let reason = MatrixKernel.open()
        #expect((reason != nil) == (MatrixKernel.name == "plain"))
        #expect(reason == MatrixKernel.open())
        #expect(MatrixKernel.configuration.isEmpty == (reason != nil))
    }

    @Test("the product agrees with sums in Double for every shape, transpose, stride and scale")
    func product() {
        MatrixKernel.open()
        for seed in 0..<400 {
            let drawn = DrawnProduct(seed: seed)
            var fast = drawn.c
            var plain = drawn.c
            matrixProduct(
                transposeA: drawn.transposeA, transposeB: drawn.transposeB, m: drawn.m, n: drawn.n,
                k: drawn.k, alpha: drawn.alpha, drawn.a, drawn.lda, drawn.b, drawn.ldb,
                beta: drawn.beta, &fast, drawn.ldc)
            pb_sgemm_plain(
                drawn.transposeA ? 1 : 0, drawn.transposeB ? 1 : 0, Int32(drawn.m), Int32(drawn.n),
                Int32(drawn.k), drawn.alpha, drawn.a, Int32(drawn.lda), drawn.b, Int32(drawn.ldb),
                drawn.beta, &plain, Int32(drawn.ldc))
            let (values, bounds) = drawn.expected
            for (name, result) in [("library", fast), ("plain loop", plain)] {
                let parts = drawn.parts(of: result)
                let close = zip(parts.values, zip(values, bounds)).allSatisfy {
                    abs(Double($0) - $1.0) <= $1.1
                }
                #expect(close, "\(name), \(drawn.m)x\(drawn.n)x\(drawn.k), seed \(seed)")
                #expect(parts.gapsKept, "\(name) wrote between rows, seed \(seed)")
            }
        }
    }

    @Test("the same product gives the same bits every time, on any thread")
    func repeatable() {
        MatrixKernel.open()
        let (m, n, k) = (67, 61, 83)
        var random = Philox(seed: 3, purpose: .evaluation)
        let a = (0..<(m * k)).map { _ in random.uniform(-1, 1) }
        let b = (0..<(k * n)).map { _ in random.uniform(-1, 1) }
        let results = FloatBlock(count: 8 * m * n)
        let out = Confined(results.pointer)
        Shards.concurrently(8) { index in
            matrixProduct(m: m, n: n, k: k, a, k, b, n, out.value + index * m * n, n)
        }
        let first = Array(results.array.prefix(m * n))
        for index in 1..<8 {
            #expect(Array(results.array[(index * m * n)..<((index + 1) * m * n)]) == first)
        }
    }
}
