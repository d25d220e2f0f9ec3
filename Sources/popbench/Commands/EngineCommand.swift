import ArgumentParser
import BenchProtocol
import EngineLink
import Foundation
import MessageBus
import TrainingEngine

/// `popbench engine`: the training engine of one session, which screens attach to.
struct EngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Run a session's training engine; the workbench starts it by itself.",
        discussion: "docs/protocol.md describes the JSON lines that it speaks.")

    @OptionGroup var target: SessionTarget

    @Flag(help: "Speak on standard input and output instead of a socket.")
    var stdio = false

    func validate() throws { try target.require(for: "engine") }

    func run() throws {
        let locations = Locations.current()
        let engine = try EngineProcess(
            session: try locations.session(target.name ?? ""), locations: locations,
            reach: stdio ? .standardStreams : .socket(in: nil))
        let log = EngineLogWriter(engine.events)
        let status = waitFor { await engine.run() }
        log.finish()
        throw ExitCode(status)
    }
}

/// Copies log lines, failures and the goodbye to standard error, which is the session's engine.log.
final class EngineLogWriter: Sendable {
    private let mailbox: MessageBus.Mailbox<Event>?
    private let events: Bus<Event>
    private let done = DispatchSemaphore(value: 0)

    init(_ events: Bus<Event>) {
        self.events = events
        mailbox = try? events.mailbox(named: "log", mode: .coalescing)
        let (mailbox, done) = (self.mailbox, self.done)
        Thread.detachNewThread {
            while let event = mailbox?.next() {
                switch event {
                case .log(let line): Self.write("\(line.level.rawValue): \(line.message)")
                case .failure(let failure): Self.write("failure: \(failure.message)")
                case .goodbye(let goodbye):
                    Self.write("left at step \(goodbye.step): \(goodbye.reason)")
                case .checkpoint(let saved): Self.write("saved step \(saved.step)")
                default: break
                }
            }
            done.signal()
        }
    }

    /// Ends the log once everything said so far is in it.
    func finish() {
        events.finish()
        _ = done.wait(timeout: .now() + 2)
    }

    private static func write(_ text: String) {
        let time = ISO8601DateFormatter().string(from: Date())
        FileHandle.standardError.write(Data("\(time) \(text)\n".utf8))
    }
}
