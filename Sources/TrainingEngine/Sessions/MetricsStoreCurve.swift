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
    /// that are not finite count in none of them. `_q1` to `_q4` after a quantity's name ask for a
    /// quarter of the timestep range. A quantity that is the name of an evaluation's figure gives one
    /// point an evaluation, its interval as minimum and maximum.
    ///
    /// - Throws: ``MetricsError``, for a quantity that nobody logs as well.
    public func curve(_ request: CurveRequest) throws -> Curve {
        let points = min(max(request.points, 1), Self.mostPoints)
        let isColumn = MetricsQuantity.all.contains { $0.name == request.quantity }
        let quartile = QuartileColumn(name: request.quantity)
        let buckets = try query { db in
            guard isColumn || quartile != nil else {
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
            let level: any PyramidLevels =
                if let quartile {
                    QuartileLevels(db: db, lane: lane, column: quartile)
                } else {
                    ColumnLevels(db: db, lane: lane, quantity: request.quantity)
                }
            return try MetricsPyramid(levels: level)
                .buckets(first: first, last: last, points: points)
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
