import BenchProtocol
import TerminalKit

/// Takes in one thing that happened and says what is to be done about it.
///
/// Does no input or output and never traps, whatever comes in whichever order.
public func update(_ model: inout WorkbenchModel, _ input: WorkbenchInput) -> [WorkbenchEffect] {
    switch input {
    case .key(let key):
        return model.take(key)
    case .drawn(let areas):
        model.hitAreas = areas
        return []
    case .show(let view):
        return model.show(view)
    case .perform(let action):
        return model.perform(action)
    case .event(let event):
        return model.receive(event)
    case .attached:
        model.engine = .connecting
        if model.overlay == .engineLost || model.overlay == .stopping { model.overlay = nil }
        model.requestedCurves = []
        model.curveShelf.forgetQuestions()
        model.tasks = [:]
        return [
            .send(.hello(protocolVersion: EngineHello.currentProtocol)), .send(.refresh),
        ]
    case .engineLost(let reason, let lines):
        return model.loseEngine(reason, lines)
    case .resized(let width, let height):
        model.width = max(0, width)
        model.height = max(0, height)
        return []
    case .clock(let time):
        model.now = time
        model.ageNotice()
        return []
    case .newcomer:
        model.greets = true
        return []
    case .note(let level, let text):
        model.report(level, text, isKept: level == .info)
        return []
    case .earlierLog(let lines):
        model.recall(lines)
        return []
    case .sessions(let news):
        return model.receive(news)
    }
}

extension WorkbenchModel {
    fileprivate mutating func loseEngine(
        _ reason: String, _ lines: [String]
    ) -> [WorkbenchEffect] {
        // After a goodbye the line breaks as a matter of course.
        if case .left = engine { return [] }
        engine = .lost(reason: reason, lastLogLines: Array(lines.suffix(100)))
        append(LogLine(level: .error, message: "engine lost: \(reason)", time: now))
        pendingPrompt = nil
        tasks = [:]
        overlay = .engineLost
        return []
    }

    /// Takes in a key or the mouse, and notes what it changed.
    fileprivate mutating func take(_ key: Key) -> [WorkbenchEffect] {
        isAnswering = true
        defer { isAnswering = false }
        if greets, key != .resize {
            // Whoever reads the card presses what it says before having read it all.
            greets = false
            return [.rememberGreeting]
        }
        var effects: [WorkbenchEffect] = []
        let before = self
        if case .mouse(let event) = key {
            effects += point(event)
        } else if let action = keys.action(for: key, in: keyContext) {
            if action == .undo { return effects + perform(BenchAction.undo) }
            effects += perform(action)
        } else {
            effects += type(key)
        }
        noteChoices(since: before)
        return effects
    }

    /// Does what a key, a click or a line of the palette stands for, or says why not.
    mutating func perform(_ action: BenchAction) -> [WorkbenchEffect] {
        if let reason = refusal(of: action) {
            refuse(reason)
            return []
        }
        return carryOut(action)
    }

    private mutating func refuse(_ reason: String) {
        // Where the engine is gone, the question that offers another one says more than a line.
        switch engine {
        case .lost, .left: if reason == engineRefusal { overlay = .engineLost } else { fallthrough }
        default: announce(.info, reason)
        }
    }

    private mutating func carryOut(_ action: BenchAction) -> [WorkbenchEffect] {
        switch action {
        case .askToQuit, .stopAndSave, .leaveTraining, .resume, .quitNow, .confirm, .back,
            .showHelp:
            return performDialog(action)
        case .toggleTraining, .singleStep, .save, .sample, .evaluate, .collect, .exportWeights,
            .nextPrompt, .previousPrompt, .typePrompt, .cancelTask:
            return command(action)
        case .nextQuantity, .previousQuantity:
            quantity = quantity.advanced(by: action == .nextQuantity ? 1 : -1)
            return isAttached ? fetchMissingCurves() : []
        case .pickTheme: overlay = .themes(ThemePicker(selected: themeIndex))
        case .undo: return undo()
        case .palette: overlay = .palette(Palette())
        case .askForExport: overlay = .export
        case .exportPicture:
            overlay = nil
            return [.exportPicture]
        case .export(let format): return export(format)
        case .suspend: return [.suspend]
        case .show(let view): return show(view)
        case .curves(let action): return perform(action)
        case .compare(let action): return perform(action)
        case .fields(let action): return perform(action)
        case .population(let action): return perform(action)
        case .sessions(let action): return perform(action)
        case .log(let action): return perform(action)
        case .move, .pageUp, .pageDown, .toStart, .toEnd, .activate: return navigate(action)
        default: look(action)
        }
        return []
    }

