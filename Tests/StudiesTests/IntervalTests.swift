import Alignment
import Foundation
import Studies
import Testing

@Suite("Student's distribution")
struct StudentTests {
    @Test(
        "quantiles are those of other implementations",
        arguments: [
            (1.0, 0.975, 12.706204736174698), (2, 0.975, 4.302652729749464),
            (2.5, 0.975, 3.5746548420036817), (13, 0.995, 3.0122758387165787),
            (30, 0.95, 1.6972608865939574), (1e9, 0.975, 1.9599639868),
        ])
    func quantiles(_ freedom: Double, _ share: Double, _ t: Double) {
        let student = StudentDistribution(degreesOfFreedom: freedom)
        #expect(abs(student.quantile(share) - t) < 1e-6 * t)
        #expect(abs(student.quantile(1 - share) + t) < 1e-6 * t)
        #expect(abs(student.upperTail(t) - (1 - share)) < 1e-8)
    }

    @Test("tails add up to one, and fall with t")
    func tails() {
        for freedom in [0.7, 1, 1.7, 4, 12.5, 400, 1e7] {
            let student = StudentDistribution(degreesOfFreedom: freedom)
            var last = 1.0
            for t in stride(from: -8.0, through: 8, by: 0.25) {
                let tail = student.upperTail(t)
                #expect(tail <= last + 1e-15)
                #expect(abs(tail + student.upperTail(-t) - 1) < 1e-12)
                last = tail
            }
        }
        let student = StudentDistribution(degreesOfFreedom: 3)
        #expect(student.upperTail(.infinity) == 0 && student.upperTail(-.infinity) == 1)
        #expect(student.upperTail(.nan).isNaN)
    }
}

@Suite("Means over seeds and prompts")
struct CrossedMeanTests {
    @Test("one seed is Student's interval over prompts, one prompt over seeds")
    func oneWay() {
        let values = [1.0, 2, 4, 7]
        let deviation = (values.map { ($0 - 3.5) * ($0 - 3.5) }.reduce(0, +) / 3).squareRoot()
        for mean in [CrossedMean([values]), CrossedMean(values.map { [$0] })] {
            #expect(mean.value == 3.5)
            #expect(abs(mean.standardError - deviation / 2) < 1e-12)
            #expect(mean.degreesOfFreedom == 3)
            #expect(abs(mean.estimate.high - (3.5 + 3.182446305284263 * deviation / 2)) < 1e-6)
        }
    }

