import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("The loop, when another session is opened")
struct SessionsLoopTests {
    @Test("what the old engine said is thrown away, what others said is kept, requests go out")
    func switching() throws {
        let mailbox = try Mailbox()
        var requests: [SessionRequest] = []
        var opened: [String] = []
        var commands: [Command] = []
        var kept: [String] = []
        var other = Scripted.state(step: 7, phase: .paused)
        other.session = "long"
        let outlets = WorkbenchOutlets(
            send: { commands.append($0) }, attachAgain: {}, writePicture: { _, _ in "" },
            writeFile: { _ in "" }, sessions: { requests.append($0) },
            keepLog: { lines in
                kept += lines.map { "\(opened.count) \($0.message)" }
            },
            open: { path, starts, stops, between in
                opened.append("\(path) \(starts) \(stops)")
                // Said by the old engine after the key was pressed, and by the shelf.
                mailbox.post(.event(.state(Scripted.state(step: 41))))
                mailbox.post(.engineLost(reason: "hung up", lastLogLines: []))
                mailbox.post(.sessions(.done("kept the recipe")))
                between()
                mailbox.post(
                    .earlierLog([LogLine(level: .info, message: "wrote a.csv", time: 5)]))
                mailbox.post(.attached)
                mailbox.post(.event(.state(other)))
                mailbox.post(.event(.failure(Failure(message: "no such lane", fatal: false))))
            })
        let terminal = LoopTests.Typist(width: 120, height: 40, [])
        terminal.script = [
            { [.key(.character("6"))] },
            {
                mailbox.post(.sessions(.shelf(Scripted.shelf)))
                return []
            }, { [.key(.home), .key(.enter)] }, { [.key(.character("s"))] }, { [] },
        ]
        mailbox.post(.attached)
        for event in Scripted.events() { mailbox.post(.event(event)) }
        var model = WorkbenchModel(exportFolder: "x", now: Scripted.clock)
        model.sessionFolder = "/data/sessions/starter"
        let loop = WorkbenchLoop(
            model: model, terminal: terminal, mailbox: mailbox, themes: [], outlets: outlets,
            time: Timekeeper(instant: { .now }, timeOfDay: { Scripted.clock }))
        #expect(try loop.run() == .leaveTraining)
        #expect(requests == [.list])
        #expect(opened == ["/data/sessions/long false true"])
        #expect(commands.filter { $0 == .refresh }.count == 2)
        #expect(loop.model.state?.session == "long" && loop.model.state?.step == 7)
        #expect(loop.model.engine == .attached && loop.model.lanes.isEmpty)
        #expect(loop.model.exportFolder == "/data/sessions/long/exports")
        #expect(loop.model.log.contains { $0.message == "kept the recipe" })
        #expect(loop.model.log.first?.message == "wrote a.csv", "the other session's log")
        // The engine keeps its own words; the screen's go to the session that they are about.
        #expect(
            kept == ["1 opening long; starter saves and stops", "1 kept the recipe"])
    }
}
