import CKernels
import Foundation
import TensorCore
import Testing

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
private func gelu(_ x: Double) -> Double { 0.5 * x * erfc(-x / 2.0.squareRoot()) }

/// Applies a kernel of one array to another.
private func apply(
    _ kernel: (UnsafePointer<Float>, Int32, UnsafeMutablePointer<Float>) -> Void, _ x: [Float]
) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    kernel(x, Int32(x.count), &y)
    return y
}

/// Numbers of every size that activations take: even steps over the middle, and far out.
private let sweep: [Float] =
    stride(from: Float(-20), through: 20, by: 0.0137).map { $0 }
    + [0, -0.0, 1e-20, -1e-20, 1e-6, -1e-6, 40, -40, 80, -80]

@Suite("Vectorised kernels agree with Double")
struct KernelTests {
    @Test("SiLU and quick GELU to a few units in the last place")
    func sigmoidUnits() {
        for (x, y) in zip(sweep, apply(pb_silu, sweep)) {
            let expected = Double(x) * sigmoid(Double(x))
            #expect(abs(Double(y) - expected) <= 1e-6 * abs(expected) + 1e-37, "x = \(x)")
        }
        for (x, y) in zip(sweep, apply(pb_quick_gelu, sweep)) where abs(x) <= 40 {
            // The argument 1.702 x is rounded before the exponential.
            let expected = Double(x) * sigmoid(1.702 * Double(x))
            let slack = 1e-6 + 1.2e-7 * abs(Double(x))
            #expect(abs(Double(y) - expected) <= slack * abs(expected) + 1e-30, "x = \(x)")
        }
    }

    @Test("GELU to the error of its rational erf")
    func gaussianUnit() {
        for (x, y) in zip(sweep, apply(pb_gelu, sweep)) {
            let bound = 3e-7 * max(1, abs(Double(x)))
            #expect(abs(Double(y) - gelu(Double(x))) <= bound, "x = \(x)")
        }
    }

    @Test("far from zero the units are the identity or nothing, and their slopes finite")
    func saturation() {
        let far: [Float] = [100, 1e4, 1e20, -100, -1e4, -1e20]
        let ones = [Float](repeating: 1, count: far.count)
        for kernel in [pb_silu, pb_gelu, pb_quick_gelu, pb_relu] {
            let y = apply(kernel, far)
            #expect(Array(y.prefix(3)) == Array(far.prefix(3)))
            // Below about -87 a power of e is held at 1e-38, which times 1e20 is still nothing.
            #expect(y.suffix(3).allSatisfy { abs($0) <= 1e-17 })
        }
        for kernel in [pb_silu_backward, pb_gelu_backward, pb_quick_gelu_backward] {
            var slopes = [Float](repeating: .nan, count: far.count)
            kernel(far, ones, Int32(far.count), &slopes, 0)
            #expect(slopes.prefix(2).allSatisfy { abs($0 - 1) <= 1e-6 })
            #expect(slopes.allSatisfy { $0.isFinite })
        }
    }

    @Test("arrays of every length are covered to the last element and no further")
    func lengths() {
        for n in 0..<70 {
            let x = (0..<n).map { Float($0) * 0.1 - 3 }
            for kernel in [pb_silu, pb_gelu, pb_quick_gelu, pb_relu] {
                var y = [Float](repeating: 77, count: n + 3)
                kernel(x, Int32(n), &y)
                #expect(Array(y.prefix(n)) == apply(kernel, x))
                #expect(Array(y.suffix(3)) == [77, 77, 77])
                // An element's value does not depend on its place among the vectors.
                for i in 0..<n {
                    let alone = apply(kernel, [x[i]])[0]
                    #expect(abs(y[i] - alone) <= 2.5e-7 * max(1, abs(alone)))
                }
            }
        }
    }

    @Test("softmax of rows of any length and size, with and without a mask", arguments: [0, 1])
    func softmax(causal: Int32) {
        var random = Philox(seed: 4, purpose: .evaluation)
        for trial in 0..<60 {
            let (rows, columns) = (1 + random.index(below: 20), 1 + random.index(below: 70))
            let reach: Float = [1, 10, 1e4][trial % 3]
            let scale: Float = [1, 0.25][trial % 2]
            let x = (0..<(rows * columns)).map { _ in random.uniform(-reach, reach) }
            var p = x
            pb_softmax(&p, Int32(rows), Int32(columns), scale, causal)
            for r in 0..<rows {
                let seen = causal == 1 ? min(r + 1, columns) : columns
                let row = x[(r * columns)..<(r * columns + seen)].map { Double($0) }
                let highest = row.max()!
                let powers = row.map { exp(Double(scale) * ($0 - highest)) }
                let sum = powers.reduce(0, +)
                for c in 0..<columns {
                    let value = Double(p[r * columns + c])
                    guard c < seen else {
                        #expect(value == 0)
                        continue
                    }
                    // Float subtraction of large numbers is exact to their own rounding.
                    let slack = 2e-6 + 1.2e-7 * Double(scale) * 2 * Double(reach)
                    #expect(abs(value - powers[c] / sum) <= slack * powers[c] / sum + 1e-37)
                }
                let total = p[(r * columns)..<((r + 1) * columns)].reduce(0.0) { $0 + Double($1) }
                #expect(abs(total - 1) < 3e-6)
            }
        }
    }

    @Test(
        "group normalisation of images wider than any table on the stack", arguments: [5000, 9001])
    func wideGroupNorm(channels: Int) {
        let pixels = 3
        var random = Philox(seed: 8, purpose: .evaluation)
        func values(_ count: Int) -> [Float] { (0..<count).map { _ in random.uniform(-1, 2) } }
        let (x, gamma, beta) = (values(pixels * channels), values(channels), values(channels))
        var y = [Float](repeating: .nan, count: x.count)
        var (mean, rstd): (Float, Float) = (0, 0)
        pb_group_norm(
            x, Int32(pixels), Int32(channels), 1, 1e-5, gamma, beta, 0, &y, &mean, &rstd)
        let exact = x.reduce(0.0) { $0 + Double($1) } / Double(x.count)
        let variance =
            x.reduce(0.0) { $0 + (Double($1) - exact) * (Double($1) - exact) }
            / Double(x.count)
        let factor = 1 / (variance + 1e-5).squareRoot()
        for (i, value) in y.enumerated() {
            let c = i % channels
            let expected = (Double(x[i]) - exact) * factor * Double(gamma[c]) + Double(beta[c])
            #expect(abs(Double(value) - expected) <= 1e-5)
        }
    }

    @Test("sums of squares and squared distances are those of Double, for every length")
    func squares() {
        var random = Philox(seed: 6, purpose: .evaluation)
        for n in [0, 1, 2, 7, 16, 31, 1000, 4097] {
            let x = (0..<n).map { _ in random.uniform(-1, 1) }
            let y = (0..<n).map { _ in random.uniform(-1, 1) }
            let sum = x.reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(pb_sum_squares(x, n) - sum) <= 1e-12 * max(1, sum))
            let distance = zip(x, y).reduce(0.0) {
                $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
            }
            #expect(abs(pb_squared_distance(x, y, n) - distance) <= 1e-12 * max(1, distance))
        }
    }
}
