import BenchProtocol

/// The bus: what is published on it reaches every subscriber, each at its own pace.
///
///     publisher --publish--> bus --put--> mailbox A --next--> screen
///                                \--put--> mailbox B --take--> link to another process
///
/// Each subscriber has a mailbox. Publishing puts the message into all of them and returns: it
/// takes constant time per subscriber and never waits, so a stalled reader costs a publisher
/// nothing. What a mailbox does with what its reader has not yet taken depends on the message's
/// `DeliveryClass`: control is kept whole and in order, without bound unless the subscriber set
/// one; of telemetry and bulk the newest of each key is kept.
///
/// Tasks talk to the actor. Threads that must not await (a trainer's own thread, a screen's loop)
/// use the two nonisolated doors, `publish` and `mailbox`, that lead to the same storage.
public actor Bus<Message: BusMessage> {
    private nonisolated let storage = BusStorage<Message>()

    /// Makes a bus without subscribers; what is published before somebody subscribes is gone.
    public init() {}

    /// Sends a message to every subscriber, from any thread, without waiting.
    public nonisolated func publish(_ message: Message) { storage.publish(message) }

    /// Adds a subscriber that awaits its messages.
    ///
    /// `limit`: how many undroppable messages may wait before the subscription is ended.
    public func subscribe(
        named name: String, mode: MailboxMode = .coalescing, limit: Int = .max
    ) -> Subscription<Message> {
        let box = MailboxStorage<Message>(name: name, mode: mode, limit: limit, signal: nil)
        return Subscription(storage: box, unsubscribe: register(box))
    }

    /// Adds a subscriber that polls a descriptor; may be called from any thread.
    ///
    /// `limit`: how many undroppable messages may wait before the mailbox is ended.
    public nonisolated func mailbox(
        named name: String, mode: MailboxMode = .coalescing, limit: Int = .max
    ) throws(BusError) -> Mailbox<Message> {
        let signal = try ReadableSignal()
        let box = MailboxStorage<Message>(name: name, mode: mode, limit: limit, signal: signal)
        return Mailbox(storage: box, signal: signal, unsubscribe: register(box))
    }

    private nonisolated func register(_ box: MailboxStorage<Message>) -> @Sendable () -> Void {
        let id = storage.add(box)
        return { [storage] in storage.remove(id) }
    }

    /// Ends every subscription once it has delivered what waits; later messages go nowhere.
    public nonisolated func finish() { storage.finish() }

    /// How every subscriber stands.
    public nonisolated var reports: [MailboxReport] { storage.reports }
}
