import BenchProtocol
import TerminalKit
import Testing
import Workbench

@Suite("The view of the sessions")
struct SessionsTests {
    private func names(_ model: WorkbenchModel) -> [String] { model.listedSessions.map(\.name) }

    @Test("showing it asks what there is, and the open session is chosen")
    func appears() {
        var model = Scripted.model()
        model.sessionFolder = "/data/sessions/starter"
        #expect(update(&model, .show(.sessions)) == [.sessions(.list)])
        #expect(
            snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
                .contains("looking at the sessions"))
        _ = update(&model, .sessions(.shelf(Scripted.shelf)))
        #expect(model.chosenSession?.name == "starter")
    }

    @Test("it sorts by save, name, step, size and fairness, and the other way round")
    func orders() {
        var model = Scripted.sessions()
        #expect(names(model) == ["long", "starter", "pilot-fork", "fresh", "torn"])
        _ = model.type("o")
        #expect(names(model) == ["fresh", "long", "pilot-fork", "starter", "torn"])
        _ = model.type("O")
        #expect(names(model) == ["torn", "starter", "pilot-fork", "long", "fresh"])
        _ = model.type("o")
        #expect(names(model).prefix(3) == ["pilot-fork", "long", "starter"])
        _ = model.type("oo")
        #expect(names(model).first == "pilot-fork", "the only one with figures is the fairest")
    }

    @Test("it filters by words in names, tags, notes and lanes; an empty line lists all")
    func filters() {
        var model = Scripted.sessions()
        _ = model.type("/PAPER fair")
        _ = model.press(.enter)
        #expect(names(model) == ["pilot-fork"])
        #expect(model.chosenSession?.name == "pilot-fork")
        _ = model.press(.character("/"), .control("u"))
        _ = model.type("nothing of the kind")
        _ = model.press(.enter)
        #expect(names(model).isEmpty && model.chosenSession == nil)
        for key in ["d", "r", "f", "i", "m", "l", "w"] { #expect(model.type(key).isEmpty) }
        #expect(model.overlay == nil)
        _ = model.press(.character("/"), .control("u"), .enter)
        #expect(names(model).count == 5)
    }

    @Test("enter opens the chosen session, and asks first while this one trains")
    func opens() {
        var model = Scripted.sessions()
        let place = SessionPlace(name: "pilot-fork", path: "/data/sessions/pilot-fork")
        #expect(model.press(.down, .enter).isEmpty)
        #expect(model.overlay == .sessions(.opening(place, starts: false)))
        let before = model
        #expect(
            model.type("l") == [.open(place, starts: false, stops: false)])
        model = before
        #expect(model.type("s") == [.open(place, starts: false, stops: true)])
        #expect(model.sessionFolder == place.path)
        #expect(model.state == nil && model.lanes.isEmpty && model.evaluations.isEmpty)
        #expect(model.engine == .connecting && model.view == .dashboard)
        #expect(model.width == 120 && model.themeNames == ["dark", "light"])
        model = before
        #expect(model.press(.escape).isEmpty)
        #expect(model.overlay == nil && model.sessionFolder == "/data/sessions/starter")
    }

    @Test("a session that does not train is left without a question")
    func opensAtOnce() {
        var model = Scripted.sessions()
        _ = update(&model, .event(.state(Scripted.state(step: 40, phase: .paused))))
        #expect(
            model.press(.home, .enter) == [
                .open(
                    SessionPlace(name: "long", path: "/data/sessions/long"), starts: false,
                    stops: false)
            ])
    }

    @Test("the open session is gone to, one with a problem says what it is")
    func refusesToOpen() {
        var model = Scripted.sessions()
        #expect(model.press(.enter).isEmpty)
        #expect(model.view == .dashboard)
        model = Scripted.sessions()
        #expect(model.press(.end, .enter).isEmpty)
        #expect(model.notice?.text.contains("damaged") == true)
    }

    @Test("deleting asks, tells the key that undoes it, and that key does")
    func deletes() {
        var model = Scripted.sessions()
        _ = model.press(.down)
        #expect(model.type("d").isEmpty)
        #expect(model.press(.escape).isEmpty && model.overlay == nil)
        #expect(model.type("dy") == [.sessions(.trash(path: "/data/sessions/pilot-fork"))])
        let card = TrashedCard(
            name: "pilot-fork", path: "/data/sessions/.trash/pilot-fork@9", trashed: 9, bytes: 0)
        _ = update(&model, .sessions(.trashed(card)))
        #expect(model.notice?.text == "deleted pilot-fork; u brings it back")
        var contents = Scripted.shelf
        contents.cards.removeAll { $0.name == "pilot-fork" }
        contents.trash.insert(card, at: 0)
        _ = update(&model, .sessions(.shelf(contents)))
        #expect(model.chosenSession?.name == "fresh", "the neighbour is chosen")
        #expect(model.type("u") == [.sessions(.restore(path: card.path))])
    }

    @Test("sessions with an engine are neither deleted nor renamed, and the reason is told")
    func refusesRunning() {
        var model = Scripted.sessions()
        for key in ["d", "r"] {
            #expect(model.type(key).isEmpty && model.overlay == nil)
            #expect(model.notice?.text.contains("is open here") == true)
        }
        _ = model.press(.home)
        for key in ["d", "r"] {
            #expect(model.type(key).isEmpty && model.overlay == nil)
            #expect(model.notice?.text.contains("has an engine") == true)
        }
    }

    @Test("names, notes and tags are typed, from what they are now")
    func annotates() {
        var model = Scripted.sessions()
        let path = "/data/sessions/pilot-fork"
        _ = model.press(.down)
        _ = model.type("r-2")
        #expect(model.press(.enter) == [.sessions(.rename(path: path, to: "pilot-fork-2"))])
        _ = model.type("l,best")
        #expect(
            model.press(.enter) == [.sessions(.tag(path: path, tags: ["fair", "pilot", "best"]))])
        _ = model.press(.character("m"), .control("u"), .enter)
        _ = model.press(.character("m"), .control("u"))
        #expect(model.press(.enter) == [.sessions(.note(path: path, text: ""))])
    }

    @Test("long work in the open session is shown with its share, what is left and what ends it")
    func tasks() {
        var model = Scripted.sessions()
        _ = update(&model, .event(.state(Scripted.state(step: 40, phase: .collecting))))
        let progress = TaskProgress(
            task: "collect", done: 3, total: 12, secondsLeft: 300, message: "40 of 60 confirmed")
        _ = update(&model, .event(.progress(progress)))
        let text = snapshotFrame(model, width: 260, height: 50, theme: .builtin).plainText()
        #expect(text.contains("collect 3/12, 25%, 5m left, 40 of 60 confirmed; ctrl-k cancels"))
    }

    @Test("the trash is looked into, and the chosen one brought back")
    func trash() {
        var model = Scripted.sessions()
        _ = model.type("v")
        #expect(model.type("d").isEmpty && model.overlay == nil)
        #expect(model.type("u") == [.sessions(.restore(path: "/data/sessions/.trash/gone@1"))])
        _ = model.type("v")
        #expect(model.chosenSession?.name == "starter")
    }

    @Test("curves and recipe are written as a folder or as an archive")
    func exports() {
        var model = Scripted.sessions()
        let path = "/data/sessions/starter"
        #expect(model.type("w") == [.sessions(.export(path: path, archive: false))])
        #expect(model.type("W") == [.sessions(.export(path: path, archive: true))])
        guard case .write(let csv) = model.type("xc").first, case .text(let text) = csv.content
        else {
            Issue.record("no CSV")
            return
        }
        let lines = text.split(separator: "\n")
        #expect(lines.count == 6 && lines[0].hasPrefix("name,step,end_step"))
        #expect(lines.contains { $0.contains("\"the one for the paper, with half") })
    }

    @Test("a click chooses, another one opens, the wheel walks")
    func mouse() {
        var model = Scripted.sessions()
        _ = model.press(.home)
        let frame = snapshotFrame(model, width: 120, height: 40, theme: .builtin)
        _ = update(&model, .drawn(frame.hitAreas))
        func row(_ index: Int) -> MouseEvent? {
            frame.hitAreas.first { $0.target as? MouseTarget == .item(.sessions, index) }.map {
                MouseEvent(.press(button: 1), x: $0.rect.x, y: $0.rect.y)
            }
        }
        guard let third = row(2) else {
            Issue.record("no row to click")
            return
        }
        #expect(update(&model, .key(.mouse(third))).isEmpty)
        #expect(model.chosenSession?.name == "pilot-fork")
        _ = update(&model, .key(.mouse(MouseEvent(.scrollUp, x: third.x, y: third.y))))
        #expect(model.chosenSession?.name == "starter")
        _ = update(&model, .key(.mouse(third)))
        _ = update(&model, .key(.mouse(third)))
        #expect(model.keyContext == .opening)
    }

    @Test("news for which nothing waits do no harm, in whatever order they come")
    func strayNews() {
        var model = WorkbenchModel()
        let news: [SessionNews] = [
            .checked(ticket: 3, RecipeProblem(message: "x")),
            .notMade(RecipeProblem(line: 99, message: "no room")), .done("fine"),
            .made(SessionPlace(name: "a", path: "/a"), remarks: ["no history"]),
            .trashed(TrashedCard(name: "b", path: "/b", trashed: .nan, bytes: -1)),
            .failed("could not"), .shelf(SessionShelfContents(folder: "/none", cards: [])),
            .sheet(
                RecipeSheet(
                    purpose: .forkLane("x"), origin: .init(name: "", path: ""), rows: [], name: "")),
        ]
        for item in news + news.reversed() {
            _ = update(&model, .sessions(item))
            for width in [1, 40, 80, 200] {
                _ = snapshotFrame(model, width: width, height: 24, theme: .builtin)
            }
        }
        #expect(model.log.contains { $0.message == "no room" })
    }

    /// What the view shows of a session `long` with something changed about it.
    private func shown(_ change: (inout SessionCard) -> Void) -> String {
        var model = Scripted.sessions(width: 260, height: 50)
        var contents = Scripted.shelf
        let index = contents.cards.firstIndex { $0.name == "long" }!
        change(&contents.cards[index])
        _ = update(&model, .sessions(.shelf(contents)))
        _ = model.press(.home)
        return snapshotFrame(model, width: 260, height: 50, theme: .builtin).plainText()
    }

    @Test("an engine in the background is told with its true step, phase and task")
    func background() {
        let training = shown {
            $0.progress = .init(phase: .training, step: 219, endStep: 400, secondsLeft: 720)
        }
        #expect(training.contains("219/400") && !training.contains("150/400"))
        #expect(training.contains("in the background: training, 12m left"))
        #expect(training.contains("saved 40s ago at 150"))
        let busy = shown {
            $0.progress = .init(
                phase: .evaluating, step: 150, endStep: 400,
                task: TaskProgress(
                    task: "evaluate", done: 3, total: 10, secondsLeft: 15, message: ""))
        }
        #expect(busy.contains("in the background: evaluating 3/10, 15s left"))
        #expect(!busy.contains("ago at 150"))
        #expect(shown { _ in }.contains("its engine runs"), "an older engine tells nothing")
        let died = shown {
            $0.progress = .init(phase: .training, step: 219, endStep: 400)
            $0.engine = .died
        }
        #expect(died.contains("150/400"), "what a dead engine was at counts for nothing")
    }

    @Test("the fairest lane is told with its rule, in the list and in the detail")
    func fairest() {
        let text = shown {
            $0.headline = .init(
                lane: "sft", step: 150, gender: 0.33, tone: 0.31, identityAccuracy: .nan)
        }
        #expect(text.contains("D gender tone"))
        #expect(
            text.contains("D gender, tone of the fairest lane: the mean of the two is the smallest")
        )
        #expect(text.contains("lane sft, D gender .33, tone .31 (mean of the two is the smallest)"))
    }

    @Test("what was exported is counted, and the newest named")
    func exportedFiles() {
        #expect(!shown { _ in }.contains("exports"))
        let many = shown { $0.exports = .init(files: 4, folders: 1, newest: "curves.csv") }
        #expect(many.contains("exports  4 files and 1 folder, newest curves.csv"))
        let one = shown { $0.exports = .init(files: 1, folders: 0, newest: "a.svg") }
        #expect(one.contains("exports  1 file, newest a.svg"))
    }
}
