import BenchProtocol
import TerminalKit

/// What a key does in the view of the sessions, and in what lies over a view because of it.
public enum SessionsAction: Sendable, Hashable {
    case open, fork, forkLane, new, editRecipe
    case rename, note, tag, trash, undo, toggleTrash
    case exportFolder, exportArchive
    case nextOrder, reverse, filter, reload
    case stopAndOpen, leaveAndOpen
    case choose(Int)
    case form(FormAction)

    /// What a key does while a recipe is filled in.
    public enum FormAction: Sendable, Hashable {
        case up, down, pageUp, pageDown, submit, save, useDefault, copyLane, removeLane
        case field(Int)
    }
}

extension KeyTable {
    /// The key that forks from anywhere.
    static let forkAnywhere: KeyBinding = {
        var binding = KeyBinding(
            .everywhere, [.character("F"), .character("f"), .alt("f")], .sessions(.forkLane),
            hint: "fork",
            "Fork the focused lane: a new session from a checkpoint, with another beta or any "
                + "other setting.")
        // Where lanes are told apart is where one is found worth going on with.
        binding.leads = [.compare, .population]
        return binding
    }()

    /// The keys of the view of the sessions, and of the questions it asks.
    static let sessionsView: [KeyBinding] =
        [
            KeyBinding(
                .sessions, [.enter], .sessions(.open), hint: "open",
                "Open the chosen session here; the present one may go on training."),
            KeyBinding(
                .sessions, [.character("F"), .character("f")], .sessions(.fork), hint: "fork",
                "Fork the chosen session at one of its checkpoints, a lane changed or none."),
            KeyBinding(
                .sessions, [.character("a")], .sessions(.new), hint: "new",
                "Make a new session from a recipe."),
            KeyBinding(
                .sessions, [.character("i")], .sessions(.editRecipe), hint: "recipe",
                "Change anything in the chosen session's recipe: for a fork, or a new session."),
            KeyBinding(
                .sessions, [.character("d"), .delete], .sessions(.trash), hint: "delete",
                "Delete the chosen session: asks, and moves it to the trash."),
            KeyBinding(
                .sessions, [.character("u")], .sessions(.undo), hint: "undo",
                "Undo: brings back the session just deleted; in the trash, the chosen one."),
            KeyBinding(
                .sessions, [.character("r")], .sessions(.rename), hint: "rename",
                "Give the chosen session another name."),
            KeyBinding(
                .sessions, [.character("m")], .sessions(.note), hint: "note",
                "Write a note on the chosen session."),
            KeyBinding(
                .sessions, [.character("l")], .sessions(.tag), hint: "tags",
                "Label the chosen session with tags, words with blanks between."),
            KeyBinding(
                .sessions, [.character("w")], .sessions(.exportFolder),
                "Write the chosen session's curves, evaluations and recipe to a folder."),
            KeyBinding(
                .sessions, [.character("W")], .sessions(.exportArchive),
                "Write the same to a .tar archive."),
            KeyBinding(
                .sessions, [.character("/")], .sessions(.filter), hint: "filter",
                "List only sessions whose name, tags, note or lanes have the words typed."),
            KeyBinding(
                .sessions, [.character("o")], .sessions(.nextOrder), hint: "order",
                "Sort by last save, name, step, size or fairness."),
            KeyBinding(
                .sessions, [.character("O")], .sessions(.reverse), "Turn the order round."),
            KeyBinding(
                .sessions, [.character("v")], .sessions(.toggleTrash),
                "Look into the trash, or back."),
            KeyBinding(.sessions, [.character("R")], .sessions(.reload), "Look again."),
        ] + opening + picker + form

    private static let opening: [KeyBinding] = [
        KeyBinding(
            .opening, [.character("l")], .sessions(.leaveAndOpen), hint: "leave it training",
            "Open the other session; this one trains on without a screen."),
        KeyBinding(
            .opening, [.character("s")], .sessions(.stopAndOpen), hint: "save and stop it",
            "Open the other session; this one is saved and its engine stops."),
        KeyBinding(
            .opening, [.escape, .character("q"), .control("c")], .back, hint: "stay here",
            "Stay with this session."),
    ]

