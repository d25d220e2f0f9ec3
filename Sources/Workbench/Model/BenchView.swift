/// One of the workbench's views; each fills the screen between the tab line and the status line.
public enum BenchView: String, CaseIterable, Sendable {
    case dashboard
    case curves
    case compare
    case fields
    case population
    case sessions
    case log

    /// The digit that shows it, from 1.
    public var number: Int { (BenchView.allCases.firstIndex(of: self) ?? 0) + 1 }

    /// Where its keys are looked up before those that work everywhere.
    package var keyContext: KeyContext {
        switch self {
        case .dashboard: .board
        case .curves: .curves
        case .compare: .compare
        case .fields: .fields
        case .population: .population
        case .sessions: .sessions
        case .log: .log
        }
    }
}
