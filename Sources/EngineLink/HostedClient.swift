import BenchProtocol
import MessageBus

/// One client of an engine: its stream, its mailbox, and how far the conversation is.
///
/// Confined to the host's thread.
final class HostedClient {
    /// How much is encoded ahead of what the client takes; the rest waits, coalesced.
    private static let encodedAhead = 64 << 10
    /// After how many lines that are no commands a client is sent away.
    private static let toleratedFaults = 100

    private enum Phase {
        /// Was greeted and has until the deadline to say hello.
        case greeted(Deadline)
        case attached(Mailbox<Event>)
        /// Gets what is encoded already and is closed then.
        case leaving
        case gone
    }

    let stream: LineStream
    private let name: String
    private let limits: HostLimits
    private let events: Bus<Event>
    private let forward: (Command) -> Void
    private var phase: Phase
    private var faults = 0

    init(
        stream: LineStream, name: String, hello: EngineHello, limits: HostLimits,
        events: Bus<Event>, forward: @escaping (Command) -> Void
    ) {
        self.stream = stream
        self.name = name
        self.limits = limits
        self.events = events
        self.forward = forward
        phase = .greeted(Deadline(in: limits.helloTimeout))
        say(.hello(hello))
    }

    var isAttached: Bool { if case .attached = phase { true } else { false } }
    var isLeaving: Bool { if case .leaving = phase { true } else { false } }
    var isGone: Bool { if case .gone = phase { true } else { false } }

    /// The descriptor of the mailbox, while its messages are wanted.
    var mailboxDescriptor: Int32? {
        if case .attached(let mailbox) = phase, !stream.hasOutgoing {
            mailbox.descriptor
        } else {
            nil
        }
    }

    var deadline: Deadline? { if case .greeted(let deadline) = phase { deadline } else { nil } }

    /// Takes what the client sent and forwards the commands in it; false when nothing was there.
    @discardableResult
    func receive() -> Bool {
        switch stream.receive() {
        case .nothing: return false
        case .ended, .failed:
            vanish()
            return false
        case .bytes: break
        }
        while !isGone, !isLeaving {
            do throws(LineError) {
                guard let line = try stream.reader.next() else { break }
                take(try MessageLine<Command>.decode(line))
            } catch {
                faults += 1
                say(.failure(Failure(message: "not a command: \(error)", fatal: false)))
                if faults == Self.toleratedFaults {
                    leave(because: "too many lines are no commands")
                }
            }
        }
        return true
    }

    private func take(_ command: Command) {
        switch (phase, command) {
        case (.greeted, .hello(EngineHello.currentProtocol)):
            do {
                phase = .attached(try events.mailbox(named: name, limit: limits.controlBacklog))
            } catch {
                leave(because: "\(error)")
            }
        case (.greeted, .hello(let version)):
            leave(
                because: "this engine speaks version \(EngineHello.currentProtocol) of the"
                    + " protocol, not \(version)")
        case (.greeted, _): leave(because: "the first line must be a hello")
        case (.attached, .hello): break
        case (.attached, let command): forward(command)
        case (.leaving, _), (.gone, _): break
        }
    }

    /// Encodes what waits in the mailbox as far as the client keeps up.
    func deliver() {
        while case .attached(let mailbox) = phase, stream.outgoingCount < Self.encodedAhead {
            if let event = mailbox.take() {
                say(event)
                continue
            }
            switch mailbox.end {
            case nil: return flush()
            case .overflowed(let limit):
                leave(because: "you fell \(limit) messages behind; connect again and refresh")
            case .finished, .cancelled: phase = .leaving
            }
        }
        flush()
    }

    /// Gives the system what it takes; a client that has left is gone when it has everything.
    func flush() {
        if isGone { return }
        if stream.flush() != nil {
            // Whoever says "stop" and closes at once has still said it.
            stream.dropOutgoing()
            while !isGone, !isLeaving, receive() { stream.dropOutgoing() }
            return vanish()
        }
        if isLeaving, !stream.hasOutgoing { vanish() }
    }

    /// Sends a client that did not say hello in time away.
    func checkDeadline() {
        if deadline?.hasPassed == true { leave(because: "no hello came in time") }
    }

    /// Whether everything that was published for the client has been handed over.
    var hasEverything: Bool {
        guard !stream.hasOutgoing else { return false }
        if case .attached(let mailbox) = phase { return mailbox.report.waiting == 0 }
        return true
    }

    /// Closes the stream at once.
    func vanish() {
        phase = .gone
        stream.close()
    }

    private func leave(because reason: String) {
        say(.failure(Failure(message: reason, fatal: false)))
        phase = .leaving
        flush()
    }

    private func say(_ event: Event) {
        let line = EventLine.encode(event)
        if line.count <= LineFormat.maximumBytes {
            stream.send(line)
        } else {
            let problem = LineError.tooLong(limit: LineFormat.maximumBytes)
            stream.send(
                EventLine.encode(.failure(Failure(message: "\(problem)", fatal: false))))
        }
    }
}
