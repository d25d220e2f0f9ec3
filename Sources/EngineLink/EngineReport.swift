import BenchProtocol
import Glibc

/// What an engine is at: the file `status.json` in its session's folder.
///
/// For lists that look at many sessions and join none. The engine writes it at most once a second and
/// removes it when it leaves; it counts only while `SessionStatus` says that the engine runs.
public struct EngineReport: Codable, Sendable, Equatable {
    /// The engine's process.
    public var pid: Int32
    /// What it does.
    public var phase: SessionState.Phase
    /// The step that the farthest lane has reached.
    public var step: Int
    /// Where the recipe ends.
    public var endStep: Int
    /// Seconds until then; nil where that is not known.
    public var secondsLeft: Double?
    /// The long task under way, if any.
    public var task: Task?
    /// When it was written, in seconds since 1970.
    public var time: Double

    /// How far a long task has come.
    public struct Task: Codable, Sendable, Equatable {
        /// Its name.
        public var name: String
        /// What is done of it.
        public var done: Int
        /// What there is to do.
        public var total: Int
        /// Seconds until it is over; nil where that is not known.
        public var secondsLeft: Double?
    }

    /// A report of an engine that has said nothing yet.
    public init(pid: Int32) {
        self.pid = pid
        (phase, step, endStep, time) = (.preparing, 0, 0, 0)
    }

    /// Takes in what the engine said; true where the report says something else now.
    public mutating func take(_ event: Event) -> Bool {
        let before = self
        func finite(_ value: Double) -> Double? { value.isFinite && value >= 0 ? value : nil }
        switch event {
        case .state(let state):
            (phase, step, endStep) = (state.phase, state.step, state.endStep)
            secondsLeft = finite(state.secondsLeft)
        case .progress(let progress):
            if progress.done < progress.total {
                task = Task(
                    name: progress.task, done: progress.done, total: progress.total,
                    secondsLeft: finite(progress.secondsLeft))
            } else if task?.name == progress.task {
                task = nil
            }
        default: return false
        }
        return self != before
    }

    private static let longest = 4096

    static func path(in session: String) -> String { session + "/status.json" }

    /// Reads a session's report; nil where there is none, or none that makes sense.
    public static func read(session: String) -> EngineReport? {
        guard let bytes = try? SmallFile.read(path(in: session), limit: longest),
            let report = try? LineObject.decode(
                EngineReport.self, from: bytes, name: "status.json"),
            (0...report.endStep).contains(report.step) || report.endStep == 0,
            report.task.map({ 0 <= $0.done && $0.done <= $0.total }) ?? true
        else { return nil }
        return report
    }

    /// Writes the report; it need not outlive a power cut.
    public func write(session: String) throws(LinkError) {
        try SmallFile.replace(
            Self.path(in: session), with: LineObject.encode(self), isFlushed: false)
    }

    /// Removes a session's report, if there is one.
    public static func remove(session: String) { unlink(path(in: session)) }
}
