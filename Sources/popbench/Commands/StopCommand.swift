import ArgumentParser
import BenchProtocol
import EngineLink
import Foundation
import MessageBus
import TrainingEngine

/// `popbench stop`: saves a session and ends its engine.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Save a session and end its engine.",
        discussion: "Ends with status 1 where the session has no engine, or could not be saved.")

    @OptionGroup var target: SessionTarget

    @Option(help: "How long the engine may take to save and leave, in seconds.")
    var timeout = 120.0

    func validate() throws {
        try target.require(for: "stop")
        guard (0.1...86_400).contains(timeout) else {
            throw ValidationError("--timeout is from 0.1 to 86400 seconds")
        }
    }

    func run() throws {
        let store = try SessionStore.open(at: Locations.current().session(target.name ?? ""))
        let deadline = ContinuousClock.now + .seconds(timeout)
        switch SessionStatus.inspect(store.path) {
        case .idle: throw StopError.notRunning(session: store.path)
        case .stale(let pid): throw StopError.died(session: store.path, pid: pid)
        case .starting, .running: break
        }
        let inbox = Bus<LinkEvent>()
        let news = try inbox.mailbox(named: "stop")
        let client = try EngineClient.connect(
            session: store.path, inbox: inbox, timeout: .seconds(min(timeout, 10)))
        client.send(.stop)
        let outcome = try farewell(news, until: deadline)
        try waitForRelease(store.path, until: deadline)
        print(outcome)
    }

    /// Listens until the engine has left; what it saved, in words.
    private func farewell(
        _ news: Mailbox<LinkEvent>, until deadline: ContinuousClock.Instant
    ) throws -> String {
        var saved: CheckpointSaved?
        var lastFailure: String?
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero, let event = news.next(timeout: left) else {
                throw StopError.slow(seconds: timeout, lastFailure: lastFailure)
            }
            switch event {
            case .event(.checkpoint(let checkpoint)): saved = checkpoint
            case .event(.failure(let failure)):
                lastFailure = failure.message
                ProgramRun.say("popbench: \(printable(failure.message))")
            case .disconnected(.goodbye(let goodbye)):
                let what =
                    saved.map { "saved \($0.path) (\(byteText($0.bytes)))" }
                    ?? "nothing new to save"
                return printable("stopped at step \(goodbye.step); \(what)")
            case .disconnected(let reason): throw StopError.lost("\(reason)")
            case .connected, .event: break
            }
        }
    }

    /// Waits until the next engine could start.
    private func waitForRelease(
        _ session: String, until deadline: ContinuousClock.Instant
    ) throws {
        while true {
            switch SessionStatus.inspect(session) {
            case .idle, .stale: return
            case .starting, .running: break
            }
            guard ContinuousClock.now < deadline else {
                throw StopError.slow(seconds: timeout, lastFailure: nil)
            }
            // The system offers nothing to wait on for another process's lock.
            usleep(20_000)
        }
    }
}

/// Why a session's engine was not stopped.
enum StopError: Error, CustomStringConvertible {
    /// No engine runs.
    case notRunning(session: String)
    /// The engine is gone without having been stopped.
    case died(session: String, pid: Int32?)
    /// It did not leave in time.
    case slow(seconds: Double, lastFailure: String?)
    /// It left in disorder.
    case lost(String)

    /// What is wrong and what to do.
    var description: String {
        switch self {
        case .notRunning(let session): "\(session) is not running"
        case .died(let session, let pid):
            "\(session) is not running: its engine" + (pid.map { " (process \($0))" } ?? "")
                + " died; opening the session goes on from its last save"
        case .slow(let seconds, let failure):
            "the engine was asked to stop and has not left within \(seconds) s"
                + (failure.map { " (it says: \($0))" } ?? "")
                + "; see popbench sessions, or give a longer --timeout"
        case .lost(let reason): "the engine may not have saved: \(reason)"
        }
    }
}
