import BenchProtocol

/// What the screen has fetched of curves.
///
/// Whole histories in few points, and the part looked at in many: bounded, however long training runs
/// and however many quantities were looked at.
package struct CurveShelf: Sendable {
    /// A part of a history at a finer grain.
    package struct Detail: Sendable {
        /// The steps it covers; nil until the first answer.
        package fileprivate(set) var steps: ClosedRange<Int>?
        /// What lies in them, and what was told since.
        package fileprivate(set) var history = CurveHistory(capacity: CurveShelf.mostPoints)
        /// How many points were asked for.
        package fileprivate(set) var points = 0
        /// The steps that were asked for and have not come.
        fileprivate var asked: ClosedRange<Int>?
        fileprivate var askedPoints = 0
        fileprivate var askedAt = 0.0
    }

    /// The most points that one curve may be fetched in.
    package static let mostPoints = 4096
    /// Whole histories kept, at most.
    static let capacity = 512
    /// Seconds after which an answer is given up and asked for anew.
    static let patience = 10.0

    /// Whole histories of what the lanes' readings do not keep, by curve.
    package private(set) var overviews: [CurveKey: CurveHistory] = [:]
    /// Finer parts by curve.
    package private(set) var details: [CurveKey: Detail] = [:]
    /// The curves whose whole history has come, though it may be empty.
    private(set) var answered: Set<CurveKey> = []
    /// Steps that were not told since the curves of a lane were fetched: telemetry keeps the newest.
    private(set) var missed: [String: Int] = [:]
    /// The newest step that each lane told.
    private var newest: [String: Int] = [:]

    /// Makes an empty shelf.
    package init() {}

    /// Whether an answer is on its way.
    package func awaits(_ key: CurveKey) -> Bool { details[key]?.asked != nil }

    /// Whether any answer is on its way.
    package var awaitsAny: Bool { details.values.contains { $0.asked != nil } }

    /// Asks for a part of a curve, unless what is there or on its way is good enough.
    ///
    /// - Parameters:
    ///   - steps: what is looked at.
    ///   - lead: steps before it that smoothing looks back to.
    ///   - points: how many points the screen can show of it.
    ///   - now: the time of day, in seconds since 1970.
    mutating func request(
        _ key: CurveKey, steps: ClosedRange<Int>, lead: Int, points: Int, now: Double
    ) -> CurveRequest? {
        if let detail = details[key] {
            if detail.asked != nil, now - detail.askedAt < CurveShelf.patience { return nil }
            if let covered = detail.steps, covered.lowerBound <= steps.lowerBound,
                covered.upperBound >= steps.upperBound,
                isFine(detail, covered, steps, points)
            {
                return nil
            }
        }
        // Neighbours come along, so that a small move finds them there.
        let span = steps.upperBound - steps.lowerBound + 1
        let before = min(max(span / 2, lead), 2 * span)
        let wanted = max(1, steps.lowerBound - before)...(steps.upperBound + span / 2 + 1)
        let all = wanted.upperBound - wanted.lowerBound + 1
        let count = Double(points) * Double(all) / Double(span)
        var detail = details[key] ?? Detail()
        detail.asked = wanted
        detail.askedAt = now
        detail.askedPoints = min(max(Int(count), 1), CurveShelf.mostPoints)
        details[key] = detail
        return CurveRequest(
            lane: key.lane, quantity: key.quantity.name, firstStep: wanted.lowerBound,
            lastStep: wanted.upperBound, points: detail.askedPoints)
    }

    /// Whether a fetched part shows a part of it as finely as the screen can.
    private func isFine(
        _ detail: Detail, _ covered: ClosedRange<Int>, _ steps: ClosedRange<Int>, _ points: Int
    ) -> Bool {
        let all = covered.upperBound - covered.lowerBound + 1
        if all <= detail.points { return true }
        let share = Double(steps.upperBound - steps.lowerBound + 1) / Double(all)
        return Double(detail.points) * share >= Double(points) / 2
    }

    /// Takes in an answer; one to a question that is no longer asked is left alone.
    mutating func receive(_ curve: Curve) {
        let key = CurveKey(lane: curve.lane, quantity: LoggedQuantity(name: curve.quantity))
        guard curve.firstStep <= curve.lastStep else { return }
        if curve.firstStep <= 0, answered.count < CurveShelf.capacity { answered.insert(key) }
        if case .step = key.quantity, curve.firstStep <= 0 { return }
        if curve.firstStep <= 0 {
            guard overviews[key] != nil || overviews.count < CurveShelf.capacity else { return }
            overviews[key, default: CurveHistory()].absorb(curve)
            return
        }
        guard var detail = details[key], detail.asked == curve.firstStep...curve.lastStep else {
            return
        }
        // What was told while the answer was on its way is newer than the answer.
        let told = detail.history.buckets.last
        var history = CurveHistory(capacity: CurveShelf.mostPoints)
        history.absorb(curve)
        if let told, told.step > history.lastStep ?? 0,
            curve.firstStep...curve.lastStep ~= told.step
        {
            history.append(told.mean, at: told.step)
        }
        detail.history = history
        detail.steps = detail.asked
        detail.points = detail.askedPoints
        detail.asked = nil
        details[key] = detail
    }

    /// Adds a step to everything that is kept of its lane.
    mutating func record(_ metrics: StepMetrics) {
        // No session takes this many steps; beyond, sums would have no room.
        guard (0..<1 << 50).contains(metrics.step),
            newest[metrics.lane] != nil || newest.count < CurveShelf.capacity
        else { return }
        if let last = newest[metrics.lane], metrics.step > last + 1 {
            missed[metrics.lane, default: 0] += metrics.step - last - 1
        }
        newest[metrics.lane] = max(newest[metrics.lane] ?? 0, metrics.step)
        for key in overviews.keys where key.lane == metrics.lane {
            guard let value = key.quantity.value(in: metrics) else { continue }
            overviews[key]?.append(value, at: metrics.step)
        }
        for key in details.keys where key.lane == metrics.lane {
            guard let value = key.quantity.value(in: metrics),
                let covered = details[key]?.steps, covered.contains(metrics.step)
            else { continue }
            details[key]?.history.append(value, at: metrics.step)
        }
    }

    /// Adds an evaluation to the figures that are kept of its lane.
    mutating func record(_ evaluation: Evaluation) {
        for figure in evaluation.figures {
            let key = CurveKey(lane: evaluation.lane, quantity: .figure(figure.name))
            guard overviews[key] != nil else { continue }
            let bucket = Curve.Bucket(
                step: evaluation.step, minimum: figure.low, maximum: figure.high,
                mean: figure.value)
            overviews[key]?.insert(bucket)
        }
    }

    /// Forgets what is not looked at, and what was told of lanes that have left.
    mutating func keep(details wanted: Set<CurveKey>) {
        details = details.filter { wanted.contains($0.key) }
    }

    /// Forgets lanes that have left.
    mutating func keep(lanes: Set<String>) {
        overviews = overviews.filter { lanes.contains($0.key.lane) }
        details = details.filter { lanes.contains($0.key.lane) }
        missed = missed.filter { lanes.contains($0.key) }
        newest = newest.filter { lanes.contains($0.key) }
    }

    /// Forgets everything after a step, as an engine does that resumes from a checkpoint.
    mutating func truncate(after step: Int) {
        for key in overviews.keys { overviews[key]?.truncate(after: step) }
        details = [:]
        missed = [:]
        newest = [:]
    }

    /// Forgets what is on its way: whoever was asked is gone.
    mutating func forgetQuestions() {
        answered = []
        details = details.filter { $0.value.steps != nil }
        for key in details.keys { details[key]?.asked = nil }
    }

    /// Forgets the finer parts of a lane's curves, so that they are asked for anew.
    mutating func forget(lane: String) {
        details = details.filter { $0.key.lane != lane }
        missed[lane] = nil
    }
}
