import BenchProtocol
import MessageBus
import Testing

/// A message of any class, so that the rules are tested apart from the events that use them.
struct Note: BusMessage, Equatable {
    var delivery: DeliveryClass
    var number: Int

    static func control(_ number: Int) -> Note { Note(delivery: .control, number: number) }
    static func telemetry(_ key: String, _ number: Int) -> Note {
        Note(delivery: .telemetry(key: key), number: number)
    }
    static func bulk(_ key: String, _ number: Int) -> Note {
        Note(delivery: .bulk(key: key), number: number)
    }
    static func == (a: Note, b: Note) -> Bool { a.number == b.number }
}

@Suite("A mailbox's rules")
struct MailboxStateTests {
    typealias State = MailboxState<Note, String>

    func drain(_ state: inout State) -> [Int] {
        var numbers: [Int] = []
        while case .message(let note, _) = state.take() { numbers.append(note.number) }
        return numbers
    }

    @Test("telemetry keeps its place and takes its newest value, control stays whole, bulk is last")
    func coalescing() {
        var state = State(mode: .coalescing)
        let notes: [Note] = [
            .bulk("sheet", 1), .telemetry("a", 2), .control(3), .telemetry("b", 4),
            .telemetry("a", 5), .bulk("sheet", 6), .control(7), .telemetry("a", 8), .bulk("x", 9),
        ]
        for note in notes { _ = state.put(note) }
        #expect(state.count == 6 && state.replacedCount == 3 && state.wholeCount == 2)
        #expect(drain(&state) == [8, 3, 4, 7, 6, 9])
        #expect(state.count == 0 && state.wholeCount == 0)
    }

    @Test("a complete mailbox replaces nothing and keeps the order of publication")
    func complete() {
        var state = State(mode: .complete)
        let notes: [Note] = [.bulk("s", 1), .telemetry("a", 2), .telemetry("a", 3), .control(4)]
        for note in notes { _ = state.put(note) }
        #expect(drain(&state) == [1, 2, 3, 4])
    }

    @Test("bulk that was overtaken often enough goes first")
    func bulkPatience() {
        var state = State(mode: .coalescing)
        _ = state.put(.bulk("sheet", -1))
        var read: [Int] = []
        // A reader that is always behind: each time it reads, two more control messages come.
        for number in 0..<100 {
            _ = state.put(.control(2 * number))
            _ = state.put(.control(2 * number + 1))
            if case .message(let note, _) = state.take() { read.append(note.number) }
        }
        #expect(read.firstIndex(of: -1) == State.bulkPatience)
        #expect(read.filter { $0 >= 0 } == Array(0..<99))
    }

    @Test("only the change between empty and not empty moves the descriptor")
    func signalling() {
        var state = State(mode: .coalescing)
        guard case .raise = state.put(.control(1)) else { return #expect(Bool(false)) }
        guard case .nothing = state.put(.bulk("s", 2)) else { return #expect(Bool(false)) }
        guard case .message(_, isLast: false) = state.take() else { return #expect(Bool(false)) }
        guard case .message(_, isLast: true) = state.take() else { return #expect(Bool(false)) }
        guard case .empty = state.take() else { return #expect(Bool(false)) }
        guard case .raise = state.finish() else { return #expect(Bool(false)) }
        guard case .ended(.finished) = state.take() else { return #expect(Bool(false)) }
    }

    @Test("a reader that waits gets the next message directly, or the end")
    func waiting() {
        var state = State(mode: .coalescing)
        guard case .empty = state.take(orWait: "reader") else { return #expect(Bool(false)) }
        guard case .resume("reader", let note?) = state.put(.bulk("s", 1)), note.number == 1 else {
            return #expect(Bool(false))
        }
        #expect(state.count == 0)
        guard case .empty = state.take(orWait: "again") else { return #expect(Bool(false)) }
        guard case .resume("again", with: nil) = state.cancel() else { return #expect(Bool(false)) }
        guard case .nothing = state.put(.control(2)) else { return #expect(Bool(false)) }
        #expect(state.count == 0 && state.end == .cancelled)
    }

    @Test("what waits is read before the end, unless the limit was passed")
    func ends() {
        var state = State(mode: .coalescing, limit: 3)
        for number in 0..<3 { _ = state.put(.control(number)) }
        for number in 0..<1000 { _ = state.put(.telemetry("a", number)) }
        _ = state.finish()
        _ = state.put(.control(9))
        #expect(drain(&state) == [0, 1, 2, 999])

        var full = State(mode: .coalescing, limit: 3)
        for number in 0..<4 { _ = full.put(.control(number)) }
        guard case .ended(.overflowed(limit: 3)) = full.take() else { return #expect(Bool(false)) }
        #expect(full.count == 0)
    }

    @Test("whatever is put and taken: control whole and in order, telemetry newest and never older")
    func property() {
        var generator = SplitMix(state: 21)
        for _ in 0..<200 {
            var state = State(mode: .coalescing)
            var published: [Note] = []
            var control: [Int] = []
            var newest: [String: Int] = [:]
            func look(_ note: Note) {
                switch note.delivery {
                case .control: control.append(note.number)
                case .telemetry(let key), .bulk(let key):
                    #expect(note.number > newest[key, default: -1])
                    newest[key] = note.number
                }
            }
            for number in 0..<300 {
                let key = "\(generator.next() % 4)"
                let note: Note =
                    switch generator.next() % 3 {
                    case 0: .control(number)
                    case 1: .telemetry("t" + key, number)
                    default: .bulk("b" + key, number)
                    }
                published.append(note)
                _ = state.put(note)
                if generator.next() % 3 == 0, case .message(let read, _) = state.take() {
                    look(read)
                }
            }
            while case .message(let read, _) = state.take() { look(read) }
            var expectedControl: [Int] = []
            var expectedNewest: [String: Int] = [:]
            for note in published {
                switch note.delivery {
                case .control: expectedControl.append(note.number)
                case .telemetry(let key), .bulk(let key): expectedNewest[key] = note.number
                }
            }
            #expect(control == expectedControl)
            #expect(newest == expectedNewest)
        }
    }
}

/// A seeded generator, so that a property that fails fails again.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return (mixed ^ (mixed >> 31)) >> 8
    }
}
