import Glibc
import MessageBus

/// An engine that this process started.
public struct LaunchedEngine: Sendable {
    /// Where it listens.
    public let pointer: EnginePointer
    private let child: ChildProcess

    init(pointer: EnginePointer, child: ChildProcess) {
        self.pointer = pointer
        self.child = child
    }

    /// How it ended; nil while it lives.
    public var exitStatus: ExitStatus? { child.exit }
}

/// Starts engines that outlive the screen: a session of their own, no terminal, a log file.
public struct EngineLauncher: Sendable {
    /// The program; it is called with `engine --session DIR` and the further arguments.
    public var executable: String
    /// Further arguments of the engine.
    public var arguments: [String]
    /// How much lower than this process's the engine's priority is, 0...19.
    public var niceness: Int32
    /// How long an engine may take to listen.
    public var timeout: Duration

    /// A launcher of the program at a path.
    public init(
        executable: String, arguments: [String] = [], niceness: Int32 = 10,
        timeout: Duration = .seconds(60)
    ) {
        self.executable = executable
        self.arguments = arguments
        self.niceness = niceness
        self.timeout = timeout
    }

    /// Starts the engine of a session and waits until it listens, has died or takes too long.
    ///
    /// Blocks the calling thread; from a task, go through `LinkThread.run`. An engine that takes
    /// too long is sent SIGTERM. Throws: `LinkError` with the last lines of the engine's log.
    public func launch(session folder: String) throws(LinkError) -> LaunchedEngine {
        let session = try realFolder(folder)
        switch SessionStatus.inspect(session) {
        case .running(let pid, _): throw .alreadyRunning(session: session, pid: pid)
        case .starting(let pid): throw .alreadyRunning(session: session, pid: pid)
        case .idle, .stale: break
        }
        EngineLog.rotate(session: session)
        let log = EngineLog.path(in: session)
        // Opened here so that a folder that cannot be written to is reported as what it is.
        let opened = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .system(doing: "write", path: log, errno: errno) }
        var info = stat()
        fstat(opened, &info)
        close(opened)

        let (reading, writing) = try readyPipe()
        defer { close(reading) }
        let child: ChildProcess
        do throws(LinkError) {
            child = try ChildProcess(
                ChildProcess.Plan(
                    arguments: [executable, "engine", "--session", session] + arguments,
                    environment: environment(), log: log, pipe: writing, niceness: niceness))
        } catch {
            close(writing)
            throw error
        }
        close(writing)
        return try wait(for: child, reading, session: session)
    }

    /// Connects to the session's engine, and starts one first where none runs.
    ///
    /// An engine that somebody else has just started is waited for. Blocks the calling thread.
    /// `launched` is nil where the engine ran already.
    public func join(
        session folder: String, inbox: Bus<LinkEvent>
    ) throws(LinkError) -> (client: EngineClient, launched: LaunchedEngine?) {
        let deadline = Deadline(in: timeout)
        while true {
            do throws(LinkError) {
                return (try EngineClient.connect(session: folder, inbox: inbox), nil)
            } catch .noEngine, .staleEngine {
                do throws(LinkError) {
                    let launched = try launch(session: folder)
                    return (try EngineClient.connect(session: folder, inbox: inbox), launched)
                } catch .alreadyRunning where !deadline.hasPassed {
                    continue
                }
            } catch .stillStarting where !deadline.hasPassed {
                // Not our child, so there is no pipe to wait on.
                usleep(50_000)
            }
        }
    }

    private func wait(
        for child: ChildProcess, _ pipe: Int32, session: String
    ) throws(LinkError) -> LaunchedEngine {
        let deadline = Deadline(in: timeout)
        var requests = [
            pollfd(fd: pipe, events: Int16(POLLIN), revents: 0),
            pollfd(fd: child.ended.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while EngineLink.wait(for: &requests, until: deadline) {
            if requests[0].revents & Int16(POLLIN) != 0 {
                guard let pointer = try EnginePointer.read(session: session) else {
                    throw .noEngine(session: session)
                }
                return LaunchedEngine(pointer: pointer, child: child)
            }
            if let status = child.exit {
                throw .engineDied(
                    status: status, lastLines: EngineLog.lastLines(session: session))
            }
            // The pipe was closed without a word; what remains is to see the process end.
            if requests[0].revents != 0 { requests[0].fd = -1 }
        }
        kill(child.pid, SIGTERM)
        throw .engineSilent(
            pid: child.pid, seconds: timeout.seconds,
            lastLines: EngineLog.lastLines(session: session))
    }

    /// A pipe whose ends lie above the descriptors that the child gets.
    private func readyPipe() throws(LinkError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system(doing: "open", path: "a pipe", errno: errno) }
        let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
        for end in ends { close(end) }
        guard moved.allSatisfy({ $0 >= 0 }) else {
            throw .system(doing: "open", path: "a pipe", errno: EMFILE)
        }
        return (moved[0], moved[1])
    }

    private func environment() -> [String] {
        var variables: [String] = []
        var next = environ
        while let text = next.pointee {
            variables.append(String(cString: text))
            next += 1
        }
        variables.removeAll { $0.hasPrefix(Readiness.variable + "=") }
        return variables + ["\(Readiness.variable)=3"]
    }
}
