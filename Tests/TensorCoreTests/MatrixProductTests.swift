import CKernels
import TensorCore
import Testing

/// One product with everything drawn: sizes, transposes, leading dimensions, what is added.
private struct DrawnProduct {
    let (m, n, k): (Int, Int, Int)
    let (transposeA, transposeB): (Bool, Bool)
    let (lda, ldb, ldc): (Int, Int, Int)
    let (a, b, c, bias): ([Float], [Float], [Float], [Float])
    let kind: Kind

    /// What is added: nothing, C itself or one row.
    enum Kind: CaseIterable { case nothing, result, row }

    init(seed: Int, size given: (Int, Int, Int)? = nil) {
        var random = Philox(seed: 17, purpose: .evaluation, step: seed)
        func size() -> Int {
            [1, 2 + random.index(below: 7), 9 + random.index(below: 60)][random.index(below: 3)]
        }
        func padding() -> Int { random.index(below: 2) == 0 ? 0 : random.index(below: 9) }
        (m, n, k) = given ?? (size(), size(), size())
        (transposeA, transposeB) = (random.index(below: 2) == 1, random.index(below: 2) == 1)
        lda = (transposeA ? m : k) + padding()
        ldb = (transposeB ? k : n) + padding()
        ldc = n + padding()
        kind = Kind.allCases[random.index(below: 3)]
        func values(_ count: Int) -> [Float] { (0..<count).map { _ in random.uniform(-1, 1) } }
        a = values((transposeA ? k : m) * lda)
        b = values((transposeB ? n : k) * ldb)
        // Where C is not added to it may hold anything, and must not be read.
        c = kind == .result ? values(m * ldc) : [Float](repeating: .nan, count: m * ldc)
        bias = values(n)
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
                let old =
                    switch kind {
                    case .nothing: 0.0
                    case .result: Double(c[i * ldc + j])
                    case .row: Double(bias[j])
                    }
                values.append(sum + old)
                bounds.append(1e-7 * Double(k + 4) * (size + abs(old)) + 1e-12)
            }
        }
        return (values, bounds)
    }

    /// C after a product that is given C, and D with its stride as the kernels take it.
    func result(
        _ multiply: (UnsafeMutablePointer<Float>, UnsafePointer<Float>?, Int) -> Void
    ) -> [Float] {
        var out = c
        out.withUnsafeMutableBufferPointer { out in
            bias.withUnsafeBufferPointer { bias in
                let c = out.baseAddress!
                switch kind {
                case .nothing: multiply(c, nil, 0)
                case .result: multiply(c, UnsafePointer(c), ldc)
                case .row: multiply(c, bias.baseAddress!, 0)
                }
            }
        }
        return out
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
        #expect((reason != nil) == (MatrixKernel.library == "plain"))
        #expect(MatrixKernel.name.hasSuffix(MatrixKernel.library))
        #expect(MatrixKernel.tilesRun == MatrixKernel.name.hasPrefix(MatrixKernel.tiles + "+"))
        #expect(reason == MatrixKernel.open())
        #expect(MatrixKernel.configuration.isEmpty == (reason != nil))
    }

    /// Every way that a product can be computed on this machine.
    private func results(of p: DrawnProduct) -> [(name: String, values: [Float])] {
        let (tA, tB): (Int32, Int32) = (p.transposeA ? 1 : 0, p.transposeB ? 1 : 0)
        let (m, n, k) = (Int32(p.m), Int32(p.n), Int32(p.k))
        let (lda, ldb, ldc) = (Int32(p.lda), Int32(p.ldb), Int32(p.ldc))
        var all = [
            (
                "the engine's",
                p.result { c, addend, stride in
                    pb_sgemm(
                        tA, tB, m, n, k, p.a, lda, p.b, ldb, c, ldc, addend, Int32(stride))
                }
            ),
            (
                "the plain loop",
                p.result { c, addend, stride in
                    pb_sgemm_plain(
                        tA, tB, m, n, k, p.a, lda, p.b, ldb, c, ldc, addend, Int32(stride))
                }
            ),
        ]
        for kernel in 0..<pb_gemm_kernels() {
            all.append(
                (
                    String(cString: pb_gemm_kernel(kernel)),
                    p.result { c, addend, stride in
                        pb_gemm_on(
                            kernel, m, n, k, p.a, p.transposeA ? 1 : p.lda,
                            p.transposeA ? p.lda : 1, p.b, p.transposeB ? 1 : p.ldb,
                            p.transposeB ? p.ldb : 1, c, p.ldc, addend, stride)
                    }
                ))
        }
        return all
    }

    private func check(_ drawn: DrawnProduct, _ what: String) {
        let (values, bounds) = drawn.expected
        for (name, result) in results(of: drawn) {
            let parts = drawn.parts(of: result)
            let close = zip(parts.values, zip(values, bounds)).allSatisfy {
                abs(Double($0) - $1.0) <= $1.1
            }
            #expect(close, "\(name), \(drawn.m)x\(drawn.n)x\(drawn.k), \(what)")
            #expect(parts.gapsKept, "\(name) wrote between rows, \(what)")
        }
    }

    @Test("every kernel agrees with sums in Double, for every shape, transpose, stride and addend")
    func product() {
        MatrixKernel.open()
        for seed in 0..<400 { check(DrawnProduct(seed: seed), "seed \(seed)") }
    }

    @Test("sums longer than a block, and operands large enough for the library, agree as well")
    func largeProducts() {
        MatrixKernel.open()
        check(DrawnProduct(seed: 1, size: (14, 40, 700)), "a long sum")
        check(DrawnProduct(seed: 2, size: (3, 530, 530)), "a large right-hand side")
        check(DrawnProduct(seed: 4, size: (40, 33, 300)), "rows far apart")
    }

    @Test("an empty sum leaves what is added")
    func emptySum() {
        for seed in 0..<12 { check(DrawnProduct(seed: seed, size: (5, 7, 0)), "seed \(seed)") }
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
