import BenchProtocol
import Foundation

/// What the view of the curves asks the engine for, and what it has to draw.
extension WorkbenchModel {
    /// Steps of a lane that telemetry may leave out before its curves are fetched anew.
    private static let mostMissed = 256

    /// Asks for a whole history in a few hundred points.
    func overview(of key: CurveKey, to step: Int) -> WorkbenchEffect {
        .send(
            .fetchCurve(
                CurveRequest(
                    lane: key.lane, quantity: key.quantity.name, firstStep: 0,
                    lastStep: max(step, 1), points: WorkbenchModel.fetchedPoints)))
    }

    /// Asks for what the view of the curves shows and the screen does not have.
    mutating func fetchShownCurves() -> [WorkbenchEffect] {
        guard isAttached, state != nil else { return [] }
        var effects: [WorkbenchEffect] = []
        let keys = shownCurveKeys
        for lane in laneStates {
            for quantity in keys {
                let key = CurveKey(lane: lane.settings.name, quantity: quantity)
                guard lane.step > 0 || quantity.isSparse, requestedCurves.insert(key).inserted
                else { continue }
                effects.append(overview(of: key, to: lane.step))
            }
        }
        let whole = wholeSteps
        let steps = curves.window.steps(of: whole)
        guard steps != whole else {
            curveShelf.keep(details: [])
            return effects
        }
        var wanted: Set<CurveKey> = []
        for lane in laneStates where lane.step >= steps.lowerBound {
            for quantity in keys where !quantity.isSparse {
                let key = CurveKey(lane: lane.settings.name, quantity: quantity)
                guard !isExact(key, steps) else { continue }
                wanted.insert(key)
                let request = curveShelf.request(
                    key, steps: steps, lead: lead, points: pointsPerCurve, now: now)
                if let request { effects.append(.send(.fetchCurve(request))) }
            }
        }
        curveShelf.keep(details: wanted)
        return effects
    }

    /// The quantities on the screen, and the times where the axis shows them.
    private var shownCurveKeys: [LoggedQuantity] {
        visibleQuantities + (curves.unit == .step ? [] : [.time])
    }

    /// How far back smoothing looks: what is older weighs less than a fiftieth.
    private var lead: Int {
        guard smoothing > 0 else { return 0 }
        return Int((Foundation.log(0.02) / Foundation.log(min(smoothing, 0.9999))).rounded(.up))
    }

    /// The points that a chart of this size can tell apart, twice over.
    private var pointsPerCurve: Int {
        let across = curves.arrangement(of: self) == .grid ? 2 : 1
        return min(1024, max(256, 4 * width / across))
    }

    /// Whether the overview has every step of a range.
    private func isExact(_ key: CurveKey, _ steps: ClosedRange<Int>) -> Bool {
        let buckets = overviewBuckets(key)
        guard let first = buckets.first?.step, let last = buckets.last?.step else { return false }
        let (low, high) = (max(first, steps.lowerBound), min(last, steps.upperBound))
        // Nothing is logged there, so there is nothing finer to fetch.
        guard low <= high else { return true }
        return indices(of: buckets, in: low...high).count >= high - low + 1
    }

    /// Takes in a step for the curves that are kept here.
    mutating func recordCurves(_ metrics: StepMetrics) {
        curveShelf.record(metrics)
    }

    /// Whether the view of the curves is shown and something of it has not come yet.
    public var awaitsCurves: Bool {
        guard view == .curves, isAttached else { return false }
        return curveShelf.awaitsAny
            || laneStates.contains { lane in
                lane.step > 0
                    && shownCurveKeys.contains { quantity in
                        let key = CurveKey(lane: lane.settings.name, quantity: quantity)
                        return requestedCurves.contains(key) && !curveShelf.answered.contains(key)
                    }
            }
    }

    /// Takes in an evaluation.
    mutating func recordCurves(_ evaluation: Evaluation) { curveShelf.record(evaluation) }

    /// Has curves fetched anew of which telemetry left out steps: many of them, or any at all once
    /// the engine has time.
    mutating func forgetThinnedCurves() {
        for (lane, count) in curveShelf.missed {
            let step = lanes[lane]?.latest?.step ?? 0
            let isDue =
                state?.phase != .training || count > max(WorkbenchModel.mostMissed, step / 50)
            guard isDue else { continue }
            requestedCurves = requestedCurves.filter { $0.lane != lane }
            curveShelf.forget(lane: lane)
        }
    }

    // MARK: What there is

    /// The whole history of a curve in few points.
    func overviewBuckets(_ key: CurveKey) -> [CurveHistory.Bucket] {
        if case .step(let quantity) = key.quantity {
            return lanes[key.lane]?.histories[quantity]?.buckets ?? []
        }
        return curveShelf.overviews[key]?.buckets ?? []
    }

    /// A curve's buckets: the part looked at as finely as it was fetched, the rest coarsely.
    package func curveBuckets(lane: String, _ quantity: LoggedQuantity) -> [CurveHistory.Bucket] {
        let key = CurveKey(lane: lane, quantity: quantity)
        let coarse = overviewBuckets(key)
        guard let detail = curveShelf.details[key], let steps = detail.steps,
            let last = detail.history.lastStep
        else { return coarse }
        let before = coarse.prefix { $0.step < steps.lowerBound }
        let after = coarse.suffix(from: coarse.firstIndex { $0.step > last } ?? coarse.endIndex)
        return before + detail.history.buckets + after
    }

    /// The buckets of a range of steps, by bisection.
    func indices(of buckets: [CurveHistory.Bucket], in steps: ClosedRange<Int>) -> Range<Int> {
        func first(_ isPast: (Int) -> Bool) -> Int {
            var (low, high) = (0, buckets.count)
            while low < high {
                let middle = (low + high) / 2
                if isPast(buckets[middle].step) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let low = first { $0 >= steps.lowerBound }
        return low..<max(low, first { $0 > steps.upperBound })
    }

    /// All steps that the shown lanes have logged.
    package var wholeSteps: ClosedRange<Int> {
        var first = Int.max
        var last = 1
        for index in shownLanes {
            let lane = laneStates[index]
            last = max(last, lane.step, lanes[lane.settings.name]?.latest?.step ?? 0)
            for quantity in visibleQuantities {
                let buckets = overviewBuckets(
                    CurveKey(lane: lane.settings.name, quantity: quantity))
                guard let low = buckets.first?.step, let high = buckets.last?.step else { continue }
                // A bucket is named by its last step: the first of a coarse history began earlier.
                let isCoarse = buckets.count > 1 && buckets[1].step - low > 1 && !quantity.isSparse
                first = min(first, isCoarse ? 1 : low)
                last = max(last, high)
            }
        }
        last = min(last, 1 << 50)
        return max(0, min(first, last - 1))...last
    }
}
