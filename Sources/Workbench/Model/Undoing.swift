import BenchProtocol

/// A step back: what a choice was called, and how to restore what it was before.
struct UndoStep: Sendable {
    /// What changed, for the line of news.
    let words: String
    let restore: @Sendable (inout WorkbenchModel) -> [WorkbenchEffect]
}

/// Something the person chooses to look at, which `undo` can take back.
///
/// Views add theirs to `Choice.all`: a name and the place in the model.
struct Choice: Sendable {
    /// The name, as the line of news has it.
    let words: String
    /// Whether many changes in a row are one choice: somebody who tabs through lanes wants back to
    /// the lane they came from.
    let runsTogether: Bool
    /// The step back, if a key changed this.
    let step: @Sendable (_ before: WorkbenchModel, _ after: WorkbenchModel) -> UndoStep?

    init<Value: Equatable & Sendable>(
        _ words: String, runsTogether: Bool = false,
        _ path: any WritableKeyPath<WorkbenchModel, Value> & Sendable,
        also: @escaping @Sendable (WorkbenchModel) -> [WorkbenchEffect] = { _ in [] }
    ) {
        self.words = words
        self.runsTogether = runsTogether
        step = { before, after in
            let old = before[keyPath: path]
            guard old != after[keyPath: path] else { return nil }
            return UndoStep(words: words) { model in
                model[keyPath: path] = old
                return also(model)
            }
        }
    }

    /// Everything that can be taken back.
    static let all: [Choice] = [
        Choice("view", \.view),
        Choice("zoom", \.isZoomed),
        Choice("panel", runsTogether: true, \.focusedPanel),
        Choice("lane", runsTogether: true, \.focusedLane),
        Choice("quantity", runsTogether: true, \.quantity),
        Choice("smoothing", runsTogether: true, \.smoothing),
        Choice("axis", \.isLogScale),
        Choice("panel sizes", \.split),
        Choice("curves' quantities", \.curves.quantities),
        Choice("curves' lanes", \.curves.hidden),
        Choice("curves' range", runsTogether: true, \.curves.window),
        Choice("curves' baseline", \.curves.baseline),
        Choice("curves' delta", \.curves.showsDelta),
        Choice("curves' scale", \.curves.scale),
        Choice("curves' values", runsTogether: true, \.curves.valueRanges),
        Choice("curves' arrangement", \.curves.chosenArrangement),
        Choice("curves' log steps", \.curves.isLogX),
        Choice("curves' unit", runsTogether: true, \.curves.unit),
        Choice("raw lines", runsTogether: true, \.curves.raw),
        Choice("curves' table", \.curves.showsTable),
        Choice("compared lanes", \.compare.hidden),
        Choice("large section", \.compare.isZoomed),
        Choice("differences", \.compare.showsDeltas),
        Choice("compared figures", runsTogether: true, \.compare.group),
        Choice("horizontal axis", runsTogether: true, \.compare.xFigure),
        Choice("vertical axis", runsTogether: true, \.compare.yFigure),
        Choice("section", runsTogether: true, \.compare.section),
        Choice("comparison's baseline", \.compare.baseline),
        Choice("large field", \.fields.isLarge),
        Choice("fields' scale", \.fields.scale),
        Choice("fields' range", runsTogether: true, \.fields.window),
        Choice("arrows of one length", \.fields.hasUnitArrows),
        Choice("path", \.fields.showsPath),
        Choice("batch", \.fields.showsBatch),
        Choice("fields' page", runsTogether: true, \.fields.page),
        Choice("sessions' filter", \.shelf.filter),
        Choice("sessions' order", runsTogether: true, \.shelf.order),
        Choice("log filter", \.logging.filter),
        Choice("page", runsTogether: true, \.gallery.page),
        Choice("attribute", runsTogether: true, \.gallery.attribute),
        Choice("filter", runsTogether: true, \.gallery.filter),
        Choice("confidence", runsTogether: true, \.gallery.sureness),
        Choice("order", runsTogether: true, \.gallery.order),
        Choice("rows", \.gallery.isOneLane),
        Choice("prompt", runsTogether: true, \.chosenPrompt) {
            [.send(.selectPrompt(prompt: $0.chosenPrompt))]
        },
        Choice("theme", \.chosenTheme) { model in
            guard model.themeNames.indices.contains(model.chosenTheme) else { return [] }
            let name = model.themeNames[model.chosenTheme]
            return [.useTheme(name), .rememberTheme(name)]
        },
    ]
}

extension WorkbenchModel {
    /// Steps that can be taken back, at most.
    static let undoCapacity = 64

    /// The prompt shown; setting it does not tell the engine.
    fileprivate var chosenPrompt: String {
        get { shownPrompt }
        set { pendingPrompt = newValue == state?.selectedPrompt ? nil : newValue }
    }

    /// Notes what a key or the mouse changed, so that it can be taken back.
    mutating func noteChoices(since before: WorkbenchModel) {
        // What was chosen in another session says nothing of this one.
        guard before.sessionFolder == sessionFolder else { return }
        let changed = Choice.all.compactMap { choice in
            choice.step(before, self).map { (choice, $0) }
        }
        guard let (choice, step) = changed.first else { return }
        if changed.count == 1 {
            if choice.runsTogether, undoSteps.last?.words == choice.words { return }
            undoSteps.append(step)
        } else {
            let steps = changed.map(\.1)
            undoSteps.append(
                UndoStep(words: step.words) { model in steps.flatMap { $0.restore(&model) } })
        }
        if undoSteps.count > WorkbenchModel.undoCapacity { undoSteps.removeFirst() }
    }

    /// Takes the last choice back.
    mutating func undo() -> [WorkbenchEffect] {
        guard let step = undoSteps.popLast() else { return [] }
        let effects = step.restore(&self)
        themeIndex = chosenTheme
        scroll = 0
        focusedLane = min(focusedLane, max(0, laneStates.count - 1))
        announce(.info, "undone: \(step.words)")
        // A prompt can only be asked for where somebody hears it.
        return effects.filter { effect in
            if case .send = effect { return isAttached }
            return true
        }
    }
}