    /// Goes to a view.
    mutating func show(_ view: BenchView) -> [WorkbenchEffect] {
        guard view != self.view else { return [] }
        self.view = view
        switch view {
        case .dashboard: return []
        case .curves: return curvesAppear()
        case .compare: return compareAppear()
        case .fields: return fieldsAppear()
        case .population: return populationAppear()
        case .sessions: return sessionsAppear()
        case .log: return logAppear()
        }
    }

    /// Arrows, pages, ends and enter go to what lies on top.
    private mutating func navigate(_ action: BenchAction) -> [WorkbenchEffect] {
        switch overlay {
        case .palette(let palette): return navigate(action, palette)
        case .themes(let picker): return navigate(action, picker)
        case .help(let help):
            navigate(action, help)
            return []
        case .text(let question): return action == .activate ? answer(question) : []
        case .quantities(let picker): return action == .activate ? choose(from: picker) : []
        case nil: break
        default:
            look(action)
            return []
        }
        switch view {
        case .dashboard: return boardNavigate(action)
        case .curves: return curvesNavigate(action)
        case .compare: return compareNavigate(action)
        case .fields: return fieldsNavigate(action)
        case .population: return populationNavigate(action)
        case .sessions: return sessionsNavigate(action)
        case .log: return logNavigate(action)
        }
    }

    private mutating func export(_ format: ExportFormat) -> [WorkbenchEffect] {
        overlay = nil
        guard let file = exported(format) else {
            announce(.info, "the \(view.rawValue) view has no \(format.rawValue) to write now")
            return []
        }
        return [.write(file)]
    }

    /// A key that is bound to nothing goes to the line that is being typed, if any.
    fileprivate mutating func type(_ key: Key) -> [WorkbenchEffect] {
        switch overlay {
        case .palette(let palette): type(key, into: palette)
        case .help(let help): type(key, into: help)
        case .quantities(let picker): type(key, into: picker)
        case .text(var question):
            if question.input.take(key) { question.problem = nil }
            overlay = .text(question)
        case .sessions(.form(let form)): return type(key, into: form)
        case nil: noteStrayKey(key)
        default: break
        }
        return []
    }

    /// What needs an engine.
    private mutating func command(_ action: BenchAction) -> [WorkbenchEffect] {
        guard let state else { return [] }
        switch action {
        case .toggleTraining: return toggleTraining(state.phase)
        case .singleStep:
            return [.send(.step(count: 1))]
        case .save:
            announce(.info, "saving …")
            return [.send(.save)]
        case .sample:
            announce(.info, "sampling \"\(shownPrompt)\" …")
            return [.send(.sample(prompt: shownPrompt, count: samplesPerKey))]
        case .typePrompt:
            overlay = .text(TextQuestion(.samplePrompt, title: "a prompt to sample"))
        case .cancelTask:
            let names = tasks.keys.sorted()
            announce(.info, "cancelling \(names.joined(separator: " and ")) …")
            return names.map { .send(.cancel(task: $0)) }
        case .evaluate:
            announce(.info, "evaluating the base and every lane …")
            return [.send(.evaluate)]
        case .collect:
            overlay = .confirm(.collect)
        case .exportWeights:
            guard let folder = exportFolder, let lane = focusedLaneState?.settings.name else {
                return []
            }
            let path = "\(folder)/\(lane)-step-\(state.step)"
            overlay = .confirm(.exportWeights(lane: lane, path: path))
        case .nextPrompt: return selectPrompt(offset: 1)
        case .previousPrompt: return selectPrompt(offset: -1)
        default: break
        }
        return []
    }

