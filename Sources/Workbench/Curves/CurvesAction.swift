import BenchProtocol
import TerminalKit

/// What a key does in the view of the curves alone.
public enum CurvesAction: Sendable, Hashable {
    case zoomIn, zoomOut, panLeft, panRight
    case zoomInValues, zoomOutValues, panUp, panDown, reset
    case nextUnit, nextScale, toggleLogX
    case smoother, rougher, smooth(Int), nextRaw
    case pinBaseline, toggleDelta, toggleLane(Int?), showAllLanes
    case nextArrangement, toggleTable, choose, markRow, nextQuantity, previousQuantity
}

extension KeyTable {
    /// The keys of the view of the curves.
    static let curvesView: [KeyBinding] = [
        key("f/", .choose, hint: "quantities", "Choose what to draw from a list, by typing."),
        key("v", .nextQuantity, "The next of the chosen quantities."),
        key("V", .previousQuantity, "The one before."),
        key("m", .nextArrangement, hint: "arrange", "One quantity, a grid of all, or all in one."),
        key("+=", .zoomIn, hint: "zoom in", "Fewer steps, about the crosshair."),
        key("-_", .zoomOut, "More steps."),
        key("h<", .panLeft, "Go back by a quarter of the steps shown."),
        key("l>", .panRight, "Go on; at the newest step the view follows training."),
        key("K", .zoomInValues, "A smaller range of values."),
        key("J", .zoomOutValues, "A larger range of values."),
        key("k", .panUp, "Larger values."),
        key("j", .panDown, "Smaller values."),
        key("r0", .reset, hint: "all", "All steps and all values again."),
        key("]", .smoother, "Smooth more (EMA 0 to 0.999)."),
        key("[", .rougher, "Smooth less."),
        key("w", .nextRaw, "Raw values behind: as lines, as a band, not at all."),
        key(
            "a", .nextScale,
            "Values linear, logarithmic, or logarithmic on both sides of zero (symlog)."),
        key("A", .toggleLogX, "Steps, or the time since the start, linear or logarithmic."),
        key("i", .nextUnit, "Count steps, the time since the start, or the time of day."),
        key("b", .pinBaseline, "Make the focused lane the baseline, or none."),
        key("d", .toggleDelta, "Draw differences to the baseline, or the values."),
        key("o", .toggleLane(nil), "Hide the focused lane, or show it."),
        key("O", .showAllLanes, "Show all lanes."),
        key("c", .toggleTable, "The table of values at the crosshair, or larger curves."),
    ]

    private static func key(
        _ characters: String, _ action: CurvesAction, hint: String? = nil, _ explanation: String
    ) -> KeyBinding {
        KeyBinding(
            .curves, characters.map(Key.character), .curves(action), hint: hint, explanation)
    }
}

extension WorkbenchModel {
    /// How much closer a key or a turn of the wheel brings what is looked at.
    private static let zoomFactor = 0.6

