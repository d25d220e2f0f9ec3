import BenchProtocol
import Glibc
import MessageBus
import Synchronization

/// What the host's thread and those who talk to it share.
final class HostShared: Sendable {
    struct State {
        /// Set when the host is to close: what clients have not taken by then is given up.
        var closing: Deadline?
        var clientCount = 0
        var hasEnded = false
    }
    let state = Mutex(State())
    /// Wakes the thread.
    let wake: ReadableSignal
    /// Raised when the thread has ended.
    let ended: ReadableSignal

    init() throws(BusError) {
        wake = try ReadableSignal()
        ended = try ReadableSignal()
    }
}

/// The host's thread: one `poll` over the listening socket, all clients and all their mailboxes.
///
/// A mailbox is looked into only when its client has taken what was encoded before; so a client
/// that stalls costs one encoded batch and its mailbox, and the publisher nothing.
final class HostLoop {
    private let shared: HostShared
    private let hello: EngineHello
    private let limits: HostLimits
    private let events: Bus<Event>
    private let commands: Bus<Command>
    private let onClients: @Sendable (Int) -> Void
    private var listener: Int32?
    private var clients: [HostedClient] = []
    private var clientNumber = 0
    /// Set while the process has no descriptors left for more clients.
    private var acceptsAgain: Deadline?

    init(
        shared: HostShared, hello: EngineHello, limits: HostLimits, events: Bus<Event>,
        commands: Bus<Command>, listener: Int32?, onClients: @escaping @Sendable (Int) -> Void
    ) {
        self.shared = shared
        self.hello = hello
        self.limits = limits
        self.events = events
        self.commands = commands
        self.listener = listener
        self.onClients = onClients
    }

    func add(_ stream: LineStream) {
        clientNumber += 1
        clients.append(
            HostedClient(
                stream: stream, name: "client \(clientNumber)", hello: hello, limits: limits,
                events: events, forward: { [commands] in commands.publish($0) }))
    }

    /// Runs until the host is closed.
    func run() {
        while true {
            let closing = shared.state.withLock { $0.closing }
            if closing != nil { stopListening() }
            if let closing, closing.hasPassed || clients.allSatisfy({ $0.hasEverything }) { break }
            waitAndServe(closing: closing)
            clients.removeAll { $0.isGone }
            count()
        }
        for client in clients { client.vanish() }
        clients = []
        count()
        shared.state.withLock { $0.hasEnded = true }
        shared.ended.raise()
    }

    private func stopListening() {
        if let listener { close(listener) }
        listener = nil
    }

    /// Tells how many clients are attached, when that changed.
    private func count() {
        let count = clients.count { $0.isAttached }
        let changed = shared.state.withLock { state in
            defer { state.clientCount = count }
            return state.clientCount != count
        }
        if changed { onClients(count) }
    }

    private func waitAndServe(closing: Deadline?) {
        // Commands wait in the clients' sockets while the engine does not keep up.
        let isFlooded = commands.reports.contains { $0.undroppable >= limits.commandBacklog }
        let accepts = acceptsAgain?.hasPassed ?? true
        var requests = [pollfd(fd: shared.wake.descriptor, events: Int16(POLLIN), revents: 0)]
        requests.append(
            pollfd(fd: accepts ? listener ?? -1 : -1, events: Int16(POLLIN), revents: 0))
        for client in clients {
            let reads = !isFlooded && closing == nil && !client.isLeaving
            let writes = client.stream.hasOutgoing
            requests.append(
                pollfd(
                    fd: reads ? client.stream.input : -1, events: Int16(POLLIN), revents: 0))
            requests.append(
                pollfd(fd: writes ? client.stream.output : -1, events: Int16(POLLOUT), revents: 0))
            requests.append(
                pollfd(fd: client.mailboxDescriptor ?? -1, events: Int16(POLLIN), revents: 0))
        }
        var deadlines = clients.compactMap(\.deadline)
        if let closing { deadlines.append(closing) }
        if !accepts, let acceptsAgain { deadlines.append(acceptsAgain) }
        if isFlooded { deadlines.append(Deadline(in: .milliseconds(20))) }
        let timeout = deadlines.map(\.milliseconds).min() ?? -1
        guard poll(&requests, nfds_t(requests.count), timeout) >= 0 else { return }

        if requests[0].revents != 0 { shared.wake.lower() }
        let served = clients
        for (index, client) in served.enumerated() {
            let base = 2 + 3 * index
            if requests[base].revents != 0, !client.isGone {
                client.receive()
            }
            if requests[base + 1].revents != 0 { client.flush() }
            if requests[base + 2].revents != 0 || client.isAttached { client.deliver() }
            client.checkDeadline()
        }
        if requests[1].revents != 0 { accept() }
    }

    private func accept() {
        guard let listener else { return }
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else {
                switch errno {
                case EINTR, ECONNABORTED: continue
                case EAGAIN: return
                default:
                    // Out of descriptors or memory: those who wait to be accepted go on waiting.
                    acceptsAgain = Deadline(in: .seconds(1))
                    return
                }
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            add(LineStream(input: descriptor, output: descriptor))
            clients.last?.flush()
        }
    }
}
