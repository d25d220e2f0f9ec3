import BenchProtocol
import Synchronization

/// Who listens to a bus, behind its lock.
///
/// The lock is held while a message goes to all mailboxes, so that all subscribers see the
/// messages of several publishers in one order. Putting into a mailbox takes constant time and
/// waits for no reader.
final class BusStorage<Message: BusMessage>: Sendable {
    private struct Roster {
        var boxes: [(id: UInt64, box: MailboxStorage<Message>)] = []
        var nextID: UInt64 = 0
        var isFinished = false
    }
    private let roster = Mutex(Roster())

    func publish(_ message: Message) {
        roster.withLock { roster in
            for (_, box) in roster.boxes { box.put(message) }
        }
    }

    func finish() {
        roster.withLock { roster in
            roster.isFinished = true
            for (_, box) in roster.boxes { box.finish() }
        }
    }

    /// Adds a mailbox; a bus that is finished finishes it at once.
    func add(_ box: MailboxStorage<Message>) -> UInt64 {
        roster.withLock { roster in
            roster.nextID += 1
            roster.boxes.append((roster.nextID, box))
            if roster.isFinished { box.finish() }
            return roster.nextID
        }
    }

    func remove(_ id: UInt64) {
        roster.withLock { roster in roster.boxes.removeAll { $0.id == id } }
    }

    var reports: [MailboxReport] {
        roster.withLock { roster in roster.boxes.map { $0.box.report } }
    }
}
