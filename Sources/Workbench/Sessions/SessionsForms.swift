import BenchProtocol
import TerminalKit

extension WorkbenchModel {
    /// Does what a key stands for while a recipe is chosen or filled in.
    mutating func perform(_ action: SessionsAction.FormAction) -> [WorkbenchEffect] {
        switch overlay {
        case .sessions(.recipes(let selected)): return pick(action, selected)
        case .sessions(.form(var form)):
            guard !form.isWaiting else { return [] }
            let effects = fill(&form, action)
            if case .sessions(.form) = overlay { overlay = .sessions(.form(form)) }
            return effects
        default: return []
        }
    }

    /// Chooses a row of whatever list lies on top.
    mutating func choose(_ row: Int) {
        if case .sessions(.recipes) = overlay { overlay = .sessions(.recipes(selected: row)) }
    }

    private mutating func pick(
        _ action: SessionsAction.FormAction, _ selected: Int
    ) -> [WorkbenchEffect] {
        let recipes = shelf.contents?.recipes ?? []
        let row = min(max(0, selected), max(0, recipes.count - 1))
        switch action {
        case .up: overlay = .sessions(.recipes(selected: max(0, row - 1)))
        case .down:
            overlay = .sessions(.recipes(selected: min(max(0, recipes.count - 1), row + 1)))
        case .submit:
            guard recipes.indices.contains(row) else { return [] }
            return [.sessions(.readRecipe(name: recipes[row].name))]
        default: break
        }
        return []
    }

    private mutating func fill(
        _ form: inout RecipeForm, _ action: SessionsAction.FormAction
    ) -> [WorkbenchEffect] {
        switch action {
        case .up: form.select(form.selected - 1)
        case .down: form.select(form.selected + 1)
        case .pageUp: form.select(form.selected - 10)
        case .pageDown: form.select(form.selected + 10)
        case .field(let index): form.select(index)
        case .useDefault:
            form.useDefault()
            return check(&form)
        case .copyLane:
            if form.copyLane() { return check(&form) }
            announce(.info, "choose a lane's row first; a fork of one lane has its copy already")
        case .removeLane:
            if form.removeLane() { return check(&form) }
            announce(.info, "choose a lane's row first; the last lane stays")
        case .save:
            var question = TextQuestion(
                .saveRecipe(text: form.recipe.text), title: "keep this recipe as",
                text: form.sheet.origin.name)
            question.returning = .form(form)
            overlay = .text(question)
        case .submit: return submit(&form)
        }
        return []
    }

    /// Has the session made; one that begins where the open session stands has that saved first.
    private mutating func submit(_ form: inout RecipeForm) -> [WorkbenchEffect] {
        if form.isNow {
            if let reason = engineRefusal {
                form.problem = RecipeProblem(message: "this step cannot be saved: \(reason)")
                return []
            }
            if let state, state.savedStep == state.step {
                form.begin(atSaved: state.step)
            } else {
                form.isWaiting = true
                form.problem = nil
                shelf.forksAfterSave = true
                announce(.info, "saving step \(state?.step ?? form.step), to fork from it …")
                return [.send(.save)]
            }
        }
        form.ticket += 1
        form.isWaiting = true
        form.problem = nil
        return [.sessions(.make(form.draft))]
    }

    /// Makes the fork that waited for a save, if one did and nobody has left its form.
    mutating func forkIfWished(at step: Int) -> [WorkbenchEffect] {
        guard shelf.forksAfterSave else { return [] }
        shelf.forksAfterSave = false
        guard case .sessions(.form(var form)) = overlay, form.isWaiting else { return [] }
        form.begin(atSaved: step)
        form.ticket += 1
        overlay = .sessions(.form(form))
        return [.sessions(.make(form.draft))]
    }

    /// Gives the form back whose fork waited for a save that failed.
    mutating func giveUpFork(because problem: String) {
        guard shelf.forksAfterSave else { return }
        shelf.forksAfterSave = false
        guard case .sessions(.form(var form)) = overlay, form.isWaiting else { return }
        form.isWaiting = false
        form.problem = RecipeProblem(message: problem)
        overlay = .sessions(.form(form))
    }

    /// Tells an open form how far the session to fork has come.
    mutating func followInForm(_ step: Int) {
        guard case .sessions(.form(var form)) = overlay, form.ahead != nil else { return }
        form.follow(step)
        overlay = .sessions(.form(form))
    }

    /// Takes a key that is bound to nothing while a recipe is filled in.
    mutating func type(_ key: Key, into form: RecipeForm) -> [WorkbenchEffect] {
        var form = form
        guard !form.isWaiting else { return [] }
        let isChanged = form.take(key)
        let effects = isChanged ? check(&form) : []
        overlay = .sessions(.form(form))
        return effects
    }

    private func check(_ form: inout RecipeForm) -> [WorkbenchEffect] {
        form.ticket += 1
        return [.sessions(.check(form.draft))]
    }

    // MARK: Lines that were asked for

    /// Takes a typed line that is about sessions.
    mutating func answer(
        _ text: String, to purpose: TextQuestion.Purpose, returning: SessionsOverlay?
    ) -> [WorkbenchEffect] {
        overlay = nil
        switch purpose {
        case .samplePrompt, .logFilter: return []
        case .filterSessions:
            shelf.filter = text
            if let row = chosenSessionRow { chooseSession(row: row) }
        case .renameSession(let path):
            guard !text.isEmpty else { return [] }
            return [.sessions(.rename(path: path, to: text))]
        case .noteSession(let path): return [.sessions(.note(path: path, text: text))]
        case .tagSession(let path):
            let tags = text.split { $0.isWhitespace || $0 == "," }.map(String.init)
            return [.sessions(.tag(path: path, tags: tags))]
        case .saveRecipe(let recipe):
            overlay = returning.map { .sessions($0) }
            guard !text.isEmpty else { return [] }
            return [.sessions(.saveRecipe(name: text, text: recipe))]
        }
        return []
    }
}
