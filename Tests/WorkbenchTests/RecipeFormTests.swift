import BenchProtocol
import Foundation
import TerminalKit
import Testing
import Workbench

@Suite("Forking and filling in recipes")
struct RecipeFormTests {
    /// A screen on which a sheet has just arrived.
    private func model(_ sheet: RecipeSheet) -> WorkbenchModel {
        var model = Scripted.sessions()
        var state = Scripted.state(step: 40, phase: .paused)
        state.savedStep = 40
        _ = update(&model, .event(.state(state)))
        _ = update(&model, .sessions(.sheet(sheet)))
        return model
    }

    private func draft(_ effects: [WorkbenchEffect]) throws -> RecipeDraft {
        for request in WorkbenchModel.requests(effects).reversed() {
            if case .make(let draft) = request { return draft }
            if case .check(let draft) = request { return draft }
        }
        throw Missing()
    }
    private struct Missing: Error {}

    @Test("f in any view forks the focused lane, and nothing is saved for the looking")
    func forks() {
        for view in BenchView.allCases where view != .sessions {
            var model = Scripted.model()
            model.sessionFolder = "/data/sessions/starter"
            _ = update(&model, .show(view))
            _ = model.press(.alt("3"))
            let wanted = SessionRequest.prepareFork(
                session: "/data/sessions/starter", lane: "popalign")
            #expect(model.press(.alt("f")) == [.sessions(wanted)], "\(view)")
            let hints = model.keys.hints(in: model.keyContext)
            let hint = hints.first { $0.action == .sessions(.forkLane) }
            #expect(hint?.keys.isEmpty == false, "\(view)")
            for key in hint?.keys ?? [] {
                #expect(model.keys.action(for: key, in: model.keyContext) == hint?.action)
            }
        }
    }

    /// A screen with the form of a fork open, whose session is twelve steps ahead of its last save.
    private func ahead() -> WorkbenchModel {
        var model = Scripted.sessions()
        _ = update(&model, .event(.state(Scripted.state(step: 40, phase: .training))))
        _ = update(&model, .sessions(.sheet(Scripted.sheet(.forkLane("popalign")))))
        return model
    }

