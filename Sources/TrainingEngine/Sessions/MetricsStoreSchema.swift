import BenchProtocol
import Foundation
import GRDB

/// One logged quantity: its name in lines, requests and columns, and its place in a step's metrics.
struct MetricsQuantity: Sendable {
    let name: String
    let path: any WritableKeyPath<StepMetrics, Double> & Sendable

    /// All of them, in the order of the table's columns.
    static let all: [MetricsQuantity] = [
        .init(name: "loss", path: \.loss),
        .init(name: "implicit_accuracy", path: \.implicitAccuracy),
        .init(name: "margin", path: \.margin),
        .init(name: "winner_log_ratio", path: \.winnerLogRatio),
        .init(name: "loser_log_ratio", path: \.loserLogRatio),
        .init(name: "policy_error", path: \.policyError),
        .init(name: "reference_error", path: \.referenceError),
        .init(name: "offset", path: \.offset),
        .init(name: "kl_proxy", path: \.klProxy),
        .init(name: "gradient_norm", path: \.gradientNorm),
        .init(name: "saturated", path: \.saturated),
        .init(name: "capped", path: \.capped),
        .init(name: "learning_rate", path: \.learningRate),
        .init(name: "images_per_second", path: \.imagesPerSecond),
        .init(name: "time", path: \.time),
        // Since format 2; the place in this list is that of a step's exceptional values.
        .init(name: "safeguard_scale", path: \.safeguardScale),
    ]
}

/// The tables, and the statements made from the list of quantities.
enum MetricsSchema {
    /// Stored as `user_version`; a file with an older one is brought to it, one with a number that is
    /// not known is moved aside.
    static let version = 2
    /// Steps in a bucket of level 1, and buckets of one level in a bucket of the next.
    static let radix = 8
    /// The coarsest level: a bucket of level 8 spans 16.8 million steps.
    static let topLevel = 8

    static let columns = MetricsQuantity.all.map(\.name)

    static func create(_ db: Database) throws {
        let values = columns.map { "\"\($0)\" REAL" }.joined(separator: ", ")
        let aggregates = columns.map {
            "\"\($0)_min\" REAL, \"\($0)_max\" REAL, \"\($0)_sum\" REAL, \"\($0)_count\" INTEGER"
        }.joined(separator: ", ")
        try db.execute(
            sql: """
                CREATE TABLE lane (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
                CREATE TABLE step (
                    lane INTEGER NOT NULL, step INTEGER NOT NULL, \(values),
                    exceptions BLOB, quartiles BLOB, PRIMARY KEY (lane, step)) WITHOUT ROWID;
                CREATE TABLE pyramid (
                    lane INTEGER NOT NULL, level INTEGER NOT NULL, bucket INTEGER NOT NULL,
                    last_step INTEGER NOT NULL, steps INTEGER NOT NULL, \(aggregates),
                    PRIMARY KEY (lane, level, bucket)) WITHOUT ROWID;
                CREATE TABLE evaluation (
                    lane INTEGER NOT NULL, step INTEGER NOT NULL, name TEXT NOT NULL,
                    position INTEGER NOT NULL, value REAL, low REAL, high REAL, n INTEGER NOT NULL,
                    PRIMARY KEY (lane, step, name)) WITHOUT ROWID;
                CREATE TABLE histogram (
                    lane INTEGER NOT NULL, prompt TEXT NOT NULL, attribute TEXT NOT NULL,
                    step INTEGER NOT NULL, content BLOB NOT NULL,
                    PRIMARY KEY (lane, prompt, attribute, step)) WITHOUT ROWID;
                PRAGMA user_version = \(version);
                """)
        try addLaterTables(db)
    }

