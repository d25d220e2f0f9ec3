import BenchProtocol
import Foundation
import GRDB

extension MetricsStore {
    /// The most points one curve may ask for: more than any screen has columns.
    private static let mostPoints = 20_000

    /// Part of a quantity's history, in at most as many buckets as were asked for.
    ///
    /// Few enough steps come one by one. Otherwise all buckets span the same number of steps, a
    /// multiple of a power of 8, and each has the exact minimum, maximum and mean of its steps; values
    /// that are not finite count in none of them. A quantity that is the name of an evaluation's
    /// figure gives one point an evaluation, its interval as minimum and maximum.
    ///
    /// - Throws: ``MetricsError``, for a quantity that nobody logs as well.
    public func curve(_ request: CurveRequest) throws -> Curve {
        let points = min(max(request.points, 1), Self.mostPoints)
        let isStepQuantity = MetricsQuantity.all.contains { $0.name == request.quantity }
        let buckets = try query { db in
            guard isStepQuantity else {
                return try evaluationCurve(db, request, points: points)
            }
            guard let lane = try Self.identifier(of: request.lane, db),
                // Apart, each is one step into the index; in one query they scan the table.
                let oldest = try Int.fetchOne(
                    db, sql: "SELECT min(step) FROM step WHERE lane = ?", arguments: [lane]),
                let newest = try Int.fetchOne(
                    db, sql: "SELECT max(step) FROM step WHERE lane = ?", arguments: [lane])
            else { return [] }
            let first = max(request.firstStep, oldest)
            let last = min(request.lastStep, newest)
            guard first <= last else { return [] }
            let reader = MetricsPyramid(db: db, lane: lane, quantity: request.quantity)
            return try reader.buckets(first: first, last: last, points: points)
        }
        return Curve(
            lane: request.lane, quantity: request.quantity, firstStep: request.firstStep,
            lastStep: request.lastStep, buckets: buckets)
    }

    private func evaluationCurve(
        _ db: Database, _ request: CurveRequest, points: Int
    ) throws -> [Curve.Bucket] {
        let isKnown = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM evaluation WHERE name = ?)",
            arguments: [request.quantity])
        guard isKnown == true else { throw MetricsError.unknownQuantity(request.quantity) }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT step, low, high, value FROM evaluation JOIN lane ON lane.id = evaluation.lane
                WHERE lane.name = ? AND evaluation.name = ? AND step BETWEEN ? AND ?
                ORDER BY step DESC LIMIT ?
                """,
            arguments: [
                request.lane, request.quantity, request.firstStep, request.lastStep, points,
            ])
        return rows.reversed().map { row in
            Curve.Bucket(
                step: row["step"], minimum: row["low"] ?? .nan, maximum: row["high"] ?? .nan,
                mean: row["value"] ?? .nan)
        }
    }
}

/// Reads one quantity of one lane at the level that a range and a number of points ask for.
private struct MetricsPyramid {
    let db: Database
    let lane: Int64
    let quantity: String

    /// What is known of a run of steps.
    private struct Run {
        var lastStep: Int
        var minimum = Double.infinity
        var maximum = -Double.infinity
        var sum = 0.0
        var count = 0

        mutating func absorb(_ other: Run) {
            lastStep = other.lastStep
            minimum = min(minimum, other.minimum)
            maximum = max(maximum, other.maximum)
            sum += other.sum
            count += other.count
        }

        var bucket: Curve.Bucket {
            count > 0
                ? .init(
                    step: lastStep, minimum: minimum, maximum: maximum,
                    mean: min(max(sum / Double(count), minimum), maximum))
                : .init(step: lastStep, minimum: .nan, maximum: .nan, mean: .nan)
        }
    }

    func buckets(first: Int, last: Int, points: Int) throws -> [Curve.Bucket] {
        let span = last - first + 1
        if span <= points { return try steps(first, last).map(\.run.bucket) }
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
        var current: (index: Int, run: Run)?
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
    ) throws -> [(start: Int, run: Run)] {
        guard first <= last else { return [] }
        guard level > 0 else { return try steps(first, last) }
        let cell = (0..<level).reduce(1) { size, _ in size * MetricsSchema.radix }
        let low = (first + cell - 1) / cell
        let high = (last + 1) / cell
        guard low < high else { return try runs(first, last, level: level - 1) }
        return try runs(first, low * cell - 1, level: level - 1)
            + whole(low, high - 1, level: level, cell: cell)
            + runs(high * cell, last, level: level - 1)
    }

    private func whole(
        _ first: Int, _ last: Int, level: Int, cell: Int
    ) throws -> [(start: Int, run: Run)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT bucket, last_step, "\(quantity)_min", "\(quantity)_max", "\(quantity)_sum",
                "\(quantity)_count" FROM pyramid
                WHERE lane = ? AND level = ? AND bucket BETWEEN ? AND ? ORDER BY bucket
                """)
        let rows = try Row.fetchCursor(statement, arguments: [lane, level, first, last])
        var runs: [(start: Int, run: Run)] = []
        while let row = try rows.next() {
            var run = Run(lastStep: row[1])
            if let minimum = row[2] as Double?, let maximum = row[3] as Double? {
                (run.minimum, run.maximum) = (minimum, maximum)
                (run.sum, run.count) = ((row[4] as Double?) ?? .nan, row[5])
            }
            runs.append(((row[0] as Int) * cell, run))
        }
        return runs
    }

    private func steps(_ first: Int, _ last: Int) throws -> [(start: Int, run: Run)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT step, "\(quantity)" FROM step
                WHERE lane = ? AND step BETWEEN ? AND ? ORDER BY step
                """)
        let rows = try Row.fetchCursor(statement, arguments: [lane, first, last])
        var runs: [(start: Int, run: Run)] = []
        while let row = try rows.next() {
            let step: Int = row[0]
            var run = Run(lastStep: step)
            if let value = row[1] as Double? {
                run = Run(lastStep: step, minimum: value, maximum: value, sum: value, count: 1)
            }
            runs.append((step, run))
        }
        return runs
    }
}
