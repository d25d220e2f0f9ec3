import BenchProtocol
import TerminalKit

extension WorkbenchModel {
    // MARK: Another session

    /// Opens a session, after a question where the present one trains.
    mutating func askToOpen(_ place: SessionPlace, starts: Bool) -> [WorkbenchEffect] {
        guard isAttached, trainingIntended else {
            return change(to: place, starts: starts, stops: false)
        }
        overlay = .sessions(.opening(place, starts: starts))
        return []
    }

    /// Leaves the present session and begins with another, everything known of the old one forgotten.
    mutating func change(
        to place: SessionPlace, starts: Bool, stops: Bool
    ) -> [WorkbenchEffect] {
        var fresh = WorkbenchModel(
            themeNames: themeNames, exportFolder: exportFolder.map { _ in place.path + "/exports" },
            now: now, keys: keys)
        (fresh.themeIndex, fresh.chosenTheme) = (themeIndex, chosenTheme)
        (fresh.pairLaw, fresh.secondsFromUTC) = (pairLaw, secondsFromUTC)
        (fresh.split, fresh.commandHistory) = (split, commandHistory)
        (fresh.width, fresh.height) = (width, height)
        (fresh.samplesPerKey, fresh.colorDepth) = (samplesPerKey, colorDepth)
        // The log is the session's: what the other one has kept comes with it.
        fresh.appendedLogLines = appendedLogLines
        fresh.hitAreas = hitAreas
        fresh.shelf = shelf
        fresh.shelf.chosen = place.path
        fresh.shelf.forksAfterSave = false
        fresh.sessionFolder = place.path
        let old = state?.session
        self = fresh
        report(
            .info,
            "opening \(place.name)" + (stops ? "; \(old ?? "the other") saves and stops" : ""))
        return [.open(place, starts: starts, stops: stops)]
    }

    // MARK: Forks

    /// Begins a fork of the open session's focused lane.
    mutating func forkFocusedLane() -> [WorkbenchEffect] {
        guard let path = sessionFolder, let name = state?.session else { return [] }
        return fork(
            SessionPlace(name: name, path: path), lane: focusedLaneState?.settings.name)
    }

    /// Begins a fork: its form is filled in first, and nothing is saved before it is made.
    mutating func fork(_ place: SessionPlace, lane: String?) -> [WorkbenchEffect] {
        announce(.info, "reading the checkpoints of \(place.name) …")
        return [.sessions(.prepareFork(session: place.path, lane: lane))]
    }

    /// The step of the open session, where it is ahead of its last save and can be saved.
    private func unsavedStep(of path: String) -> Int? {
        guard path == sessionFolder, isAttached, let state,
            // Told once a second: a session that trains is beyond it already.
            state.step > 0 || trainingIntended,
            state.savedStep != state.step
        else { return nil }
        return state.step
    }

    // MARK: News

    /// Takes in what came of a request.
    mutating func receive(_ news: SessionNews) -> [WorkbenchEffect] {
        switch news {
        case .shelf(let contents):
            let row = chosenSessionRow
            shelf.contents = contents
            // The neighbour of one that has gone is chosen, not the first of the list.
            if let row, let chosen = shelf.chosen, !isListed(chosen) { chooseSession(row: row) }
        case .sheet(let sheet):
            if notice?.level == .info { notice = nil }
            var form = RecipeForm(sheet, ahead: unsavedStep(of: sheet.origin.path))
            form.ticket = 1
            overlay = .sessions(.form(form))
            return [.sessions(.check(form.draft))]
        case .checked(let ticket, let problem):
            guard case .sessions(.form(var form)) = overlay, form.ticket == ticket else {
                return []
            }
            form.show(problem, going: false)
            overlay = .sessions(.form(form))
        case .made(let place, let remarks):
            for remark in remarks { report(.warning, remark) }
            report(.info, "made \(place.name)")
            if case .sessions(.form(let form)) = overlay, form.isWaiting {
                overlay = nil
                return [.sessions(.list)] + askToOpen(place, starts: true)
            }
            return [.sessions(.list)]
        case .notMade(let problem):
            guard case .sessions(.form(var form)) = overlay else {
                report(.error, problem.message)
                return []
            }
            form.isWaiting = false
            form.show(problem, going: true)
            overlay = .sessions(.form(form))
        case .trashed(let card):
            undoSteps.append(
                UndoStep(words: "deletion of \(card.name)") { _ in
                    [.sessions(.restore(path: card.path))]
                })
            let key = keys.keyName(for: .sessions(.undo), in: .sessions)
            report(.info, "deleted \(card.name); \(key) brings it back")
        case .done(let text): report(.info, text, isKept: true)
        case .failed(let text): report(.error, text)
        }
        return []
    }

    private func isListed(_ path: String) -> Bool {
        shelf.showsTrash
            ? listedTrash.contains { $0.path == path }
            : listedSessions.contains { $0.path == path }
    }
}
