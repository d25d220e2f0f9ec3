import BenchProtocol
import TerminalKit

/// What a key does in the view of the comparison alone.
public enum CompareAction: Sendable, Hashable {
    case nextSection, previousSection, toggleZoom
    case hideLane, showAllLanes, pinBaseline
    case toggleDeltas, nextGroup
    case nextX, previousX, nextY, previousY, swapAxes
}

extension KeyTable {
    /// The keys of the view of the comparison.
    static let compareView: [KeyBinding] = [
        KeyBinding(
            .compare, [.character("w")], .compare(.nextSection), hint: "section",
            "Next section: recipe, metrics, trade-off, fields, pictures; right does the same."),
        KeyBinding(
            .compare, [.character("W")], .compare(.previousSection),
            "The section before; left does the same."),
        KeyBinding(
            .compare, [.character("z"), .enter], .compare(.toggleZoom), hint: "zoom",
            "Give the section the whole view, or show all sections again."),
        KeyBinding(
            .compare, [.character("b")], .compare(.pinBaseline), hint: "baseline",
            "Make the focused lane the baseline of all differences; again: the base model."),
        KeyBinding(
            .compare, [.character("d")], .compare(.toggleDeltas), hint: "difference",
            "Show values, or differences to the baseline with a verdict by their interval."),
        KeyBinding(
            .compare, [.character("v")], .compare(.nextGroup), hint: "figures",
            "List all figures, those of held-out or trained prompts, or those on fixed draws."),
        KeyBinding(
            .compare, [.character("h")], .compare(.hideLane), hint: "hide",
            "Leave the focused lane out of the comparison, or take it in again."),
        KeyBinding(
            .compare, [.character("H")], .compare(.showAllLanes),
            "Take all lanes into the comparison again."),
        KeyBinding(
            .compare, [.character("a")], .compare(.nextX),
            "Trade-off: the next figure along the horizontal axis."),
        KeyBinding(.compare, [.character("A")], .compare(.previousX), "The figure before."),
        KeyBinding(
            .compare, [.character("y")], .compare(.nextY),
            "Trade-off: the next figure along the vertical axis."),
        KeyBinding(.compare, [.character("Y")], .compare(.previousY), "The figure before."),
        KeyBinding(
            .compare, [.character("o")], .compare(.swapAxes), "Trade-off: exchange the axes."),
    ]
}

extension WorkbenchModel {
    /// Numbers from which marked items are lanes, and rows; sections come before.
    static let compareLaneItems = 100
    static let compareRowItems = 10_000

    /// Does what a key of this view stands for.
    mutating func perform(_ action: CompareAction) -> [WorkbenchEffect] {
        if let refusal = refusal(of: action) {
            announce(.info, refusal)
            return []
        }
        switch action {
        case .nextSection: moveSection(by: 1)
        case .previousSection: moveSection(by: -1)
        case .toggleZoom: compare.isZoomed.toggle()
        case .hideLane:
            guard let name = focusedLaneState?.settings.name else { return [] }
            if compare.hidden.remove(name) == nil { compare.hidden.insert(name) }
        case .showAllLanes: compare.hidden = []
        case .pinBaseline:
            guard let name = focusedLaneState?.settings.name else { return [] }
            compare.baseline = compare.baseline == name ? WorkbenchModel.baseName : name
            announce(.info, "differences are taken to \(compare.baseline)")
        case .toggleDeltas: compare.showsDeltas.toggle()
        case .nextGroup:
            let all = CompareState.Group.allCases
            let index = all.firstIndex(of: compare.group) ?? 0
            compare.group = all[(index + 1) % all.count]
            compare.row = 0
        case .nextX: compare.xFigure = figure(after: tradeoffAxes?.x, by: 1)
        case .previousX: compare.xFigure = figure(after: tradeoffAxes?.x, by: -1)
        case .nextY: compare.yFigure = figure(after: tradeoffAxes?.y, by: 1)
        case .previousY: compare.yFigure = figure(after: tradeoffAxes?.y, by: -1)
        case .swapAxes:
            guard let axes = tradeoffAxes else { return [] }
            (compare.xFigure, compare.yFigure) = (axes.y, axes.x)
        }
        return []
    }

    private mutating func moveSection(by offset: Int) {
        let all = CompareState.Section.allCases
        let index = all.firstIndex(of: compare.section) ?? 0
        compare.section = all[(index + offset + all.count) % all.count]
    }

    private func figure(after name: String?, by offset: Int) -> String? {
        let names = tradeoffFigures
        guard !names.isEmpty else { return nil }
        let index = name.flatMap { names.firstIndex(of: $0) } ?? 0
        return names[(index + offset + names.count) % names.count]
    }

    /// Left and right go through the sections, up and down through rows and noises.
    mutating func compareNavigate(_ action: BenchAction) -> [WorkbenchEffect] {
        switch action {
        case .move(.left): moveSection(by: -1)
        case .move(.right): moveSection(by: 1)
        case .move(.up): moveRow(by: -1)
        case .move(.down): moveRow(by: 1)
        case .pageUp: moveRow(by: -10)
        case .pageDown: moveRow(by: 10)
        case .toStart: moveRow(by: -1_000_000)
        case .toEnd: moveRow(by: 1_000_000)
        case .activate: return perform(CompareAction.toggleZoom)
        default: break
        }
        return []
    }

    private mutating func moveRow(by rows: Int) {
        switch compare.section {
        case .metrics, .tradeoff:
            compare.row = min(max(0, compare.row + rows), max(0, comparedFigures.count - 1))
        case .pictures:
            compare.noise = min(max(0, compare.noise + rows), max(0, comparedPictures - 1))
        case .recipe, .fields: break
        }
    }

    /// What happens when this view comes to be shown: the fields' paths are fetched.
    mutating func compareAppear() -> [WorkbenchEffect] { isAttached ? fetchMissingCurves() : [] }

    /// A click focuses a section, a lane or a row; the wheel goes through rows.
    mutating func comparePointer(_ event: MouseEvent, on target: MouseTarget) -> [WorkbenchEffect] {
        guard case .item(_, let number) = target else { return [] }
        switch event.action {
        case .press(button: 1):
            if number >= Self.compareRowItems {
                compare.section = .metrics
                compare.row = min(
                    number - Self.compareRowItems, max(0, comparedFigures.count - 1))
            } else if number >= Self.compareLaneItems {
                return perform(BenchAction.focusLane(number - Self.compareLaneItems + 1))
            } else if CompareState.Section.allCases.indices.contains(number) {
                let section = CompareState.Section.allCases[number]
                if compare.section == section { compare.isZoomed.toggle() }
                compare.section = section
            }
        case .scrollUp: moveRow(by: -1)
        case .scrollDown: moveRow(by: 1)
        case .press, .release: break
        }
        return []
    }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: CompareAction) -> String? {
        switch action {
        case .hideLane, .pinBaseline:
            guard let name = focusedLaneState?.settings.name else {
                return "there is no lane in focus"
            }
            let isLast = comparedLanes.count == 1 && !compare.hidden.contains(name)
            return action == .hideLane && isLast ? "one lane has to stay" : nil
        case .showAllLanes: return compare.hidden.isEmpty ? "no lane is hidden" : nil
        case .nextX, .previousX, .nextY, .previousY, .swapAxes:
            return tradeoffFigures.count < 2
                ? "a trade-off needs two evaluated figures: e evaluates" : nil
        case .nextSection, .previousSection, .toggleZoom, .toggleDeltas, .nextGroup: return nil
        }
    }
}
