import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("What keys do")
struct UpdateTests {
    @Test("space pauses what trains and starts what does not")
    func startAndPause() {
        var model = Scripted.model()
        #expect(model.type(" ") == [.send(.pause)])
        _ = update(&model, .event(.state(Scripted.state(step: 41, phase: .paused))))
        #expect(model.type(" ") == [.send(.start)])
        _ = update(&model, .event(.state(Scripted.state(step: 2000, phase: .finished))))
        #expect(model.type(" ").isEmpty)
        #expect(model.notice?.text.contains("ended") == true)
    }

    @Test("while the engine samples, space changes what it does afterwards")
    func intentWhileBusy() {
        var model = Scripted.model()
        _ = update(&model, .event(.state(Scripted.state(step: 41, phase: .sampling))))
        #expect(model.type("  ") == [.send(.pause), .send(.start)])
    }

    @Test("n and p go round the prompts, at once and before the engine has confirmed")
    func promptsCycle() {
        var model = Scripted.model()
        let seen = (0..<3).map { _ -> String in
            let effects = model.type("n")
            #expect(effects == [.send(.selectPrompt(prompt: model.shownPrompt))])
            return model.shownPrompt
        }
        #expect(seen == ["a health worker", "a pilot", "a judge"])
        _ = model.type("p")
        #expect(model.shownPrompt == "a pilot")
        // A state from before the choice does not undo it; one that confirms it settles it.
        _ = update(&model, .event(.state(Scripted.state(step: 41))))
        #expect(model.shownPrompt == "a pilot")
        _ = update(&model, .event(.state(Scripted.state(step: 42, prompt: "a pilot"))))
        _ = update(&model, .event(.state(Scripted.state(step: 43, prompt: "a judge"))))
        #expect(model.shownPrompt == "a judge")
    }

    @Test("save, sample, evaluate and step are sent; collecting asks first")
    func commands() {
        var model = Scripted.model()
        #expect(model.type("s") == [.send(.save)])
        #expect(model.type("g") == [.send(.sample(prompt: "a judge", count: 8))])
        #expect(model.type("e") == [.send(.evaluate)])
        #expect(model.type(".") == [.send(.step(count: 1))])
        #expect(model.type("Cn").isEmpty)
        #expect(model.overlay == nil)
        #expect(model.type("Cy") == [.send(.collect)])
    }

    @Test("exporting names the focused lane and its step, and asks first")
    func exportsWeights() {
        var model = Scripted.model()
        let effects = model.press(.alt("3")) + model.type("Xy")
        #expect(
            effects == [.send(.export(lane: "popalign", path: "exports/popalign-step-40"))])
    }

    @Test("tab and digits focus lanes; a lane that is not there is refused")
    func lanes() {
        var model = Scripted.model()
        _ = model.press(.tab, .tab)
        #expect(model.focusedLane == 2)
        _ = model.press(.backTab, .backTab, .backTab)
        #expect(model.focusedLane == 3)
        _ = model.press(.alt("2"))
        #expect(model.focusedLane == 1)
        _ = model.press(.alt("8"))
        #expect(model.focusedLane == 1)
        #expect(model.notice?.text == "there is no lane 8")
        _ = update(
            &model, .event(.state(Scripted.state(step: 41, lanes: [Scripted.settings[0]]))))
        #expect(model.focusedLane == 0)
    }

    @Test("cursor keys go round the dashboard, and z fills the screen with the focused panel")
    func panels() {
        var model = Scripted.model()
        _ = model.press(.right)
        #expect(model.focusedPanel == .lanes)
        _ = model.press(.down)
        #expect(model.focusedPanel == .population)
        _ = model.press(.down, .down)
        #expect(model.focusedPanel == .samples)
        _ = model.press(.up, .up)
        #expect(model.focusedPanel == .curves)
        _ = model.type("z")
        #expect(model.isZoomed)
        _ = model.press(.escape)
        #expect(!model.isZoomed)
        for expected in [Panel.lanes, .field, .population, .samples, .curves] {
            _ = model.type("w")
            #expect(model.focusedPanel == expected)
        }
    }

    @Test("the zoomed curves' crosshair moves by steps and stays within the history")
    func crosshair() {
        var model = Scripted.model()
        _ = model.type("z")
        _ = model.press(.left, .left)
        #expect(model.cursorStep == 38)
        for _ in 0..<100 { _ = model.press(.left) }
        #expect(model.cursorStep == 1)
        _ = model.press(.right)
        #expect(model.cursorStep == 2)
        _ = model.press(.end)
        #expect(model.cursorStep == nil)
        _ = model.press(.home)
        #expect(model.cursorStep == 1)
    }

    @Test("smoothing stays between 0 and 0.999, and v goes round the quantities")
    func scales() {
        var model = Scripted.model()
        for _ in 0..<20 { _ = model.type("+") }
        #expect(model.smoothing == 0.999)
        for _ in 0..<20 { _ = model.type("-") }
        #expect(model.smoothing == 0)
        _ = model.type("a")
        #expect(model.isLogScale)
        var seen: Set<Quantity> = []
        for _ in Quantity.allCases {
            _ = model.type("v")
            seen.insert(model.quantity)
        }
        #expect(seen == Set(Quantity.allCases))
        #expect(model.quantity == .loss)
        _ = model.type("V")
        #expect(model.quantity == Quantity.allCases.last)
    }

    @Test("before an engine answers, commands are refused with a reason and looking works")
    func withoutEngine() {
        var model = WorkbenchModel()
        _ = update(&model, .resized(width: 120, height: 40))
        #expect(model.type(" sgecnpX.").isEmpty)
        #expect(model.notice?.text == "the engine has not answered yet")
        _ = model.press(.tab, .right, .left, .up, .down, .pageUp, .pageDown, .home, .end)
        _ = model.type("zwWvV+-a1?")
        #expect(model.overlay == .help(HelpText()))
    }

    @Test("keys in the help scroll, search and close it, and reach nothing else")
    func overlays() {
        var model = Scripted.model()
        #expect(model.type("?").isEmpty)
        _ = model.press(.down, .down, .up)
        var expected = HelpText()
        expected.scroll = 1
        #expect(model.overlay == .help(expected))
        #expect(model.type("s e").isEmpty)
        expected.scroll = 0
        expected.input = TextInput("s e")
        #expect(model.overlay == .help(expected))
        _ = model.press(.escape)
        #expect(model.overlay == .help(HelpText()))
        _ = model.type("?")
        #expect(model.overlay == nil)
    }
}
