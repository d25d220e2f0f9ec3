import BenchProtocol
import Foundation
import TerminalKit

/// What the horizontal axis of the curves shows for a step, and the way back.
package struct CurveAxis: Sendable {
    /// A lane's times by step, ascending in both.
    struct Clock: Sendable {
        var steps: [Double] = []
        var times: [Double] = []
    }

    /// What the axis counts.
    package let unit: CurvesState.Unit
    /// Whether it is logarithmic.
    package let isLogarithmic: Bool
    private let clocks: [String: Clock]

    package init(_ model: WorkbenchModel) {
        unit = model.curves.unit
        isLogarithmic = CurveAxis.isLogarithmic(model)
        var clocks: [String: Clock] = [:]
        if unit != .step {
            for lane in model.laneStates {
                clocks[lane.settings.name] = CurveAxis.clock(
                    model.curveBuckets(lane: lane.settings.name, .time),
                    isRelative: unit == .relative)
            }
        }
        self.clocks = clocks
    }

    /// Whether a model's horizontal axis is logarithmic.
    static func isLogarithmic(_ model: WorkbenchModel) -> Bool {
        model.curves.isLogX && model.curves.unit != .wall
    }

    /// Where a lane's step stands; NaN where its time is not known.
    package func place(_ step: Int, of lane: String) -> Double {
        guard unit != .step else { return Double(step) }
        guard let clock = clocks[lane] else { return .nan }
        return CurveAxis.interpolated(Double(step), clock.steps, clock.times)
    }

    /// The step of a lane at a place; nil where its times are not known.
    package func step(at place: Double, of lane: String) -> Int? {
        let step: Double
        if unit == .step {
            step = place
        } else {
            guard let clock = clocks[lane] else { return nil }
            step = CurveAxis.interpolated(place, clock.times, clock.steps)
        }
        return step.isFinite ? Int(min(max(step.rounded(), 0), 0x1p50)) : nil
    }

    /// Bucket ends and the latest time in each; the clock of a machine that was set back stands
    /// still until it has caught up.
    private static func clock(_ buckets: [CurveHistory.Bucket], isRelative: Bool) -> Clock {
        var clock = Clock()
        var origin: Double?
        var latest = -Double.infinity
        var previous = 0
        for bucket in buckets {
            defer { previous = bucket.step }
            guard bucket.minimum.isFinite, bucket.maximum.isFinite else { continue }
            let start = origin ?? bucket.minimum
            if origin == nil {
                origin = start
                if bucket.step > previous + 1, bucket.minimum < bucket.maximum {
                    clock.steps.append(Double(previous + 1))
                    clock.times.append(isRelative ? 0 : bucket.minimum)
                }
            }
            latest = max(latest, bucket.maximum)
            clock.steps.append(Double(bucket.step))
            clock.times.append(isRelative ? latest - start : latest)
        }
        return clock
    }

    /// Between the two neighbours of `x`, on the straight line; beyond the ends the end's value.
    private static func interpolated(_ x: Double, _ xs: [Double], _ ys: [Double]) -> Double {
        guard let first = xs.first, let last = xs.last, !x.isNaN else { return .nan }
        if x <= first { return ys[0] }
        if x >= last { return ys[ys.count - 1] }
        var (low, high) = (0, xs.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if xs[middle] <= x { low = middle } else { high = middle }
        }
        let span = xs[high] - xs[low]
        return span > 0 ? ys[low] + (ys[high] - ys[low]) * (x - xs[low]) / span : ys[high]
    }
}
