import BenchProtocol
import Testing
import Workbench

@Suite("A curve's history")
struct CurveHistoryTests {
    @Test("a million steps fit into the capacity and keep their extremes")
    func bounded() throws {
        var history = CurveHistory()
        for step in 1...1_000_000 {
            history.append(step == 333_333 ? 50 : step == 777_777 ? -50 : 1, at: step)
        }
        #expect(history.buckets.count <= CurveHistory.capacity)
        #expect(history.buckets.count > CurveHistory.capacity / 4)
        #expect(history.lastStep == 1_000_000)
        #expect(history.buckets.map(\.maximum).max() == 50)
        #expect(history.buckets.map(\.minimum).min() == -50)
        let steps = history.buckets.map(\.step)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("steps of any size and distance stay within the capacity")
    func sparse() {
        var history = CurveHistory()
        for index in 0..<5000 { history.append(Double(index), at: index * 1_000_000_007) }
        history.append(1, at: Int.max)
        #expect(history.buckets.count <= CurveHistory.capacity)
        #expect(history.lastStep == Int.max)
    }

    @Test("an older value is ignored, the newest word about the last step counts")
    func stale() {
        var history = CurveHistory()
        history.append(1, at: 10)
        history.append(9, at: 5)
        history.append(2, at: 10)
        history.append(7, at: -1)
        #expect(history.buckets.map(\.step) == [10])
        #expect(history.buckets.map(\.mean) == [2])
    }

    @Test("a fetched curve replaces what it covers and keeps what is newer")
    func absorbs() {
        var history = CurveHistory()
        for step in 90...110 { history.append(-1, at: step) }
        history.absorb(
            Curve(
                lane: "a", quantity: "loss", firstStep: 0, lastStep: 100,
                buckets: stride(from: 10, through: 100, by: 10).map {
                    Curve.Bucket(step: $0, minimum: 0, maximum: 2, mean: 1)
                }))
        #expect(history.buckets.first?.step == 10)
        #expect(history.buckets.filter { $0.step <= 100 }.allSatisfy { $0.mean == 1 })
        #expect(history.buckets.filter { $0.step > 100 }.map(\.step) == Array(101...110))
    }

    @Test("a fetched curve of any length, order and content stays within the capacity")
    func absorbsAnything() {
        var history = CurveHistory()
        let buckets = (0..<20_000).map {
            Curve.Bucket(
                step: ($0 * 7919) % 19_997 - 5, minimum: .nan, maximum: .infinity,
                mean: $0 % 3 == 0 ? .nan : 1)
        }
        history.absorb(
            Curve(lane: "a", quantity: "loss", firstStep: 0, lastStep: 20_000, buckets: buckets))
        #expect(history.buckets.count <= CurveHistory.capacity)
        let steps = history.buckets.map(\.step)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 })
        #expect(steps.allSatisfy { $0 >= 0 })
    }

    @Test("smoothing is debiased, leaves a constant as it is, and keeps gaps")
    func smoothing() {
        var history = CurveHistory()
        for step in 1...50 { history.append(step == 20 ? .nan : 3, at: step) }
        let smoothed = history.smoothed(0.98)
        #expect(smoothed[19].isNaN)
        for (index, value) in smoothed.enumerated() where index != 19 {
            #expect(abs(value - 3) < 1e-12)
        }
        var ramp = CurveHistory()
        ramp.append(0, at: 1)
        ramp.append(1, at: 2)
        // (0.5 * 0.5 * 0 + 0.5 * 1) / (1 - 0.25)
        #expect(abs(ramp.smoothed(0.5)[1] - 2.0 / 3) < 1e-12)
    }

    @Test("the nearest bucket is found on either side and beyond the ends")
    func nearest() {
        var history = CurveHistory()
        for step in [10, 20, 40] { history.append(1, at: step) }
        #expect(history.nearest(to: 0) == 0)
        #expect(history.nearest(to: 14) == 0)
        #expect(history.nearest(to: 16) == 1)
        #expect(history.nearest(to: 29) == 1)
        #expect(history.nearest(to: 31) == 2)
        #expect(history.nearest(to: 99) == 2)
        #expect(CurveHistory().nearest(to: 1) == nil)
    }
}
