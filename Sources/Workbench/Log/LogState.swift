import BenchProtocol

/// What the person chose in the view of the log.
public struct LogState: Sendable {
    /// Which lines are shown.
    package internal(set) var filter = LogFilter()
    /// The chosen line, counted from the first that was ever logged; nil follows the newest.
    package internal(set) var chosen: Int?
}

/// Which lines of the log are shown.
package struct LogFilter: Sendable, Equatable {
    /// Lines below this level are left out.
    package var level = LogLine.Level.debug
    /// Words that a line has to contain, in any case.
    package var words = ""

    package init() {}

    /// Whether a line is shown.
    package func takes(_ line: LogLine) -> Bool {
        guard line.level.rank >= level.rank else { return false }
        guard !words.isEmpty else { return true }
        let text = line.message.lowercased()
        return words.lowercased().split(separator: " ").allSatisfy { text.contains($0) }
    }
}

extension LogLine.Level {
    /// How serious it is, from 0.
    var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }

    /// The next level of the filter, around the end.
    var next: LogLine.Level {
        switch self {
        case .debug: .info
        case .info: .warning
        case .warning: .error
        case .error: .debug
        }
    }

    /// One sign for it, so that colour is not the only one.
    var mark: String {
        switch self {
        case .debug: " "
        case .info: "·"
        case .warning: "!"
        case .error: "✗"
        }
    }
}

extension WorkbenchModel {
    /// The lines that pass the filter, each with its number since the first ever logged.
    package var shownLog: [(number: Int, line: LogLine)] {
        log.enumerated().compactMap { index, line in
            logging.filter.takes(line) ? (droppedLogLines + index, line) : nil
        }
    }

    /// The place of the chosen line among those shown; the newest when following.
    package var chosenLogPlace: Int? {
        let shown = shownLog
        guard !shown.isEmpty else { return nil }
        guard let chosen = logging.chosen else { return shown.count - 1 }
        // The line itself, or the next one where a filter or the years have taken it.
        return shown.firstIndex { $0.number >= chosen } ?? shown.count - 1
    }
}
