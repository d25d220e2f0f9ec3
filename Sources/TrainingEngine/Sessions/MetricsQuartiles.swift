import BenchProtocol
import Foundation
import GRDB

/// One quantity over one quarter of the timestep range: its place in what is packed.
struct QuartileColumn: Sendable {
    /// The quantities of a quartile in the order in which they are packed.
    static let names = [
        "loss", "implicit_accuracy", "margin", "winner_log_ratio", "loser_log_ratio",
        "policy_error", "reference_error", "kl_proxy", "saturated", "capped",
    ]
    /// Quarters of the timestep range.
    static let quarters = 4
    /// Columns in all.
    static let count = quarters * names.count

    /// Which of all columns it is.
    let place: Int

    /// The column of a name such as `loss_q1`; nil for any other name.
    init?(name: String) {
        guard let split = name.range(of: "_q", options: .backwards),
            let quarter = Int(name[split.upperBound...]), (1...Self.quarters).contains(quarter),
            name[split.upperBound...].count == 1,
            let quantity = Self.names.firstIndex(of: String(name[..<split.lowerBound]))
        else { return nil }
        place = (quarter - 1) * Self.names.count + quantity
    }

    /// Its value in a step's packed quartiles; NaN where those have none.
    func value(in bytes: UnsafeRawBufferPointer) -> Double {
        let quarter = place / Self.names.count
        // The count of images comes first in each quarter.
        let word = quarter * (Self.names.count + 1) + 1 + place % Self.names.count
        guard bytes.count >= 8 * (word + 1) else { return .nan }
        return Double(bitPattern: QuartileTable.word(bytes, word))
    }
}

/// The pyramid of the timestep quartiles: a table beside that of the columns, every quantity of a
/// bucket packed into one value; a bucket none of whose steps had quartiles is not there.
enum QuartileTable {
    /// Minimum, maximum, sum and count of each column.
    private static let words = 4 * QuartileColumn.count
    /// Steps of an older program's history that are packed at once.
    private static let mostAtOnce = 1 << 15

    /// A bucket that is being built.
    private struct Bucket {
        let index: Int
        var lastStep = 0
        /// Whether anything below it had quartiles.
        var isKnown = false
        var runs: [PyramidRun]
    }

