import BenchProtocol

/// What can travel on a bus: a value that knows how it may be treated while a reader is busy.
public protocol BusMessage: Sendable {
    /// The delivery class, chosen by the message's type and key alone.
    var delivery: DeliveryClass { get }
}

extension Event: BusMessage {}

extension Command: BusMessage {
    /// Commands are never dropped or reordered.
    public var delivery: DeliveryClass { .control }
}

/// What a screen's mailbox holds: the engine's events and the news of the link to it, in order.
public enum LinkEvent: BusMessage, Equatable {
    /// The engine has greeted; its events follow.
    case connected(EngineHello)
    /// Something the engine told.
    case event(Event)
    /// The link is gone; nothing follows until somebody connects again.
    case disconnected(Disconnection)

    /// News of the link are control; events keep their own class.
    public var delivery: DeliveryClass {
        if case .event(let event) = self { event.delivery } else { .control }
    }
}

/// Why a link to an engine ended.
public enum Disconnection: Sendable, Equatable, CustomStringConvertible {
    /// The engine said goodbye and left in good order.
    case goodbye(Goodbye)
    /// This side hung up.
    case hungUp
    /// The stream ended without a goodbye: the engine crashed or was killed, or (where it had said
    /// so in a last `failure`) sent this screen away.
    case vanished(lastFailure: String?)
    /// The stream ended in the middle of a line: the engine crashed or was killed while it spoke.
    case torn(bytes: Int)
    /// The engine sent a line that is not of the protocol.
    case badLine(LineError)
    /// The operating system reported an error on the stream.
    case stream(String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .goodbye(let goodbye): "the engine left at step \(goodbye.step): \(goodbye.reason)"
        case .hungUp: "this side hung up"
        case .vanished(nil): "the engine vanished without a goodbye"
        case .vanished(let failure?): "the engine closed the link: \(failure)"
        case .torn(let bytes): "the engine vanished in the middle of a line (\(bytes) bytes of it)"
        case .badLine(let error): "the engine sent what is not of the protocol: \(error)"
        case .stream(let problem): "the link to the engine failed: \(problem)"
        }
    }
}
