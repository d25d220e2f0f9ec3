/// Watches one quantity that should stay below a bound: says when it crosses, and when that is over.
///
/// It begins above one bound and is over below a lower one, each for several readings in a row, so
/// that a quantity which hovers about a bound is told once and not at every reading. A reading that
/// is no number changes nothing.
package struct Alarm: Sendable {
    /// What a reading has changed.
    package enum Change: Equatable, Sendable {
        /// Above the bound since the step.
        case begins(since: Int)
        /// Below the lower bound since the step.
        case ends(since: Int)
    }

    /// The bound above which it begins.
    package let bound: Double
    /// The bound below which it is over; at most `bound`.
    package let lowerBound: Double
    /// Readings in a row that it takes.
    package let patience: Int
    /// Whether it has begun and is not over.
    package private(set) var isRaised = false
    /// Where the readings that would change it began, and how many there are.
    private var run: (since: Int, readings: Int)?

    /// - Precondition: `lowerBound <= bound`, and a patience of at least one.
    package init(bound: Double, lowerBound: Double, patience: Int) {
        precondition(lowerBound <= bound && patience > 0, "an alarm is over below where it begins")
        (self.bound, self.lowerBound, self.patience) = (bound, lowerBound, patience)
    }

    /// Takes a reading.
    package mutating func observe(_ value: Double, step: Int) -> Change? {
        guard !value.isNaN else { return nil }
        guard isRaised ? value < lowerBound : value > bound else {
            run = nil
            return nil
        }
        let since = run?.since ?? step
        let readings = (run?.readings ?? 0) + 1
        run = (since, readings)
        guard readings >= patience else { return nil }
        run = nil
        isRaised.toggle()
        return isRaised ? .begins(since: since) : .ends(since: since)
    }
}

/// The newest readings of a quantity, oldest first.
struct ReadingWindow: Sendable {
    let capacity: Int
    private(set) var values: [Double] = []

    init(_ capacity: Int) { self.capacity = capacity }

    var isFull: Bool { values.count == capacity }
    /// NaN of nothing.
    var mean: Double { values.reduce(0, +) / Double(values.count) }
    /// NaN of nothing.
    var median: Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }

    /// Adds a reading and drops the oldest where there is no room; gives back what was dropped.
    @discardableResult
    mutating func append(_ value: Double) -> Double? {
        values.append(value)
        return values.count > capacity ? values.removeFirst() : nil
    }
}
