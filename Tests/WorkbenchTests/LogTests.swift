import BenchProtocol
import Figures
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("The log")
struct LogTests {
    private func model(lines: [(LogLine.Level, String)]) -> WorkbenchModel {
        var model = WorkbenchModel(now: Scripted.clock)
        _ = update(&model, .resized(width: 80, height: 24))
        _ = update(&model, .attached)
        _ = update(&model, .event(.state(Scripted.state(step: 3))))
        for (index, line) in lines.enumerated() {
            _ = update(
                &model,
                .event(
                    .log(
                        LogLine(
                            level: line.0, message: line.1, time: Scripted.clock + Double(index)))))
        }
        _ = model.press(.escape)
        _ = model.type("7")
        return model
    }

    private func text(_ model: WorkbenchModel) -> String {
        snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
    }

    private let mixed: [(LogLine.Level, String)] = [
        (.debug, "opened"), (.info, "populations read"), (.warning, "lane a is saturated"),
        (.error, "cannot save"), (.info, "saved step 3"),
    ]

    @Test("levels and words filter, the title counts, and c shows every line again")
    func filters() {
        var model = model(lines: mixed)
        #expect(text(model).contains("5 of 5 lines ─ 1 warning ─ 1 error"))
        _ = model.type("l")
        #expect(model.shownLog.count == 4)
        _ = model.type("l")
        #expect(model.shownLog.map(\.line.message) == ["lane a is saturated", "cannot save"])
        #expect(text(model).contains("from warning"))
        _ = model.type("ll/SAVE")
        _ = model.press(.enter)
        #expect(model.shownLog.map(\.line.message) == ["cannot save", "saved step 3"])
        _ = model.type("c")
        #expect(model.shownLog.count == 5)
        _ = model.type("u")
        #expect(model.shownLog.count == 2)
    }

    @Test("following shows what comes; a chosen line stays while lines come and old ones go")
    func following() {
        var model = model(lines: (1...600).map { (.info, "line \($0).") })
        #expect(model.log.count == WorkbenchModel.logCapacity)
        #expect(text(model).contains("line 600.") && text(model).contains("following"))
        _ = model.press(.up, .up)
        for number in 601...650 {
            _ = update(
                &model,
                .event(.log(LogLine(level: .info, message: "line \(number).", time: 0))))
        }
        let place = model.chosenLogPlace
        #expect(place.map { model.shownLog[$0].line.message } == "line 598.")
        #expect(text(model).contains("line 598.") && !text(model).contains("line 650."))
        _ = model.type("f")
        #expect(text(model).contains("line 650."))
        _ = model.press(.home)
        #expect(model.chosenLogPlace == 0)
        _ = model.press(.end)
        #expect(text(model).contains("line 650."))
    }

    @Test("w goes to the next warning or error, around the end, and W back")
    func warnings() {
        var model = model(lines: mixed)
        func chosen() -> String? { model.chosenLogPlace.map { model.shownLog[$0].line.message } }
        _ = model.type("w")
        #expect(chosen() == "lane a is saturated")
        _ = model.type("w")
        #expect(chosen() == "cannot save")
        _ = model.type("w")
        #expect(chosen() == "lane a is saturated")
        _ = model.type("W")
        #expect(chosen() == "cannot save")
    }

    @Test(
        "every kind of diagnostic is explained with what to do, whatever its sentence says",
        arguments: Diagnostic.Kind.allCases)
    func diagnostics(kind: Diagnostic.Kind) throws {
        let line = LogLine(level: .warning, message: "no word of it", time: 0, diagnostic: kind)
        let explanation = try #require(LogExplanation(of: line))
        #expect(explanation.meaning.hasSuffix(".") && explanation.remedy.hasSuffix("."))
        let others = Diagnostic.Kind.allCases.filter { $0 != kind }.compactMap {
            LogExplanation(of: LogLine(level: .warning, message: "", time: 0, diagnostic: $0))
        }
        #expect(others.count == 6 && !others.contains(explanation))
    }

    @Test("a diagnostic that stands is logged once, whether it or its line comes first")
    func standing() {
        let told = Diagnostic(
            kind: .saturation, lane: "a", step: 30, since: 21, value: 0.8, bound: 0.5,
            message: "a: 80 % hardly pull", cleared: false)
        let line = LogLine(
            level: .warning, message: told.message, time: 1, diagnostic: .saturation)
        for events in [[Event.diagnostic(told), .log(line)], [.log(line), .diagnostic(told)]] {
            var model = model(lines: [])
            // Told again whenever a screen asks for everything.
            for event in events + [.diagnostic(told)] { _ = update(&model, .event(event)) }
            #expect(model.log.map(\.message).filter { $0 == told.message }.count == 1)
            #expect(model.log.last?.diagnostic == .saturation)
            _ = update(
                &model,
                .event(
                    .log(
                        LogLine(
                            level: .info, message: "over since step 60", time: 2,
                            diagnostic: .saturation))))
            #expect(model.log.last?.message == "over since step 60")
        }
    }

