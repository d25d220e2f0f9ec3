import BenchProtocol
import Glibc
import MessageBus
import Synchronization

/// What a client and its thread share.
final class ClientShared: Sendable {
    struct State {
        /// Set when this side wants to go: what the engine has not taken by then is given up.
        var hangingUp: Deadline?
        var disconnection: Disconnection?
    }
    let state = Mutex(State())
    let wake: ReadableSignal

    init() throws(BusError) { wake = try ReadableSignal() }
}

/// The client's thread: lines from the engine to the bus, commands to the engine.
final class ClientLoop {
    /// How many control messages may wait for this side's readers before no more is read: the
    /// engine's own bound decides then.
    private static let inboxBacklog = 4096

    private let stream: LineStream
    private let commands: Mailbox<Command>
    private let inbox: Bus<LinkEvent>
    private let shared: ClientShared
    private var goodbye: Goodbye?
    private var lastFailure: String?

    init(
        stream: LineStream, commands: Mailbox<Command>, inbox: Bus<LinkEvent>,
        shared: ClientShared
    ) {
        self.stream = stream
        self.commands = commands
        self.inbox = inbox
        self.shared = shared
    }

    /// Runs until the link ends, and reports why.
    func run() {
        // The hello's packet may have held more lines.
        var reason = readLines()
        while reason == nil { reason = waitAndServe() }
        stream.close()
        let end = reason ?? .hungUp
        shared.state.withLock { $0.disconnection = end }
        inbox.publish(.disconnected(end))
    }

    private func waitAndServe() -> Disconnection? {
        let hangingUp = shared.state.withLock { $0.hangingUp }
        while stream.outgoingCount < 64 << 10, let command = commands.take() {
            stream.send(MessageLine<Command>.encode(command))
        }
        // An engine that takes no more may still have said why: go on reading to the end.
        if stream.flush() != nil { stream.dropOutgoing() }
        if commands.end != nil { return .stream("the engine takes no commands") }
        if let hangingUp, hangingUp.hasPassed || !stream.hasOutgoing { return .hungUp }

        let isFlooded = inbox.reports.contains { $0.undroppable >= Self.inboxBacklog }
        var requests = [
            pollfd(fd: shared.wake.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isFlooded ? -1 : stream.input, events: Int16(POLLIN), revents: 0),
            pollfd(
                fd: stream.hasOutgoing ? stream.output : -1, events: Int16(POLLOUT), revents: 0),
            pollfd(
                fd: stream.hasOutgoing ? -1 : commands.descriptor, events: Int16(POLLIN),
                revents: 0),
        ]
        let timeout = hangingUp?.milliseconds ?? (isFlooded ? 20 : -1)
        guard poll(&requests, nfds_t(requests.count), timeout) >= 0 else { return nil }
        if requests[0].revents != 0 { shared.wake.lower() }
        guard requests[1].revents != 0 else { return nil }

        let arrival = stream.receive()
        if let reason = readLines() { return reason }
        switch arrival {
        case .bytes, .nothing: return nil
        case .failed(let problem): return .stream(problem)
        case .ended: return reasonOfEnd()
        }
    }

    private func reasonOfEnd() -> Disconnection {
        if let goodbye { return .goodbye(goodbye) }
        do throws(LineError) {
            try stream.reader.finish()
            return .vanished(lastFailure: lastFailure)
        } catch {
            guard case .torn(let bytes) = error else { return .badLine(error) }
            return .torn(bytes: bytes)
        }
    }

    /// Publishes the whole lines that arrived; lines of unknown types are passed over.
    private func readLines() -> Disconnection? {
        while true {
            do throws(LineError) {
                guard let line = try stream.reader.next() else { return nil }
                let event = try EventLine.decode(line)
                lastFailure = nil
                switch event {
                case .goodbye(let last): goodbye = last
                case .failure(let failure): lastFailure = failure.message
                default: break
                }
                inbox.publish(.event(event))
            } catch {
                guard error.isSkippable else { return .badLine(error) }
            }
        }
    }
}
