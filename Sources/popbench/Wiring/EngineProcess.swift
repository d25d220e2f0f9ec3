import BenchProtocol
import Dispatch
import EngineLink
import Foundation
import MessageBus
import TrainingEngine

/// The engine's side of the program: a trainer between two buses, and a host that joins screens to them.
final class EngineProcess: Sendable {
    let events = Bus<Event>()
    let commands = Bus<Command>()
    let trainer: Trainer
    private let host: EngineHost
    private let reporter: EngineReporter
    private let inbox: MessageBus.Mailbox<Command>

    /// Takes the session's lock and listens; opening the session comes after, in `run`.
    ///
    /// - Throws: `LinkError`, above all when the session has an engine already.
    init(session: String, locations: Locations, reach: EngineHost.Reach) throws {
        trainer = Trainer(folder: session, locations: locations, events: events)
        inbox = try commands.mailbox(named: "trainer", mode: .complete)
        host = try EngineHost(
            session: session, version: Version.current, events: events, commands: commands,
            reach: reach)
        reporter = EngineReporter(events, session: session)
    }

    /// Opens the session, then carries out commands until one of them ends the engine.
    ///
    /// - Parameter opened: called once the session is open, before the first command.
    /// - Returns: the exit status: 0 after a goodbye, 1 when the session cannot be opened.
    func run(opened: @Sendable () async -> Void = {}) async -> Int32 {
        catchSignals()
        do {
            try await trainer.open()
        } catch {
            events.publish(.failure(Failure(message: "\(error)", fatal: true)))
            report("\(error)")
            await close()
            return 1
        }
        await opened()
        let idle = startIdleWatch()
        defer { idle.cancel() }
        let (stream, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        let inbox = self.inbox
        // What comes while a step is taken waits together, and is carried out together.
        let waiting = Locked<[Command]>([])
        Thread.detachNewThread {
            while let command = inbox.next() {
                waiting.withLock { $0.append(command) }
                continuation.yield()
            }
            continuation.finish()
        }
        for await _ in stream {
            await trainer.handle(
                waiting.withLock { commands in
                    defer { commands = [] }
                    return commands
                })
            if await trainer.hasLeft { break }
        }
        await close()
        return 0
    }

    private func close() async {
        reporter.finish()
        let host = self.host
        try? await LinkThread.run("close") { host.close(within: .seconds(2)) }
    }

    /// SIGTERM and SIGINT save before they end the engine; a terminal that goes away ends nothing.
    private func catchSignals() {
        signal(SIGHUP, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            let commands = self.commands
            source.setEventHandler { commands.publish(.stop) }
            source.resume()
            signals.withLock { $0.append(source) }
        }
    }

    /// Ends an engine that has nothing to do and nobody to do it for.
    private func startIdleWatch() -> Task<Void, Never> {
        let (trainer, host, commands) = (self.trainer, self.host, self.commands)
        return Task {
            var idleSince = ContinuousClock.now
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(3))
                if await trainer.isBusy || host.clientCount > 0 {
                    idleSince = .now
                } else if ContinuousClock.now - idleSince > .seconds(12) {
                    commands.publish(.stop)
                    return
                }
            }
        }
    }

    private let signals = Locked<[any DispatchSourceSignal]>([])
}

/// A value behind a lock.
final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value
    init(_ value: Value) { self.value = value }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}

/// Runs asynchronous work from a synchronous command and waits for it.
func waitFor<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
    let done = DispatchSemaphore(value: 0)
    let result = Locked<Result?>(nil)
    Task.detached {
        let value = await body()
        result.withLock { $0 = value }
        done.signal()
    }
    done.wait()
    return result.withLock { $0! }
}

/// One line on standard error.
func report(_ message: String) {
    ProgramRun.say("popbench: \(message)")
}
