import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("Finding words and commands")
struct FindingTests {
    private func screen(_ model: WorkbenchModel) -> String {
        snapshotFrame(model, width: model.width, height: model.height, theme: .builtin).plainText()
    }

    private func lastLine(_ model: WorkbenchModel) -> String {
        String(
            screen(model).split(separator: "\n", omittingEmptySubsequences: false)
                .last { !$0.isEmpty } ?? "")
    }

    @Test("a slash or a question mark in front of what is sought in the help is no part of it")
    func slash() {
        var model = Scripted.model(width: 80, height: 24)
        _ = model.type("?/export")
        #expect(screen(model).contains("Export what is shown to a file"))
        var pasted = Scripted.model(width: 80, height: 24)
        _ = pasted.type("?")
        _ = pasted.press(.paste("?export"))
        #expect(screen(pasted).contains("Export what is shown to a file"))
        var alone = Scripted.model(width: 80, height: 24)
        _ = alone.type("?/")
        #expect(!screen(alone).contains("nothing in the help"))
    }

    @Test("the footer of the help says what esc will do: clear what was typed, or close")
    func escape() {
        var model = Scripted.model(width: 80, height: 24)
        _ = model.type("?")
        #expect(lastLine(model).contains("esc close"))
        _ = model.type("beta")
        #expect(lastLine(model).contains("esc clear"))
        _ = model.press(.escape)
        #expect(lastLine(model).contains("esc close"))
        _ = model.press(.escape)
        #expect(model.overlay == nil)
    }

