import BenchProtocol
import EngineLink
import Foundation
import MessageBus
import Testing
import TrainingEngine

/// An engine in a process of its own, and a screen's link to it.
final class RunningEngine {
    /// Why a test does not wait any longer.
    struct WaitedInVain: Error { let what: String, seen: [String] }

    /// How long anything may take; far more than it does.
    static let patience = Duration.seconds(60)

    let session: String
    let launched: LaunchedEngine
    let client: EngineClient
    private let news: MessageBus.Mailbox<LinkEvent>
    /// Everything that has been told, but for what was coalesced.
    private(set) var events: [Event] = []
    /// How the link ended.
    private(set) var end: Disconnection?

    var pid: Int32 { launched.pointer.pid }

    /// Starts the session's engine and attaches to it.
    init(_ session: String) throws {
        self.session = session
        launched = try EngineLauncher(executable: Program.built, niceness: 0)
            .launch(session: session)
        let inbox = Bus<LinkEvent>()
        news = try inbox.mailbox(named: "test")
        client = try EngineClient.connect(session: session, inbox: inbox)
        client.send(.refresh)
    }

    deinit { if launched.exitStatus == nil { kill(pid, SIGKILL) } }

    /// Waits for the first event from now on that something can be made of.
    @discardableResult
    func next<Value>(_ what: String, _ pick: (Event) -> Value?) throws -> Value {
        let deadline = ContinuousClock.now + Self.patience
        while end == nil, let item = news.next(timeout: ContinuousClock.now.duration(to: deadline))
        {
            switch item {
            case .connected: break
            case .event(let event):
                events.append(event)
                if let value = pick(event) { return value }
            case .disconnected(let reason): end = reason
            }
        }
        throw WaitedInVain(
            what: what, seen: events.suffix(5).map { String(EventLine.text($0).prefix(300)) })
    }

    /// Waits for a state of which something holds.
    @discardableResult
    func state(_ what: String, _ holds: (SessionState) -> Bool) throws -> SessionState {
        try next(what) { event in
            if case .state(let state) = event, holds(state) { state } else { nil }
        }
    }

    /// Waits until the engine rests with all lanes at a step.
    @discardableResult
    func rest(at step: Int) throws -> SessionState {
        try state("rest at step \(step)") { state in
            [.idle, .paused, .finished].contains(state.phase)
                && state.lanes.allSatisfy { $0.step == step }
        }
    }

    /// Waits until any lane has gone beyond a step, and tells how far it is.
    @discardableResult
    func step(beyond step: Int) throws -> Int {
        try next("a step beyond \(step)") { event in
            if case .step(let metrics) = event, metrics.step > step { metrics.step } else { nil }
        }
    }

    /// Sends a command and waits for the engine to say why it will not carry it out.
    func refusal(of command: Command) throws -> Failure {
        client.send(command)
        return try next("a refusal of \(command)") { event in
            if case .failure(let failure) = event { failure } else { nil }
        }
    }

    /// A quantity of a lane's history, step by step.
    func curve(_ lane: String, _ quantity: String, to last: Int) throws -> [Curve.Bucket] {
        client.send(
            .fetchCurve(
                CurveRequest(
                    lane: lane, quantity: quantity, firstStep: 0, lastStep: last, points: 1000)))
        return try next("the \(quantity) of \(lane)") { event in
            guard case .curve(let curve) = event, curve.lane == lane, curve.quantity == quantity
            else { return nil }
            return curve.buckets
        }
    }

    /// Waits for the end of the link.
    func farewell() throws -> Disconnection {
        while end == nil { _ = try? next("the end of the link") { _ in Bool?.none } }
        return try #require(end)
    }

    /// Waits for the end of the process.
    func exit() throws -> EngineLink.ExitStatus {
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            if let status = launched.exitStatus { return status }
            usleep(5_000)
        }
        throw WaitedInVain(what: "the end of the process", seen: [])
    }
}