    private static let picker: [KeyBinding] = [
        KeyBinding(.recipes, [.up], .sessions(.form(.up)), "The recipe above."),
        KeyBinding(.recipes, [.down], .sessions(.form(.down)), "The recipe below."),
        KeyBinding(
            .recipes, [.enter], .sessions(.form(.submit)), hint: "look and start",
            "Lay the recipe out, to start it as it is or changed."),
        KeyBinding(
            .recipes, [.escape, .character("q"), .control("c")], .back, hint: "close",
            "Back to the view."),
    ]

    private static let form: [KeyBinding] = [
        KeyBinding(
            .form, [.up, .backTab], .sessions(.form(.up)), hint: "fields", "The field above."),
        KeyBinding(.form, [.down, .tab], .sessions(.form(.down)), "The field below."),
        KeyBinding(.form, [.pageUp], .sessions(.form(.pageUp)), "Ten fields up."),
        KeyBinding(.form, [.pageDown], .sessions(.form(.pageDown)), "Ten fields down."),
        KeyBinding(
            .form, [.alt("s")], .sessions(.form(.save)), hint: "save as recipe",
            "Keep the recipe as a file of your own, under a name."),
        KeyBinding(
            .form, [.alt("d")], .sessions(.form(.useDefault)), hint: "default",
            "Put the field back to its default."),
        KeyBinding(
            .form, [.alt("a")], .sessions(.form(.copyLane)),
            "Add a copy of this lane, to change it."),
        KeyBinding(.form, [.alt("r")], .sessions(.form(.removeLane)), "Take this lane out."),
        KeyBinding(
            .form, [.enter], .sessions(.form(.submit)), hint: "make it and open it",
            "Make the session as it stands in the form, and open it."),
        KeyBinding(
            .form, [.escape, .control("c")], .back, hint: "cancel",
            "Leave the form; asks again when something was changed."),
    ]
}

extension WorkbenchModel {
    /// Does what a key of this view stands for.
    mutating func perform(_ action: SessionsAction) -> [WorkbenchEffect] {
        if let refusal = refusal(of: action) {
            announce(.info, refusal)
            return []
        }
        switch action {
        case .forkLane: return forkFocusedLane()
        case .new:
            overlay = .sessions(.recipes(selected: 0))
            return [.sessions(.list)]
        case .nextOrder:
            let all = SessionsState.Order.allCases
            let next = ((all.firstIndex(of: shelf.order) ?? 0) + 1) % all.count
            shelf.order = all[next]
            shelf.isReversed = false
        case .reverse: shelf.isReversed.toggle()
        case .reload: return [.sessions(.list)]
        case .filter:
            overlay = .text(
                TextQuestion(.filterSessions, title: "list only sessions with", text: shelf.filter))
        case .toggleTrash: shelf.showsTrash.toggle()
        case .undo:
            guard shelf.showsTrash else { return perform(BenchAction.undo) }
            return chosenTrash.map { [.sessions(.restore(path: $0.path))] } ?? []
        case .leaveAndOpen, .stopAndOpen:
            guard case .sessions(.opening(let place, let starts)) = overlay else { return [] }
            return change(to: place, starts: starts, stops: action == .stopAndOpen)
        case .choose(let row): choose(row)
        case .form(let action): return perform(action)
        case .open, .fork, .editRecipe, .rename, .note, .tag, .trash, .exportFolder,
            .exportArchive:
            guard let card = chosenSession else { return [] }
            return perform(action, on: card)
        }
        return []
    }

