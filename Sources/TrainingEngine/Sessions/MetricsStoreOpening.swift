import Foundation
import GRDB

extension MetricsStore {
    /// Checked page by page on opening up to this size; beyond it that would take seconds.
    private static let mostChecked = 64 * 1024 * 1024

    /// Opens the database; one that cannot be used is moved aside, since training matters more.
    static func openOrReplace(_ path: String) throws -> (DatabasePool, warning: String?) {
        do {
            return (try open(path), nil)
        } catch let error as MetricsError where error.isDamage {
            let aside: String
            do {
                aside = try moveAside(path)
            } catch {
                throw MetricsError.unavailable(path: path, message: "\(error)")
            }
            let warning = "\(error); the old metrics are kept as \(aside)"
            return (try open(path), warning)
        }
    }

    private static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        configuration.label = "popbench.metrics"
        configuration.prepareDatabase { db in
            // The log keeps the file whole at any moment; flush() is what makes a batch durable.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        do {
            let size = DurableFile.bytes(at: path)
            var isNew = size == 0
            if !isNew {
                // Read-only, so that a file which turns out damaged is moved aside as it was found.
                var looking = Configuration()
                looking.readonly = true
                looking.busyMode = .timeout(5)
                let queue = try DatabaseQueue(path: path, configuration: looking)
                isNew = try queue.read {
                    try isEmpty($0, path: path, wholly: size <= mostChecked)
                }
                try queue.close()
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            do {
                try pool.write { db in
                    if isNew {
                        try MetricsSchema.create(db)
                    } else {
                        try MetricsSchema.migrate(db)
                        try MetricsSchema.addLaterTables(db)
                    }
                    try QuartileTable.prepare(db)
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
                throw MetricsError.damaged(path: path, message: error.message ?? "no such table")
            }
            return pool
        } catch {
            throw MetricsError(error, path: path)
        }
    }

    /// Looks for damage: every page of a small file, the columns and the newest rows of a large one.
    ///
    /// - Returns: whether the file is a database without tables, as one cut short at birth is.
    private static func isEmpty(_ db: Database, path: String, wholly: Bool) throws -> Bool {
        if wholly {
            let found = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
            guard found == "ok" else { throw MetricsError.damaged(path: path, message: found) }
        }
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if version == 0, tables == 0 { return true }
        // An older form is looked at before it is brought up to date, and taken as it is.
        if MetricsSchema.migratable.contains(version) { return false }
        guard version == MetricsSchema.version else {
            throw MetricsError.damaged(
                path: path, message: "it has format \(version), not \(MetricsSchema.version)")
        }
        do {
            for table in ["lane", "step", "pyramid", "evaluation", "histogram"] {
                _ = try Row.fetchOne(db, sql: "SELECT * FROM \(table) ORDER BY 1 DESC LIMIT 1")
            }
            _ = try db.makeStatement(sql: MetricsSchema.insertStep)
            for sql in MetricsSchema.buildLevel { _ = try db.makeStatement(sql: sql) }
            return false
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            // A missing table or column: a database of something else under this name.
            throw MetricsError.damaged(path: path, message: error.message ?? "no such table")
        }
    }

    /// Gives the file and its log another name, one that nothing has.
    private static func moveAside(_ path: String) throws -> String {
        let files = DurableFile()
        var number = 1
        while access("\(path).damaged-\(number)", F_OK) == 0 { number += 1 }
        let aside = "\(path).damaged-\(number)"
        try files.rename(path, to: aside)
        for suffix in ["-wal", "-shm"] where access(path + suffix, F_OK) == 0 {
            try files.rename(path + suffix, to: aside + suffix)
        }
        return aside
    }
}
