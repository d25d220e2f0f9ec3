import BenchProtocol
import Foundation
import GRDB

/// One thing recorded and not yet written.
enum MetricsEntry: Sendable {
    case step(StepMetrics)
    case evaluation(Evaluation)
    case histogram(PopulationHistogram)
    case field(GradientFieldSummary)

    /// Fields kept of a lane, the newest ones: as many as checkpoints are looked at on opening.
    private static let fieldsKept = 4

    private var lane: String {
        switch self {
        case .step(let metrics): metrics.lane
        case .evaluation(let evaluation): evaluation.lane
        case .histogram(let histogram): histogram.lane
        case .field(let field): field.lane
        }
    }

    /// Writes a batch and brings the pyramids up to date, inside the caller's transaction.
    static func write(_ batch: [MetricsEntry], to db: Database) throws {
        var identifiers: [String: Int64] = [:]
        var spans: [Int64: (first: Int, last: Int)] = [:]
        let insert = try db.cachedStatement(sql: MetricsSchema.insertStep)
        for entry in batch {
            let lane = try identifiers[entry.lane] ?? identifier(of: entry.lane, db)
            identifiers[entry.lane] = lane
            switch entry {
            case .step(let metrics):
                try insert.execute(arguments: arguments(of: metrics, lane: lane))
                let span = spans[lane] ?? (metrics.step, metrics.step)
                spans[lane] = (min(span.first, metrics.step), max(span.last, metrics.step))
            case .evaluation(let evaluation): try write(evaluation, lane: lane, db)
            case .histogram(let histogram): try write(histogram, lane: lane, db)
            case .field(let field): try write(field, lane: lane, db)
            }
        }
        for (lane, span) in spans {
            try MetricsSchema.rebuild(db, lane: lane, first: span.first, last: span.last)
        }
    }

    private static func identifier(of lane: String, _ db: Database) throws -> Int64 {
        if let known = try MetricsStore.identifier(of: lane, db) { return known }
        try db.execute(sql: "INSERT INTO lane (name) VALUES (?)", arguments: [lane])
        return db.lastInsertedRowID
    }

    private static func arguments(of metrics: StepMetrics, lane: Int64) -> StatementArguments {
        let values = MetricsQuantity.all.map { metrics[keyPath: $0.path] }
        var arguments: [(any DatabaseValueConvertible)?] = [lane, metrics.step]
        for value in values { arguments.append(value.isFinite ? value : nil) }
        arguments.append(MetricsPacking.exceptions(of: values))
        arguments.append(MetricsPacking.quartiles(metrics.quartiles))
        return StatementArguments(arguments)
    }

    private static func write(_ evaluation: Evaluation, lane: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM evaluation
                WHERE lane = ? AND step = ? AND (name LIKE 'fixed!_%' ESCAPE '!') = ?
                """, arguments: [lane, evaluation.step, evaluation.isOnFixedDraws])
        for (position, figure) in evaluation.figures.enumerated() {
            try db.execute(
                sql: "INSERT OR REPLACE INTO evaluation VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    lane, evaluation.step, figure.name, position, figure.value, figure.low,
                    figure.high, figure.n,
                ])
        }
    }

    private static func write(_ histogram: PopulationHistogram, lane: Int64, _ db: Database) throws
    {
        // Of two measurements at one step the one of more pictures stands: a glance at a few does
        // not displace an evaluation.
        let known = try Data.fetchOne(
            db,
            sql: """
                SELECT content FROM histogram
                WHERE lane = ? AND prompt = ? AND attribute = ? AND step = ?
                """, arguments: [lane, histogram.prompt, histogram.attribute, histogram.step])
        if let known,
            let stored = try? JSONDecoder().decode(PopulationHistogram.self, from: known),
            stored.classes == histogram.classes, stored.pictures > histogram.pictures
        {
            return
        }
        try db.execute(
            sql: "INSERT OR REPLACE INTO histogram VALUES (?, ?, ?, ?, ?)",
            arguments: [
                lane, histogram.prompt, histogram.attribute, histogram.step,
                try JSONEncoder().encode(histogram),
            ])
    }

    private static func write(_ field: GradientFieldSummary, lane: Int64, _ db: Database) throws {
        // The line's own text: it holds what no JSON number can.
        try db.execute(
            sql: "INSERT OR REPLACE INTO field VALUES (?, ?, ?)",
            arguments: [lane, field.step, EventLine.text(.field(field))])
        try db.execute(
            sql: """
                DELETE FROM field WHERE lane = ?1 AND step NOT IN
                    (SELECT step FROM field WHERE lane = ?1 ORDER BY step DESC LIMIT ?2)
                """, arguments: [lane, fieldsKept])
    }
}

extension PopulationHistogram {
    /// How many pictures were counted.
    fileprivate var pictures: Int { counts.reduce(0) { $0 &+ $1 } }
}
