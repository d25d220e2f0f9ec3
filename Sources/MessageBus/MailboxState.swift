import BenchProtocol

/// What a mailbox keeps of what it is sent.
public enum MailboxMode: Sendable, Equatable {
    /// By delivery class: control whole, of telemetry and bulk the newest of each key.
    case coalescing
    /// Everything, in the order in which it was published.
    case complete
}

/// Why nothing more will come out of a mailbox.
public enum MailboxEnd: Sendable, Equatable {
    /// The bus was finished, and everything before that was delivered.
    case finished
    /// The reader gave the mailbox up.
    case cancelled
    /// More than `limit` messages that may not be dropped were waiting; all were discarded.
    case overflowed(limit: Int)
}

/// The rules of one mailbox as a pure state machine: it holds no lock and does nothing itself.
///
/// Control and telemetry leave in order of arrival, where a newer telemetry message takes the
/// place of the waiting one of its key; so a key that changes all the time cannot push another
/// back, and what was published before a control message is read before it or not at all. Bulk
/// leaves when nothing else waits, or after `bulkPatience` other messages.
/// Every transition takes constant time on average.
package struct MailboxState<Message: BusMessage, Waiter> {
    /// After how many messages that overtook it a bulk message goes first.
    package static var bulkPatience: Int { 64 }

    /// What the owner must do after a message was put in or the box was ended.
    package enum Wake {
        case nothing
        /// The box is no longer empty (or has ended): make its descriptor readable.
        case raise
        /// Hand the message, or nil for the end, to the waiting reader.
        case resume(Waiter, with: Message?)
    }

    /// What a reader gets.
    package enum Taken {
        /// A message; `isLast` when the box is empty now: make its descriptor unreadable.
        case message(Message, isLast: Bool)
        case empty
        case ended(MailboxEnd)
    }

    private enum Entry {
        case whole(Message)
        case newest(key: String)
    }

    private let mode: MailboxMode
    private let limit: Int
    private var entries = MessageQueue<Entry>()
    private var telemetry: [String: Message] = [:]
    private var bulkKeys = MessageQueue<String>()
    private var bulk: [String: Message] = [:]
    private var overtaking = 0
    private var waiter: Waiter?

    /// Why the box has ended; what waits in it can still be taken.
    package private(set) var end: MailboxEnd?
    /// How many messages that may not be dropped wait.
    package private(set) var wholeCount = 0
    /// How many messages a newer one has replaced since the beginning.
    package private(set) var replacedCount = 0

    /// Makes an empty box that ends when more than `limit` undroppable messages wait.
    package init(mode: MailboxMode, limit: Int = .max) {
        self.mode = mode
        self.limit = limit
    }

    /// How many messages wait.
    package var count: Int { entries.count + bulkKeys.count }

    /// Puts a message in.
    package mutating func put(_ message: Message) -> Wake {
        guard end == nil else { return .nothing }
        if let reader = waiter.take() { return .resume(reader, with: message) }
        let wasEmpty = count == 0
        switch mode == .complete ? .control : message.delivery {
        case .control:
            guard wholeCount < limit else {
                discard(because: .overflowed(limit: limit))
                return .raise
            }
            entries.append(.whole(message))
            wholeCount += 1
        case .telemetry(let key):
            if telemetry.updateValue(message, forKey: key) == nil {
                entries.append(.newest(key: key))
            } else {
                replacedCount += 1
            }
        case .bulk(let key):
            if bulk.updateValue(message, forKey: key) == nil {
                bulkKeys.append(key)
            } else {
                replacedCount += 1
            }
        }
        return wasEmpty ? .raise : .nothing
    }

    /// Takes the next message, if there is one.
    package mutating func take() -> Taken {
        if let message = takeNext() { return .message(message, isLast: count == 0 && end == nil) }
        if let end { return .ended(end) }
        return .empty
    }

    /// Takes the next message, or leaves a reader to be resumed when one comes.
    ///
    /// Precondition: no reader waits already; a mailbox has one reader.
    package mutating func take(orWait reader: Waiter) -> Taken {
        let taken = take()
        if case .empty = taken {
            precondition(waiter == nil, "a mailbox has one reader")
            waiter = reader
        }
        return taken
    }

    /// Lets what waits be read, then ends the box.
    package mutating func finish() -> Wake {
        guard end == nil else { return .nothing }
        end = .finished
        if let reader = waiter.take() { return .resume(reader, with: nil) }
        return .raise
    }

    /// Ends the box at once, for its reader's sake.
    package mutating func cancel() -> Wake {
        guard end == nil || end == .finished else { return .nothing }
        discard(because: .cancelled)
        if let reader = waiter.take() { return .resume(reader, with: nil) }
        return .raise
    }

    private mutating func takeNext() -> Message? {
        if overtaking >= Self.bulkPatience || entries.isEmpty, let key = bulkKeys.popFirst() {
            overtaking = 0
            return bulk.removeValue(forKey: key)
        }
        guard let entry = entries.popFirst() else { return nil }
        overtaking = bulkKeys.isEmpty ? 0 : overtaking + 1
        switch entry {
        case .whole(let message):
            wholeCount -= 1
            return message
        case .newest(let key): return telemetry.removeValue(forKey: key)
        }
    }

    private mutating func discard(because reason: MailboxEnd) {
        end = reason
        entries.removeAll()
        bulkKeys.removeAll()
        telemetry = [:]
        bulk = [:]
        wholeCount = 0
    }
}
