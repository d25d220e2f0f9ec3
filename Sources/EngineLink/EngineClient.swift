import BenchProtocol
import Glibc
import MessageBus
import Synchronization

/// The screen's end of the link to an engine.
///
/// What the engine tells arrives on a `Bus<LinkEvent>`: `connected`, then its events, at last
/// `disconnected` with the reason. Commands are sent without waiting. Giving the client up hangs
/// up; the engine goes on.
public final class EngineClient: Sendable {
    /// How the engine introduced itself.
    public let hello: EngineHello
    private let outgoing: Bus<Command>
    private let shared: ClientShared

    /// Connects to the engine of a session's folder.
    ///
    /// Blocks the calling thread for at most about `timeout`; from a task, go through
    /// `LinkThread.run`. Throws: `LinkError` when no engine runs, it is stale, does not answer or
    /// speaks another version of the protocol.
    public static func connect(
        session folder: String, inbox: Bus<LinkEvent>, timeout: Duration = .seconds(5)
    ) throws(LinkError) -> EngineClient {
        let session = try realFolder(folder)
        switch SessionStatus.inspect(session) {
        case .idle: throw .noEngine(session: session)
        case .stale(let pid): throw .staleEngine(session: session, pid: pid)
        case .starting(let pid): throw .stillStarting(session: session, pid: pid)
        case .running(let pid, nil): throw .notListening(session: session, pid: pid)
        case .running(let pid, let socket?):
            do throws(LinkError) {
                return try connect(socket: socket, inbox: inbox, timeout: timeout)
            } catch .system(_, _, ECONNREFUSED), .system(_, _, ENOENT) {
                // It took the lock an instant ago, or is about to release it.
                throw .stillStarting(session: session, pid: pid)
            }
        }
    }

    /// Connects to the engine that listens at a socket; see `connect(session:inbox:timeout:)`.
    public static func connect(
        socket path: String, inbox: Bus<LinkEvent>, timeout: Duration = .seconds(5)
    ) throws(LinkError) -> EngineClient {
        let deadline = Deadline(in: timeout)
        while true {
            switch try UnixSocket.connect(path) {
            case .connected(let descriptor):
                let peer = UnixSocket.peerUser(descriptor)
                guard peer == geteuid() || peer == 0 else {
                    close(descriptor)
                    throw .notAnEngine(problem: "\(path) belongs to another user")
                }
                return try EngineClient(
                    input: descriptor, output: descriptor, inbox: inbox, timeout: timeout)
            case .failed(let code): throw .system(doing: "connect to", path: path, errno: code)
            case .busy:
                guard !deadline.hasPassed else {
                    throw .timedOut(doing: "connecting to \(path)", seconds: timeout.seconds)
                }
                // The queue of callers is full; the system offers nothing to wait on.
                usleep(10_000)
            }
        }
    }

    /// Joins the engine at the other end of two descriptors, which the client takes over.
    ///
    /// They may be one socket, or the pipes of any command that speaks the lines. Blocks the
    /// calling thread until the handshake is done, for at most about `timeout`.
    public init(
        input: Int32, output: Int32, inbox: Bus<LinkEvent>, timeout: Duration = .seconds(5)
    ) throws(LinkError) {
        let stream = LineStream(input: input, output: output)
        hello = try Self.shakeHands(stream, timeout)
        let outgoing = Bus<Command>()
        let commands: Mailbox<Command>
        let shared: ClientShared
        do {
            commands = try outgoing.mailbox(named: "commands", limit: 4096)
            shared = try ClientShared()
        } catch {
            throw .system(doing: "open", path: "a pipe", errno: EMFILE)
        }
        self.outgoing = outgoing
        self.shared = shared
        inbox.publish(.connected(hello))
        try LinkThread.start("engine client") {
            ClientLoop(stream: stream, commands: commands, inbox: inbox, shared: shared).run()
        }
    }

    deinit { hangUp() }

    /// Sends a command without waiting; false when the link is gone.
    @discardableResult
    public func send(_ command: Command) -> Bool {
        guard disconnection == nil else { return false }
        outgoing.publish(command)
        return true
    }

    /// Sends what was asked for so far and closes the link; the engine goes on.
    public func hangUp() {
        shared.state.withLock { state in
            if state.hangingUp == nil { state.hangingUp = Deadline(in: .seconds(1)) }
        }
        shared.wake.raise()
    }

    /// Why the link ended; nil while it stands.
    public var disconnection: Disconnection? { shared.state.withLock { $0.disconnection } }

    /// Says hello and reads the engine's; what follows it stays in the stream's reader.
    private static func shakeHands(
        _ stream: LineStream, _ timeout: Duration
    ) throws(LinkError) -> EngineHello {
        let deadline = Deadline(in: timeout)
        stream.send(
            MessageLine<Command>.encode(.hello(protocolVersion: EngineHello.currentProtocol)))
        while true {
            // An engine that has gone may have said why; so a failed write is no error here.
            if stream.flush() != nil { stream.dropOutgoing() }
            var requests = [
                pollfd(fd: stream.input, events: Int16(POLLIN), revents: 0),
                pollfd(
                    fd: stream.hasOutgoing ? stream.output : -1, events: Int16(POLLOUT),
                    revents: 0),
            ]
            guard wait(for: &requests, until: deadline) else {
                throw .timedOut(doing: "waiting for the engine's hello", seconds: timeout.seconds)
            }
            guard requests[0].revents != 0 else { continue }
            let arrival = stream.receive()
            if let event = try firstEvent(stream) {
                guard case .hello(let hello) = event else {
                    throw .notAnEngine(problem: "its first line is no hello")
                }
                guard hello.protocolVersion == EngineHello.currentProtocol else {
                    throw .protocolMismatch(
                        theirs: hello.protocolVersion, ours: EngineHello.currentProtocol)
                }
                return hello
            }
            switch arrival {
            case .ended: throw .notAnEngine(problem: "it closed the link without a hello")
            case .failed(let problem): throw .notAnEngine(problem: problem)
            case .bytes, .nothing: break
            }
        }
    }

    private static func firstEvent(_ stream: LineStream) throws(LinkError) -> Event? {
        do throws(LineError) {
            guard let line = try stream.reader.next() else { return nil }
            return try EventLine.decode(line)
        } catch {
            throw .notAnEngine(problem: "\(error)")
        }
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { self / .seconds(1) }
}
