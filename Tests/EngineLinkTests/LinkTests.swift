import BenchProtocol
import EngineLink
import Glibc
import MessageBus
import Testing

@Suite("The link between engine and screen")
struct LinkTests {
    @Test("events and commands cross the socket in order, and a goodbye ends the link")
    func conversation() throws {
        let folder = try ScratchFolder()
        #expect(SessionStatus.inspect(folder.session()) == .idle)
        let bench = try EngineBench(folder)
        let socket = try bench.socketPath()
        #expect(
            SessionStatus.inspect(folder.session()) == .running(pid: getpid(), socket: socket))

        let inbox = Bus<LinkEvent>()
        let screen = try inbox.mailbox(named: "screen")
        let client = try EngineClient.connect(session: folder.session(), inbox: inbox)
        #expect(client.hello.processID == getpid() && client.hello.session == folder.session())
        try bench.waitForClients(1)
        #expect(screen.next(timeout: patience) == .connected(client.hello))

        let orders: [Command] = [
            .refresh, .start, .step(count: 3), .selectPrompt(prompt: "a judge"),
        ]
        for order in orders { client.send(order) }
        for order in orders { #expect(bench.orders.next(timeout: patience) == order) }

        for count in 0..<100 { bench.events.publish(log(count)) }
        for count in 0..<100 { #expect(screen.next(timeout: patience) == .event(log(count))) }

        let goodbye = Goodbye(reason: "stopped", step: 7)
        bench.events.publish(.goodbye(goodbye))
        bench.host.close(within: patience)
        #expect(screen.next(timeout: patience) == .event(.goodbye(goodbye)))
        #expect(screen.next(timeout: patience) == .disconnected(.goodbye(goodbye)))
        #expect(client.disconnection == .goodbye(goodbye) && !client.send(.start))
        #expect(SessionStatus.inspect(folder.session()) == .idle)
        #expect(access(socket, F_OK) != 0)
    }

    @Test("a client that stalls costs nothing, misses no control message and sees newest values")
    func stalledClient() throws {
        let folder = try ScratchFolder()
        let bench = try EngineBench(folder)
        let stalled = try RawClient(socket: bench.socketPath())
        try stalled.shakeHands()
        try bench.waitForClients(1)
        for step in 0..<100_000 {
            var metrics = StepMetrics(lane: "lane \(step % 2)", step: step)
            metrics.quartiles = [TimestepQuartile(images: 1)]
            bench.events.publish(.step(metrics))
            if step % 100 == 99 { bench.events.publish(log(step / 100)) }
        }
        // Another client is served although the first reads nothing.
        let inbox = Bus<LinkEvent>()
        let screen = try inbox.mailbox(named: "screen")
        let client = try EngineClient.connect(session: folder.session(), inbox: inbox)
        try bench.waitForClients(2)
        bench.events.publish(log(1000))
        #expect(screen.next(timeout: patience) == .connected(client.hello))
        #expect(screen.next(timeout: patience) == .event(log(1000)))

        var control: [Int] = []
        var newest: [String: Int] = [:]
        var steps = 0
        while control.last != 1000, let event = try stalled.next() {
            if let number = number(event) { control.append(number) }
            if case .step(let metrics) = event {
                #expect(metrics.step > newest[metrics.lane, default: -1])
                newest[metrics.lane] = metrics.step
                steps += 1
            }
        }
        #expect(control == Array(0...1000))
        #expect(newest == ["lane 0": 99_998, "lane 1": 99_999])
        #expect(steps < 50_000)
    }

    @Test("a client that falls too far behind is told so and sent away, the engine stays")
    func tooFarBehind() throws {
        let folder = try ScratchFolder()
        let bench = try EngineBench(folder, limits: HostLimits(controlBacklog: 100))
        let stalled = try RawClient(socket: bench.socketPath())
        try stalled.shakeHands()
        try bench.waitForClients(1)
        for count in 0..<5000 { bench.events.publish(log(count, padding: 1000)) }
        var control: [Int] = []
        var last: Event?
        while let event = try stalled.next() {
            if let number = number(event) { control.append(number) }
            last = event
        }
        #expect(control == Array(0..<control.count) && control.count < 5000)
        guard case .failure(let failure) = last else {
            Issue.record("the last line gives no reason: \(String(describing: last))")
            return
        }
        #expect(failure.message.contains("100 messages behind"))
        try bench.waitForClients(0)
        #expect(bench.host.clientCount == 0)
        let again = try RawClient(socket: bench.socketPath())
        try again.shakeHands()
        try bench.waitForClients(1)
    }

    @Test("whoever does not open with a hello of this version is refused with the reason")
    func handshake() throws {
        let folder = try ScratchFolder()
        let bench = try EngineBench(folder)
        func refusal(_ line: String) throws -> String? {
            let client = try RawClient(socket: bench.socketPath())
            _ = try client.next()
            try client.send(line)
            guard case .failure(let failure) = try client.next() else { return nil }
            #expect(try client.next() == nil)
            return failure.message
        }
        #expect(
            try refusal("{\"type\":\"hello\",\"protocol_version\":99}\n")?.contains("not 99")
                == true)
        #expect(try refusal("{\"type\":\"start\"}\n")?.contains("must be a hello") == true)
        #expect(bench.orders.take() == nil)
    }

