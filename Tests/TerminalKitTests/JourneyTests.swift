import TerminalKit
import Testing

@Suite("Journeys")
struct JourneyTests {
    @Test("a journey's lines become keys, waits and pictures in their order")
    func reading() throws {
        let journey = try Journey(
            """
            # a comment

            press 3 ctrl-p page-up
            type a b
              see within 2.5: lane 2
            unseen saving
            resize 80x24
            picture compare
            click lane 2
            """)
        #expect(
            journey.steps.map(\.step) == [
                .press(.character("3")), .press(.control("p")), .press(.pageUp),
                .press(.character("a")), .press(.character(" ")), .press(.character("b")),
                .see("lane 2", seconds: 2.5), .unseen("saving", seconds: Journey.patience),
                .resize(width: 80, height: 24), .picture("compare"), .click("lane 2"),
            ])
        #expect(journey.steps.map(\.line) == [3, 3, 3, 4, 4, 4, 5, 6, 7, 8, 9])
    }

    @Test(
        "a line that cannot be read is named with what is wrong",
        arguments: [
            ("press", "something after"), ("press hyper-q", "hyper-q"), ("leap 3", "leap"),
            ("resize 80", "WIDTHxHEIGHT"), ("resize 0x24", "WIDTHxHEIGHT"),
            ("see within soon: x", "seconds"), ("see within 3:", "needs a text"),
        ])
    func mistakes(_ line: String, _ part: String) {
        #expect {
            try Journey("# one\n" + line)
        } throws: { error in
            (error as? JourneyError)?.line == 2 && "\(error)".contains(part)
        }
    }

    /// A program that shows how often space was pressed.
    private func play(_ text: String) throws -> (JourneyTerminal, [String]) {
        var kept: [String] = []
        let terminal = JourneyTerminal(try Journey(text), width: 12, height: 2) { name, canvas in
            kept.append("\(name): \(canvas.plainText())")
        }
        try terminal.start()
        defer { terminal.stop() }
        var count = 0
        while true {
            var canvas = Canvas(width: terminal.size.width, height: terminal.size.height)
            canvas.put("pressed \(count)", x: 0, y: 0, style: .plain)
            terminal.draw(canvas, reason: .input)
            for event in terminal.wait(descriptors: [], deadline: nil) {
                switch event {
                case .key(.character(" ")): count += 1
                case .key(.mouse(let mouse)):
                    if mouse.action == .press(button: 1), mouse.x == 8 { count += 10 }
                case .terminate: return (terminal, kept)
                default: break
                }
            }
        }
    }

    @Test("keys and clicks reach the program, and pictures are of the screen after them")
    func playing() throws {
        let (terminal, kept) = try play(
            "press space space\nsee pressed 2\npicture a\nclick 2\nsee 12\npicture b")
        #expect(terminal.failure == nil)
        #expect(terminal.isFinished)
        #expect(kept == ["a: pressed 2\n\n", "b: pressed 12\n\n"])
    }

    @Test("a screen that does not come fails at its line, with the screen that was there")
    func failing() throws {
        let (terminal, _) = try play("press space\n\nsee within 0.01: pressed 7")
        let failure = try #require(terminal.failure)
        #expect(failure.line == 3)
        #expect(failure.description.contains("pressed 7"))
        #expect(failure.screen.contains("pressed 1"))
        #expect(!terminal.isFinished)
    }
}
