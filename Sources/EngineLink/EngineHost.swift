import BenchProtocol
import Glibc
import MessageBus
import Synchronization

/// How patient an engine is with its clients.
public struct HostLimits: Sendable {
    /// How long a client may take to say hello.
    public var helloTimeout: Duration
    /// How many undroppable messages may wait for a client before it is sent away.
    ///
    /// Telemetry and bulk are coalesced and do not count; at one control message a second a screen
    /// may stand still for four and a half hours.
    public var controlBacklog: Int
    /// How many commands may wait for the engine before the link reads no more from clients.
    public var commandBacklog: Int

    /// The limits of an engine in use; tests choose narrower ones.
    public init(
        helloTimeout: Duration = .seconds(10), controlBacklog: Int = 16_384,
        commandBacklog: Int = 1024
    ) {
        self.helloTimeout = helloTimeout
        self.controlBacklog = controlBacklog
        self.commandBacklog = commandBacklog
    }
}

/// The engine's end of the link: it owns the session's lock and speaks to every client.
///
///     Bus<Event> --mailbox a client--> lines --> clients
///     Bus<Command> <------------------ lines <-- clients
///
/// Subscribe to `commands` before opening the host: a command that nobody listens to is gone.
/// A client that stalls costs the engine nothing and loses no control message.
public final class EngineHost: Sendable {
    /// Where an engine speaks.
    public enum Reach: Sendable {
        /// A Unix-domain socket of the user's own; nil is the standard folder.
        case socket(in: RuntimeFolder?)
        /// A pair of streams that stay open when the host closes, to one client.
        case streams(input: Int32, output: Int32)

        /// Standard input and output, for `--stdio`; nothing else may be printed on them.
        public static var standardStreams: Reach { .streams(input: 0, output: 1) }
    }

    /// What was written into the session's folder.
    public let pointer: EnginePointer
    /// The session's folder, absolute.
    public let session: String
    private let lock: SessionLock
    private let shared: HostShared

    /// Takes the session's lock, clears what a dead engine left, and starts to listen.
    ///
    /// `version` is the program's. `onClients` is called on the host's thread with the number of
    /// attached clients whenever it changes; it must not own the host. Open the host before whatever takes long: who started
    /// the engine waits for it.
    /// Throws: `LinkError.alreadyRunning` with the holder's process id, or what the system refused.
    public init(
        session folder: String, version: String, events: Bus<Event>, commands: Bus<Command>,
        reach: Reach = .socket(in: nil), limits: HostLimits = HostLimits(),
        onClients: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(LinkError) {
        let session = try realFolder(folder)
        let lock = try SessionLock(session: session)
        let shared: HostShared
        do { shared = try HostShared() } catch {
            throw .system(doing: "open", path: "a pipe", errno: errno)
        }
        var listener: Int32?
        var socketPath: String?
        switch reach {
        case .socket(let chosen):
            let folder: RuntimeFolder
            if let chosen { folder = chosen } else { folder = try .standard() }
            Self.clear(session: session, in: folder)
            (listener, socketPath) = try UnixSocket.listen(
                atFirstOf: try folder.socketPaths(forSession: session))
        case .streams: break
        }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        pointer = EnginePointer(
            pid: getpid(), socket: socketPath, protocolVersion: EngineHello.currentProtocol,
            version: version, started: Double(now.tv_sec))
        self.session = session
        self.lock = lock
        self.shared = shared
        let hello = EngineHello(version: version, session: session, processID: getpid())
        let open = listener
        do throws(LinkError) {
            try pointer.write(session: session)
            try LinkThread.start("engine host") {
                let loop = HostLoop(
                    shared: shared, hello: hello, limits: limits, events: events,
                    commands: commands, listener: open, onClients: onClients)
                if case .streams(let input, let output) = reach {
                    loop.add(LineStream(input: input, output: output, closesAtEnd: false))
                }
                loop.run()
            }
        } catch {
            // No thread will end: give back what it would have.
            shared.state.withLock { ($0.closing, $0.hasEnded) = (Deadline(in: .zero), true) }
            if let open { Glibc.close(open) }
            Self.removeTraces(of: pointer, session: session)
            lock.release()
            throw error
        }
        Readiness.announce()
    }

    deinit { close(within: .zero) }

    /// How many clients are attached now.
    public var clientCount: Int { shared.state.withLock { $0.clientCount } }

    /// Lets clients take what was published, then closes and gives the session up.
    ///
    /// Publish the goodbye before. A client that stalls is left behind after `patience`. Blocks the
    /// calling thread for at most about that long; call it on a thread of one's own.
    public func close(within patience: Duration = .seconds(2)) {
        let isFirst = shared.state.withLock { state in
            defer { if state.closing == nil { state.closing = Deadline(in: patience) } }
            return state.closing == nil
        }
        shared.wake.raise()
        var requests = [
            pollfd(fd: shared.ended.descriptor, events: Int16(POLLIN), revents: 0)
        ]
        while !shared.state.withLock({ $0.hasEnded }) { poll(&requests, 1, -1) }
        guard isFirst else { return }
        // The lock is still held, so these are this engine's own.
        Self.removeTraces(of: pointer, session: session)
        lock.release()
    }

    private static func removeTraces(of pointer: EnginePointer, session: String) {
        unlink(EnginePointer.path(in: session))
        if let socket = pointer.socket { unlink(socket) }
    }

    /// Removes the pointer and the socket of an engine that died; the lock is held.
    private static func clear(session: String, in folder: RuntimeFolder) {
        if let old = try? EnginePointer.read(session: session), let socket = old.socket,
            folder.contains(socket: socket)
        {
            unlink(socket)
        }
        unlink(EnginePointer.path(in: session))
    }
}

/// How an engine tells the launcher that waits for it that it listens.
enum Readiness {
    /// The variable that holds the number of the descriptor to write to.
    static let variable = "POPBENCH_READY_FD"
    private static let announced = Mutex(false)

    /// Writes a line to the launcher's pipe, once, where there is one.
    static func announce() {
        let isFirst = announced.withLock { announced in
            defer { announced = true }
            return !announced
        }
        guard isFirst, let value = getenv(variable), let pipe = Int32(String(cString: value)),
            pipe > 2
        else { return }
        var info = stat()
        guard fstat(pipe, &info) == 0, info.st_mode & S_IFMT == S_IFIFO else { return }
        // The launcher may be gone; on a thread of ours its broken pipe kills nobody.
        try? LinkThread.start("ready") {
            _ = write(pipe, "ready\n", 6)
            close(pipe)
        }
    }
}
