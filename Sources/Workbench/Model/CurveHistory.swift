import BenchProtocol

/// A quantity's history on the screen, in a bounded number of buckets however long training runs.
///
/// A bucket spans `stride` steps; when the store is full, neighbours are merged and the stride
/// doubles, so that minima and maxima survive and memory never grows past `capacity` buckets.
public struct CurveHistory: Sendable, Equatable {
    /// The values of up to `stride` consecutive steps.
    public struct Bucket: Sendable, Equatable {
        /// The last step in the bucket.
        public var step: Int
        /// The smallest value; NaN in a gap.
        public var minimum: Double
        /// The largest value; NaN in a gap.
        public var maximum: Double
        /// The mean of the values; NaN in a gap.
        public var mean: Double
        /// How many finite values the mean is over; 0 makes the bucket a gap.
        var count: Int
    }

    /// The most buckets that are kept where nothing else is said.
    public static let capacity = 1024
    /// The most buckets that this history keeps.
    public let capacity: Int

    /// Buckets in ascending order of step.
    public private(set) var buckets: [Bucket] = []
    /// Steps that one bucket spans.
    public private(set) var stride = 1
    /// Counts every change, so that what was drawn from it can be told from what is.
    public private(set) var revision = 0

    /// Makes an empty history that keeps so many buckets, at least two.
    public init(capacity: Int = CurveHistory.capacity) { self.capacity = max(capacity, 2) }

    /// The last step recorded, if any.
    public var lastStep: Int? { buckets.last?.step }

    /// Adds the value of a step that is later than every recorded one; an earlier one is ignored.
    ///
    /// Telemetry may skip steps but arrives in order, so an older value is a stale one.
    public mutating func append(_ value: Double, at step: Int) {
        guard step >= 0 else { return }
        if let last = buckets.last {
            if step < last.step { return }
            if step == last.step {
                // The newest word about a step counts, where it still stands alone.
                if last.count <= 1 {
                    buckets[buckets.count - 1] = Self.single(value, at: step)
                    revision += 1
                }
                return
            }
        }
        push(Self.single(value, at: step))
        revision += 1
    }

    /// Puts a fetched history in place of everything up to its last step.
    public mutating func absorb(_ curve: Curve) {
        var fetched: [Bucket] = []
        for bucket in curve.buckets.sorted(by: { $0.step < $1.step }) where bucket.step >= 0 {
            if bucket.step == fetched.last?.step { fetched.removeLast() }
            let exists = bucket.mean.isFinite
            // What a bucket weighs beside its neighbours: the steps since the one before.
            let steps = fetched.last.map { min(bucket.step - $0.step, Self.mostSteps) } ?? 1
            fetched.append(
                Bucket(
                    step: bucket.step, minimum: bucket.minimum, maximum: bucket.maximum,
                    mean: bucket.mean, count: exists ? steps : 0))
        }
        if fetched.count > 1, fetched[0].count > 0 {
            // All buckets of an answer but its last span the same number of steps.
            fetched[0].count = max(1, min(fetched[1].count, fetched[0].step))
        }
        guard let end = fetched.last?.step else { return }
        let newer = buckets.filter { $0.step > end }
        buckets = []
        stride = 1
        for bucket in fetched + newer { push(bucket) }
        revision += 1
    }

    /// Adds a point that stands for itself, or puts it in the place of the one at its step.
    public mutating func insert(_ point: Curve.Bucket) {
        guard point.step >= 0 else { return }
        let bucket = Bucket(
            step: point.step, minimum: point.minimum, maximum: point.maximum, mean: point.mean,
            count: point.mean.isFinite ? 1 : 0)
        revision += 1
        guard let place = buckets.firstIndex(where: { $0.step >= bucket.step }) else {
            return push(bucket)
        }
        if buckets[place].step == bucket.step {
            buckets[place] = bucket
        } else {
            buckets.insert(bucket, at: place)
            while buckets.count > capacity { halve() }
        }
    }

