import BenchProtocol

extension WorkbenchModel {
    /// The prompt whose histograms and pictures are shown.
    public var shownPrompt: String { pendingPrompt ?? state?.selectedPrompt ?? "" }

    /// Whether the shown prompt takes part in alignment; nil when the engine has not said.
    package var shownPromptIsTrained: Bool? {
        state?.prompts.first { $0.prompt == shownPrompt }?.trained
    }

    /// The lanes in the session's order.
    package var laneStates: [LaneState] { state?.lanes ?? [] }

    /// The focused lane, if there is any.
    package var focusedLaneState: LaneState? {
        laneStates.indices.contains(focusedLane) ? laneStates[focusedLane] : nil
    }

    /// Whether there is an engine that hears commands.
    package var isAttached: Bool {
        if case .attached = engine { return true }
        return false
    }

    /// A histogram of the shown prompt, over as many pictures as everybody else's where that can be.
    package func population(lane: String, attribute: String) -> PopulationHistogram? {
        let own = populations[PopulationKey(lane: lane, prompt: shownPrompt, attribute: attribute)]
        return comparableSize(of: attribute).flatMap { own?.bySize[$0] } ?? own?.newest
    }

    /// The number of pictures over which all who were sampled can be compared for the shown prompt: of
    /// several the one that was sampled last, then the larger one; nil where there is none.
    package func comparableSize(of attribute: String) -> Int? {
        let sampled = contenders.compactMap { contender in
            populations[
                PopulationKey(
                    lane: contender.name, prompt: shownPrompt, attribute: attribute)
            ].map { (contender, $0.bySize) }
        }
        guard var common = sampled.first.map({ Set($0.1.keys) }) else { return nil }
        for (_, bySize) in sampled { common.formIntersection(bySize.keys) }
        func newest(_ size: Int) -> Int {
            // The base does not train: it says nothing of when.
            sampled.filter { $0.0.index != nil }.compactMap { $0.1[size]?.step }.max() ?? 0
        }
        return common.max { (newest($0), $0) < (newest($1), $1) }
    }

    /// What brings the first values of a curve.
    package var firstStepHint: String {
        guard trainingIntended else { return "space starts training" }
        return state?.phase == .training ? "the first step is under way" : "training begins soon"
    }

    /// The attributes there are histograms of for the shown prompt: gender, tone, then any others.
    package var shownAttributes: [String] {
        let known = Set(populations.keys.filter { $0.prompt == shownPrompt }.map(\.attribute))
        let usual = ["gender", "tone"]
        return usual + known.subtracting(usual).sorted()
    }

    /// The base, then the lanes: everyone who draws pictures.
    package var contenders: [Contender] {
        [Contender(name: WorkbenchModel.baseName, index: nil)]
            + laneStates.enumerated().map { Contender(name: $1.settings.name, index: $0) }
    }

    /// As many contenders as fit, the base and the focused lane before all others.
    package func contenders(atMost count: Int) -> [Contender] {
        let all = contenders
        guard count < all.count else { return all }
        guard count > 1 else { return Array(all.prefix(max(0, count))) }
        // A window of lanes that holds the focused one.
        let window = count - 1
        let first = min(max(0, focusedLane - window / 2), laneStates.count - window)
        return [all[0]] + all[(first + 1)...(first + window)]
    }

    /// The place on the screen that takes the keys now.
    package var keyContext: KeyContext {
        switch overlay {
        case nil: view.keyContext
        case .help: .help
        case .palette: .palette
        case .themes: .themes
        case .export: .export
        case .text: .text
        case .quantities: .quantities
        case .quit: .quitDialog
        case .stopping: .stopping
        case .engineLost: .engineLost
        case .confirm: .confirmation
        case .sessions(.opening): .opening
        case .sessions(.recipes): .recipes
        case .sessions(.form): .form
        }
    }

    /// The first and last step that the curves span.
    package var curveSpan: ClosedRange<Int>? {
        var first: Int?
        var last: Int?
        for lane in laneStates {
            guard let history = lanes[lane.settings.name]?.histories[quantity],
                let low = history.buckets.first?.step, let high = history.lastStep
            else { continue }
            first = min(first ?? low, low)
            last = max(last ?? high, high)
        }
        guard let first, let last else { return nil }
        return first...last
    }

    /// When the screen changes next though nothing happens, in seconds since 1970: a notice goes
    /// away, or the age of the last save reads differently.
    package var nextClockChange: Double? {
        var times: [Double] = []
        if let expires = notice?.expires { times.append(expires) }
        if let savedAt = state?.savedAt, savedAt.isFinite {
            times.append(now + NumberText.secondsUntilAgeChanges(now - savedAt))
        }
        return times.min()
    }
}

/// Someone whose pictures are compared: the base model or a lane.
package struct Contender: Sendable, Equatable {
    package var name: String
    /// The lane's place in the session; nil for the base.
    package var index: Int?

    /// What stands before its row: `base`, or the lane's number.
    package var mark: String { index.map { "\($0 + 1)" } ?? name }
}
