import BenchProtocol
import EngineLink
import Foundation
import MessageBus

/// Keeps the session's `status.json` up to date while its engine works, at most once a second.
final class EngineReporter: Sendable {
    private static let interval: Duration = .seconds(1)

    private let session: String
    /// Whether the engine leaves: nothing is written from then on.
    private let isOver = Locked(false)

    /// Begins to listen; the engine has to hold the session's lock.
    init(_ events: Bus<Event>, session: String) {
        self.session = session
        // What an engine that died has left says nothing of this one.
        EngineReport.remove(session: session)
        guard let mailbox = try? events.mailbox(named: "report", mode: .coalescing) else { return }
        Thread.detachNewThread { self.listen(mailbox) }
    }

    /// Removes the report, for good.
    func finish() {
        isOver.withLock { isOver in
            isOver = true
            EngineReport.remove(session: session)
        }
    }

    private func listen(_ mailbox: MessageBus.Mailbox<Event>) {
        var report = EngineReport(pid: getpid())
        var next = ContinuousClock.now
        var isDue = true
        while !isOver.withLock({ $0 }) {
            let wait = isDue ? max(.zero, ContinuousClock.now.duration(to: next)) : nil
            if let event = mailbox.next(timeout: wait) {
                if report.take(event) { isDue = true }
            } else if mailbox.end != nil {
                return
            }
            guard isDue, ContinuousClock.now >= next else { continue }
            report.time = Date().timeIntervalSince1970
            isOver.withLock { isOver in
                // A report that cannot be written is missed by lists alone.
                if !isOver { try? report.write(session: session) }
            }
            (isDue, next) = (false, ContinuousClock.now + Self.interval)
        }
    }
}