    /// Forgets everything after `step`, as an engine does that resumes from a checkpoint.
    public mutating func truncate(after step: Int) {
        guard let last = lastStep, last > step else { return }
        buckets.removeAll { $0.step > step }
        revision += 1
    }

    /// The bucket means smoothed by a debiased exponential moving average.
    ///
    /// A bucket weighs by the steps since the one before it, so that the curve looks the same
    /// before and after neighbours were merged; gaps stay gaps.
    public func smoothed(_ factor: Double) -> [Double] {
        Self.smoothed(buckets, factor)
    }

    /// The means of any run of buckets, smoothed in the same way.
    static func smoothed(_ buckets: [Bucket], _ factor: Double) -> [Double] {
        guard factor > 0 else { return buckets.map { $0.count > 0 ? $0.mean : .nan } }
        var average = 0.0
        var weight = 0.0
        var previous = buckets.first.map { $0.step - 1 } ?? 0
        var lastGap = 1
        var keep = factor
        return buckets.map { bucket in
            guard bucket.count > 0, bucket.mean.isFinite else { return .nan }
            let gap = max(1, bucket.step - previous)
            previous = bucket.step
            if gap != lastGap {
                lastGap = gap
                keep = power(factor, gap)
            }
            average = keep * average + (1 - keep) * bucket.mean
            weight = keep * weight + (1 - keep)
            return weight > 0 ? average / weight : bucket.mean
        }
    }

    /// The index of the bucket whose step is nearest to `step`.
    public func nearest(to step: Int) -> Int? { Self.nearest(to: step, in: buckets) }

    /// The index of the one of any run of buckets whose step is nearest to `step`.
    static func nearest(to step: Int, in buckets: [Bucket]) -> Int? {
        guard !buckets.isEmpty else { return nil }
        var low = 0
        var high = buckets.count
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle].step < step { low = middle + 1 } else { high = middle }
        }
        if low == buckets.count { return low - 1 }
        if low > 0, step - buckets[low - 1].step < buckets[low].step - step { return low - 1 }
        return low
    }

    /// Steps that a bucket counts for at most, so that sums of them exist.
    private static let mostSteps = 1 << 40

    private static func single(_ value: Double, at step: Int) -> Bucket {
        value.isFinite
            ? Bucket(step: step, minimum: value, maximum: value, mean: value, count: 1)
            : Bucket(step: step, minimum: .nan, maximum: .nan, mean: .nan, count: 0)
    }

    private mutating func push(_ bucket: Bucket) {
        if stride > 1, let last = buckets.last, last.step / stride == bucket.step / stride {
            buckets[buckets.count - 1] = Self.merged(last, bucket)
            return
        }
        buckets.append(bucket)
        while buckets.count > capacity { halve() }
    }

    /// Doubles the stride until merging neighbours has made room.
    private mutating func halve() {
        stride *= 2
        var kept: [Bucket] = []
        kept.reserveCapacity(capacity + 1)
        for bucket in buckets {
            if let last = kept.last, last.step / stride == bucket.step / stride {
                kept[kept.count - 1] = Self.merged(last, bucket)
            } else {
                kept.append(bucket)
            }
        }
        buckets = kept
    }

    private static func merged(_ a: Bucket, _ b: Bucket) -> Bucket {
        guard a.count > 0 else { return b }
        guard b.count > 0 else {
            var gap = a
            gap.step = b.step
            return gap
        }
        let count = min(a.count + b.count, mostSteps)
        return Bucket(
            step: b.step, minimum: min(a.minimum, b.minimum), maximum: max(a.maximum, b.maximum),
            mean: a.mean + (b.mean - a.mean) * Double(b.count) / Double(count), count: count)
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var square = base
        var left = exponent
        while left > 0 {
            if left & 1 == 1 { result *= square }
            square *= square
            left >>= 1
        }
        return result
    }
}
