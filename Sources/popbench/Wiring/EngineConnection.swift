import BenchProtocol
import EngineLink
import Foundation
import MessageBus
import Workbench

/// Joins the screen's mailbox to a session's engine, starting one where none runs.
///
/// Every method returns at once; what comes of it arrives in the mailbox.
final class EngineConnection: Sendable {
    let mailbox: Workbench.Mailbox
    private let state: Locked<State>

    private struct State {
        /// The session's folder.
        var folder: String
        var client: EngineClient?
        var launched = false
        /// Counts connections: news of an older one are not told.
        var generation = 0
    }

    init(folder: String, mailbox: Workbench.Mailbox) {
        state = Locked(State(folder: folder))
        self.mailbox = mailbox
    }

    /// The folder of the session in use.
    var folder: String { state.withLock { $0.folder } }

    /// Whether the engine in use was started by this process.
    var launchedEngine: Bool { state.withLock { $0.launched } }

    /// Attaches to the session's engine.
    ///
    /// - Parameter starts: begins training if this call had to start the engine.
    func connect(starts: Bool) {
        let (generation, folder) = state.withLock { state -> (Int, String) in
            state.generation += 1
            state.client = nil
            return (state.generation, state.folder)
        }
        Thread.detachNewThread { self.join(folder, generation, starts: starts) }
    }

    /// Leaves the present engine and attaches to another session's.
    ///
    /// - Parameters:
    ///   - starts: begins training if this call had to start the engine.
    ///   - stops: has the present engine save and stop.
    ///   - between: called once nothing more is posted of the present engine, and before anything is
    ///     of the other.
    func open(_ folder: String, starts: Bool, stops: Bool, between: () -> Void) {
        let old = state.withLock { state -> EngineClient? in
            state.generation += 1
            defer { state.client = nil }
            state.folder = folder
            return state.client
        }
        if stops { old?.send(.stop) }
        old?.hangUp()
        between()
        connect(starts: starts)
    }

    /// Sends a command; one sent while no link stands is dropped, and the screen knows of that.
    func send(_ command: Command) {
        let client = state.withLock { $0.client }
        _ = client?.send(command)
    }

    /// Hangs up once everything has been sent.
    func close() {
        let client = state.withLock { state -> EngineClient? in
            state.generation += 1
            return state.client
        }
        guard let client else { return }
        client.hangUp()
        let deadline = ContinuousClock.now + .seconds(1.5)
        while client.disconnection == nil, ContinuousClock.now < deadline { usleep(5_000) }
    }

    /// Tells the screen something, unless it has left this connection.
    private func post(_ input: WorkbenchInput, _ generation: Int) -> Bool {
        // Under the lock: what is posted before another is opened is there to be thrown away then.
        state.withLock { state in
            guard state.generation == generation else { return false }
            mailbox.post(input)
            return true
        }
    }

    private func join(_ folder: String, _ generation: Int, starts: Bool) {
        let inbox = Bus<LinkEvent>()
        let lost = { (reason: String) in
            _ = self.post(
                .engineLost(
                    reason: reason, lastLogLines: EngineLog.lastLines(session: folder)),
                generation)
        }
        do {
            let events = try inbox.mailbox(named: "screen", limit: 4096)
            let launcher = EngineLauncher(executable: ownExecutable())
            let (client, launched) = try launcher.join(session: folder, inbox: inbox)
            let current = state.withLock { state -> Bool in
                guard state.generation == generation else { return false }
                state.client = client
                state.launched = launched != nil
                return true
            }
            guard current else { return client.hangUp() }
            while let news = events.next() {
                switch news {
                case .connected:
                    guard post(.attached, generation) else { return }
                    if starts, launched != nil { client.send(.start) }
                case .event(let event):
                    guard post(.event(event), generation) else { return }
                case .disconnected(.goodbye): return
                case .disconnected(let reason): return lost("\(reason)")
                }
            }
        } catch {
            lost("\(error)")
        }
    }
}

/// The path of the running program, which is also the engine's.
func ownExecutable() -> String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        ?? CommandLine.arguments[0]
}
