import GRDB

extension MetricsSchema {
    /// The formats that ``migrate(_:)`` brings up to date.
    static let migratable = 1..<version

    /// Quantities that came with a format after the first; the tables of an older file lack them.
    private static let added: [(format: Int, quantities: [String])] = [(2, ["safeguard_scale"])]

    /// Brings the tables of an older format to this one; what was not logged then is null.
    ///
    /// Steps are read by the place of their columns, so a table is written anew in the new order.
    static func migrate(_ db: Database) throws {
        let format = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? version
        guard migratable.contains(format) else { return }
        let missing = added.filter { $0.format > format }.flatMap(\.quantities)
        let old = columns.filter { !missing.contains($0) }.map { "\"\($0)\"" }
        let folds = ["min", "max", "sum", "count"]
        let oldFolds = columns.filter { !missing.contains($0) }.flatMap { name in
            folds.map { "\"\(name)_\($0)\"" }
        }
        let tables = ["lane", "step", "pyramid", "evaluation", "histogram"]
        for table in tables {
            try db.execute(sql: "ALTER TABLE \(table) RENAME TO old_\(table)")
        }
        try create(db)
        let kept = [
            "step": ["lane", "step"] + old + ["exceptions", "quartiles"],
            "pyramid": ["lane", "level", "bucket", "last_step", "steps"] + oldFolds,
        ]
        for table in tables {
            let names = kept[table].map { $0.joined(separator: ", ") }
            try db.execute(
                sql: "INSERT INTO \(table) \(names.map { "(\($0))" } ?? "") "
                    + "SELECT \(names ?? "*") FROM old_\(table)")
            try db.execute(sql: "DROP TABLE old_\(table)")
        }
    }
}
