import TerminalKit

/// What a key does in the view of the sessions alone.
public enum SessionsAction: Sendable, Hashable {}

extension KeyTable {
    /// The keys of the view of the sessions.
    static let sessionsView: [KeyBinding] = []
}

extension WorkbenchModel {
    /// Does what a key of this view stands for.
    mutating func perform(_ action: SessionsAction) -> [WorkbenchEffect] {
        switch action {}
    }

    /// Does what a key that works in several views means in this one: arrows, pages, ends, enter.
    mutating func sessionsNavigate(_ action: BenchAction) -> [WorkbenchEffect] { [] }

    /// What happens when this view comes to be shown.
    mutating func sessionsAppear() -> [WorkbenchEffect] { [] }

    /// A mouse action over something that the view marked as its own.
    mutating func sessionsPointer(_ event: MouseEvent, on target: MouseTarget) -> [WorkbenchEffect]
    {
        []
    }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: SessionsAction) -> String? { nil }

    /// The formats this view can be written in.
    var sessionsExportFormats: [ExportFormat] { [] }

    /// What this view shows, for a file; nil when there is nothing to write.
    func sessionsExport(_ format: ExportFormat) -> ExportedFile? { nil }
}