    private mutating func perform(
        _ action: SessionsAction, on card: SessionCard
    ) -> [WorkbenchEffect] {
        switch action {
        case .open:
            if isOpen(card) { return show(.dashboard) }
            return askToOpen(card.place, starts: false)
        case .fork: return fork(card.place, lane: nil)
        case .editRecipe: return [.sessions(.readSession(path: card.path))]
        case .rename:
            overlay = .text(
                TextQuestion(
                    .renameSession(path: card.path), title: "another name for \(card.name)",
                    text: card.name))
        case .note:
            overlay = .text(
                TextQuestion(
                    .noteSession(path: card.path), title: "a note on \(card.name)",
                    text: card.notes))
        case .tag:
            overlay = .text(
                TextQuestion(
                    .tagSession(path: card.path), title: "tags of \(card.name)",
                    text: card.tags.joined(separator: " ")))
        case .trash: overlay = .confirm(.trashSession(card.place))
        case .exportFolder, .exportArchive:
            announce(.info, "writing the curves and recipe of \(card.name) …")
            return [.sessions(.export(path: card.path, archive: action == .exportArchive))]
        default: break
        }
        return []
    }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: SessionsAction) -> String? {
        switch action {
        case .fork, .editRecipe, .open, .rename, .note, .tag, .trash, .exportFolder,
            .exportArchive:
            if shelf.showsTrash {
                return "this one is deleted: u brings it back, v leaves the trash"
            }
            guard let card = chosenSession else { return "there is no session to do that with" }
            if case .trash = action { return engineRefusal(card, "deleted") }
            if case .rename = action { return engineRefusal(card, "renamed") }
            let tolerates = action == .note || action == .tag
            if let problem = card.problem, !tolerates { return "\(card.name): \(problem)" }
            return nil
        case .undo:
            if shelf.showsTrash { return listedTrash.isEmpty ? "the trash is empty" : nil }
            return refusal(of: BenchAction.undo)
        case .forkLane:
            if sessionFolder == nil || state == nil { return "the engine has not answered yet" }
            return laneStates.isEmpty ? "there is no lane to fork" : nil
        case .reload, .new, .nextOrder, .reverse, .filter, .toggleTrash, .choose, .form,
            .stopAndOpen, .leaveAndOpen:
            return nil
        }
    }

    private func engineRefusal(_ card: SessionCard, _ verb: String) -> String? {
        if isOpen(card) {
            return "\(card.name) is open here and cannot be \(verb): open another session first"
        }
        guard card.engine == .running || card.engine == .starting else { return nil }
        return "\(card.name) has an engine and cannot be \(verb): open it, then q and s stop it"
    }

    /// Arrows, pages, ends and enter in the list.
    mutating func sessionsNavigate(_ action: BenchAction) -> [WorkbenchEffect] {
        let row = chosenSessionRow ?? 0
        let page = max(1, height - 8)
        switch action {
        case .move(.up): chooseSession(row: row - 1)
        case .move(.down): chooseSession(row: row + 1)
        case .pageUp: chooseSession(row: row - page)
        case .pageDown: chooseSession(row: row + page)
        case .toStart: chooseSession(row: 0)
        case .toEnd: chooseSession(row: .max)
        default: break
        }
        return []
    }

    /// What happens when this view comes to be shown.
    mutating func sessionsAppear() -> [WorkbenchEffect] {
        if shelf.chosen == nil { shelf.chosen = sessionFolder }
        return [.sessions(.list)]
    }

    /// A click chooses a session, a second one opens it; the wheel goes through the list.
    mutating func sessionsPointer(_ event: MouseEvent, on target: MouseTarget) -> [WorkbenchEffect]
    {
        switch event.action {
        case .press(button: 1):
            guard case .item(_, let row) = target else { return [] }
            if row == chosenSessionRow { return perform(SessionsAction.open) }
            chooseSession(row: row)
        case .scrollUp: return sessionsNavigate(.move(.up))
        case .scrollDown: return sessionsNavigate(.move(.down))
        case .press, .release: break
        }
        return []
    }
}