    @Test("the variance components of a table worked by hand")
    func byHand() {
        // Rows 1 2 3 and 3 4 8: mean 3.5, row means 2 and 5, column means 2, 3, 5.5.
        let mean = CrossedMean([[1, 2, 3], [3, 4, 8]])
        let seeds = 3.0 * (2.25 + 2.25) / 1
        let prompts = 2.0 * (2.25 + 0.25 + 4) / 2
        // Residuals: 0.5 0.5 -1 and the same with the other sign.
        let noise = 2 * (0.25 + 0.25 + 1) / 2
        #expect(mean.value == 3.5)
        #expect(
            abs(mean.standardError - ((seeds + prompts - noise) / 6).squareRoot()) < 1e-12)
        let total = seeds + prompts - noise
        let spread = seeds * seeds / 1 + prompts * prompts / 2 + noise * noise / 2
        #expect(abs(mean.degreesOfFreedom - total * total / spread) < 1e-12)
    }

    @Test("prompts without a value in some seed are left out of all")
    func missing() {
        let mean = CrossedMean([[1, .nan, 3], [2, 5, 4]])
        #expect(mean.prompts == 2 && mean.value == 2.5)
        let nothing = CrossedMean([[.nan], [1]])
        #expect(nothing.value.isNaN && nothing.seeds == 0 && nothing.tailAbove(0).isNaN)
        #expect(CrossedMean([]).value.isNaN)
    }

    @Test("a single number has no interval, and equal numbers have one of the resolution")
    func noSpread() {
        let one = CrossedMean([[4.0]])
        #expect(one.value == 4 && one.estimate.low.isNaN && one.tailAbove(0).isNaN)
        let same = CrossedMean([[1, 1], [1, 1]])
        #expect(same.estimate.low == 1 && same.estimate.high == 1)
        #expect(same.tailAbove(0.5) == 0 && same.tailAbove(2) == 1 && same.tailAbove(1) == 0.5)
        let coarse = CrossedMean([[1, 1], [1, 1]], resolution: 0.1)
        #expect(coarse.standardError == 0.1 && coarse.estimate.low < 1)
    }

    struct Truth: Sendable, CustomTestStringConvertible {
        var (seeds, prompts): (Int, Int)
        var (ofSeeds, ofPrompts, noise): (Double, Double, Double)
        var testDescription: String {
            "\(seeds) seeds, \(prompts) prompts, deviations \(ofSeeds), \(ofPrompts), \(noise)"
        }
    }

    @Test(
        "95 % intervals cover the truth in 94 % of simulations and more, seeds few as they are",
        arguments: [
            Truth(seeds: 3, prompts: 14, ofSeeds: 0.02, ofPrompts: 0.1, noise: 0.08),
            Truth(seeds: 3, prompts: 6, ofSeeds: 0.05, ofPrompts: 0.05, noise: 0.1),
            Truth(seeds: 3, prompts: 6, ofSeeds: 0.2, ofPrompts: 0.05, noise: 0.1),
            Truth(seeds: 3, prompts: 6, ofSeeds: 0, ofPrompts: 0.1, noise: 0.1),
            Truth(seeds: 3, prompts: 14, ofSeeds: 0, ofPrompts: 0, noise: 0.1),
            Truth(seeds: 2, prompts: 6, ofSeeds: 0.05, ofPrompts: 0.05, noise: 0.1),
            Truth(seeds: 8, prompts: 14, ofSeeds: 0.1, ofPrompts: 0.1, noise: 0.1),
            Truth(seeds: 1, prompts: 14, ofSeeds: 0, ofPrompts: 0.1, noise: 0.1),
        ])
    func coverage(_ truth: Truth) {
        var random = NormalNumbers(seed: 11)
        var covered = 0
        let rounds = 4000
        for _ in 0..<rounds {
            let b = (0..<truth.prompts).map { _ in random.next(truth.ofPrompts) }
            let rows = (0..<truth.seeds).map { _ in
                let a = random.next(truth.ofSeeds)
                return b.map { 1 + a + $0 + random.next(truth.noise) }
            }
            let estimate = CrossedMean(rows).estimate
            if estimate.low <= 1, 1 <= estimate.high { covered += 1 }
        }
        let share = Double(covered) / Double(rounds)
        #expect(share > 0.935, "\(truth): \(share)")
        // Without any spread between seeds or prompts it is on the safe side, and never useless.
        #expect(share < 0.995)
    }

    @Test("a bootstrap over three seeds is too short, which is why there is none")
    func bootstrapOfSeeds() {
        var random = NormalNumbers(seed: 4)
        var covered = 0
        let rounds = 2000
        for _ in 0..<rounds {
            let y = (0..<3).map { _ in random.next(1) }
            // All 27 resamples of three.
            var means: [Double] = []
            for i in y { for j in y { for k in y { means.append((i + j + k) / 3) } } }
            means.sort()
            if means[0] <= 0, 0 <= means[26] { covered += 1 }
        }
        // Even from the least to the greatest resample.
        #expect(Double(covered) / Double(rounds) < 0.8)
    }
}

@Suite("Pareto fronts")
struct ParetoFrontTests {
    @Test("nothing on the front is dominated, and everything else is, on drawn points")
    func property() {
        var random = NormalNumbers(seed: 2)
        for round in 0..<200 {
            let count = 1 + round % 17
            // Rounding makes ties.
            let points = (0..<count).map { _ in
                ((random.next(2)).rounded(), (random.next(2)).rounded())
            }
            for lower in [(false, false), (true, false), (false, true), (true, true)] {
                let front = ParetoFront.indices(of: points, isLowerBetter: lower)
                func dominates(_ a: Int, _ b: Int) -> Bool {
                    let (sx, sy) = (lower.0 ? -1.0 : 1, lower.1 ? -1.0 : 1)
                    let dx = sx * (points[a].0 - points[b].0)
                    let dy = sy * (points[a].1 - points[b].1)
                    return dx >= 0 && dy >= 0 && (dx > 0 || dy > 0)
                }
                for index in points.indices {
                    let isDominated = points.indices.contains { dominates($0, index) }
                    #expect(front.contains(index) == !isDominated)
                }
                let xs = front.map { (lower.0 ? -1 : 1) * points[$0].0 }
                #expect(xs == xs.sorted(by: >))
            }
        }
    }

    @Test("points that are no numbers are on no front")
    func notFinite() {
        let points = [(1.0, Double.nan), (.infinity, 1), (0.0, 0.0)]
        #expect(ParetoFront.indices(of: points, isLowerBetter: (false, false)) == [2])
        #expect(ParetoFront.indices(of: [], isLowerBetter: (true, true)).isEmpty)
    }
}
