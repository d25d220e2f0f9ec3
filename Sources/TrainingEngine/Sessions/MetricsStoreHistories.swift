import BenchProtocol
import Foundation
import GRDB

extension MetricsStore {
    /// Who appeared for a prompt over the steps, by lane and attribute in order of their names.
    ///
    /// - Parameters:
    ///   - prompt: the prompt in canonical words.
    ///   - points: the most measurements of each, at least 2; of a longer history the first, the last
    ///     and an even choice of the others. Those of other classes than the newest are left out.
    public func histories(prompt: String, points: Int) throws -> [PopulationHistory] {
        precondition(points >= 2, "a history has two ends")
        return try query { db in
            let known = try Row.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT lane.id, lane.name, attribute FROM histogram
                    JOIN lane ON lane.id = histogram.lane
                    WHERE prompt = ? ORDER BY lane.name, attribute
                    """, arguments: [prompt])
            return try known.compactMap { row in
                let (lane, attribute): (Int64, String) = (row["id"], row["attribute"])
                let measured = try Self.measurements(
                    db, lane: lane, prompt: prompt, attribute: attribute, points: points)
                guard let newest = measured.last else { return nil }
                return PopulationHistory(
                    lane: row["name"], prompt: prompt, attribute: attribute,
                    classes: newest.classes,
                    points: measured.filter { $0.classes == newest.classes }.map {
                        PopulationHistory.Point(step: $0.step, counts: $0.counts)
                    })
            }
        }
    }

    /// The histograms chosen, oldest first; only these are decoded.
    private static func measurements(
        _ db: Database, lane: Int64, prompt: String, attribute: String, points: Int
    ) throws -> [PopulationHistogram] {
        let contents = try Data.fetchAll(
            db,
            sql: """
                SELECT content FROM histogram
                WHERE lane = ?1 AND prompt = ?2 AND attribute = ?3 AND step IN
                    (SELECT step FROM
                        (SELECT step, row_number() OVER (ORDER BY step) - 1 AS place,
                                count(*) OVER () AS n
                         FROM histogram WHERE lane = ?1 AND prompt = ?2 AND attribute = ?3)
                     WHERE n <= ?4 OR place = 0 OR place = n - 1
                        OR place * (?4 - 1) / n <> (place - 1) * (?4 - 1) / n)
                ORDER BY step
                """, arguments: [lane, prompt, attribute, points])
        // One that cannot be read is a hole in a history, not the end of it.
        return contents.compactMap {
            try? JSONDecoder().decode(PopulationHistogram.self, from: $0)
        }
    }
}
