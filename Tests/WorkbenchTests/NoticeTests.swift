import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("Lines of news")
struct NoticeTests {
    private func lastLine(_ model: WorkbenchModel) -> String {
        var canvas = Canvas(width: model.width, height: model.height)
        render(model, into: &canvas, theme: .builtin)
        return String(canvas.plainText().split(separator: "\n").last ?? "")
    }

    private static let path =
        "/home/somebody/a/very/long/place/for/sessions/starter/exports/tone-a-pilot-2026-11-22.png"

    @Test("a path that is too long keeps its end")
    func paths() {
        var model = Scripted.model(width: 80, height: 24)
        _ = update(&model, .note(.info, "wrote \(Self.path)"))
        #expect(
            lastLine(model).contains("wrote …/starter/exports/tone-a-pilot-2026-11-22.png"))
        #expect(
            NoticeText.fitted("wrote \(Self.path)", to: 50)
                == "wrote …/exports/tone-a-pilot-2026-11-22.png")
        for width in 0...120 {
            let text = NoticeText.fitted("wrote \(Self.path)", to: width)
            #expect(TextLayout.columns(text) <= width)
            if width >= 30 { #expect(text.hasSuffix("2026-11-22.png"), "\(width): \(text)") }
        }
        #expect(NoticeText.fitted("saved step 4", to: 40) == "saved step 4")
    }

    @Test("what was written stays ten seconds though other good news comes, which follows it")
    func kept() {
        var model = Scripted.model(width: 80, height: 24)
        _ = update(&model, .note(.info, "wrote \(Self.path)"))
        let saved = CheckpointSaved(step: 150, path: "", seconds: 1, bytes: 1)
        _ = update(&model, .event(.checkpoint(saved)))
        #expect(model.notice?.text.hasPrefix("wrote") == true)
        _ = update(&model, .clock(Scripted.clock + 9.5))
        #expect(model.notice?.text.hasPrefix("wrote") == true)
        _ = update(&model, .clock(Scripted.clock + 10))
        #expect(model.notice?.text.hasPrefix("saved step 150") == true)
        _ = update(&model, .clock(Scripted.clock + 18))
        #expect(model.notice == nil)
        // The log has both at once.
        #expect(model.log.suffix(2).map { String($0.message.prefix(5)) } == ["wrote", "saved"])
    }

    @Test("warnings, errors and answers to keys do not wait for it")
    func notKept() {
        for event in [
            Event.failure(Failure(message: "disk full", fatal: false)),
            .log(LogLine(level: .warning, message: "odd", time: Scripted.clock)),
        ] {
            var model = Scripted.model(width: 80, height: 24)
            _ = update(&model, .note(.info, "wrote \(Self.path)"))
            _ = update(&model, .event(event))
            #expect(model.notice?.text.hasPrefix("wrote") == false)
        }
        var model = Scripted.model(width: 80, height: 24)
        _ = update(&model, .note(.info, "wrote \(Self.path)"))
        _ = model.type("s")
        #expect(model.notice?.text == "saving …")
    }

    @Test("a warning that is cut says where all of it can be read")
    func cutWarning() {
        var model = Scripted.model(width: 80, height: 24)
        let long = "lane popalign: on 82 % of the pairs the objective has stopped pushing, so it"
        _ = update(
            &model,
            .event(.log(LogLine(level: .warning, message: long, time: Scripted.clock))))
        #expect(lastLine(model).contains("…  7 log tells"))
        model = Scripted.model(width: 80, height: 24)
        _ = update(
            &model, .event(.log(LogLine(level: .warning, message: "odd", time: Scripted.clock))))
        #expect(lastLine(model).contains("odd  7 log  esc hide"))
    }
}
