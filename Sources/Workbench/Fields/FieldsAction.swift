import TerminalKit

/// What a key does in the view of the gradient fields alone.
public enum FieldsAction: Sendable, Hashable {}

extension KeyTable {
    /// The keys of the view of the gradient fields.
    static let fieldsView: [KeyBinding] = []
}

extension WorkbenchModel {
    /// Does what a key of this view stands for.
    mutating func perform(_ action: FieldsAction) -> [WorkbenchEffect] {
        switch action {}
    }

    /// Does what a key that works in several views means in this one: arrows, pages, ends, enter.
    mutating func fieldsNavigate(_ action: BenchAction) -> [WorkbenchEffect] { [] }

    /// What happens when this view comes to be shown.
    mutating func fieldsAppear() -> [WorkbenchEffect] { [] }

    /// A mouse action over something that the view marked as its own.
    mutating func fieldsPointer(_ event: MouseEvent, on target: MouseTarget) -> [WorkbenchEffect] {
        []
    }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: FieldsAction) -> String? { nil }

    /// The formats this view can be written in.
    var fieldsExportFormats: [ExportFormat] { [] }

    /// What this view shows, for a file; nil when there is nothing to write.
    func fieldsExport(_ format: ExportFormat) -> ExportedFile? { nil }
}
