import BenchProtocol
import Foundation
import GRDB

extension MetricsStore {
    /// The lanes that have logged anything, in the order in which they first did.
    public func lanes() throws -> [String] {
        try query { try String.fetchAll($0, sql: "SELECT name FROM lane ORDER BY id") }
    }

    /// The newest metrics of every lane, in the order of ``lanes()``.
    public func lastMetrics() throws -> [StepMetrics] {
        try query { db in
            try Row.fetchAll(db, sql: "SELECT id, name FROM lane ORDER BY id").compactMap { lane in
                let rows = try Self.steps(
                    db, lane: lane["id"], name: lane["name"],
                    "ORDER BY step DESC LIMIT 1", [])
                return rows.first
            }
        }
    }

    /// A lane's metrics over a range of steps, both ends included, to the bit as they were recorded.
    ///
    /// - Parameters:
    ///   - lane: the lane's name; one that has logged nothing has no metrics.
    ///   - steps: the first and the last step.
    ///   - limit: the most rows to return, the oldest first.
    public func metrics(
        lane: String, steps: ClosedRange<Int>, limit: Int = 100_000
    ) throws -> [StepMetrics] {
        try query { db in
            guard let identifier = try Self.identifier(of: lane, db) else { return [] }
            return try Self.steps(
                db, lane: identifier, name: lane,
                "AND step BETWEEN ? AND ? ORDER BY step LIMIT ?",
                [steps.lowerBound, steps.upperBound, limit])
        }
    }

    private static func steps(
        _ db: Database, lane: Int64, name: String, _ condition: String, _ more: StatementArguments
    ) throws -> [StepMetrics] {
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM step WHERE lane = ? \(condition)")
        return try Row.fetchAll(statement, arguments: [lane] + more).map { row in
            var metrics = StepMetrics(lane: name, step: row["step"])
            var values = MetricsQuantity.all.indices.map { (row[$0 + 2] as Double?) ?? .nan }
            if let data = row["exceptions"] as Data? {
                MetricsPacking.restore(data, into: &values)
            }
            for (quantity, value) in zip(MetricsQuantity.all, values) {
                metrics[keyPath: quantity.path] = value
            }
            if let data = row["quartiles"] as Data? {
                metrics.quartiles = MetricsPacking.quartiles(data)
            }
            return metrics
        }
    }

    /// The evaluations of a session, oldest first.
    ///
    /// - Parameter lane: only this lane's (or `base`'s); nil for everyone's.
    public func evaluations(lane: String? = nil) throws -> [Evaluation] {
        try query { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT lane.name AS lane_name, evaluation.* FROM evaluation
                    JOIN lane ON lane.id = evaluation.lane
                    WHERE ?1 IS NULL OR lane.name = ?1
                    ORDER BY step, lane.id, position
                    """, arguments: [lane])
            var evaluations: [Evaluation] = []
            for row in rows {
                let (lane, step): (String, Int) = (row["lane_name"], row["step"])
                if evaluations.last?.lane != lane || evaluations.last?.step != step {
                    evaluations.append(Evaluation(lane: lane, step: step, figures: []))
                }
                evaluations[evaluations.count - 1].figures.append(
                    Evaluation.Figure(
                        name: row["name"], value: row["value"] ?? .nan, low: row["low"] ?? .nan,
                        high: row["high"] ?? .nan, n: row["n"]))
            }
            return evaluations
        }
    }

    /// The newest histogram of every lane, prompt and attribute.
    ///
    /// - Parameter prompt: only this prompt's; nil for all.
    public func lastHistograms(prompt: String? = nil) throws -> [PopulationHistogram] {
        try query { db in
            // SQLite gives the columns of the row that has the maximum.
            let contents = try Data.fetchAll(
                db,
                sql: """
                    SELECT content FROM
                        (SELECT content, lane, prompt, attribute, max(step) FROM histogram
                         WHERE ?1 IS NULL OR prompt = ?1 GROUP BY lane, prompt, attribute)
                    """, arguments: [prompt])
            return try contents.map { data in
                do {
                    return try JSONDecoder().decode(PopulationHistogram.self, from: data)
                } catch {
                    throw MetricsError.damaged(path: path, message: "a histogram cannot be read")
                }
            }
        }
    }

    /// The newest gradient field of every lane that has one, in the order of ``lanes()``.
    public func lastFields() throws -> [GradientFieldSummary] {
        try query { db in
            // SQLite gives the columns of the row that has the maximum.
            let lines = try String.fetchAll(
                db, sql: "SELECT line FROM (SELECT line, max(step) FROM field GROUP BY lane)")
            return try lines.map { line in
                guard case .field(let field)? = try? EventLine.decode(line) else {
                    throw MetricsError.damaged(path: path, message: "a field cannot be read")
                }
                return field
            }
        }
    }
}
