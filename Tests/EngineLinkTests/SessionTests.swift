import BenchProtocol
import EngineLink
import Glibc
import MessageBus
import Testing

@Suite("One engine a session")
struct SessionTests {
    /// The id of a process that has ended and was reaped.
    func deadProcess() throws -> Int32 {
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        try #require(posix_spawn(&pid, "/bin/true", nil, nil, &arguments, nil) == 0)
        var status: Int32 = 0
        try #require(waitpid(pid, &status, 0) == pid)
        return pid
    }

    /// Leaves a socket behind as a killed engine does.
    func leaveSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0 && listen(descriptor, 1) == 0)
        close(descriptor)
    }

    func pointer(pid: Int32, socket: String) -> String {
        #"{"pid":\#(pid),"socket":"\#(socket)","protocol_version":1,"version":"1","started":0}"#
    }

    @Test("a second engine is refused with the process id of the first")
    func secondEngine() throws {
        let folder = try ScratchFolder()
        let first = try EngineBench(folder)
        #expect(throws: LinkError.alreadyRunning(session: folder.session(), pid: getpid())) {
            try EngineBench(folder)
        }
        #expect(throws: LinkError.alreadyRunning(session: folder.session(), pid: getpid())) {
            try EngineLauncher(executable: "/bin/false").launch(session: folder.session())
        }
        // The refused one has touched nothing of the first.
        let client = try RawClient(socket: first.socketPath())
        try client.shakeHands()
        try first.waitForClients(1)
        first.host.close()
        _ = try EngineBench(folder)
    }

    @Test("what a dead engine left is recognised, and cleared by the next engine")
    func staleEngine() throws {
        let folder = try ScratchFolder()
        let session = folder.session()
        let runtime = try folder.runtime()
        let dead = try deadProcess()
        let old = runtime.path + "/dead.sock"
        try leaveSocket(old)
        try folder.write(pointer(pid: dead, socket: old), to: "session/engine.json")
        try folder.write("\(dead)\n", to: "session/engine.lock")
        #expect(SessionStatus.inspect(session) == .stale(pid: dead))
        #expect(throws: LinkError.staleEngine(session: session, pid: dead)) {
            try EngineClient.connect(session: session, inbox: Bus())
        }
        let bench = try EngineBench(folder)
        #expect(!folder.exists("run/dead.sock"))
        #expect(
            SessionStatus.inspect(session)
                == .running(pid: getpid(), socket: try bench.socketPath()))
        // The same once more with a socket at the very place that this session's has.
        let place = try bench.socketPath()
        bench.host.close()
        try leaveSocket(place)
        try folder.write("not json", to: "session/engine.json")
        #expect(SessionStatus.inspect(session) == .stale(pid: nil))
        let again = try EngineBench(folder)
        #expect(try again.socketPath() == place)
        let client = try RawClient(socket: place)
        try client.shakeHands()
        try again.waitForClients(1)
    }

    @Test("a pointer cannot make an engine remove what is not a socket of ours")
    func hostilePointer() throws {
        let folder = try ScratchFolder()
        _ = folder.session()
        try folder.write("precious", to: "precious.txt")
        let runtime = try folder.runtime()
        try folder.write("precious", to: "run/file")
        for target in [
            folder.path + "/precious.txt", runtime.path + "/../precious.txt",
            runtime.path + "/file",
        ] {
            try folder.write(pointer(pid: 1, socket: target), to: "session/engine.json")
            let bench = try EngineBench(folder)
            bench.host.close()
        }
        #expect(folder.exists("precious.txt") && folder.exists("run/file"))
        unlink(folder.path + "/precious.txt")
    }

    @Test("two sessions listen side by side, and a moved session is still found")
    func twoSessions() throws {
        let folder = try ScratchFolder()
        let bench = try EngineBench(folder)
        mkdir(folder.path + "/other", 0o755)
        let other = try EngineHost(
            session: folder.path + "/other", version: "1", events: Bus(), commands: Bus(),
            reach: .socket(in: folder.runtime()))
        #expect(try other.pointer.socket != bench.socketPath())
        other.close()
        let moved = folder.path + "/plain"
        try #require(rename(folder.session(), moved) == 0)
        let client = try EngineClient.connect(session: moved, inbox: Bus())
        client.send(.save)
        #expect(bench.orders.next(timeout: patience) == .save)
        #expect(throws: LinkError.noEngine(session: folder.session())) {
            try EngineClient.connect(session: folder.session(), inbox: Bus())
        }
        try #require(rename(moved + "/engine.json", folder.session() + "/engine.json") == 0)
    }

    @Test("the folder for sockets must be the user's own and closed to others")
    func runtimeFolder() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/plain"
        mkdir(path, 0o755)
        chmod(path, 0o755)
        #expect(throws: LinkError.self) { try RuntimeFolder(path: path) }
        chmod(path, 0o700)
        #expect(try RuntimeFolder(path: path).path == path)
        try #require(symlink(path, folder.path + "/link") == 0)
        #expect(
            throws: LinkError.unsafeFolder(
                path: folder.path + "/link", problem: "it is not a folder")
        ) { try RuntimeFolder(path: folder.path + "/link") }
        let socket = try EngineBench(folder).socketPath()
        #expect(socket.utf8.count <= 107)
    }

    @Test("a session that is not there or not writable is an error that names it")
    func missingSession() throws {
        let folder = try ScratchFolder()
        let missing = folder.path + "/nowhere"
        let expected = LinkError.system(doing: "find the folder", path: missing, errno: ENOENT)
        #expect(throws: expected) {
            try EngineHost(session: missing, version: "1", events: Bus(), commands: Bus())
        }
        #expect(throws: expected) { try EngineClient.connect(session: missing, inbox: Bus()) }
        #expect(SessionStatus.inspect(missing) == .idle)
        #expect("\(expected)".contains(missing))
    }
}
