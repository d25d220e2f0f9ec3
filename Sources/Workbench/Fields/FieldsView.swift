import BenchProtocol
import Figures
import TerminalKit

/// The view of the gradient fields: one large with its numbers, or all side by side.
struct FieldsView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    /// The narrowest panel worth drawing beside another.
    private static let leastPanel = 25
    private static let factsWidth = 34

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !model.laneStates.isEmpty else {
            say(
                model.isAttached
                    ? "This session has no lanes, so there is no field."
                    : "Waiting for the engine to tell which lanes there are.",
                on: &canvas, in: rect)
            return
        }
        if model.fields.isLarge {
            drawLarge(on: &canvas, in: rect)
        } else {
            drawSideBySide(on: &canvas, in: rect)
        }
    }

    // MARK: One field

    private func drawLarge(on canvas: inout Canvas, in rect: Rect) {
        guard let field = model.focusedLaneField else { return }
        let hasFacts = rect.width >= 70 && rect.height >= 12
        let (left, right) = rect.splitRight(hasFacts ? Self.factsWidth : 0)
        drawPanel(field, lines: hasFacts ? 0 : 2, on: &canvas, in: left)
        guard hasFacts else { return }
        canvas.box(
            right, title: "numbers", titleRight: model.fields.scale.rawValue,
            style: theme.style(for: .border), titleStyle: theme.style(for: .title))
        drawFacts(of: field, on: &canvas, in: right.inset(by: 1))
    }

    private func drawFacts(of field: LaneField, on canvas: inout Canvas, in rect: Rect) {
        let facts = FieldFacts(field: field, state: model.fields)
        var lines = facts.all
        if lines.count > rect.height { lines.removeAll { $0.name.isEmpty } }
        if lines.count > rect.height {
            // The cursor's numbers are what the keys change: they stay in view.
            let cursor = [("under the cursor", "")] + facts.probe
            let page = model.fields.page == .quarters ? facts.quarters : facts.summary
            lines = Array(page.prefix(max(0, rect.height - cursor.count))) + cursor
        }
        for (row, line) in lines.prefix(rect.height).enumerated() {
            let isHeading = line.value.isEmpty
            let room = max(0, rect.width - TextLayout.columns(line.value) - 1)
            canvas.put(
                line.name, x: rect.x, y: rect.y + row,
                style: theme.style(for: isHeading ? .accent : .dim), maxWidth: room)
            canvas.put(
                line.value, rightAlignedTo: rect.maxX, y: rect.y + row,
                style: theme.style(for: .text), maxWidth: rect.width)
        }
    }

    // MARK: All fields

    private func drawSideBySide(on canvas: inout Canvas, in rect: Rect) {
        let (fields, without) = FieldsView.parted(model.laneFields, in: rect)
        // Lanes that compare nothing share a line that says so.
        let names = without.map { "\($0.index + 1) \($0.settings.name)" }
        let (area, note) = rect.splitBottom(names.isEmpty ? 0 : 1)
        if !names.isEmpty {
            canvas.put(
                "no field: \(names.joined(separator: ", ")) \(without.count == 1 ? "has" : "have")"
                    + " no loser in the loss", x: note.x + 1, y: note.y,
                style: theme.style(for: .dim), maxWidth: note.width - 1)
        }
        guard !fields.isEmpty else {
            say("No lane of this session compares winners and losers.", on: &canvas, in: area)
            return
        }
        for (field, place) in FieldsView.places(fields, focused: model.focusedLane, in: area) {
            drawPanel(field, lines: place.height >= 10 ? 2 : 1, on: &canvas, in: place)
        }
    }

    /// Lanes with a field, and lanes whose objective has none.
    static func parted(
        _ all: [LaneField], in rect: Rect
    ) -> (fields: [LaneField], without: [LaneField]) {
        (
            all.filter { $0.exists || $0.settings.objective != "sft" },
            all.filter { !$0.exists && $0.settings.objective == "sft" }
        )
    }

    /// As many panels as fit, the focused lane's among them, in rows of equal width.
    static func places(
        _ fields: [LaneField], focused: Int, in area: Rect
    ) -> [(LaneField, Rect)] {
        let across = max(1, min(fields.count, area.width / leastPanel))
        let down = max(1, min((fields.count + across - 1) / across, area.height / 9))
        let shown = min(fields.count, across * down)
        let place = fields.firstIndex { $0.index == focused } ?? 0
        let first = min(max(0, place - shown / 2), fields.count - shown)
        let perRow = (shown + down - 1) / down
        return area.rows(Array(repeating: 1, count: down)).enumerated().flatMap { row, strip in
            let indices = (row * perRow)..<min((row + 1) * perRow, shown)
            let columns = strip.columns(Array(repeating: 1, count: max(1, perRow)))
            return indices.map { (fields[first + $0], columns[$0 - row * perRow]) }
        }
    }

    private func drawPanel(
        _ field: LaneField, lines: Int, on canvas: inout Canvas, in rect: Rect
    ) {
        let focused = field.index == model.focusedLane
        canvas.mark(rect, MouseTarget.item(.fields, field.index))
        canvas.box(
            rect, title: FieldsView.title(of: field, model, width: rect.width - 4),
            titleRight: axesText(of: rect),
            style: theme.style(for: focused ? .borderFocus : .border),
            titleStyle: theme.series(field.index).with(.bold))
        let inner = rect.inset(by: 1)
        guard field.exists else {
            say("No field yet: the next step tells it.", on: &canvas, in: inner)
            return
        }
        let (plot, text) = inner.splitBottom(inner.height > lines + 3 ? lines : 0)
        canvas.draw(
            FieldPlot(field: field, plane: model.fieldPlane, state: model.fields, theme: theme),
            in: plot)
        let brief = FieldFacts(field: field, state: model.fields).brief(model.fields.page)
        for (row, line) in brief.prefix(text.height).enumerated() {
            canvas.put(
                line, x: text.x, y: text.y + row, style: theme.style(for: .text),
                maxWidth: text.width)
        }
    }

    /// What the axes are, where the frame has room for it.
    private func axesText(of rect: Rect) -> String? {
        guard rect.width >= 44 else { return nil }
        return model.fields.scale == .log
            ? "→ log X1 winner ↑ log X2 loser" : "→ X1 winner ↑ X2 loser"
    }

    /// `2▲ dpo rev-kl β 1000`; with less room the name alone, told from the other lanes'.
    static func title(of field: LaneField, _ model: WorkbenchModel, width: Int) -> String {
        let settings = field.settings
        let lane = Contender(name: settings.name, index: field.index)
        let divergence =
            settings.divergence == nil ? "" : " " + LaneTable.divergence(settings)
        let name = "\(LaneMark.text(lane)) \(settings.name)"
        let beta = " β \(NumberText.constant(settings.beta))"
        return [name + divergence + beta, name + divergence, name].first {
            !TextLayout.exceeds($0, width)
        } ?? model.label(of: lane, atMost: width)
    }

    private func say(_ text: String, on canvas: inout Canvas, in rect: Rect) {
        guard rect.width > 2 else { return }
        for (row, line) in TextLayout.wrapped(text, to: rect.width - 2).prefix(rect.height)
            .enumerated()
        {
            canvas.put(
                line, x: rect.x + 1, y: rect.y + row, style: theme.style(for: .dim),
                maxWidth: rect.width - 2)
        }
    }
}
