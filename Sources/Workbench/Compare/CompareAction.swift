import TerminalKit

/// What a key does in the view of the comparison alone.
public enum CompareAction: Sendable, Hashable {}

extension KeyTable {
    /// The keys of the view of the comparison.
    static let compareView: [KeyBinding] = []
}

extension WorkbenchModel {
    /// Does what a key of this view stands for.
    mutating func perform(_ action: CompareAction) -> [WorkbenchEffect] {
        switch action {}
    }

    /// Does what a key that works in several views means in this one: arrows, pages, ends, enter.
    mutating func compareNavigate(_ action: BenchAction) -> [WorkbenchEffect] { [] }

    /// What happens when this view comes to be shown.
    mutating func compareAppear() -> [WorkbenchEffect] { [] }

    /// A mouse action over something that the view marked as its own.
    mutating func comparePointer(_ event: MouseEvent, on target: MouseTarget) -> [WorkbenchEffect] {
        []
    }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: CompareAction) -> String? { nil }

    /// The formats this view can be written in.
    var compareExportFormats: [ExportFormat] { [] }

    /// What this view shows, for a file; nil when there is nothing to write.
    func compareExport(_ format: ExportFormat) -> ExportedFile? { nil }
}
