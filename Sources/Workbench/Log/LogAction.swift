import BenchProtocol
import TerminalKit

/// What a key does in the view of the log alone.
public enum LogAction: Sendable, Hashable {
    case nextLevel, searchText, follow, clearFilter, nextWarning, previousWarning
}

extension KeyTable {
    /// The keys of the view of the log.
    static let logView: [KeyBinding] = [
        KeyBinding(
            .log, [.character("l")], .log(.nextLevel), hint: "level",
            "Show all lines, then only info and above, warnings and errors, errors."),
        KeyBinding(
            .log, [.character("/")], .log(.searchText), hint: "search",
            "Show only lines that have the words you type."),
        KeyBinding(
            .log, [.character("f")], .log(.follow), hint: "follow",
            "Follow the newest line, or stay at the one chosen."),
        KeyBinding(
            .log, [.character("w")], .log(.nextWarning), hint: "warning",
            "Go to the next warning or error, around the end."),
        KeyBinding(
            .log, [.character("W")], .log(.previousWarning), "Go to the previous one."),
        KeyBinding(.log, [.character("c")], .log(.clearFilter), "Show every line again."),
    ]
}

extension WorkbenchModel {
    /// Does what a key of this view stands for.
    mutating func perform(_ action: LogAction) -> [WorkbenchEffect] {
        switch action {
        case .nextLevel: logging.filter.level = logging.filter.level.next
        case .searchText:
            overlay = .text(
                TextQuestion(
                    .logFilter, title: "lines that have these words", text: logging.filter.words))
        case .follow:
            logging.chosen =
                logging.chosen == nil ? chosenLogPlace.map { shownLog[$0].number } : nil
        case .clearFilter: logging.filter = LogFilter()
        case .nextWarning: chooseWarning(by: 1)
        case .previousWarning: chooseWarning(by: -1)
        }
        return []
    }

    private mutating func chooseWarning(by step: Int) {
        let shown = shownLog
        guard let place = chosenLogPlace else { return }
        let order = (1...shown.count).map { (place + step * $0 + shown.count * 2) % shown.count }
        if let found = order.first(where: { shown[$0].line.level.rank >= 2 }) {
            logging.chosen = shown[found].number
        }
    }

    /// Does what a key that works in several views means in this one: arrows, pages, ends, enter.
    mutating func logNavigate(_ action: BenchAction) -> [WorkbenchEffect] {
        let shown = shownLog
        guard let place = chosenLogPlace else { return [] }
        let page = max(1, height - 8)
        let wanted: Int
        switch action {
        case .move(.up): wanted = place - 1
        case .move(.down): wanted = place + 1
        case .pageUp: wanted = place - page
        case .pageDown: wanted = place + page
        case .toStart: wanted = 0
        case .toEnd: wanted = shown.count
        default: return []
        }
        // Beyond the newest line one follows what comes.
        logging.chosen = wanted >= shown.count ? nil : shown[max(0, wanted)].number
        return []
    }

    /// What happens when this view comes to be shown.
    mutating func logAppear() -> [WorkbenchEffect] { [] }

    /// A mouse action over something that the view marked as its own.
    mutating func logPointer(_ event: MouseEvent, on target: MouseTarget) -> [WorkbenchEffect] {
        switch (event.action, target) {
        case (.press(button: 1), .item(_, let number)): logging.chosen = number
        case (.scrollUp, _): for _ in 0..<3 { _ = logNavigate(.move(.up)) }
        case (.scrollDown, _): for _ in 0..<3 { _ = logNavigate(.move(.down)) }
        default: break
        }
        return []
    }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: LogAction) -> String? {
        switch action {
        case .nextLevel, .searchText: nil
        case .follow: shownLog.isEmpty ? "there is no line to follow" : nil
        case .clearFilter: logging.filter == LogFilter() ? "every line is shown already" : nil
        case .nextWarning, .previousWarning:
            shownLog.contains { $0.line.level.rank >= 2 }
                ? nil : "there is no warning among the lines shown"
        }
    }
}
