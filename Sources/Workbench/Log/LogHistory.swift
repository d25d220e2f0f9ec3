import BenchProtocol

/// What was told before the screen came: an engine's words, and those of an earlier screen.
extension WorkbenchModel {
    /// Seconds by which the clocks of a line's two writers may differ.
    private static let tolerance = 5.0

    /// Takes in lines that were told before: each to its place in time, none twice, none as news.
    mutating func recall(_ lines: [LogLine]) {
        for var line in lines where line.time.isFinite && !isKnown(line) {
            line.earlier = true
            var place = log.lastIndex { !($0.time > line.time) }.map { $0 + 1 } ?? 0
            if log.count >= WorkbenchModel.logCapacity {
                guard place > 0 else { continue }
                log.removeFirst()
                droppedLogLines += 1
                place -= 1
            }
            log.insert(line, at: place)
            // Lines are chosen by their number, and those that follow have another one now.
            if let chosen = logging.chosen, chosen - droppedLogLines >= place {
                logging.chosen = chosen + 1
            }
        }
    }

    private func isKnown(_ line: LogLine) -> Bool {
        log.contains {
            $0.message == line.message && abs($0.time - line.time) < WorkbenchModel.tolerance
        }
    }
}
