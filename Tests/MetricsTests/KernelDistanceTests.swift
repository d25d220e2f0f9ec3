import Alignment
import Metrics
import Testing

@Suite struct KernelDistanceTests {
    @Test("KID is that of torchmetrics for sets of one size, of scikit-learn's kernel for others")
    func reference() throws {
        let fixture = try Fixture.read()
        let (x, y) = (try fixture.reference.features(), try fixture.generated.features())
        let all = try KernelDistance.estimate(
            reference: x, generated: y, prompts: fixture.prompts)
        #expect(agree(all.value, fixture.kid.value))
        let equal = Array(0..<fixture.kid.equalSize)
        let some = try KernelDistance.estimate(reference: x.rows(equal), generated: y.rows(equal))
        #expect(agree(some.value, fixture.kid.equalValue))
    }

    @Test("Its variance is what leaving out and computing anew by Python gives")
    func variance() throws {
        let fixture = try Fixture.read()
        let kid = try KernelDistance.estimate(
            reference: fixture.reference.features(), generated: fixture.generated.features(),
            prompts: fixture.prompts)
        #expect(agree(kid.standardError, fixture.kid.variance.squareRoot()))
        let estimate = kid.estimate
        #expect(estimate.n == 36)
        #expect(agree(estimate.high - kid.value, kid.value - estimate.low))
        #expect(estimate.high - kid.value > 1.96 * kid.standardError)
        #expect(estimate.high - kid.value < 2.8 * kid.standardError)
    }

    @Test("Over the subsets that torchmetrics drew, mean and deviation are its own")
    func subsets() throws {
        let fixture = try Fixture.read()
        let average = try KernelDistance.average(
            reference: fixture.reference.features(), generated: fixture.generated.features(),
            over: fixture.kid.subsets.map { ($0[0], $0[1]) })
        #expect(agree(average.mean, fixture.kid.subsetMean))
        #expect(agree(average.standardDeviation, fixture.kid.subsetDeviation))
        #expect(average.subsets == 8 && average.size == 15)
    }

    @Test("Random subsets average to the figure of all pictures, by the seed alone")
    func subsetsAverage() throws {
        let fixture = try Fixture.read()
        let (x, y) = (try fixture.reference.features(), try fixture.generated.features())
        func average(_ seed: UInt64) throws -> KernelDistance.SubsetAverage {
            try KernelDistance.averagedOverSubsets(
                reference: x, generated: y, subsets: 400, size: 20, seed: seed)
        }
        let first = try average(1)
        #expect(first == (try average(1)))
        #expect(first != (try average(2)))
        let error = first.standardDeviation / 20
        #expect(abs(first.mean - fixture.kid.value) < 4 * error)
        // A subset of everything is everything.
        let whole = try KernelDistance.averagedOverSubsets(
            reference: x.rows(Array(0..<36)), generated: y, subsets: 2, size: 36, seed: 1)
        #expect(agree(whole.mean, fixture.kid.equalValue))
        #expect(whole.standardDeviation < 1e-9)
    }

    @Test("Two constant sets have the kernel's own distance")
    func constant() throws {
        let x = try identical(5, [1, 1], of: "reference")
        let y = try identical(4, [-1, 0], of: "generated")
        // k(x, x) = 2^3, k(y, y) = 1.5^3, k(x, y) = 0.5^3.
        let kid = try KernelDistance.estimate(reference: x, generated: y)
        #expect(agree(kid.value, 8 + 3.375 - 2 * 0.125))
        #expect(kid.standardError < 1e-12)
        let none = try KernelDistance.estimate(reference: x, generated: identical(6, [1, 1]))
        #expect(abs(none.value) < 1e-12)
    }

    @Test("Intervals cover the truth about as often as they say, for a perfect model too")
    func coverage() throws {
        var draws = Draws(31)
        // For unit normals in d dimensions shifted by s, E k depends on moments alone:
        // E (z / d + 1)^3 = 1 + 3 m1 / d + 3 m2 / d^2 + m3 / d^3 with z = x . y.
        let d = 6
        for shift in [0.0, 0.35] {
            let truth = kernelDistanceOfNormals(dimension: d, shift: shift)
            let trials = 200
            var covered = 0
            for _ in 0..<trials {
                let kid = try KernelDistance.estimate(
                    reference: draws.normal(60, d), generated: draws.normal(48, d, shift: shift))
                covered += kid.estimate.low <= truth && truth <= kid.estimate.high ? 1 : 0
            }
            #expect(Double(covered) / Double(trials) > 0.9, "\(covered) at a shift of \(shift)")
            #expect(shift == 0 || covered < trials)
        }
    }

    /// KID of N(0, 1) and N(shift, 1) in each dimension, from the moments of inner products.
    private func kernelDistanceOfNormals(dimension d: Int, shift: Double) -> Double {
        func kernel(_ a: Double, _ b: Double) -> Double {
            // Moments of one coordinate's product u v with means a and b.
            let m1 = a * b
            let m2 = (1 + a * a) * (1 + b * b)
            let m3 = (a * a * a + 3 * a) * (b * b * b + 3 * b)
            let n = Double(d)
            let s1 = n * m1
            let s2 = n * m2 + n * (n - 1) * m1 * m1
            let s3 = n * m3 + 3 * n * (n - 1) * m2 * m1 + n * (n - 1) * (n - 2) * m1 * m1 * m1
            return 1 + 3 * s1 / n + 3 * s2 / (n * n) + s3 / (n * n * n)
        }
        return kernel(0, 0) + kernel(shift, shift) - 2 * kernel(0, shift)
    }

    @Test("Lanes on the same prompts compare more sharply than their intervals suggest")
    func difference() throws {
        var draws = Draws(32)
        let x = try draws.normal(80, 5)
        let base = try draws.normal(60, 5, shift: 0.6)
        let lane = try Features(
            base.values.map { $0 - 0.05 }, dimension: 5, of: "generated pictures")
        let prompts = (0..<60).map { $0 % 12 }
        let a = try KernelDistance.estimate(reference: x, generated: base, prompts: prompts)
        let b = try KernelDistance.estimate(reference: x, generated: lane, prompts: prompts)
        let difference = try Jackknifed.difference(a, b)
        #expect(agree(difference.value, b.value - a.value))
        #expect(difference.high < 0 && b.estimate.high > a.estimate.low)
        #expect(difference.n == 60)
        let same = try Jackknifed.difference(a, a)
        #expect(same.value == 0 && same.low == 0 && same.high == 0)
    }
}
