import BenchProtocol
import TerminalKit

/// Every lane's values at the step under the crosshair.
struct CurvesTable: Drawing {
    let gathered: CurveSet
    let theme: Theme

    private var model: WorkbenchModel { gathered.model }
    private let focused: LoggedQuantity
    /// The curves of the table: the values themselves, of all quantities shown.
    private let values: CurveSet

    init(gathered: CurveSet, theme: Theme) {
        self.gathered = gathered
        self.theme = theme
        let visible = gathered.quantities
        focused =
            visible.contains(gathered.model.curves.focusedQuantity)
            ? gathered.model.curves.focusedQuantity : visible.first ?? .step(.loss)
        var all = gathered.model
        all.curves.hidden = []
        values = CurveSet(all, quantities: visible, isDelta: false)
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty, !model.laneStates.isEmpty else { return }
        if SizeClass(width: model.width, height: model.height) == .single || rect.height < 2 {
            drawLine(on: &canvas, in: rect)
            return
        }
        let table = TableView(
            columns: columns, rows: model.laneStates.indices.map(row), selected: model.focusedLane,
            style: theme.style(for: .text), headerStyle: theme.style(for: .header),
            selectionStyle: theme.style(for: .selection))
        canvas.draw(table, in: rect)
        let body = rect.splitTop(1).1
        let first = table.firstRow(height: body.height)
        for line in 0..<min(body.height, model.laneStates.count - first) {
            let row = Rect(x: body.x, y: body.y + line, width: body.width, height: 1)
            canvas.mark(row, MouseTarget.action(.focusLane(first + line + 1)))
            canvas.mark(
                row.splitLeft(2).0, MouseTarget.action(.curves(.toggleLane(first + line))))
        }
    }

    // MARK: Table

    private var columns: [TableColumn] {
        let sparse = focused.isSparse
        var columns = [TableColumn(stepTitle, minimum: 14, isFlexible: true, priority: 20)]
        for quantity in gathered.quantities {
            let isFocused = quantity == focused
            columns.append(
                TableColumn(
                    TextLayout.clipped(quantity.title, to: gathered.quantities.count > 1 ? 14 : 24),
                    alignment: .right, minimum: 8, priority: isFocused ? 19 : 10))
        }
        if model.baselineLane != nil {
            columns.append(
                TableColumn(
                    "− lane \((model.baselineLane ?? 0) + 1)", alignment: .right, minimum: 8,
                    priority: 18))
        }
        func number(_ title: String, _ priority: Int) -> TableColumn {
            TableColumn(title, alignment: .right, minimum: 8, priority: priority)
        }
        columns.append(number(sparse ? "95 % from" : "raw", 17))
        guard gathered.quantities.count == 1 else { return columns }
        if !sparse { columns.append(number("from", 4)) }
        columns += [number("to", 4), number("newest", 3)]
        return columns
    }

    private var stepTitle: String {
        let step = gathered.readStep
        guard gathered.axis.unit != .step else { return "at step \(step)" }
        let place = gathered.axis.place(step, of: gathered.reference)
        return "at step \(step), \(AxisTicks.text(place, gathered.unit, step: 1))"
    }

    private func row(_ index: Int) -> [TableCell] {
        let name = model.laneStates[index].settings.name
        let isHidden = model.curves.hidden.contains(name)
        let lane = Contender(name: name, index: index)
        let style = isHidden ? theme.style(for: .dim) : theme.series(index)
        let star = model.baselineLane == index ? " *" : ""
        var cells = [
            TableCell(
                "\(LaneMark.text(lane)) \(LineDash.series(index).sample) \(name)\(star)"
                    + (isHidden ? " (hidden)" : ""), style: style)
        ]
        for place in gathered.quantities.indices {
            cells.append(TableCell(text(reading(index, place)?.smooth, at: reading(index, place))))
        }
        let place = gathered.quantities.firstIndex(of: focused) ?? 0
        let own = reading(index, place)
        if let baseline = model.baselineLane {
            let other = reading(baseline, place)
            let difference = own.flatMap { own in other.map { own.smooth - $0.smooth } }
            cells.append(
                TableCell(
                    index == baseline ? "" : NumberText.short(difference ?? .nan, signed: true)))
        }
        cells.append(
            TableCell(NumberText.short((focused.isSparse ? own?.low : own?.plain) ?? .nan)))
        if gathered.quantities.count == 1 {
            if !focused.isSparse { cells.append(TableCell(NumberText.short(own?.low ?? .nan))) }
            cells.append(TableCell(NumberText.short(own?.high ?? .nan)))
            let newest = values.curves.first?[index].plain.last { $0.isFinite }
            cells.append(TableCell(NumberText.short(newest ?? .nan)))
        }
        return cells
    }

    private func reading(_ lane: Int, _ place: Int) -> LaneCurve.Reading? {
        guard values.curves.indices.contains(place), values.curves[place].indices.contains(lane)
        else { return nil }
        return values.curves[place][lane].reading(at: gathered.readStep)
    }

    /// A value, with the step it is of where that is another one than the crosshair's by far.
    private func text(_ value: Double?, at reading: LaneCurve.Reading?) -> String {
        guard let value, let reading else { return NumberText.missing }
        let span = gathered.steps.upperBound - gathered.steps.lowerBound
        let isNear = abs(reading.step - gathered.readStep) <= max(1, span / 50)
        return NumberText.short(value) + (isNear || focused.isSparse ? "" : " @\(reading.step)")
    }

    // MARK: One line

    /// Where there is no room for a table: each lane's number and value.
    private func drawLine(on canvas: inout Canvas, in rect: Rect) {
        let place = gathered.quantities.firstIndex(of: focused) ?? 0
        let columnWidth = 12
        let head = "step \(gathered.readStep)"
        canvas.put(
            head, x: rect.x + 1, y: rect.y, style: theme.style(for: .dim), maxWidth: rect.width - 1)
        var column = rect.x + TextLayout.columns(head) + 3
        var line = rect.y
        for index in model.shownLanes {
            if column + columnWidth > rect.maxX {
                column = rect.x + 1
                line += 1
            }
            guard line < rect.maxY else { break }
            let value = NumberText.short(reading(index, place)?.smooth ?? .nan)
            let star = model.baselineLane == index ? "*" : ""
            canvas.put(
                "\(index + 1)\(LaneMark.glyph(index))\(star) \(value)", x: column, y: line,
                style: theme.series(index), maxWidth: columnWidth)
            column += columnWidth
        }
    }
}
