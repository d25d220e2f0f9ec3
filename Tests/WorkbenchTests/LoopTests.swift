import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("The loop")
struct LoopTests {
    /// A clock that moves on by a fixed amount whenever it is read.
    final class Clock {
        var instant = ContinuousClock.now
        var tick: Duration
        init(tick: Duration) { self.tick = tick }

        var timekeeper: Timekeeper {
            Timekeeper(
                instant: { [self] in
                    instant += tick
                    return instant
                }, timeOfDay: { Scripted.clock })
        }
    }

    /// What the loop sent out.
    final class Record {
        var commands: [Command] = []
        var attachments = 0
        var pictures: [Canvas] = []
        var files: [ExportedFile] = []

        var outlets: WorkbenchOutlets {
            WorkbenchOutlets(
                send: { [self] in commands.append($0) },
                attachAgain: { [self] in attachments += 1 },
                writePicture: { [self] canvas, _ in
                    pictures.append(canvas)
                    return "out/frame.svg"
                },
                writeFile: { [self] file in
                    files.append(file)
                    return "out/\(file.name).\(file.format.rawValue)"
                })
        }
    }

    /// A terminal that queues the next keys each time it is waited for.
    final class Typist: TerminalBackend {
        let screen: MemoryTerminal
        var script: [() -> [TerminalEvent]]
        init(width: Int, height: Int, _ script: [() -> [TerminalEvent]]) {
            screen = MemoryTerminal(width: width, height: height)
            self.script = script
        }
        var size: TerminalSize { screen.size }
        var colorDepth: ColorDepth { screen.colorDepth }
        func start() { screen.start() }
        func draw(_ canvas: Canvas, reason: FrameReason) { screen.draw(canvas, reason: reason) }
        func wait(
            descriptors: [Int32], deadline: ContinuousClock.Instant?
        ) -> [TerminalEvent] {
            script.isEmpty ? [.terminate(signal: 15)] : script.removeFirst()()
        }
        func bell() { screen.bell() }
        func suspend() { screen.suspend() }
        func stop() { screen.stop() }
    }

    private func loop(
        _ terminal: any TerminalBackend, _ mailbox: Mailbox, _ record: Record,
        tick: Duration = .milliseconds(100)
    ) -> WorkbenchLoop {
        WorkbenchLoop(
            model: WorkbenchModel(now: Scripted.clock), terminal: terminal, mailbox: mailbox,
            themes: [], outlets: record.outlets, time: Clock(tick: tick).timekeeper)
    }

