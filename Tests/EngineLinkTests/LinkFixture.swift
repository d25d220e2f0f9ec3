import BenchProtocol
import EngineLink
import Glibc
import MessageBus
import Testing

/// How long a test waits for what must come; only a failing test waits that long.
let patience = Duration.seconds(30)

/// A folder for one test, removed with it.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/popbench-test-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        let real = try #require(realpath(made, nil))
        path = String(cString: real)
        free(real)
    }

    deinit {
        // Tests make at most one level of folders.
        for inner in ["session", "run", "plain", "other"] { Self.remove("\(path)/\(inner)") }
        Self.remove(path)
    }

    private static func remove(_ folder: String) {
        guard let entries = opendir(folder) else { return }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            unlink("\(folder)/\(name)")
        }
        closedir(entries)
        rmdir(folder)
    }

    /// Makes the folder of a session.
    func session() -> String {
        mkdir(path + "/session", 0o755)
        return path + "/session"
    }

    /// Makes a folder for sockets.
    func runtime() throws -> RuntimeFolder { try RuntimeFolder(path: path + "/run") }

    func write(_ text: String, to name: String, mode: mode_t = 0o644) throws {
        let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, mode)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = Array(text.utf8)
        try #require(Glibc.write(file, bytes, bytes.count) == bytes.count)
    }

    func exists(_ name: String) -> Bool { access(path + "/" + name, F_OK) == 0 }
}

/// An engine's buses and host, as the program wires them.
final class EngineBench: Sendable {
    let events = Bus<Event>()
    let commands = Bus<Command>()
    let orders: Mailbox<Command>
    let clientCounts = Bus<Note>()
    let counted: Mailbox<Note>
    let host: EngineHost

    /// The number of clients, each change of it.
    struct Note: BusMessage, Equatable {
        var count: Int
        var delivery: DeliveryClass { .control }
    }

    init(
        _ folder: ScratchFolder, reach: EngineHost.Reach? = nil, limits: HostLimits = HostLimits()
    ) throws {
        orders = try commands.mailbox(named: "trainer")
        counted = try clientCounts.mailbox(named: "test")
        host = try EngineHost(
            session: folder.session(), version: "1", events: events, commands: commands,
            reach: reach ?? .socket(in: folder.runtime()), limits: limits,
            onClients: { [clientCounts] in clientCounts.publish(Note(count: $0)) })
    }

    /// Waits until that many clients are attached.
    func waitForClients(_ count: Int) throws {
        while true {
            let note = try #require(counted.next(timeout: patience))
            if note.count == count { return }
        }
    }

    /// The path of the host's socket.
    func socketPath() throws -> String { try #require(host.pointer.socket) }
}

/// A client written with plain system calls: it does what no well-behaved client does.
final class RawClient {
    let descriptor: Int32
    private var reader = LineReader()

    init(descriptor: Int32) { self.descriptor = descriptor }

    init(socket path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        try #require(Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ command: Command) throws { try send(MessageLine<Command>.encode(command)) }

    /// The next event; nil when the stream has ended after a whole line.
    func next() throws -> Event? {
        while true {
            if let line = try reader.next() { return try EventLine.decode(line) }
            var bytes = [UInt8](repeating: 0, count: 65536)
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            try #require(poll(&request, 1, 30_000) == 1, "nothing came")
            let count = read(descriptor, &bytes, bytes.count)
            if count <= 0 {
                try reader.finish()
                return nil
            }
            reader.append(bytes[..<count])
        }
    }

    /// Reads the greeting and says hello.
    func shakeHands() throws {
        guard case .hello = try next() else {
            Issue.record("the first line is no hello")
            return
        }
        try send(.hello(protocolVersion: EngineHello.currentProtocol))
    }
}

/// Two connected sockets.
func socketPair() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    return (ends[0], ends[1])
}

func log(_ number: Int, padding: Int = 0) -> Event {
    .log(
        LogLine(
            level: .info, message: "\(number)" + String(repeating: ".", count: padding), time: 0))
}

/// The number of a log event made by `log`.
func number(_ event: Event) -> Int? {
    guard case .log(let line) = event else { return nil }
    return Int(line.message.prefix { $0 != "." })
}
