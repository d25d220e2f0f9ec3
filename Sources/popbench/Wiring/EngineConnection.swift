import BenchProtocol
import EngineLink
import Foundation
import MessageBus
import Workbench

/// Joins the screen's mailbox to the session's engine, starting one where none runs.
///
/// Every method returns at once; what comes of it arrives in the mailbox.
final class EngineConnection: Sendable {
    let mailbox: Workbench.Mailbox
    private let folder: String
    private let state = Locked(State())

    private struct State {
        var client: EngineClient?
        var launched = false
        /// Counts connections: news of an older one are not told.
        var generation = 0
    }

    init(folder: String, mailbox: Workbench.Mailbox) {
        self.folder = folder
        self.mailbox = mailbox
    }

    /// Whether the engine in use was started by this process.
    var launchedEngine: Bool { state.withLock { $0.launched } }

    /// Attaches to the session's engine.
    ///
    /// - Parameter starts: begins training if this call had to start the engine.
    func connect(starts: Bool) {
        let generation = state.withLock { state -> Int in
            state.generation += 1
            state.client = nil
            return state.generation
        }
        Thread.detachNewThread { self.join(generation, starts: starts) }
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

    private func join(_ generation: Int, starts: Bool) {
        let inbox = Bus<LinkEvent>()
        let lost = { (reason: String) in
            guard self.state.withLock({ $0.generation == generation }) else { return }
            self.mailbox.post(
                .engineLost(
                    reason: reason, lastLogLines: EngineLog.lastLines(session: self.folder)))
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
                guard state.withLock({ $0.generation == generation }) else { return }
                switch news {
                case .connected:
                    mailbox.post(.attached)
                    if starts, launched != nil { client.send(.start) }
                case .event(let event): mailbox.post(.event(event))
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
