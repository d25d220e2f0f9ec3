import Glibc
import Synchronization

/// A mailbox's state behind its lock, with what wakes its reader.
final class MailboxStorage<Message: BusMessage>: Sendable {
    typealias Continuation = CheckedContinuation<Message?, Never>
    private typealias State = MailboxState<Message, Continuation>

    let name: String
    /// Readable while a message waits or the box has ended; nil for readers that await.
    let signal: ReadableSignal?
    private let state: Mutex<State>

    init(name: String, mode: MailboxMode, limit: Int, signal: ReadableSignal?) {
        self.name = name
        self.signal = signal
        state = Mutex(State(mode: mode, limit: limit))
    }

    var report: MailboxReport {
        state.withLock {
            MailboxReport(
                name: name, waiting: $0.count, undroppable: $0.wholeCount,
                replaced: $0.replacedCount)
        }
    }

    /// Why nothing more will come; nil while something waits or may come.
    var end: MailboxEnd? { state.withLock { $0.count == 0 ? $0.end : nil } }

    func put(_ message: Message) { perform { $0.put(message) } }
    func finish() { perform { $0.finish() } }
    func cancel() { perform { $0.cancel() } }

    /// Makes a transition; the descriptor changes under the lock, in step with the state.
    private func perform(_ transition: (inout State) -> State.Wake) {
        let resumption = state.withLock { state -> (Continuation, Message?)? in
            switch transition(&state) {
            case .nothing: return nil
            case .raise:
                signal?.raise()
                return nil
            case .resume(let reader, let message): return (reader, message)
            }
        }
        if let (reader, message) = resumption { reader.resume(returning: message) }
    }

    func take() -> (message: Message?, end: MailboxEnd?) {
        state.withLock { state in
            switch state.take() {
            case .message(let message, let isLast):
                if isLast { signal?.lower() }
                return (message, nil)
            case .empty: return (nil, nil)
            case .ended(let end): return (nil, end)
            }
        }
    }

    func next(isolation: isolated (any Actor)?) async -> Message? {
        await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { continuation in
                // Decided under the lock, resumed after it.
                let taken = state.withLock { $0.take(orWait: continuation) }
                switch taken {
                case .message(let message, _): continuation.resume(returning: message)
                case .ended: continuation.resume(returning: nil)
                case .empty: break
                }
            }
        } onCancel: {
            cancel()
        }
    }
}

/// A descriptor that is readable while it is raised: the reading end of a pipe that holds a byte.
package final class ReadableSignal: Sendable {
    package let descriptor: Int32
    private let writing: Int32

    package init() throws(BusError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .noDescriptor(errno: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        writing = ends[1]
    }

    deinit {
        close(descriptor)
        close(writing)
    }

    /// Makes the descriptor readable; a pipe that is full is readable already.
    package func raise() {
        var byte: UInt8 = 1
        while write(writing, &byte, 1) < 0, errno == EINTR {}
    }

    /// Makes the descriptor unreadable.
    package func lower() {
        var bytes: (UInt64, UInt64) = (0, 0)
        while read(descriptor, &bytes, 16) > 0 || errno == EINTR {}
    }
}

/// Why a mailbox could not be made.
public enum BusError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The operating system gave no pipe for the mailbox's descriptor.
    case noDescriptor(errno: Int32)

    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .noDescriptor(let code):
            "no descriptor for a mailbox (\(String(cString: strerror(code)))): raise the limit of"
                + " open files (ulimit -n)"
        }
    }
}
