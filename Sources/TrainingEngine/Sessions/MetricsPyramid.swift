import BenchProtocol
import GRDB

/// What is known of a run of steps.
struct PyramidRun {
    var lastStep: Int
    var minimum = Double.infinity
    var maximum = -Double.infinity
    var sum = 0.0
    var count = 0

    mutating func absorb(_ other: PyramidRun) {
        lastStep = other.lastStep
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        sum += other.sum
        count += other.count
    }

    /// Adds a step's value; one that is not finite counts for nothing.
    mutating func absorb(_ value: Double) {
        guard value.isFinite else { return }
        minimum = min(minimum, value)
        maximum = max(maximum, value)
        sum += value
        count += 1
    }

    var bucket: Curve.Bucket {
        count > 0
            ? .init(
                step: lastStep, minimum: minimum, maximum: maximum,
                mean: min(max(sum / Double(count), minimum), maximum))
            : .init(step: lastStep, minimum: .nan, maximum: .nan, mean: .nan)
    }
}

/// The runs of one quantity of one lane, at every level of a pyramid.
protocol PyramidLevels {
    /// The steps of a range, one by one.
    func steps(_ first: Int, _ last: Int) throws -> [(start: Int, run: PyramidRun)]

    /// The buckets of a level from the first to the last; `cell` is the steps in one of them.
    func whole(
        _ first: Int, _ last: Int, level: Int, cell: Int
    ) throws -> [(start: Int, run: PyramidRun)]
}

/// Answers a range in a number of points from the level that suits them.
struct MetricsPyramid {
    let levels: any PyramidLevels

    func buckets(first: Int, last: Int, points: Int) throws -> [Curve.Bucket] {
        let span = last - first + 1
        if span <= points { return try levels.steps(first, last).map(\.run.bucket) }
        // Bucket width: a multiple of the coarsest level's that is no wider than needed.
        let wanted = (span + points - 1) / points
        var (level, cell) = (0, 1)
        while level < MetricsSchema.topLevel, cell * MetricsSchema.radix <= wanted {
            level += 1
            cell *= MetricsSchema.radix
        }
        let origin = first / cell * cell
        var width = (wanted + cell - 1) / cell * cell
        while (last - origin) / width >= points { width += cell }
        var answer: [Curve.Bucket] = []
        var current: (index: Int, run: PyramidRun)?
        for (start, run) in try runs(first, last, level: level) {
            let index = (start - origin) / width
            if let open = current, open.index == index {
                current?.run.absorb(run)
            } else {
                if let done = current { answer.append(done.run.bucket) }
                current = (index, run)
            }
        }
        if let done = current { answer.append(done.run.bucket) }
        return answer
    }

    /// Covers a range with buckets of a level, and its ragged ends with those below.
    private func runs(
        _ first: Int, _ last: Int, level: Int
    ) throws -> [(start: Int, run: PyramidRun)] {
        guard first <= last else { return [] }
        guard level > 0 else { return try levels.steps(first, last) }
        let cell = (0..<level).reduce(1) { size, _ in size * MetricsSchema.radix }
        let low = (first + cell - 1) / cell
        let high = (last + 1) / cell
        guard low < high else { return try runs(first, last, level: level - 1) }
        return try runs(first, low * cell - 1, level: level - 1)
            + levels.whole(low, high - 1, level: level, cell: cell)
            + runs(high * cell, last, level: level - 1)
    }
}

/// The quantities that have columns of their own.
struct ColumnLevels: PyramidLevels {
    let db: Database
    let lane: Int64
    let quantity: String

    func whole(
        _ first: Int, _ last: Int, level: Int, cell: Int
    ) throws -> [(start: Int, run: PyramidRun)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT bucket, last_step, "\(quantity)_min", "\(quantity)_max", "\(quantity)_sum",
                "\(quantity)_count" FROM pyramid
                WHERE lane = ? AND level = ? AND bucket BETWEEN ? AND ? ORDER BY bucket
                """)
        let rows = try Row.fetchCursor(statement, arguments: [lane, level, first, last])
        var runs: [(start: Int, run: PyramidRun)] = []
        while let row = try rows.next() {
            var run = PyramidRun(lastStep: row[1])
            if let minimum = row[2] as Double?, let maximum = row[3] as Double? {
                (run.minimum, run.maximum) = (minimum, maximum)
                (run.sum, run.count) = ((row[4] as Double?) ?? .nan, row[5])
            }
            runs.append(((row[0] as Int) * cell, run))
        }
        return runs
    }

    func steps(_ first: Int, _ last: Int) throws -> [(start: Int, run: PyramidRun)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT step, "\(quantity)" FROM step
                WHERE lane = ? AND step BETWEEN ? AND ? ORDER BY step
                """)
        let rows = try Row.fetchCursor(statement, arguments: [lane, first, last])
        var runs: [(start: Int, run: PyramidRun)] = []
        while let row = try rows.next() {
            let step: Int = row[0]
            var run = PyramidRun(lastStep: step)
            if let value = row[1] as Double? {
                run = PyramidRun(
                    lastStep: step, minimum: value, maximum: value, sum: value, count: 1)
            }
            runs.append((step, run))
        }
        return runs
    }
}