    @Test("a client that says nothing is sent away in time")
    func silence() throws {
        let folder = try ScratchFolder()
        let bench = try EngineBench(folder, limits: HostLimits(helloTimeout: .milliseconds(1)))
        let client = try RawClient(socket: bench.socketPath())
        _ = try client.next()
        guard case .failure(let failure) = try client.next() else {
            Issue.record("no reason was given")
            return
        }
        #expect(failure.message.contains("no hello"))
        #expect(try client.next() == nil)
    }

    @Test("a line that is no command is answered and the next one obeyed")
    func badCommands() throws {
        let folder = try ScratchFolder()
        let bench = try EngineBench(folder)
        let client = try RawClient(socket: bench.socketPath())
        try client.shakeHands()
        let lines: [[UInt8]] = [
            Array("{\"type\":\"teleport\"}\n".utf8), Array("]\n".utf8), [0xFF, 0x0A],
            [UInt8](repeating: 0x5B, count: 200_000) + [0x0A],
        ]
        for line in lines {
            try client.send(line)
            guard case .failure = try client.next() else {
                Issue.record("no answer")
                return
            }
        }
        try client.send(.save)
        #expect(bench.orders.next(timeout: patience) == .save)
        // After many of them the client is sent away.
        try client.send(String(repeating: "x\n", count: 200))
        while try client.next() != nil {}
    }

    @Test("a command counts although its sender closes at once and reads nothing")
    func lastWords() throws {
        let folder = try ScratchFolder()
        let bench = try EngineBench(folder)
        for round in 0..<20 {
            let client = try RawClient(socket: bench.socketPath())
            try client.shakeHands()
            try bench.waitForClients(1)
            for count in 0..<2000 { bench.events.publish(log(count, padding: 200)) }
            try client.send(.step(count: round + 1))
            shutdown(client.descriptor, Int32(SHUT_RDWR))
            #expect(bench.orders.next(timeout: patience) == .step(count: round + 1))
            try bench.waitForClients(0)
        }
    }

    @Test("two pairs of buses are joined over pipes, and a broken pipe kills nobody")
    func standardStreams() throws {
        let folder = try ScratchFolder()
        var down: [Int32] = [-1, -1]
        var up: [Int32] = [-1, -1]
        try #require(pipe(&down) == 0 && pipe(&up) == 0)
        let bench = try EngineBench(folder, reach: .streams(input: up[0], output: down[1]))
        #expect(
            SessionStatus.inspect(folder.session()) == .running(pid: getpid(), socket: nil))
        #expect(throws: LinkError.notListening(session: folder.session(), pid: getpid())) {
            try EngineClient.connect(session: folder.session(), inbox: Bus())
        }
        let inbox = Bus<LinkEvent>()
        let screen = try inbox.mailbox(named: "screen")
        var client: EngineClient? = try EngineClient(input: down[0], output: up[1], inbox: inbox)
        try bench.waitForClients(1)
        #expect(client?.send(.evaluate) == true)
        #expect(bench.orders.next(timeout: patience) == .evaluate)
        // Far more than a pipe holds.
        for count in 0..<2000 { bench.events.publish(log(count, padding: 500)) }
        _ = screen.next(timeout: patience)
        for count in 0..<2000 {
            #expect(screen.next(timeout: patience) == .event(log(count, padding: 500)))
        }
        client = nil
        #expect(screen.next(timeout: patience) == .disconnected(.hungUp))
        for count in 0..<2000 { bench.events.publish(log(count, padding: 500)) }
        try bench.waitForClients(0)
        bench.host.close()
        for end in [up[0], down[1]] { close(end) }
    }

    @Test("a screen that goes away leaves the engine to others")
    func detach() throws {
        let folder = try ScratchFolder()
        let bench = try EngineBench(folder)
        for _ in 0..<3 {
            let inbox = Bus<LinkEvent>()
            let screen = try inbox.mailbox(named: "screen")
            let client = try EngineClient.connect(session: folder.session(), inbox: inbox)
            try bench.waitForClients(1)
            client.send(.pause)
            client.hangUp()
            #expect(screen.next(timeout: patience) == .connected(client.hello))
            #expect(screen.next(timeout: patience) == .disconnected(.hungUp))
            try bench.waitForClients(0)
            #expect(bench.orders.next(timeout: patience) == .pause)
        }
    }
}