    @Test(
        "the troubles of files and processes are explained with what to do",
        arguments: [
            "engine lost: killed by signal 9",
            "nothing was written: no space left on device", "keys.toml:3: save: g is sample's",
            "engine popbench 0.1 speaks protocol 1, this screen 2",
        ])
    func explanations(message: String) throws {
        let line = LogLine(level: .warning, message: message, time: 0)
        let explanation = try #require(LogExplanation(of: line))
        #expect(explanation.meaning.hasSuffix(".") && explanation.remedy.hasSuffix("."))
        let shown = text(model(lines: [(.warning, message)]))
        #expect(shown.contains("what it means") && shown.contains("→"))
    }

    @Test("lines of small weight, and warnings that say it all, are not explained")
    func unexplained() {
        #expect(LogExplanation(of: LogLine(level: .info, message: "saturated", time: 0)) == nil)
        #expect(LogExplanation(of: LogLine(level: .error, message: "no lane 9", time: 0)) == nil)
    }

    @Test("what is shown can be written as CSV and as JSON that parses")
    func exports() throws {
        var model = model(lines: [
            (.warning, "a \"quoted\", line\u{1B}"), (.info, "two\nlines"), (.info, "后 😀"),
        ])
        let effects = model.type("xj")
        guard case .write(let file)? = effects.first, case .text(let json) = file.content else {
            Issue.record("nothing was written")
            return
        }
        let parsed = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(parsed.map { $0["message"] as? String }.contains("a \"quoted\", line\u{1B}"))
        #expect(parsed.count == model.shownLog.count)
        guard case .write(let table)? = model.type("xc").first,
            case .text(let csv) = table.content
        else {
            Issue.record("nothing was written")
            return
        }
        #expect(csv.hasPrefix("time,level,message,diagnostic,meaning,remedy\n"))
        #expect(csv.contains(",warning,\"a \"\"quoted\"\", line"))
        #expect(csv.contains(",info,\"two\nlines\""))
        guard case .write(let drawing)? = model.type("xs").first,
            case .figure(let figure) = drawing.content
        else {
            Issue.record("nothing was drawn")
            return
        }
        #expect(figure.svg().contains("two lines"))
    }

    @Test("lines from before come to their places in time, none twice, and none as news")
    func earlierLines() {
        var model = model(lines: [(.info, "saved step 3"), (.warning, "b is saturated")])
        let clock = Scripted.clock
        let old = [
            LogLine(level: .error, message: "no space", time: clock - 86_400, earlier: true),
            LogLine(level: .info, message: "saved step 3", time: clock - 2, earlier: true),
            LogLine(level: .info, message: "saved step 3", time: clock - 300, earlier: true),
            LogLine(level: .info, message: "torn", time: .nan, earlier: true),
        ]
        _ = model.press(.home)
        let chosen = model.shownLog[model.chosenLogPlace!].line.message
        for line in old { #expect(update(&model, .event(.log(line))).isEmpty) }
        #expect(
            model.log.map(\.message) == [
                "no space", "saved step 3", "saved step 3", "b is saturated",
            ])
        #expect(model.notice?.text.contains("no space") != true)
        #expect(model.shownLog[model.chosenLogPlace!].line.message == chosen)
        #expect(text(model).contains("2 from before"))
        let before = NumberText.day(clock - 86_400) + " " + NumberText.clock(clock)
        #expect(text(model).contains(before), "the day stands with what is not of today")
        _ = update(&model, .earlierLog([LogLine(level: .info, message: "wrote x", time: 1)]))
        #expect(model.log.first?.message == "wrote x" && model.log.first?.isEarlier == true)
    }

    @Test("a full log makes no room for what is older than all of it")
    func earlierThanAFullLog() {
        var model = model(lines: (1...600).map { (.info, "line \($0).") })
        let clock = Scripted.clock
        _ = update(
            &model,
            .earlierLog([
                LogLine(level: .info, message: "ancient", time: 5),
                LogLine(level: .info, message: "between", time: clock + 300.5),
            ]))
        #expect(model.log.count == WorkbenchModel.logCapacity)
        #expect(model.log.contains { $0.message == "between" })
        #expect(!model.log.contains { $0.message == "ancient" })
        #expect(zip(model.log, model.log.dropFirst()).allSatisfy { $0.time <= $1.time })
    }

    @Test("a diagnostic that stood before the screen came is announced and logged once")
    func standingDiagnostic() {
        var model = model(lines: [])
        let message = "js: winners become less likely"
        let line = LogLine(
            level: .warning, message: message, time: Scripted.clock - 900,
            diagnostic: .likelihoodDisplacement, earlier: true)
        _ = update(&model, .event(.log(line)))
        #expect(model.notice == nil)
        let diagnostic = Diagnostic(
            kind: .likelihoodDisplacement, lane: "js", step: 80, since: 61, value: 0.1,
            bound: 0.05, message: message, cleared: false)
        _ = update(&model, .event(.diagnostic(diagnostic)))
        #expect(model.notice?.text == message && model.log.count == 1)
    }

    @Test("days of the year are told right, leap days among them")
    func days() {
        for (time, day) in [
            (0, "01-01"), (951_782_400, "02-29"), (951_868_800, "03-01"), (1_767_225_599, "12-31"),
            (1_767_225_600, "01-01"), (4_107_456_000, "02-28"), (4_107_542_400, "03-01"),
        ] { #expect(NumberText.day(Double(time)) == day) }
        #expect(NumberText.day(.nan) == "--.--")
    }
}
