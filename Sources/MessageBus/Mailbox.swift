import BenchProtocol
import Glibc

/// The mailbox of a thread that polls descriptors and never awaits, such as a screen's loop.
///
/// Poll `descriptor` for reading beside the others of the loop; when it is readable, call `take`
/// until that gives nil, then look at `end`. May be used from any thread, by one at a time.
/// Giving the mailbox up unsubscribes it.
public final class Mailbox<Message: BusMessage>: Sendable {
    private let storage: MailboxStorage<Message>
    private let signal: ReadableSignal
    private let unsubscribe: @Sendable () -> Void

    init(
        storage: MailboxStorage<Message>, signal: ReadableSignal,
        unsubscribe: @escaping @Sendable () -> Void
    ) {
        self.storage = storage
        self.signal = signal
        self.unsubscribe = unsubscribe
    }

    deinit { unsubscribe() }

    /// Readable exactly while a message waits or the mailbox has ended; never read or close it.
    public var descriptor: Int32 { signal.descriptor }

    /// Takes the next message without waiting; nil where none waits.
    public func take() -> Message? { storage.take().message }

    /// Why nothing more will come, once everything that waited was taken; nil before that.
    public var end: MailboxEnd? { storage.end }

    /// Takes the next message, blocking the calling thread until there is one.
    ///
    /// Returns nil when `timeout` has passed (nil: never) or the mailbox has ended. For threads of
    /// one's own: a thread that runs tasks must not be blocked.
    public func next(timeout: Duration? = nil) -> Message? {
        let deadline = timeout.map { ContinuousClock.now + $0 }
        while true {
            let (message, end) = storage.take()
            if message != nil || end != nil { return message }
            var left: Int32 = -1
            if let deadline {
                let rest = ContinuousClock.now.duration(to: deadline)
                guard rest > .zero else { return nil }
                left = Int32(min(rest / .milliseconds(1) + 1, 1e9))
            }
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&request, 1, left)
        }
    }

    /// What waits and what was replaced so far.
    public var report: MailboxReport { storage.report }
}

/// How a mailbox stands.
public struct MailboxReport: Sendable, Equatable {
    /// Who reads it.
    public let name: String
    /// How many messages wait.
    public let waiting: Int
    /// How many of them may not be dropped.
    public let undroppable: Int
    /// How many messages a newer one of the same key has replaced since the beginning.
    public let replaced: Int
}