    /// Does what a key of this view stands for.
    mutating func perform(_ action: CurvesAction) -> [WorkbenchEffect] {
        if let reason = refusal(of: action) {
            announce(.info, reason)
            return []
        }
        switch action {
        case .zoomIn: zoomSteps(by: Self.zoomFactor, at: curves.crosshair)
        case .zoomOut: zoomSteps(by: 1 / Self.zoomFactor, at: curves.crosshair)
        case .panLeft: panSteps(by: -0.25)
        case .panRight: panSteps(by: 0.25)
        case .zoomInValues: changeValues(from: 0.2, to: 0.8)
        case .zoomOutValues: changeValues(from: -1.0 / 3, to: 4.0 / 3)
        case .panUp: changeValues(from: 0.25, to: 1.25)
        case .panDown: changeValues(from: -0.25, to: 0.75)
        case .reset:
            curves.window = .all
            curves.valueRanges = [:]
        case .nextUnit:
            curves.unit = CurvesState.Unit.allCases.after(curves.unit)
            if curves.unit == .wall { curves.isLogX = false }
        case .nextScale: nextScale()
        case .toggleLogX: curves.isLogX.toggle()
        case .smoother: look(.smoother)
        case .rougher: look(.rougher)
        case .smooth(let place):
            guard Self.smoothingSteps.indices.contains(place) else { return [] }
            smoothing = Self.smoothingSteps[place]
        case .nextRaw:
            curves.raw = CurvesState.Raw.allCases.after(curves.raw)
            announce(.info, "raw values: \(curves.raw.rawValue)")
        case .pinBaseline: pinBaseline()
        case .toggleDelta:
            curves.showsDelta.toggle()
            curves.valueRanges = [:]
        case .toggleLane(let index): toggleLane(index ?? focusedLane)
        case .showAllLanes: curves.hidden = []
        case .nextArrangement:
            curves.chosenArrangement = CurvesState.Arrangement.allCases.after(
                curves.arrangement(of: self))
        case .toggleTable: curves.showsTable.toggle()
        case .choose:
            overlay = .quantities(
                QuantityPicker(chosen: curves.quantities, selected: curves.focused))
        case .markRow:
            guard case .quantities(var picker) = overlay else { return [] }
            mark(picker.selected, in: &picker)
            picker.selected = min(max(0, rows(of: picker).count - 1), picker.selected + 1)
            overlay = .quantities(picker)
            return []
        case .nextQuantity: focusQuantity(by: 1)
        case .previousQuantity: focusQuantity(by: -1)
        }
        return fetchShownCurves()
    }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: CurvesAction) -> String? {
        switch action {
        case .toggleDelta where baselineLane == nil:
            return "no baseline yet: b makes the focused lane the one to compare with"
        case .toggleLogX where curves.unit == .wall:
            return "the time of day has no logarithm: u counts steps or the time since the start"
        case .nextArrangement where curves.quantities.count == 1:
            return "only one quantity is chosen: f chooses more"
        case .pinBaseline where focusedLaneState == nil, .toggleLane where laneStates.isEmpty:
            return "there is no lane yet"
        default: return nil
        }
    }

    private mutating func nextScale() {
        var next = AxisScale.allCases.after(curves.scale)
        let set = CurveSet(self)
        let place = set.quantities.firstIndex(of: curves.focusedQuantity) ?? 0
        if next == .logarithmic, let least = set.least(of: place), least <= 0 {
            next = .symmetric
            announce(
                .info,
                "symlog: \(curves.focusedQuantity.title) falls to \(NumberText.short(least)), and "
                    + "a logarithmic axis needs values above 0")
        } else {
            announce(.info, "values \(next.rawValue)")
        }
        curves.scale = next
        curves.valueRanges = [:]
    }

    private mutating func pinBaseline() {
        let name = focusedLaneState?.settings.name
        curves.baseline = curves.baseline == name ? nil : name
        if let name = curves.baseline {
            announce(.info, "\(name) is the baseline: d draws the differences to it")
        } else {
            curves.showsDelta = false
        }
        curves.valueRanges = [:]
    }

    private mutating func toggleLane(_ index: Int) {
        guard laneStates.indices.contains(index) else { return }
        let name = laneStates[index].settings.name
        if curves.hidden.remove(name) == nil { curves.hidden.insert(name) }
    }

    mutating func focusQuantity(by offset: Int) {
        let count = curves.quantities.count
        guard count > 0 else { return }
        curves.focused = ((curves.focused + offset) % count + count) % count
    }

    // MARK: Ranges

    /// Shows fewer steps or more; without an anchor about the newest step when that is followed,
    /// else about the middle.
    mutating func zoomSteps(by factor: Double, at anchor: Int?) {
        let whole = wholeSteps
        let steps = curves.window.steps(of: whole)
        let isFollowing = steps.upperBound == whole.upperBound
        let middle = steps.lowerBound + (steps.upperBound - steps.lowerBound) / 2
        let pivot = anchor.flatMap { steps.contains($0) ? $0 : nil }
        curves.window.zoom(
            by: factor, at: pivot ?? (isFollowing ? steps.upperBound : middle), of: whole,
            isLogarithmic: CurveAxis.isLogarithmic(self))
    }

    private mutating func panSteps(by share: Double) {
        curves.window.pan(
            by: share, of: wholeSteps, isLogarithmic: CurveAxis.isLogarithmic(self))
    }

    /// Shows the values between two shares of the vertical axis.
    mutating func changeValues(from low: Double, to high: Double) {
        let key = valueKey
        guard let scale = scaleShown(of: key) else { return }
        setValues(scale.value(at: low), scale.value(at: high), of: key)
    }

    /// Shows the values between two, where there is a number between them.
    mutating func setValues(_ a: Double, _ b: Double, of quantity: LoggedQuantity) {
        let (low, high) = (min(a, b), max(a, b))
        let size = max(abs(low), abs(high))
        guard low.isFinite, high.isFinite, high - low > size * 1e-9, high - low > 1e-300,
            size < 1e300
        else { return }
        curves.valueRanges[quantity] = low...high
    }

    /// The quantity whose range of values the keys change: the focused one, or the first of those
    /// that share a chart.
    var valueKey: LoggedQuantity {
        curves.arrangement(of: self) == .overlay
            ? curves.quantities.first ?? curves.focusedQuantity : curves.focusedQuantity
    }

    /// The vertical axis of a quantity as it is drawn.
    private func scaleShown(of quantity: LoggedQuantity) -> ChartScale? {
        let set = CurveSet(self)
        let isOverlay = curves.arrangement(of: self) == .overlay
        guard let place = set.quantities.firstIndex(of: quantity) else { return nil }
        return set.chart(isOverlay ? Array(set.quantities.indices) : [place], theme: .builtin)
            .scales.y
    }
}

extension Array where Element: Equatable {
    /// The element that follows, around the end.
    func after(_ element: Element) -> Element {
        let place = firstIndex(of: element) ?? -1
        return self[(place + 1) % count]
    }
}
