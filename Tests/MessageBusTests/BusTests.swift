import BenchProtocol
import Glibc
import MessageBus
import Testing

@Suite("The bus")
struct BusTests {
    func isReadable(_ descriptor: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) == 1
    }

    func log(_ number: Int) -> Event {
        .log(LogLine(level: .info, message: "\(number)", time: 0))
    }

    @Test("a stalled reader costs the publisher nothing and loses no control message")
    func stalledReader() async throws {
        let bus = Bus<Event>()
        let stalled = try bus.mailbox(named: "stalled")
        let whole = try bus.mailbox(named: "headless", mode: .complete)
        var control = 0
        for number in 0..<100_000 {
            bus.publish(.step(StepMetrics(lane: "lane \(number % 4)", step: number)))
            if number % 100 == 0 {
                bus.publish(log(control))
                control += 1
            }
        }
        #expect(control == 1000)
        #expect(stalled.report.waiting == 1004)
        #expect(stalled.report.undroppable == 1000 && stalled.report.replaced == 99_996)
        var logs: [Int] = []
        var steps: [String: Int] = [:]
        while let event = stalled.take() {
            switch event {
            case .log(let line): logs.append(Int(line.message)!)
            case .step(let step):
                #expect(steps.updateValue(step.step, forKey: step.lane) == nil)
            default: Issue.record("unexpected \(event)")
            }
        }
        #expect(logs == Array(0..<1000))
        #expect(
            steps == [
                "lane 0": 99_996, "lane 1": 99_997, "lane 2": 99_998, "lane 3": 99_999,
            ])
        #expect(whole.report.waiting == 101_000 && whole.report.replaced == 0)
    }

    @Test("a descriptor is readable exactly while something waits or the mailbox has ended")
    func descriptor() throws {
        let bus = Bus<Event>()
        let mailbox = try bus.mailbox(named: "screen")
        #expect(!isReadable(mailbox.descriptor))
        bus.publish(log(1))
        bus.publish(log(2))
        #expect(isReadable(mailbox.descriptor))
        _ = mailbox.take()
        #expect(isReadable(mailbox.descriptor))
        _ = mailbox.take()
        #expect(!isReadable(mailbox.descriptor))
        #expect(mailbox.take() == nil && mailbox.end == nil)
        bus.publish(log(3))
        bus.finish()
        #expect(mailbox.end == nil)
        #expect(mailbox.take() == log(3))
        #expect(mailbox.end == .finished && isReadable(mailbox.descriptor))
    }

    @Test("tasks await what threads publish, every subscriber all of it in one order")
    func manyPublishers() async throws {
        let bus = Bus<Event>()
        let first = await bus.subscribe(named: "first")
        let second = await bus.subscribe(named: "second")
        async let firstRead = collect(first)
        async let secondRead = collect(second)
        await withTaskGroup(of: Void.self) { group in
            for publisher in 0..<4 {
                group.addTask {
                    for number in 0..<500 { bus.publish(log(publisher * 1000 + number)) }
                }
            }
        }
        bus.finish()
        let (one, two) = await (firstRead, secondRead)
        #expect(one == two && one.count == 2000)
        for publisher in 0..<4 {
            let own = one.filter { $0 / 1000 == publisher }.map { $0 % 1000 }
            #expect(own == Array(0..<500))
        }
    }

    func collect(_ subscription: Subscription<Event>) async -> [Int] {
        var numbers: [Int] = []
        for await event in subscription {
            if case .log(let line) = event { numbers.append(Int(line.message)!) }
        }
        return numbers
    }

    @Test("cancelling the reading task ends its subscription and no other")
    func cancellation() async {
        let bus = Bus<Event>()
        let other = await bus.subscribe(named: "other")
        let subscription = await bus.subscribe(named: "reader")
        let task = Task { await collect(subscription) }
        task.cancel()
        #expect(await task.value == [])
        bus.publish(log(1))
        bus.finish()
        #expect(await collect(other) == [1])
    }

    @Test("a subscriber that is given up is forgotten; one that comes after the end ends at once")
    func lifetimes() async throws {
        let bus = Bus<Event>()
        var mailbox: Mailbox<Event>? = try bus.mailbox(named: "one")
        var subscription: Subscription<Event>? = await bus.subscribe(named: "two")
        #expect(bus.reports.map(\.name) == ["one", "two"])
        #expect(mailbox != nil && subscription != nil)
        mailbox = nil
        subscription = nil
        #expect(bus.reports.isEmpty)
        bus.finish()
        let late = await bus.subscribe(named: "late")
        #expect(await collect(late) == [])
    }

    @Test("a subscriber with a limit is ended when it falls that far behind")
    func limit() throws {
        let bus = Bus<Command>()
        let mailbox = try bus.mailbox(named: "bounded", limit: 10)
        for _ in 0..<10 { bus.publish(.start) }
        #expect(mailbox.end == nil)
        bus.publish(.pause)
        #expect(mailbox.take() == nil && mailbox.end == .overflowed(limit: 10))
        #expect(isReadable(mailbox.descriptor))
    }

    @Test("a thread may block on its mailbox until a message or the end comes")
    func blockingRead() throws {
        let bus = Bus<Command>()
        let mailbox = try bus.mailbox(named: "trainer")
        #expect(mailbox.next(timeout: .zero) == nil)
        let publishing = Thread {
            bus.publish(.start)
            bus.publish(.stop)
            bus.finish()
        }
        #expect(mailbox.next() == .start)
        #expect(mailbox.next() == .stop)
        #expect(mailbox.next() == nil && mailbox.end == .finished)
        publishing.join()
    }
}

/// A plain thread: the kind of publisher that cannot await.
final class Thread {
    private var handle = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        pthread_create(
            &handle, nil,
            { pointer in
                Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
    }

    func join() { pthread_join(handle, nil) }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