    /// Makes the tables that files of this version may lack because they are older than the tables.
    static func addLaterTables(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS field (
                    lane INTEGER NOT NULL, step INTEGER NOT NULL, line TEXT NOT NULL,
                    PRIMARY KEY (lane, step)) WITHOUT ROWID;
                """)
    }

    /// Writes one step; a step already there is replaced.
    static let insertStep: String = {
        let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = Array(repeating: "?", count: columns.count + 4).joined(separator: ", ")
        return "INSERT OR REPLACE INTO step (lane, step, \(names), exceptions, quartiles) "
            + "VALUES (\(marks))"
    }()

    /// Recomputes buckets of a level from what lies below; arguments: lane, first and end of below.
    ///
    /// Recomputing, not adding up, makes writing a step twice or taking steps back harmless.
    static let buildLevel: [String] = (1...topLevel).map { level in
        let below = level == 1 ? "step" : "bucket"
        let values = columns.map { name in
            level == 1
                ? "min(\"\(name)\"), max(\"\(name)\"), total(\"\(name)\"), count(\"\(name)\")"
                : "min(\"\(name)_min\"), max(\"\(name)_max\"), total(\"\(name)_sum\"), "
                    + "sum(\"\(name)_count\")"
        }.joined(separator: ", ")
        let head =
            level == 1
            ? "max(step), count(*)" : "max(last_step), sum(steps)"
        let source =
            level == 1
            ? "step WHERE lane = ?1" : "pyramid WHERE lane = ?1 AND level = \(level - 1)"
        return
            "INSERT OR REPLACE INTO pyramid SELECT lane, \(level), \(below) / \(radix), \(head), "
            + "\(values) FROM \(source) AND \(below) >= ?2 AND \(below) < ?3 "
            + "GROUP BY \(below) / \(radix)"
    }

    /// Rebuilds every bucket that holds a step from `first` to `last`.
    static func rebuild(_ db: Database, lane: Int64, first: Int, last: Int) throws {
        var (low, high) = (first, last)
        for level in 1...topLevel {
            (low, high) = (low / radix, high / radix)
            try db.cachedStatement(sql: buildLevel[level - 1])
                .execute(arguments: [lane, low * radix, (high + 1) * radix])
        }
        try QuartileTable.rebuild(db, lane: lane, first: first, last: last)
    }
}

/// Packs what columns of SQLite cannot hold to the bit.
enum MetricsPacking {
    /// The values that a REAL column would change: SQLite stores -0 as 0, and curves want no infinity.
    ///
    /// - Returns: nine bytes each, column and bit pattern; nil when there are none.
    static func exceptions(of values: [Double]) -> Data? {
        var data = Data()
        for (column, value) in values.enumerated()
        where value.isInfinite || (value == 0 && value.sign == .minus) {
            data.append(UInt8(column))
            append(value.bitPattern, to: &data)
        }
        return data.isEmpty ? nil : data
    }

    /// Puts exceptional values back into their columns.
    static func restore(_ exceptions: Data, into values: inout [Double]) {
        let bytes = [UInt8](exceptions)
        for start in stride(from: 0, to: bytes.count - 8, by: 9)
        where Int(bytes[start]) < values.count {
            values[Int(bytes[start])] = Double(bitPattern: word(bytes, start + 1))
        }
    }

    private static let quartilePaths: [any WritableKeyPath<TimestepQuartile, Double> & Sendable] = [
        \.loss, \.implicitAccuracy, \.margin, \.winnerLogRatio, \.loserLogRatio, \.policyError,
        \.referenceError, \.klProxy, \.saturated, \.capped,
    ]

    /// All quartiles as little-endian words, the count of images first in each.
    static func quartiles(_ quartiles: [TimestepQuartile]) -> Data? {
        var data = Data()
        for quartile in quartiles {
            append(UInt64(bitPattern: Int64(quartile.images)), to: &data)
            for path in quartilePaths { append(quartile[keyPath: path].bitPattern, to: &data) }
        }
        return data.isEmpty ? nil : data
    }

    /// Reads what ``quartiles(_:)-(Array)`` wrote.
    static func quartiles(_ data: Data) -> [TimestepQuartile] {
        let bytes = [UInt8](data)
        let size = 8 * (quartilePaths.count + 1)
        return stride(from: 0, to: bytes.count / size * size, by: size).map { start in
            var quartile = TimestepQuartile(
                images: Int(Int64(bitPattern: word(bytes, start))))
            for (index, path) in quartilePaths.enumerated() {
                quartile[keyPath: path] = Double(
                    bitPattern: word(bytes, start + 8 * (index + 1)))
            }
            return quartile
        }
    }

    private static func append(_ word: UInt64, to data: inout Data) {
        withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
    }

    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        }
    }
}
