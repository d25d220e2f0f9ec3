import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("Leaving, and losing the engine")
struct LeavingTests {
    @Test("q asks; escape stays")
    func stays() {
        var model = Scripted.model()
        #expect(model.type("q").isEmpty)
        #expect(model.overlay == .quit)
        #expect(model.press(.escape).isEmpty)
        #expect(model.overlay == nil)
    }

    @Test("q l leaves it training")
    func leaves() {
        var model = Scripted.model()
        #expect(model.type("ql") == [.quit(.leaveTraining)])
    }

    @Test("q s stops the engine and leaves once it has said goodbye")
    func stops() {
        var model = Scripted.model()
        #expect(model.type("qs") == [.send(.stop)])
        #expect(model.overlay == .stopping)
        #expect(
            update(
                &model,
                .event(.checkpoint(CheckpointSaved(step: 40, path: "x", seconds: 1, bytes: 9)))
            )
            .isEmpty)
        #expect(
            update(&model, .event(.goodbye(Goodbye(reason: "asked to stop", step: 40))))
                == [.quit(.stopped)])
    }

    @Test("whoever will not wait for the save leaves with l")
    func doesNotWait() {
        var model = Scripted.model()
        #expect(model.type("qsl") == [.send(.stop), .quit(.leaveTraining)])
    }

    @Test("when the save fails the screen stays and says so")
    func failedSave() {
        var model = Scripted.model()
        _ = model.type("qs")
        let failure = Failure(message: "cannot save to sessions/starter: disk full", fatal: false)
        #expect(update(&model, .event(.failure(failure))).isEmpty)
        #expect(model.overlay == nil)
        #expect(model.engine == .attached)
        #expect(model.notice?.level == .error)
        #expect(model.notice?.text == failure.message)
    }

    @Test("ctrl-c again and again saves, stops and leaves; nothing is lost on the way")
    func controlC() {
        var model = Scripted.model()
        #expect(model.press(.control("c")).isEmpty)
        #expect(model.overlay == .quit)
        let text = snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
        #expect(text.contains("stop and save (ctrl-c again)"))
        #expect(model.press(.control("c")) == [.send(.stop)])
        #expect(model.press(.control("c")) == [.quit(.leaveTraining)])
    }

    @Test("a paused session is not said to be left training")
    func paused() {
        var model = Scripted.model()
        _ = update(&model, .event(.state(Scripted.state(step: 40, phase: .paused))))
        _ = model.type("q")
        for (width, height) in [(80, 24), (40, 12)] {
            let text = snapshotFrame(model, width: width, height: height, theme: .builtin)
                .plainText()
            #expect(text.contains("leave the engine waiting"))
            #expect(!text.contains("leave it training"))
        }
        #expect(model.type("l") == [.quit(.leaveTraining)])
    }

    @Test("at 40x12 the question has one frame and names all its keys")
    func smallest() {
        for phase in [SessionState.Phase.training, .paused] {
            var model = Scripted.model(width: 40, height: 12)
            _ = update(&model, .event(.state(Scripted.state(step: 40, phase: phase))))
            _ = model.type("q")
            let text = snapshotFrame(model, width: 40, height: 12, theme: .builtin).plainText()
            for words in ["s    stop and save", "l    leave", "esc  stay"] {
                #expect(text.contains(words), "\(words)\n\(text)")
            }
            #expect(text.contains(" s stop  l leave  esc stay"), "\(text)")
            #expect(text.split(separator: "\n").filter { $0.hasPrefix("╰") }.count == 1, "\(text)")
        }
    }

    @Test("other keys in the quit dialog do nothing")
    func quitDialogIsDeaf() {
        var model = Scripted.model()
        _ = model.type("q")
        #expect(model.type(" nzgec").isEmpty)
        #expect(model.overlay == .quit)
    }

    @Test("an engine that dies is reported with its last lines, and r starts it again")
    func engineDies() throws {
        var model = Scripted.model()
        #expect(
            update(
                &model,
                .engineLost(
                    reason: "killed by signal 9", lastLogLines: ["step 40", "out of memory"])
            ).isEmpty)
        #expect(model.overlay == .engineLost)
        let screen = snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
        for text in ["killed by signal 9", "out of memory", "step 28", "resume", "quit"] {
            #expect(screen.contains(text), "\(text)")
        }
        #expect(model.type(" s").isEmpty)
        #expect(model.type("r") == [.attachAgain])
        #expect(model.overlay == nil)
        #expect(
            update(&model, .attached)
                == [.send(.hello(protocolVersion: EngineHello.currentProtocol)), .send(.refresh)])
        _ = update(&model, .event(Scripted.startEvents()[0]))
        #expect(model.engine == .attached)
    }

    @Test("a lost engine can be looked at, and any command asks again")
    func looksAround() {
        var model = Scripted.model()
        _ = update(&model, .engineLost(reason: "gone", lastLogLines: []))
        _ = model.press(.escape)
        #expect(model.overlay == nil)
        #expect(model.type("z").isEmpty)
        #expect(model.isZoomed)
        #expect(model.type(" ").isEmpty)
        #expect(model.overlay == .engineLost)
        _ = model.press(.escape)
        #expect(model.type("qq") == [.quit(.engineGone)])
    }

    @Test("an engine lost while it stops is not taken for a good end")
    func diesWhileStopping() {
        var model = Scripted.model()
        _ = model.type("qs")
        #expect(update(&model, .engineLost(reason: "gone", lastLogLines: [])).isEmpty)
        #expect(model.overlay == .engineLost)
    }

    @Test("an engine that leaves by itself is no crash, and the broken line after it is no news")
    func leavesByItself() {
        var model = Scripted.model()
        _ = update(&model, .event(.goodbye(Goodbye(reason: "stopped from elsewhere", step: 40))))
        _ = update(&model, .engineLost(reason: "connection closed", lastLogLines: []))
        #expect(model.engine == .left(Goodbye(reason: "stopped from elsewhere", step: 40)))
        let screen = snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
        #expect(screen.contains("stopped from elsewhere"))
    }
}