    private mutating func toggleTraining(_ phase: SessionState.Phase) -> [WorkbenchEffect] {
        switch phase {
        case .finished: return []
        case .training, .preparing: return [.send(.pause)]
        case .idle, .paused: return [.send(.start)]
        case .collecting, .sampling, .evaluating, .saving:
            // The engine is between steps: what counts is what it will do afterwards.
            trainingIntended.toggle()
            let cancel = keys.keyName(for: .cancelTask, in: .everywhere)
            let work = phase.rawValue
            announce(
                .info,
                trainingIntended
                    ? "training goes on after \(work)"
                    : "\(work) goes on, training does not; \(cancel) gives up \(work)")
            return [.send(trainingIntended ? .start : .pause)]
        }
    }

    private mutating func selectPrompt(offset: Int) -> [WorkbenchEffect] {
        let prompts = state?.prompts ?? []
        guard !prompts.isEmpty else { return [] }
        let count = prompts.count
        let current = prompts.firstIndex { $0.prompt == shownPrompt }
        let next = current.map { ($0 + offset + count) % count } ?? 0
        return selectPrompt(prompts[next].prompt)
    }

    /// Shows a prompt's histograms and pictures.
    mutating func selectPrompt(_ prompt: String) -> [WorkbenchEffect] {
        pendingPrompt = prompt == state?.selectedPrompt ? nil : prompt
        gallery.typedPrompt = nil
        if isZoomed, focusedPanel == .samples { scroll = 0 }
        return [.send(.selectPrompt(prompt: prompt))] + fetchShownPopulations()
    }

    private mutating func performDialog(_ action: BenchAction) -> [WorkbenchEffect] {
        switch action {
        case .askToQuit:
            switch engine {
            case .lost, .left: overlay = .engineLost
            case .connecting, .attached: overlay = .quit
            case .stopping: overlay = .stopping
            }
        case .stopAndSave:
            engine = .stopping
            overlay = .stopping
            return [.send(.stop)]
        case .leaveTraining: return [.quit(.leaveTraining)]
        case .quitNow: return [.quit(.engineGone)]
        case .resume:
            engine = .connecting
            overlay = nil
            report(.info, "starting the engine again from the last save …")
            return [.attachAgain]
        case .confirm:
            guard case .confirm(let question) = overlay else { return [] }
            overlay = nil
            switch question {
            case .collect:
                announce(.info, "collecting populations anew …")
                return [.send(.collect)]
            case .exportWeights(let lane, let path):
                report(.info, "exporting \(lane) to \(path) …")
                return [.send(.export(lane: lane, path: path))]
            case .trashSession(let place):
                return [.sessions(.trash(path: place.path))]
            }
        case .back: return goBack()
        case .showHelp: overlay = .help(HelpText())
        default: break
        }
        return []
    }

    private mutating func goBack() -> [WorkbenchEffect] {
        // What stays until it is put away goes first; small news does not stand in the way.
        let isSerious = notice?.level == .error || notice?.level == .warning
        if case .help(let help) = overlay, !help.input.characters.isEmpty {
            overlay = .help(HelpText())
        } else if case .themes = overlay {
            return leaveThemes()
        } else if case .text(let question) = overlay, let below = question.returning {
            overlay = .sessions(below)
        } else if case .sessions(.form(var form)) = overlay, form.isTouched, !form.isLeaving,
            !form.isWaiting
        {
            form.isLeaving = true
            overlay = .sessions(.form(form))
        } else if overlay != nil {
            overlay = nil
        } else if view == .dashboard, isZoomed, !isSerious {
            isZoomed = false
            scroll = 0
        } else if notice != nil {
            notice = nil
        } else {
            view = .dashboard
        }
        return []
    }
}
