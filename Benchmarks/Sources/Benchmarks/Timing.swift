import Foundation
import TensorCore

/// Seconds of work that is repeated until a fifth of a second has gone by: the median of seven rounds.
func medianSeconds(rounds: Int = 7, _ body: () -> Void) -> Double {
    body()
    let start = ContinuousClock.now
    body()
    let once = (ContinuousClock.now - start) / .seconds(1)
    let repeats = max(1, Int(0.03 / max(once, 1e-9)))
    let times = (0..<rounds).map { _ -> Double in
        let start = ContinuousClock.now
        for _ in 0..<repeats { body() }
        return (ContinuousClock.now - start) / .seconds(1) / Double(repeats)
    }.sorted()
    return times[rounds / 2]
}

/// One line of a run's record.
struct Line: Codable {
    /// What kind of figure it is; the page has a table for each.
    var group: String
    var name: String
    var seconds: Double?
    /// GFLOP/s, GB/s, images/s or whatever `unit` says.
    var value: Double?
    var unit: String?
    /// The same figure's ceiling, or what it is compared with.
    var ceiling: Double?
    /// What a growing series grows in, such as the batch.
    var size: Double?

    func print() {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return }
        // At once, so that a run that is cut off leaves what it had measured.
        FileHandle.standardOutput.write(data + Data("\n".utf8))
    }
}

/// Runs the body on every core at once, each with its own index, as a step's shards run.
func onAllCores(_ body: (Int) -> Void) {
    Shards.concurrently(Shards.cores, body)
}
