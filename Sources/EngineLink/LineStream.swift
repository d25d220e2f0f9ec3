import BenchProtocol
import Glibc

/// A stream of lines in both directions over one socket or two pipes; nothing here waits.
///
/// Confined to the thread that owns it.
final class LineStream {
    /// How much is taken from the system at once.
    private static let chunk = 64 << 10
    /// How much a pipe that is ready for writing takes without blocking (PIPE_BUF).
    private static let pipeChunk = 4096

    let input: Int32
    let output: Int32
    private let isSocket: Bool
    private let closesAtEnd: Bool
    private var isOpen = true
    var reader = LineReader()
    private var outgoing: [UInt8] = []
    private var sent = 0

    /// Takes over descriptors; `closesAtEnd` false leaves them open (standard streams).
    init(input: Int32, output: Int32, closesAtEnd: Bool = true) {
        self.input = input
        self.output = output
        self.closesAtEnd = closesAtEnd
        var info = stat()
        isSocket = fstat(output, &info) == 0 && info.st_mode & S_IFMT == S_IFSOCK
    }

    deinit { close() }

    func close() {
        guard isOpen else { return }
        isOpen = false
        guard closesAtEnd else { return }
        _ = Glibc.close(input)
        if output != input { _ = Glibc.close(output) }
    }

    /// What became of an attempt to receive.
    enum Arrival {
        case bytes
        case nothing
        case ended
        case failed(String)
    }

    /// Takes what has arrived; call when `input` is readable.
    func receive() -> Arrival {
        var problem: Int32 = 0
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, filled in
            count =
                isSocket
                ? recv(input, buffer.baseAddress, Self.chunk, Int32(MSG_DONTWAIT))
                : read(input, buffer.baseAddress, Self.chunk)
            problem = errno
            filled = max(0, count)
        }
        if count > 0 {
            reader.append(bytes)
            return .bytes
        }
        if count == 0 { return .ended }
        switch problem {
        case EAGAIN, EINTR: return .nothing
        // The other side died with something of ours unread; for us that is the end.
        case ECONNRESET: return .ended
        default: return .failed(String(cString: strerror(problem)))
        }
    }

    var hasOutgoing: Bool { sent < outgoing.count }

    /// How many bytes wait to be taken by the system.
    var outgoingCount: Int { outgoing.count - sent }

    func send(_ line: [UInt8]) { outgoing.append(contentsOf: line) }

    /// Forgets what was not sent yet.
    func dropOutgoing() {
        outgoing = []
        sent = 0
    }

    /// Gives the system what it takes now; returns the error that closes this direction, if any.
    func flush() -> String? {
        while hasOutgoing {
            // A pipe may be a terminal or be shared, so it is not made non-blocking: it gets what
            // it surely takes, once it says that it is ready.
            if !isSocket {
                var request = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                guard poll(&request, 1, 0) == 1 else { return nil }
            }
            let size = min(outgoing.count - sent, isSocket ? Int.max : Self.pipeChunk)
            let count = outgoing.withUnsafeBytes {
                isSocket
                    ? Glibc.send(
                        output, $0.baseAddress! + sent, size,
                        Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
                    : write(output, $0.baseAddress! + sent, size)
            }
            guard count >= 0 else {
                if errno == EINTR { continue }
                return errno == EAGAIN ? nil : String(cString: strerror(errno))
            }
            sent += count
        }
        outgoing.removeAll(keepingCapacity: outgoing.capacity <= 4 * Self.chunk)
        sent = 0
        return nil
    }
}