    @Test("it attaches, shows what it hears, sends what is pressed, and gives the screen back")
    func wholeSession() throws {
        let mailbox = try Mailbox()
        mailbox.post(.attached)
        for event in Scripted.events() { mailbox.post(.event(event)) }
        let record = Record()
        let terminal = MemoryTerminal(width: 120, height: 40)
        terminal.press(
            .character(" "), .character("n"), .character("x"), .character("t"))
        terminal.press(.character("q"), .character("l"))
        let mode = try loop(terminal, mailbox, record).run()
        #expect(mode == .leaveTraining)
        #expect(!terminal.isStarted)
        #expect(
            record.commands == [
                .hello(protocolVersion: EngineHello.currentProtocol), .refresh, .pause,
                .selectPrompt(prompt: "a health worker"),
            ])
        #expect(terminal.frame.plainText().contains("step 40/2000"))
        #expect(record.pictures.count == 1)
        #expect(record.pictures.first?.width == 120)
    }

    @Test("nothing new draws nothing; a key draws at once; data waits for its frame")
    func frames() throws {
        let mailbox = try Mailbox()
        let record = Record()
        let state = Event.state(Scripted.state(step: 1))
        var counts: [Int] = []
        let terminal = Typist(width: 80, height: 24, [])
        func count() { counts.append(terminal.screen.frames.count) }
        terminal.script = [
            {
                count()
                return [.deadline]
            },
            {
                count()
                mailbox.post(.event(state))
                return [.readable(mailbox.fileDescriptor)]
            },
            {
                count()
                mailbox.post(.event(state))
                return [.readable(mailbox.fileDescriptor)]
            },
            {
                count()
                return [.key(.tab)]
            },
            {
                count()
                return [.deadline]
            },
        ]
        // Every look at the clock takes 5 ms: far less than a data frame.
        _ = try loop(terminal, mailbox, record, tick: .milliseconds(5)).run()
        // The first frame; nothing new; data too soon after it, twice; the key; nothing new.
        #expect(counts == [1, 1, 1, 1, 2])
    }

    @Test("data is drawn once a frame's time has passed")
    func dataFrames() throws {
        let mailbox = try Mailbox()
        let record = Record()
        let terminal = Typist(width: 80, height: 24, [])
        terminal.script = (1...5).map { step in
            {
                mailbox.post(.event(.state(Scripted.state(step: step))))
                return [.readable(mailbox.fileDescriptor)]
            }
        }
        _ = try loop(terminal, mailbox, record, tick: .milliseconds(40)).run()
        #expect(terminal.screen.frames.count == 6)
        #expect(terminal.screen.frame.plainText().contains("step 5/2000"))
    }

    @Test("a signal leaves the engine training, a resize draws the new size")
    func signalsAndSizes() throws {
        let mailbox = try Mailbox()
        let record = Record()
        let terminal = Typist(width: 80, height: 24, [])
        terminal.script = [
            {
                terminal.screen.resize(width: 120, height: 40)
                return [.key(.resize)]
            }, { [.terminate(signal: 1)] },
        ]
        #expect(try loop(terminal, mailbox, record).run() == .leaveTraining)
        #expect(terminal.screen.frame.width == 120)
        #expect(!terminal.screen.isStarted)
    }

    @Test("after a crash r starts the engine again, and a goodbye after q s leaves")
    func resumes() throws {
        let mailbox = try Mailbox()
        let record = Record()
        let terminal = Typist(width: 80, height: 24, [])
        for event in Scripted.startEvents() { mailbox.post(.event(event)) }
        terminal.script = [
            {
                mailbox.post(.engineLost(reason: "killed", lastLogLines: []))
                return []
            }, { [.key(.character("r"))] },
            {
                mailbox.post(.attached)
                for event in Scripted.startEvents() { mailbox.post(.event(event)) }
                return []
            }, { [.key(.character("q")), .key(.character("s"))] },
            {
                mailbox.post(.event(.goodbye(Goodbye(reason: "asked", step: 1))))
                return []
            },
        ]
        #expect(try loop(terminal, mailbox, record).run() == .stopped)
        #expect(record.attachments == 1)
        #expect(record.commands.last == .stop)
    }
}

@Suite("The mailbox")
struct MailboxTests {
    @Test("what is posted from several threads comes out complete, each thread's in order")
    func ordering() async throws {
        let mailbox = try Mailbox()
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    for index in 0..<500 {
                        mailbox.post(.note(.info, "\(thread) \(index)"))
                    }
                }
            }
        }
        let texts = mailbox.drain().compactMap { input -> String? in
            if case .note(_, let text) = input { return text }
            return nil
        }
        #expect(texts.count == 2000)
        for thread in 0..<4 {
            let own = texts.filter { $0.hasPrefix("\(thread) ") }
            #expect(own == (0..<500).map { "\(thread) \($0)" })
        }
        #expect(mailbox.drain().isEmpty)
    }

    @Test("a screen that stands still keeps every control message and the newest telemetry")
    func bounded() throws {
        let mailbox = try Mailbox()
        for step in 1...20_000 {
            mailbox.post(.event(.step(StepMetrics(lane: "a", step: step))))
            if step % 100 == 0 {
                mailbox.post(
                    .event(.checkpoint(CheckpointSaved(step: step, path: "", seconds: 0, bytes: 0)))
                )
            }
        }
        let events = mailbox.drain().compactMap { input -> Event? in
            if case .event(let event) = input { return event }
            return nil
        }
        let saved = events.compactMap { event -> Int? in
            if case .checkpoint(let saved) = event { return saved.step }
            return nil
        }
        let steps = events.compactMap { event -> Int? in
            if case .step(let metrics) = event { return metrics.step }
            return nil
        }
        #expect(saved == Array(stride(from: 100, through: 20_000, by: 100)))
        #expect(steps.last == 20_000)
        #expect(steps.count <= Mailbox.capacity)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 })
    }
}