    @Test(
        "a word that somebody would try finds the obvious command first",
        arguments: [
            ("fair", BenchAction.evaluate), ("diversity", .evaluate), ("pictures", .sample),
            ("export", .askForExport), ("beta", .sessions(.forkLane)), ("theme", .pickTheme),
            ("quit", .askToQuit), ("undo", .undo), ("compare", .show(.compare)),
        ])
    func words(word: String, action: BenchAction) {
        for view in [BenchView.dashboard, .curves, .fields, .log] {
            var model = Scripted.model()
            _ = update(&model, .show(view))
            var palette = Palette()
            palette.input = TextInput(word)
            #expect(
                model.paletteRows(palette).first?.deed == .action(action), "\(word) in \(view)")
        }
    }

    @Test("one picture has keys of its own in the last line, and so have the histograms")
    func pictureHints() {
        for (width, height) in [(80, 24), (200, 50)] {
            var model = PopulationViewTests.model(width: width, height: height)
            #expect(lastLine(model).contains("filter"))
            _ = model.press(.enter)
            let line = lastLine(model)
            for words in ["esc back", "left picture before", "right next", "? help", "q quit"] {
                #expect(line.contains(words), "\(words): \(line)")
            }
            for words in ["filter", "histograms", "order", "one lane"] {
                #expect(!line.contains(words), "\(words): \(line)")
            }
            _ = model.press(.escape, .character("h"))
            #expect(lastLine(model).contains("esc back") && lastLine(model).contains("heat map"))
            _ = model.press(.escape)
            #expect(lastLine(model).contains("filter"))
        }
    }

    @Test("forking is named by one key in every view")
    func forkKey() {
        for view in BenchView.allCases {
            var model = Scripted.sessions(width: 200, height: 50)
            _ = update(&model, .show(view))
            #expect(lastLine(model).contains("F fork"), "\(view): \(lastLine(model))")
        }
    }

    @Test("a key without a meaning says so, now and then, and hides nothing worth reading")
    func strayKeys() {
        var model = Scripted.model()
        _ = model.type("y")
        #expect(model.notice?.text == "y does nothing here; ? lists the keys")
        #expect(model.notice?.level == .info)
        _ = model.type("Z")
        #expect(model.notice?.text.hasPrefix("y ") == true, "not more than once in 2 s")
        _ = update(&model, .clock(Scripted.clock + 3))
        _ = model.type("Z")
        #expect(model.notice?.text.hasPrefix("Z ") == true)
        var quiet = Scripted.model()
        _ = quiet.press(.alt("y"), .resize)
        #expect(quiet.notice == nil)
        _ = update(&quiet, .event(.failure(Failure(message: "disk full", fatal: false))))
        _ = quiet.type("y")
        #expect(quiet.notice?.text == "disk full")
    }

    @Test("enter on an empty line says what is missing")
    func emptyPrompt() {
        var model = Scripted.model(width: 80, height: 24)
        _ = model.type("G")
        #expect(model.press(.enter).isEmpty)
        #expect(screen(model).contains("a prompt, such as \"a pilot\", comes first"))
        _ = model.type("a")
        #expect(!screen(model).contains("comes first"))
    }

    @Test("the reason against an unknown prompt goes with the next letter, and leaves no notice")
    func unknownPrompt() {
        var model = Scripted.model(width: 80, height: 24)
        _ = model.type("Ga dragon")
        _ = model.press(.enter)
        let message = "prompt \"a dragon\": unknown word \"dragon\""
        _ = update(&model, .event(.failure(Failure(message: message, fatal: false))))
        #expect(screen(model).contains("unknown word"))
        _ = model.type("x")
        #expect(!screen(model).contains("unknown word"))
        _ = model.press(.escape)
        #expect(!screen(model).contains("unknown word") && model.notice == nil)
        // Somebody who types the next one already is not interrupted, nor told later.
        _ = model.type("Ga dragon")
        _ = model.press(.enter)
        _ = model.type("G")
        _ = update(&model, .event(.failure(Failure(message: message, fatal: false))))
        _ = model.press(.escape)
        #expect(model.notice == nil)
    }

    @Test("rates are told while training alone")
    func rates() {
        var model = Scripted.model(width: 200, height: 50)
        #expect(screen(model).contains("steps/s") && screen(model).contains("images/s"))
        _ = update(&model, .event(.state(Scripted.state(step: 40, phase: .paused))))
        #expect(!screen(model).contains("steps/s") && !screen(model).contains("images/s"))
    }

    @Test("steps have whole numbers along the axis from the first ones on")
    func wholeSteps() {
        var model = WorkbenchModel(now: Scripted.clock)
        _ = update(&model, .resized(width: 120, height: 40))
        _ = update(&model, .attached)
        for event in Scripted.events(steps: 3) { _ = update(&model, .event(event)) }
        for view in [BenchView.dashboard, .curves] {
            _ = update(&model, .show(view))
            let axes = screen(model).split(separator: "\n").filter { $0.contains(" step│") }
            #expect(!axes.isEmpty)
            for axis in axes.map({ $0.prefix(40) }) {
                #expect(!axis.contains("."), "\(view): \(axis)")
            }
        }
        #expect(AxisTicks.linear(1...2, atMost: 9, isWhole: true).labels == ["1", "2"])
        #expect(AxisTicks.linear(0...1000, atMost: 5, isWhole: true).labels.count > 2)
    }

    @Test("the log tells a line again only where the list has cut it")
    func logDetail() {
        var model = Scripted.model(width: 80, height: 24)
        for (level, text) in [(LogLine.Level.info, "saved"), (.warning, "odd but short")] {
            _ = update(
                &model,
                .event(.log(LogLine(level: level, message: text, time: Scripted.clock))))
            _ = update(&model, .show(.log))
            #expect(!screen(model).contains("what it means"), "\(text)")
        }
        let long = String(repeating: "word ", count: 30)
        _ = update(
            &model, .event(.log(LogLine(level: .info, message: long, time: Scripted.clock))))
        #expect(screen(model).contains("what it means"))
        var explained = Scripted.model(width: 80, height: 24)
        let line = LogLine(
            level: .warning, message: "lane dpo: saturated", time: Scripted.clock,
            diagnostic: .saturation)
        _ = update(&explained, .event(.log(line)))
        _ = update(&explained, .clock(Scripted.clock + 100))
        _ = update(&explained, .show(.log))
        let text = screen(explained)
        #expect(text.contains("slope is almost 0"))
        #expect(text.components(of: "lane dpo: saturated") == 1, "\(text)")
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(of text: String) -> Int {
        let (letters, sought) = (Array(self), Array(text))
        return letters.indices.filter { letters[$0...].starts(with: sought) }.count
    }
}
