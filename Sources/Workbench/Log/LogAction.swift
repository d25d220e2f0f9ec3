import TerminalKit

/// What a key does in the view of the log alone.
public enum LogAction: Sendable, Hashable {}

extension KeyTable {
    /// The keys of the view of the log.
    static let logView: [KeyBinding] = []
}

extension WorkbenchModel {
    /// Does what a key of this view stands for.
    mutating func perform(_ action: LogAction) -> [WorkbenchEffect] {
        switch action {}
    }

    /// Does what a key that works in several views means in this one: arrows, pages, ends, enter.
    mutating func logNavigate(_ action: BenchAction) -> [WorkbenchEffect] {
        let page = max(1, height - 6)
        switch action {
        case .move(.up): logging.scroll += 1
        case .move(.down): logging.scroll -= 1
        case .pageUp: logging.scroll += page
        case .pageDown: logging.scroll -= page
        case .toStart: logging.scroll = log.count
        case .toEnd: logging.scroll = 0
        default: break
        }
        logging.scroll = min(max(0, logging.scroll), max(0, log.count - page))
        return []
    }

    /// What happens when this view comes to be shown.
    mutating func logAppear() -> [WorkbenchEffect] { [] }

    /// A mouse action over something that the view marked as its own.
    mutating func logPointer(_ event: MouseEvent, on target: MouseTarget) -> [WorkbenchEffect] {
        []
    }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: LogAction) -> String? { nil }

    /// The formats this view can be written in.
    var logExportFormats: [ExportFormat] { [] }

    /// What this view shows, for a file; nil when there is nothing to write.
    func logExport(_ format: ExportFormat) -> ExportedFile? { nil }
}
