import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("The palette")
struct PaletteTests {
    private func rows(_ text: String, _ model: WorkbenchModel = Scripted.model()) -> [PaletteRow] {
        var palette = Palette()
        palette.input = TextInput(text)
        return model.paletteRows(palette)
    }

    @Test("letters in order find a command, the start of its words first")
    func fuzzy() throws {
        #expect(FuzzyMatch("xyz", in: "zoom") == nil)
        let start = try #require(FuzzyMatch("tt", in: "toggle training"))
        #expect(start.places == [0, 7])
        let inside = try #require(FuzzyMatch("tt", in: "settle it"))
        #expect(start.score > inside.score)
        let whole = try #require(FuzzyMatch("zoom", in: "zoom"))
        let gaps = try #require(FuzzyMatch("zoom", in: "z o o m"))
        #expect(whole.score > gaps.score)
        #expect(FuzzyMatch("train tog", in: "toggle training") != nil)
        #expect(rows("togtrain").first?.deed == .action(.toggleTraining))
        #expect(rows("eval").first?.deed == .action(.evaluate))
    }

    @Test("a match has its letters in ascending places of the text, whatever the texts are")
    func matches() {
        var dice = RenderPropertyTests.Dice(state: 3)
        for _ in 0..<2000 {
            let letters = Array("abc d")
            func text(_ longest: Int) -> String {
                String(
                    (0..<Int.random(in: 0...longest, using: &dice)).map { _ in
                        letters.randomElement(using: &dice) ?? "a"
                    })
            }
            let (query, whole) = (text(4), text(12))
            guard let match = FuzzyMatch(query, in: whole) else { continue }
            let found = match.places.map { Array(whole)[$0] }
            #expect(match.places == match.places.sorted())
            for word in query.split(separator: " ") { #expect(Set(word).isSubset(of: Set(found))) }
        }
    }

    @Test("what takes a word is offered with each: prompts, lanes, themes, views, quantities")
    func parameters() {
        var model = Scripted.model()
        #expect(rows("prompt a pilot").first?.deed == .selectPrompt("a pilot"))
        #expect(rows("lane 3").first?.deed == .focusLane(3))
        #expect(rows("theme light").first?.deed == .useTheme(1))
        #expect(rows("view compare").first?.deed == .action(.show(.compare)))
        #expect(rows("quantity margin").first?.deed == .showQuantity(.margin))
        #expect(rows("smoothing 0.95").first?.deed == .smooth(0.95))
        #expect(rows("smoothing 2").first?.refusal != nil)
        #expect(
            rows("prompt a pilot at sea").contains { $0.deed == .samplePrompt("a pilot at sea") })
        #expect(
            model.type(":prompt a pilot") + model.press(.enter)
                == [.send(.selectPrompt(prompt: "a pilot"))])
        #expect(model.shownPrompt == "a pilot")
        #expect(
            model.type(":theme light") + model.press(.enter)
                == [.useTheme("light"), .rememberTheme("light")])
        _ = model.type(":lane 3") + model.press(.enter)
        #expect(model.focusedLane == 2)
        _ = model.type(":quantity margin") + model.press(.enter)
        #expect(model.quantity == .margin)
        _ = model.type(":view log") + model.press(.enter)
        #expect(model.view == .log && model.overlay == nil)
    }

    @Test("a command that cannot be done is shown with the reason and is not done")
    func refusals() throws {
        var model = WorkbenchModel(themeNames: ["dark"])
        _ = update(&model, .resized(width: 80, height: 24))
        #expect(model.type(":save") + model.press(.enter) == [])
        guard case .palette = model.overlay else {
            Issue.record("the palette is closed")
            return
        }
        let text = snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
        #expect(text.contains("not now: the engine has not answered yet"))
        #expect(rows("save", model).first?.refusal == "the engine has not answered yet")
    }

    @Test("up on an empty line brings the last commands back, and down leads out again")
    func history() throws {
        var model = Scripted.model()
        _ = model.type(":lane 2") + model.press(.enter)
        _ = model.type(":view log") + model.press(.enter)
        _ = model.type(":")
        func line() -> String? {
            if case .palette(let palette) = model.overlay { return palette.input.text }
            return nil
        }
        _ = model.press(.up)
        #expect(line() == "view log")
        _ = model.press(.up)
        #expect(line() == "lane 2")
        _ = model.press(.up)
        #expect(line() == "lane 2")
        _ = model.press(.down, .down)
        #expect(line() == "")
        _ = model.press(.up, .up, .enter)
        #expect(model.focusedLane == 1)
    }

    @Test("every row can be run in every state without harm")
    func everyRow() {
        for base in [Scripted.model(), WorkbenchModel()] {
            for view in BenchView.allCases {
                var model = base
                _ = update(&model, .resized(width: 80, height: 24))
                _ = update(&model, .show(view))
                _ = model.type(":")
                guard case .palette(let palette) = model.overlay else { continue }
                for row in model.paletteRows(palette).indices {
                    var one = model
                    for _ in 0..<row { _ = one.press(.down) }
                    _ = one.press(.enter)
                    _ = snapshotFrame(one, width: 80, height: 24, theme: .builtin)
                }
            }
        }
    }
}