    @Test("a session ahead of its save offers now, follows it, and is saved on enter alone")
    func now() throws {
        var model = ahead()
        #expect(model.shownForm?.value(.step) == "now (step 40, saved first)")
        #expect(
            model.shownForm?.choices(.step) == [
                "now (step 40, saved first)", "400", "200", "0",
            ])
        _ = update(&model, .event(.state(Scripted.state(step: 43, phase: .training))))
        #expect(model.shownForm?.value(.step) == "now (step 43, saved first)")
        var left = model
        #expect(left.press(.escape).isEmpty && left.overlay == nil)
        #expect(model.press(.enter) == [.send(.save)])
        #expect(model.press(.enter).isEmpty, "once is enough")
        let saved = CheckpointSaved(step: 44, path: "", seconds: 1, bytes: 60_000_000, kept: 3)
        let made = try draft(update(&model, .event(.checkpoint(saved))))
        #expect(made.step == 44 && made.source == "/data/sessions/starter")
        #expect(model.notice?.text == "saved step 44: 60.0 MB, the last 3 are kept")
        #expect(update(&model, .event(.checkpoint(saved))).isEmpty, "made once")
    }

    @Test("a step that was saved before is forked without another save")
    func earlierStep() throws {
        var model = ahead()
        _ = model.perform(field: try #require(model.shownForm?.fields.firstIndex(of: .step)))
        _ = model.press(.right)
        #expect(model.shownForm?.value(.step) == "400")
        #expect(try draft(model.press(.enter)).step == 400)
        model = ahead()
        var state = Scripted.state(step: 50, phase: .training)
        state.savedStep = 50
        _ = update(&model, .event(.state(state)))
        #expect(try draft(model.press(.enter)).step == 50, "the engine saved by itself meanwhile")
    }

    @Test("a save that fails forks nothing, and the form says why")
    func failedSave() {
        var model = ahead()
        _ = model.press(.enter)
        _ = update(&model, .event(.failure(Failure(message: "disk full", fatal: false))))
        #expect(model.shownForm?.problem?.message == "disk full")
        #expect(model.shownForm?.isWaiting == false)
        let saved = CheckpointSaved(step: 40, path: "", seconds: 1, bytes: 1)
        #expect(update(&model, .event(.checkpoint(saved))).isEmpty)
        _ = model.press(.enter)
        _ = model.press(.escape)
        #expect(update(&model, .event(.checkpoint(saved))).isEmpty, "the form was left")
    }

    @Test("another beta is typed at once, and enter makes the fork with the lane beside it")
    func anotherBeta() throws {
        var model = model(Scripted.sheet(.forkLane("popalign")))
        #expect(model.shownForm?.value(model.shownForm!.field) == "2000")
        let checked = try draft(model.type("500"))
        #expect(checked.ticket == 4 && checked.text.contains("beta = 500"))
        let made = try draft(model.press(.enter))
        #expect(made.source == "/data/sessions/starter" && made.step == 400)
        #expect(made.name == "starter-fork")
        #expect(made.origins == ["popalign-beta-500": "popalign"])
        #expect(
            made.text == """
                [session]
                steps = 800
                [training]
                schedule = "constant"
                [[lane]]
                name = "popalign"
                objective = "popalign"
                beta = 2000
                learning_rate = 0.0001
                [[lane]]
                name = "popalign-beta-500"
                objective = "popalign"
                beta = 500
                learning_rate = 0.0001

                """)
        #expect(model.type("7").isEmpty, "while it is being made the form stands still")
        let place = SessionPlace(name: "starter-fork", path: "/data/sessions/starter-fork")
        let effects = update(&model, .sessions(.made(place, remarks: [])))
        #expect(effects.last == .open(place, starts: true, stops: false))
        #expect(model.overlay == nil)
    }

    @Test("all lanes or none may go on beside it, and the lane and its name be others")
    func besides() throws {
        var model = model(Scripted.sheet(.forkLane("popalign")))
        _ = model.type("500")
        func go(to field: RecipeForm.Field) throws {
            let index = try #require(model.shownForm?.fields.firstIndex(of: field))
            _ = model.perform(field: index)
        }
        try go(to: .beside)
        let all = try draft(model.press(.right))
        #expect(all.text.components("[[lane]]") == 3)
        let nothing = try draft(model.press(.right))
        #expect(nothing.text.components("[[lane]]") == 1)
        #expect(nothing.text.contains("name = \"popalign\"") && nothing.origins.isEmpty)
        try go(to: .laneName)
        let named = try draft(model.type("calm"))
        #expect(named.text.contains("name = \"calm\"") && named.origins == ["calm": "popalign"])
        try go(to: .step)
        let base = try draft(model.press(.left))
        #expect(base.step == 0 && base.origins.isEmpty, "at the base all lanes are one")
        #expect(base.text.contains("steps = 400"))
        try go(to: .lane)
        let whole = try draft(model.press(.right))
        #expect(whole.text.components("[[lane]]") == 2, "no lane chosen: all as they were")
    }

    @Test("an answer to an older draft is not shown, a newer one is, beside its field")
    func problems() throws {
        var model = model(Scripted.sheet(.forkLane("dpo")))
        _ = model.type("5x")
        let form = try #require(model.shownForm)
        let line = try #require(
            form.draft(of: model).split(separator: "\n", omittingEmptySubsequences: false)
                .firstIndex { $0 == "beta = 5x" })
        let problem = RecipeProblem(line: line + 1, message: "no value")
        _ = update(&model, .sessions(.checked(ticket: form.ticket - 1, problem)))
        #expect(model.shownForm?.problem == nil)
        _ = update(&model, .sessions(.checked(ticket: form.ticket, problem)))
        #expect(model.shownForm?.problem == problem)
        #expect(form.place(of: problem) == form.selected)
        #expect(
            snapshotFrame(model, width: 80, height: 24, theme: .builtin).plainText()
                .contains("✗ beta"))
        let name = RecipeProblem(isName: true, message: "taken")
        _ = model.press(.enter)
        _ = update(&model, .sessions(.notMade(name)))
        #expect(model.shownForm?.field == .name && model.shownForm?.isWaiting == false)
    }

    @Test("escape asks once more where something would be lost")
    func leaving() {
        var model = model(Scripted.sheet(.forkLane("dpo")))
        _ = model.press(.escape)
        #expect(model.overlay == nil)
        model = self.model(Scripted.sheet(.forkLane("dpo")))
        _ = model.type("7")
        _ = model.press(.escape)
        #expect(model.shownForm?.isLeaving == true)
        _ = model.press(.escape)
        #expect(model.overlay == nil)
    }

    @Test("a recipe is chosen, laid out whole, changed, kept under a name and started")
    func newSession() throws {
        var model = Scripted.sessions()
        _ = update(&model, .event(.state(Scripted.state(step: 40, phase: .paused))))
        #expect(model.type("a") == [.sessions(.list)])
        #expect(model.press(.down, .enter) == [.sessions(.readRecipe(name: "starter"))])
        _ = update(&model, .sessions(.sheet(Scripted.sheet(.new))))
        #expect(model.shownForm?.field == .name)
        let named = try draft(model.type("next"))
        #expect(named.name == "next" && named.source == nil && named.step == 0)
        #expect(named.text.components("[[lane]]") == 2)
        // Down to the schedule, a choice.
        let cosine = try draft(model.press(.down, .down, .right))
        #expect(cosine.text.contains("schedule = \"cosine\""))
        _ = model.press(.alt("s"))
        #expect(model.keyContext == .text)
        _ = model.press(.escape)
        #expect(model.shownForm?.name == "next", "the form is come back to")
        _ = model.press(.alt("s"), .control("u"))
        _ = model.type("slow")
        #expect(
            model.press(.enter) == [.sessions(.saveRecipe(name: "slow", text: cosine.text))])
        #expect(model.shownForm?.name == "next")
        let copied = try draft(model.press(.down, .alt("a")))
        #expect(copied.text.contains("name = \"dpo-2\"") && copied.text.components("[[lane]]") == 3)
        let fewer = try draft(model.press(.alt("r")))
        #expect(fewer.text.components("[[lane]]") == 2 && !fewer.text.contains("dpo-2"))
        let standard = try draft(model.press(.home, .pageDown, .alt("d")))
        #expect(standard.ticket > fewer.ticket)
    }

    @Test("a whole recipe forked takes renamed and copied lanes from those they were")
    func wholeFork() throws {
        var model = model(Scripted.sheet(.forkWhole))
        let index = try #require(
            model.shownForm?.fields.firstIndex { field in
                if case .row(let row) = field {
                    return model.shownForm?.sheet.rows[row].value == "dpo"
                }
                return false
            })
        _ = model.perform(field: index)
        let renamed = try draft(model.type("pairs"))
        #expect(renamed.origins == ["pairs": "dpo"] && renamed.source != nil)
        let copied = try draft(model.press(.alt("a")))
        #expect(copied.origins == ["pairs": "dpo", "pairs-2": "dpo"])
    }

    @Test("texts are quoted as TOML wants them, whatever is typed")
    func quoting() throws {
        var model = model(Scripted.sheet(.forkWhole))
        let index = try #require(
            model.shownForm?.fields.firstIndex { field in
                if case .row(let row) = field {
                    return model.shownForm?.sheet.rows[row].value == "dpo"
                }
                return false
            })
        _ = model.perform(field: index)
        let odd = try draft(model.press(.paste("a\"b\\c\nd\u{1B}[31m")))
        #expect(odd.text.contains(#"name = "a\"b\\c d[31m""#))
        #expect(!odd.text.unicodeScalars.contains { $0.value == 0x1B })
    }

    @Test("a thousand random keys in a form neither trap nor leave the screen", arguments: 1...4)
    func randomKeys(seed: UInt64) {
        var random = seed
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        let keys: [Key] = [
            .up, .down, .left, .right, .tab, .backTab, .pageUp, .pageDown, .home, .end,
            .backspace, .delete, .alt("a"), .alt("r"), .alt("d"), .character("5"),
            .character("\""), .character("é"), .paste("x\ny"), .control("u"), .control("w"),
        ]
        let sheets: [RecipeSheet.Purpose] = [.new, .forkLane(nil), .forkLane("dpo"), .forkWhole]
        var model = self.model(Scripted.sheet(sheets[Int(seed) - 1]))
        for _ in 0..<1000 {
            _ = model.press(keys[next(keys.count)])
            if next(20) == 0 {
                let canvas = snapshotFrame(
                    model, width: 1 + next(130), height: 1 + next(45), theme: .builtin)
                #expect(canvas.width > 0)
            }
        }
        #expect(model.shownForm != nil)
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let found = rest.range(of: text) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}

extension WorkbenchModel {
    /// Goes to a field of the form.
    fileprivate mutating func perform(field: Int) -> [WorkbenchEffect] {
        let now = shownForm?.selected ?? 0
        let key: Key = field < now ? .up : .down
        for _ in 0..<abs(field - now) { _ = press(key) }
        return []
    }
}

extension RecipeForm {
    /// The text of the newest draft, as a check would send it.
    fileprivate func draft(of model: WorkbenchModel) -> String {
        var model = model
        for request in WorkbenchModel.requests(model.press(.enter)) {
            if case .make(let draft) = request { return draft.text }
        }
        return ""
    }
}
