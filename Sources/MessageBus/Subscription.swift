import BenchProtocol

/// A subscriber's mailbox as a sequence to await: `for await message in subscription`.
///
/// Ends when the bus is finished or the reading task is cancelled. One reader at a time. Giving
/// the subscription up (and its iterators) unsubscribes it.
public struct Subscription<Message: BusMessage>: AsyncSequence, Sendable {
    /// What is read.
    public typealias Element = Message
    /// Reading never fails; it ends.
    public typealias Failure = Never
    private let place: Place

    init(storage: MailboxStorage<Message>, unsubscribe: @escaping @Sendable () -> Void) {
        place = Place(storage: storage, unsubscribe: unsubscribe)
    }

    /// What waits and what was replaced so far.
    public var report: MailboxReport { place.storage.report }

    /// Starts or goes on reading; nothing is lost between one iterator and the next.
    public func makeAsyncIterator() -> Iterator { Iterator(place: place) }

    /// Takes messages out of the mailbox, waiting for them.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let place: Place

        /// The next message; nil at the end.
        public mutating func next() async -> Message? { await next(isolation: nil) }

        /// The next message; nil at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Message? {
            await place.storage.next(isolation: actor)
        }
    }

    /// Keeps the subscription alive as long as anybody reads.
    fileprivate final class Place: Sendable {
        let storage: MailboxStorage<Message>
        private let unsubscribe: @Sendable () -> Void

        init(storage: MailboxStorage<Message>, unsubscribe: @escaping @Sendable () -> Void) {
            self.storage = storage
            self.unsubscribe = unsubscribe
        }

        deinit { unsubscribe() }
    }
}
