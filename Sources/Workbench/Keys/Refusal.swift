import BenchProtocol

/// Why a key can do nothing now: what the hint line dims, the palette shows, and a press is told.
extension WorkbenchModel {
    /// The reason that an action is out of place; nil when it can be done.
    public func refusal(of action: BenchAction) -> String? {
        switch action {
        case .toggleTraining, .singleStep: return engineRefusal ?? endRefusal
        case .save, .evaluate: return engineRefusal
        case .cancelTask:
            return engineRefusal
                ?? (tasks.isEmpty ? "nothing is under way that could be cancelled" : nil)
        case .collect:
            return engineRefusal
                ?? (state?.phase == .collecting ? "populations are being collected already" : nil)
        case .typePrompt: return engineRefusal
        case .sample:
            return engineRefusal
                ?? (shownPrompt.isEmpty ? "no prompt is selected: n selects one" : nil)
        case .nextPrompt, .previousPrompt:
            return engineRefusal
                ?? (state?.prompts.isEmpty ?? true ? "the recipe has no prompts" : nil)
        case .exportWeights:
            if let reason = engineRefusal { return reason }
            return exportFolder == nil || focusedLaneState == nil
                ? "there is no lane to export, or no folder to export to" : nil
        case .nextLane, .previousLane:
            return laneStates.isEmpty ? "there are no lanes yet" : nil
        case .focusLane(let number):
            return number > laneStates.count ? "there is no lane \(number)" : nil
        case .pickTheme: return themeNames.isEmpty ? "there are no themes to choose from" : nil
        case .undo: return undoSteps.isEmpty ? "there is nothing to undo" : nil
        case .resetPanels:
            return split == DashboardSplit() ? "the panels have their usual sizes" : nil
        case .resizePanel: return resizeRefusal
        case .curves(let action): return refusal(of: action)
        case .compare(let action): return refusal(of: action)
        case .fields(let action): return refusal(of: action)
        case .population(let action): return refusal(of: action)
        case .sessions(let action): return refusal(of: action)
        case .log(let action): return refusal(of: action)
        default: return nil
        }
    }

    /// Why nothing can be asked of an engine.
    package var engineRefusal: String? {
        switch engine {
        case .lost: "the engine is gone: r starts it again"
        case .left: "the engine has left: r starts it again"
        case .stopping: "the engine is saving and stopping"
        case .connecting: "the engine has not answered yet"
        case .attached: state == nil ? "the engine has not answered yet" : nil
        }
    }

    private var endRefusal: String? {
        guard let state, state.phase == .finished else { return nil }
        return "the recipe has ended at step \(state.endStep)"
    }

    private var resizeRefusal: String? {
        if isZoomed { return "a zoomed panel has the whole screen" }
        switch SizeClass(width: width, height: height) {
        case .full, .compact: return nil
        case .single, .tiny: return "there is room for one panel only"
        }
    }
}
