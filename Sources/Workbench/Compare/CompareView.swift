import BenchProtocol
import TerminalKit

/// Where the comparison's sections stand.
package struct CompareLayout {
    /// The line of sub-tabs, where one section is shown at a time.
    package let tabs: Rect?
    /// The sections shown and their places.
    package let sections: [(section: CompareState.Section, rect: Rect)]

    /// Lays out all sections, or the chosen one alone below the line of sub-tabs.
    package init(
        _ rect: Rect, _ sizeClass: SizeClass, chosen: CompareState.Section, isZoomed: Bool,
        lanes: Int
    ) {
        guard sizeClass == .full, !isZoomed else {
            let (line, body) = rect.splitTop(1)
            tabs = line
            sections = [(chosen, body)]
            return
        }
        tabs = nil
        let recipe = min(lanes + 4, rect.height / 3)
        if rect.width >= 180 {
            let columns = rect.columns([40, 31, 29])
            let (top, bottom) = columns[0].splitTop(recipe)
            let middle = columns[1].rows([55, 45])
            sections = [
                (.recipe, top), (.metrics, bottom), (.tradeoff, middle[0]), (.fields, middle[1]),
                (.pictures, columns[2]),
            ]
        } else {
            let columns = rect.columns([54, 46])
            let (top, bottom) = columns[0].splitTop(recipe)
            let right = columns[1].rows([40, 25, 35])
            sections = [
                (.recipe, top), (.metrics, bottom), (.tradeoff, right[0]), (.fields, right[1]),
                (.pictures, right[2]),
            ]
        }
    }
}

/// The view of the comparison: recipe, metrics, trade-off, fields and pictures of two to eight lanes.
struct CompareView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !model.laneStates.isEmpty else {
            canvas.put(
                model.isAttached
                    ? "This session has no lanes to compare." : "Waiting for the engine …",
                x: rect.x + 1, y: rect.y, style: theme.style(for: .dim), maxWidth: rect.width - 1)
            return
        }
        let layout = CompareLayout(
            rect, SizeClass(width: model.width, height: model.height),
            chosen: model.compare.section, isZoomed: model.compare.isZoomed,
            lanes: model.comparedLanes.count)
        if let line = layout.tabs { drawTabs(on: &canvas, in: line) }
        for (section, place) in layout.sections {
            let focused = section == model.compare.section && layout.tabs == nil
            mark(section, place, on: &canvas)
            canvas.box(
                place, title: title(of: section), titleRight: hint(of: section),
                style: theme.style(for: focused ? .borderFocus : .border),
                titleStyle: theme.style(for: .title))
            let inner = place.inset(by: 1)
            guard !inner.isEmpty else { continue }
            switch section {
            case .recipe: canvas.draw(RecipeSection(model: model, theme: theme), in: inner)
            case .metrics: canvas.draw(MetricsSection(model: model, theme: theme), in: inner)
            case .tradeoff: canvas.draw(TradeoffSection(model: model, theme: theme), in: inner)
            case .fields: canvas.draw(FieldsSection(model: model, theme: theme), in: inner)
            case .pictures: canvas.draw(PicturesSection(model: model, theme: theme), in: inner)
            }
        }
    }

    private func mark(
        _ section: CompareState.Section, _ rect: Rect, on canvas: inout Canvas
    ) {
        let number = CompareState.Section.allCases.firstIndex(of: section) ?? 0
        canvas.mark(rect, MouseTarget.item(.compare, number))
    }

    private func drawTabs(on canvas: inout Canvas, in line: Rect) {
        let all = CompareState.Section.allCases
        let needed = all.reduce(0) { $0 + $1.rawValue.count + 3 }
        guard needed <= line.width else {
            let number = (all.firstIndex(of: model.compare.section) ?? 0) + 1
            canvas.put(
                "‹ \(model.compare.section.rawValue) \(number)/\(all.count) ›", x: line.x + 1,
                y: line.y, style: theme.style(for: .accent), maxWidth: line.width - 1)
            return
        }
        var x = line.x + 1
        for section in all {
            let text = " \(section.rawValue) "
            let isShown = section == model.compare.section
            let style =
                isShown ? theme.style(for: .selection).with(.underline) : theme.style(for: .dim)
            canvas.put(text, x: x, y: line.y, style: style)
            mark(section, Rect(x: x, y: line.y, width: text.count, height: 1), on: &canvas)
            x += text.count + 1
        }
        let hidden = model.compare.hidden.count
        guard hidden > 0 else { return }
        canvas.put(
            "\(hidden) hidden", rightAlignedTo: line.maxX - 1, y: line.y,
            style: theme.style(for: .warn), maxWidth: max(0, line.maxX - x - 1))
    }

    private func title(of section: CompareState.Section) -> String {
        switch section {
        case .recipe: return "recipe ─ what differs"
        case .metrics:
            let what = model.compare.showsDeltas ? "less \(model.compare.baseline)" : "evaluation"
            let group = model.compare.group == .all ? "" : " ─ \(model.compare.group.rawValue)"
            return "metrics ─ \(what)\(group)"
        case .tradeoff: return "trade-off ─ * on the front"
        case .fields: return "gradient fields ─ winner | loser"
        case .pictures:
            let heldOut = model.shownPromptIsTrained == false ? " (held out)" : ""
            return "\"\(model.shownPrompt)\"\(heldOut) ─ same noise in a row"
        }
    }

    private func hint(of section: CompareState.Section) -> String? {
        switch section {
        case .recipe: model.compare.hidden.isEmpty ? nil : "\(model.compare.hidden.count) hidden"
        case .metrics: "v figures  d differences"
        case .tradeoff: "a y axes"
        case .fields: "4 large"
        case .pictures: "n prompt"
        }
    }
}
