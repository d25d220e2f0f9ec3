import BenchProtocol
import EngineLink
import Glibc
import MessageBus
import Testing

@Suite("A client whose engine misbehaves")
struct ClientTests {
    let hello = EventLine.encode(.hello(EngineHello(version: "1", session: "s", processID: 1)))

    /// Plays an engine that sends these bytes and dies, and gives what the screen is told.
    func told(_ bytes: [UInt8]) throws -> [LinkEvent] {
        let (ours, theirs) = try socketPair()
        let inbox = Bus<LinkEvent>()
        let screen = try inbox.mailbox(named: "screen")
        try RawClient(descriptor: theirs).send(hello + bytes)
        let client = try EngineClient(input: ours, output: ours, inbox: inbox)
        var told: [LinkEvent] = []
        while let event = screen.next(timeout: patience) {
            told.append(event)
            if case .disconnected = event { break }
        }
        #expect(told.first == .connected(client.hello))
        return Array(told.dropFirst())
    }

    @Test("an engine that vanishes between lines, inside one, or after its reason is told apart")
    func vanishing() throws {
        #expect(try told([]) == [.disconnected(.vanished(lastFailure: nil))])
        let line = EventLine.encode(log(1))
        #expect(
            try told(line + line.prefix(10))
                == [.event(log(1)), .disconnected(.torn(bytes: 10))])
        let failure = Event.failure(Failure(message: "no memory", fatal: true))
        #expect(
            try told(EventLine.encode(failure))
                == [.event(failure), .disconnected(.vanished(lastFailure: "no memory"))])
        let goodbye = Goodbye(reason: "done", step: 3)
        #expect(
            try told(EventLine.encode(.goodbye(goodbye)))
                == [.event(.goodbye(goodbye)), .disconnected(.goodbye(goodbye))])
    }

    @Test("a line of an unknown type is passed over, one that is broken ends the link")
    func strangeLines() throws {
        let later = Array("{\"type\":\"hologram\",\"x\":[1]}\n".utf8) + EventLine.encode(log(2))
        #expect(
            try told(later) == [.event(log(2)), .disconnected(.vanished(lastFailure: nil))])
        #expect(
            try told(Array("{\"type\":\"goodbye\",\"step\":1}\n".utf8)) == [
                .disconnected(
                    .badLine(
                        .badField(type: "goodbye", field: "reason", problem: "is missing")))
            ])
        #expect(try told([0xFE, 0x0A]) == [.disconnected(.badLine(.notUTF8))])
    }

    @Test("what is no engine of this version is refused before anything is believed")
    func refusals() throws {
        func refusal(_ bytes: [UInt8], timeout: Duration = patience) throws -> LinkError? {
            let (ours, theirs) = try socketPair()
            let raw = RawClient(descriptor: theirs)
            try raw.send(bytes)
            if timeout == patience { shutdown(theirs, Int32(SHUT_WR)) }
            do throws(LinkError) {
                _ = try EngineClient(input: ours, output: ours, inbox: Bus(), timeout: timeout)
                return nil
            } catch {
                return error
            }
        }
        let newer = EngineHello(protocolVersion: 2, version: "9", session: "s", processID: 1)
        #expect(
            try refusal(EventLine.encode(.hello(newer)))
                == .protocolMismatch(theirs: 2, ours: EngineHello.currentProtocol))
        #expect(
            try refusal(EventLine.encode(log(1)))
                == .notAnEngine(problem: "its first line is no hello"))
        #expect(
            try refusal([]) == .notAnEngine(problem: "it closed the link without a hello"))
        #expect(try refusal(Array("SSH-2.0-x\r\n".utf8)) != nil)
        #expect(
            try refusal([], timeout: .milliseconds(1))
                == .timedOut(doing: "waiting for the engine's hello", seconds: 0.001))
    }
}