    /// Makes the table where a database of an older program has none, and fills in what is missing.
    static func prepare(_ db: Database) throws {
        // With row numbers: packed buckets are too long for the leaves of an index.
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS quartile (
                    lane INTEGER NOT NULL, level INTEGER NOT NULL, bucket INTEGER NOT NULL,
                    last_step INTEGER NOT NULL, content BLOB NOT NULL,
                    PRIMARY KEY (lane, level, bucket))
                """)
        for lane in try Int64.fetchAll(db, sql: "SELECT id FROM lane") {
            let built =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT last_step FROM quartile WHERE lane = ? AND level = 1
                        ORDER BY bucket DESC LIMIT 1
                        """, arguments: [lane]) ?? -1
            let missing = try Row.fetchOne(
                db,
                sql: """
                    SELECT min(step) AS first, max(step) AS last FROM step
                    WHERE lane = ? AND step > ? AND quartiles IS NOT NULL
                    """, arguments: [lane, built])
            guard let row = missing, let first = row["first"] as Int?,
                let last = row["last"] as Int?
            else { continue }
            // In parts, so that a long history does not fill the memory.
            for start in stride(from: first, through: last, by: mostAtOnce) {
                try rebuild(
                    db, lane: lane, first: start, last: min(start + mostAtOnce - 1, last))
            }
        }
    }

    /// Rebuilds every bucket that holds a step from `first` to `last`, from what lies below it.
    static func rebuild(_ db: Database, lane: Int64, first: Int, last: Int) throws {
        let radix = MetricsSchema.radix
        var (low, high) = (first / radix, last / radix)
        let insert = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO quartile VALUES (?, ?, ?, ?, ?)")
        for level in 1...MetricsSchema.topLevel {
            let below = try db.cachedStatement(
                sql: level == 1
                    ? """
                    SELECT step, step, quartiles FROM step WHERE lane = ? AND step >= ? AND step < ?
                    ORDER BY step
                    """
                    : """
                    SELECT bucket, last_step, content FROM quartile WHERE lane = ?
                    AND bucket >= ? AND bucket < ? AND level = \(level - 1) ORDER BY bucket
                    """)
            let rows = try Row.fetchCursor(
                below, arguments: [lane, low * radix, (high + 1) * radix])
            var open: Bucket?
            var done: [Bucket] = []
            while let row = try rows.next() {
                let bucket = (row[0] as Int) / radix
                if open?.index != bucket {
                    if let open { done.append(open) }
                    let none = PyramidRun(lastStep: 0)
                    open = Bucket(
                        index: bucket, runs: Array(repeating: none, count: QuartileColumn.count))
                }
                open?.lastStep = row[1]
                // A step without quartiles belongs to its bucket all the same.
                guard let content = row[2] as Data? else { continue }
                open?.isKnown = true
                content.withUnsafeBytes { bytes in
                    for place in 0..<QuartileColumn.count {
                        if level == 1 {
                            open?.runs[place].absorb(value(bytes, place))
                        } else if let run = run(bytes, place) {
                            open?.runs[place].absorb(run)
                        }
                    }
                }
            }
            if let open { done.append(open) }
            for bucket in done where bucket.isKnown {
                try insert.execute(arguments: [
                    lane, level, bucket.index, bucket.lastStep, packed(bucket.runs),
                ])
            }
            (low, high) = (low / radix, high / radix)
        }
    }

    /// A column of a packed bucket; nil where nothing in it was finite.
    static func run(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> PyramidRun? {
        guard bytes.count == 8 * words else { return nil }
        let count = Int(clamping: word(bytes, 4 * place + 3))
        guard count > 0 else { return nil }
        return PyramidRun(
            lastStep: 0, minimum: Double(bitPattern: word(bytes, 4 * place)),
            maximum: Double(bitPattern: word(bytes, 4 * place + 1)),
            sum: Double(bitPattern: word(bytes, 4 * place + 2)), count: count)
    }

    /// The n-th little-endian word.
    static func word(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }

    private static func value(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Double {
        let (quarter, quantity) = place.quotientAndRemainder(dividingBy: QuartileColumn.names.count)
        let index = quarter * (QuartileColumn.names.count + 1) + 1 + quantity
        return bytes.count >= 8 * (index + 1) ? Double(bitPattern: word(bytes, index)) : .nan
    }

    private static func packed(_ runs: [PyramidRun]) -> Data {
        var data = Data(capacity: 8 * words)
        for run in runs {
            for bits in [
                run.minimum.bitPattern, run.maximum.bitPattern, run.sum.bitPattern,
                UInt64(max(run.count, 0)),
            ] {
                withUnsafeBytes(of: bits.littleEndian) { data.append(contentsOf: $0) }
            }
        }
        return data
    }
}

/// One quantity of one quarter, at every level.
struct QuartileLevels: PyramidLevels {
    let db: Database
    let lane: Int64
    let column: QuartileColumn

    func steps(_ first: Int, _ last: Int) throws -> [(start: Int, run: PyramidRun)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT step, quartiles FROM step
                WHERE lane = ? AND step BETWEEN ? AND ? ORDER BY step
                """)
        let rows = try Row.fetchCursor(statement, arguments: [lane, first, last])
        var runs: [(start: Int, run: PyramidRun)] = []
        while let row = try rows.next() {
            var run = PyramidRun(lastStep: row[0])
            if let content = row[1] as Data? {
                run.absorb(content.withUnsafeBytes { column.value(in: $0) })
            }
            runs.append((run.lastStep, run))
        }
        return runs
    }

    func whole(
        _ first: Int, _ last: Int, level: Int, cell: Int
    ) throws -> [(start: Int, run: PyramidRun)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT bucket, last_step, content FROM quartile
                WHERE lane = ? AND level = ? AND bucket BETWEEN ? AND ? ORDER BY bucket
                """)
        let rows = try Row.fetchCursor(statement, arguments: [lane, level, first, last])
        var runs: [(start: Int, run: PyramidRun)] = []
        while let row = try rows.next() {
            let content: Data = row[2]
            var run =
                content.withUnsafeBytes { QuartileTable.run($0, column.place) }
                ?? PyramidRun(lastStep: 0)
            run.lastStep = row[1]
            runs.append(((row[0] as Int) * cell, run))
        }
        return runs
    }
}
