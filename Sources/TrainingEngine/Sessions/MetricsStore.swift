import BenchProtocol
import Dispatch
import Foundation
import GRDB

/// Everything a session has measured, in SQLite: steps with their pyramids, evaluations, histograms.
///
/// Recording only appends to a list in memory; a queue of the store's own writes the list in one
/// transaction a fraction of a second later, so that training never waits for the disk. Reading
/// writes what waits first and so always sees everything recorded.
///
/// A pyramid holds minimum, maximum, sum and count of every quantity over 8, 64, 512, ... steps: a
/// curve over a million steps is answered from a few thousand rows.
public final class MetricsStore: @unchecked Sendable {
    // Unchecked: `waiting`, `isScheduled` and `dropped` are touched under `lock` alone, `database` is
    // safe by itself, everything else is constant.

    /// The database's file.
    public let path: String
    /// Says that an unreadable database was moved aside, and where to; nil when all was well.
    public let openingWarning: String?

    let database: DatabasePool
    private let queue = DispatchQueue(label: "popbench.metrics", qos: .utility)
    private let lock = NSLock()
    private var waiting: [MetricsEntry] = []
    private var isScheduled = false
    private var dropped = 0
    private let onFailure: @Sendable (MetricsError) -> Void

    /// Seconds between a recording and its writing: long enough for a batch, short for a crash.
    private static let delay = 0.25
    /// Entries kept in memory while the disk refuses; older ones are lost beyond it.
    private static let mostWaiting = 200_000

    /// Opens a session's metrics, making the file if there is none.
    ///
    /// - Parameters:
    ///   - path: the file, ``SessionStore/metricsPath``.
    ///   - onFailure: told when a batch could not be written; it is kept and tried again. It runs on
    ///     the store's queue and may not call the store.
    /// - Throws: ``MetricsError`` where the folder does not let a database be made.
    public init(
        path: String, onFailure: @escaping @Sendable (MetricsError) -> Void = { _ in }
    ) throws {
        self.path = path
        self.onFailure = onFailure
        (database, openingWarning) = try Self.openOrReplace(path)
    }

    /// Notes what a lane logged at one step; a step already there is replaced.
    public func record(_ metrics: StepMetrics) {
        precondition((0..<(1 << 40)).contains(metrics.step), "steps count from 0")
        enqueue(.step(metrics))
    }

    /// Notes an evaluation.
    public func record(_ evaluation: Evaluation) { enqueue(.evaluation(evaluation)) }

    /// Notes who appeared for a prompt.
    public func record(_ histogram: PopulationHistogram) { enqueue(.histogram(histogram)) }

    /// Notes a lane's gradient field; only the newest few of a lane are kept.
    public func record(_ field: GradientFieldSummary) { enqueue(.field(field)) }

    /// Writes everything recorded so far, and has it on the disk when it returns.
    ///
    /// - Throws: ``MetricsError``; what could not be written is kept.
    public func flush() throws {
        try queue.sync {
            try drain()
            // A passive checkpoint flushes log and database without waiting for readers.
            try read { _ = try $0.writeWithoutTransaction { try $0.checkpoint(.passive) } }
        }
    }

    /// Writes what waits and closes the file; the store is of no use afterwards.
    public func close() throws {
        try queue.sync {
            try drain()
            try read { try $0.close() }
        }
    }

    /// Forgets everything after a step, when a session resumes from the checkpoint taken there.
    public func truncate(afterStep step: Int) throws {
        try change { db in
            for lane in try Int64.fetchAll(db, sql: "SELECT id FROM lane") {
                try Self.truncate(db, lane: lane, afterStep: step)
            }
        }
    }

    /// Forgets a lane that has left the session.
    public func remove(lane name: String) throws {
        try change { db in
            guard let lane = try Self.identifier(of: name, db) else { return }
            for table in ["step", "pyramid", "quartile", "evaluation", "histogram", "field"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE lane = ?", arguments: [lane])
            }
            try db.execute(sql: "DELETE FROM lane WHERE id = ?", arguments: [lane])
        }
    }

    private static func truncate(_ db: Database, lane: Int64, afterStep step: Int) throws {
        for table in ["step", "evaluation", "histogram", "field"] {
            try db.execute(
                sql: "DELETE FROM \(table) WHERE lane = ? AND step > ?", arguments: [lane, step])
        }
        // The bucket of every level that the cut goes through is rebuilt, those after it go.
        var bucket = max(step, 0)
        for level in 1...MetricsSchema.topLevel {
            bucket /= MetricsSchema.radix
            for table in ["pyramid", "quartile"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE lane = ? AND level = ? AND bucket >= ?",
                    arguments: [lane, level, bucket])
            }
        }
        if step >= 0 { try MetricsSchema.rebuild(db, lane: lane, first: step, last: step) }
    }

    private func enqueue(_ entry: MetricsEntry) {
        let schedules = lock.withLock {
            waiting.append(entry)
            defer { isScheduled = true }
            return !isScheduled
        }
        guard schedules else { return }
        // Holds the store until the batch is written.
        queue.asyncAfter(deadline: .now() + Self.delay) { self.drainReporting() }
    }

    private func drainReporting() {
        do {
            try drain()
        } catch {
            onFailure(MetricsError(error, path: path))
        }
    }

    /// Writes what waits, on the queue; puts it back where that fails.
    private func drain() throws {
        let (batch, lost) = lock.withLock {
            defer {
                waiting = []
                isScheduled = false
                dropped = 0
            }
            return (waiting, dropped)
        }
        guard !batch.isEmpty else { return }
        do {
            try read { try $0.write { db in try MetricsEntry.write(batch, to: db) } }
        } catch {
            lock.withLock {
                let all = batch + waiting
                waiting = Array(all.suffix(Self.mostWaiting))
                dropped = lost + all.count - waiting.count
            }
            throw error
        }
    }

    /// Entries lost because the disk has refused for very long; 0 unless something is badly wrong.
    public var lostEntries: Int { lock.withLock { dropped } }

    /// Runs a change after everything recorded before it.
    private func change(_ body: @escaping @Sendable (Database) throws -> Void) throws {
        try queue.sync {
            try drain()
            try read { try $0.write { db in try body(db) } }
        }
    }

    /// Runs a query after everything recorded before it; a full disk does not keep it from answering.
    func query<Answer>(_ body: (Database) throws -> Answer) throws -> Answer {
        queue.sync { drainReporting() }
        return try read { try $0.read(body) }
    }

    /// Turns the errors of SQLite into those of the store.
    private func read<Answer>(_ body: (DatabasePool) throws -> Answer) throws -> Answer {
        do {
            return try body(database)
        } catch {
            throw MetricsError(error, path: path)
        }
    }

    /// The number a lane's rows carry; nil for a lane that has logged nothing.
    static func identifier(of lane: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT id FROM lane WHERE name = ?", arguments: [lane])
    }
}
