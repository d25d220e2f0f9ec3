import BenchProtocol
import Glibc
import Synchronization

/// Where other threads leave what the screen's loop has to take in.
///
/// Posting never blocks and wakes the loop through a file descriptor. Up to `capacity` inputs wait
/// one by one; beyond that the newest telemetry of a key takes the place of the older, so that a
/// screen that stands still neither grows nor loses a control message.
public final class Mailbox: Sendable {
    /// Inputs that may wait before telemetry is thinned.
    public static let capacity = 1024

    private struct Queue {
        var entries: [WorkbenchInput?] = []
        /// Where the newest waiting telemetry of a key stands.
        var newest: [String: Int] = [:]
        var holes = 0
    }

    /// Readable whenever something waits.
    public let fileDescriptor: Int32
    private let bellDescriptor: Int32
    private let queue = Mutex(Queue())

    /// Makes an empty mailbox; throws when the system has no descriptor left.
    public init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw MailboxError(code: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        fileDescriptor = ends[0]
        bellDescriptor = ends[1]
    }

    deinit {
        close(fileDescriptor)
        close(bellDescriptor)
    }

    /// Leaves an input for the loop.
    public func post(_ input: WorkbenchInput) {
        let wasEmpty = queue.withLock { queue in
            let wasEmpty = queue.entries.isEmpty
            if let key = Self.key(of: input) {
                if queue.entries.count - queue.holes >= Self.capacity,
                    let older = queue.newest[key]
                {
                    queue.entries[older] = nil
                    queue.holes += 1
                }
                queue.newest[key] = queue.entries.count
            }
            queue.entries.append(input)
            if queue.holes > Self.capacity { Self.compact(&queue) }
            return wasEmpty
        }
        guard wasEmpty else { return }
        var bell: UInt8 = 1
        // The pipe can only be full when the loop has been woken already.
        _ = write(bellDescriptor, &bell, 1)
    }

    /// Takes everything that waits, oldest first.
    public func drain() -> [WorkbenchInput] {
        var bells: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        while read(fileDescriptor, &bells, MemoryLayout.size(ofValue: bells)) > 0 {}
        return queue.withLock { queue in
            let waiting = queue.entries.compactMap { $0 }
            queue = Queue()
            return waiting
        }
    }

    private static func compact(_ queue: inout Queue) {
        queue.entries.removeAll { $0 == nil }
        queue.holes = 0
        queue.newest = [:]
        for (index, entry) in queue.entries.enumerated() {
            if let entry, let key = key(of: entry) { queue.newest[key] = index }
        }
    }

    private static func key(of input: WorkbenchInput) -> String? {
        guard case .event(let event) = input else { return nil }
        return switch event.delivery {
        case .control: nil
        case .telemetry(let key), .bulk(let key): key
        }
    }
}

/// Why a mailbox could not be made.
public struct MailboxError: Error, CustomStringConvertible {
    /// The system's error number.
    public let code: Int32

    /// What happened and what to do.
    public var description: String {
        "the screen cannot make a pipe (\(String(cString: strerror(code)))): "
            + "close other programs or raise `ulimit -n`"
    }
}
