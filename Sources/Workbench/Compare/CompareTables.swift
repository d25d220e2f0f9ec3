import BenchProtocol
import Figures
import TerminalKit

/// The settings that tell the lanes apart: a row a lane, a column a setting.
struct RecipeSection: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let lanes = model.comparedLanes
        let difference = model.recipeDifference
        guard !difference.differing.isEmpty else {
            canvas.put(
                lanes.count < 2 ? "One lane has nothing to differ from." : "All lanes are set alike.",
                x: rect.x, y: rect.y, style: theme.style(for: .dim), maxWidth: rect.width)
            return
        }
        let (table, note) = rect.splitBottom(rect.height > lanes.count + 1 ? 1 : 0)
        let columns =
            [
                TableColumn("", minimum: 2, priority: 100),
                TableColumn("lane", minimum: 4, isFlexible: true, priority: 90),
            ]
            + difference.differing.enumerated().map { index, setting in
                let isText = setting.name == "objective" || setting.name == "divergence"
                return TableColumn(
                    setting.name, alignment: isText ? .left : .right, priority: 80 - index)
            }
        let rows = lanes.enumerated().map { row, lane in
            [
                TableCell(LaneMark.text(lane), style: LaneMark.style(lane, theme)),
                TableCell(lane.name),
            ] + difference.differing.map { TableCell($0.values[row]) }
        }
        canvas.draw(
            TableView(
                columns: columns, rows: rows,
                selected: lanes.firstIndex { $0.index == model.focusedLane },
                style: theme.style(for: .text), headerStyle: theme.style(for: .header),
                selectionStyle: theme.style(for: .selection)), in: table)
        for row in lanes.indices where row + 1 < table.height {
            guard let index = lanes[row].index else { continue }
            canvas.mark(
                Rect(x: table.x, y: table.y + row + 1, width: table.width, height: 1),
                MouseTarget.item(.compare, WorkbenchModel.compareLaneItems + index))
        }
        let alike = difference.alike.map { "\($0.name) \($0.values[0])" }.joined(separator: ", ")
        canvas.put(
            alike.isEmpty ? "nothing is alike" : "alike: \(alike)", x: note.x, y: note.y,
            style: theme.style(for: .dim), maxWidth: note.width)
    }
}

/// The evaluations' figures: a row a figure, a column a contender, with intervals or differences.
struct MetricsSection: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let names = model.comparedFigures
        guard !names.isEmpty else {
            let text =
                model.compare.group == .all
                ? "No lane has been evaluated yet: e evaluates the base and every lane."
                : "No figures of this kind (\(model.compare.group.rawValue)): v lists others."
            for (row, line) in TextLayout.wrapped(text, to: rect.width).prefix(rect.height)
                .enumerated()
            {
                canvas.put(line, x: rect.x, y: rect.y + row, style: theme.style(for: .dim))
            }
            return
        }
        let nameWidth = min(
            names.map { TextLayout.columns(label($0, in: rect)) }.max() ?? 0,
            max(11, rect.width * 2 / 5))
        let room = rect.width - nameWidth - 1
        let wanted = 10
        let shown = model.compared(atMost: max(2, room / wanted))
        let cell = min(24, room / max(1, shown.count))
        guard cell > 2, rect.height > 1 else { return }
        drawHead(shown, cell, from: rect.x + nameWidth + 1, on: &canvas, in: rect)
        let (body, note) = rect.splitTop(1).1.splitBottom(rect.height > 5 ? 1 : 0)
        let first = min(
            max(0, model.compare.row - body.height / 2), max(0, names.count - body.height))
        for (line, name) in names.dropFirst(first).prefix(body.height).enumerated() {
            let y = body.y + line
            let row = Rect(x: rect.x, y: y, width: rect.width, height: 1)
            let isChosen = first + line == model.compare.row
            let ground = theme.style(for: isChosen ? .selection : .text)
            if isChosen { canvas.fill(row, ground) }
            canvas.mark(
                row, MouseTarget.item(.compare, WorkbenchModel.compareRowItems + first + line))
            canvas.put(
                label(name, in: rect), x: rect.x, y: y,
                style: theme.style(for: .dim).on(ground.background), maxWidth: nameWidth)
            let best = model.best(name)
            for (column, contender) in shown.enumerated() {
                let text = MetricsCell(name, contender, model).text(atMost: cell - 1)
                canvas.put(
                    best == contender.name ? text + "*" : text + " ",
                    rightAlignedTo: rect.x + nameWidth + 1 + (column + 1) * cell, y: y,
                    style: style(name, contender, best == contender.name).on(ground.background),
                    maxWidth: cell)
            }
        }
        canvas.put(
            noteText(names.count, names[min(model.compare.row, names.count - 1)]), x: note.x,
            y: note.y, style: theme.style(for: .dim), maxWidth: note.width)
    }

    private func drawHead(
        _ shown: [Contender], _ cell: Int, from x: Int, on canvas: inout Canvas, in rect: Rect
    ) {
        for (column, contender) in shown.enumerated() {
            let mark = contender.name == model.compare.baseline ? "¦" : ""
            let name =
                contender.index == nil
                ? contender.name : "\(LaneMark.text(contender)) \(contender.name)"
            let focused = contender.index == model.focusedLane && contender.index != nil
            canvas.put(
                mark + name, rightAlignedTo: x + (column + 1) * cell - 1, y: rect.y,
                style: LaneMark.style(contender, theme).with(focused ? [.bold, .underline] : .bold),
                maxWidth: cell - 1)
            guard let index = contender.index else { continue }
            canvas.mark(
                Rect(x: x + column * cell, y: rect.y, width: cell, height: 1),
                MouseTarget.item(.compare, WorkbenchModel.compareLaneItems + index))
        }
    }

    private func label(_ name: String, in rect: Rect) -> String {
        rect.width >= 100 ? FigureKind.words(name) : FigureKind.shortWords(name)
    }

    private func style(_ name: String, _ contender: Contender, _ isBest: Bool) -> Style {
        if model.compare.showsDeltas, contender.name != model.compare.baseline {
            switch MetricsCell(name, contender, model).delta?.verdict {
            case .better: return theme.style(for: .ok)
            case .worse: return theme.style(for: .error)
            case .undecided, nil: return theme.style(for: .dim)
            }
        }
        return isBest ? theme.style(for: .ok).with(.bold) : theme.style(for: .text)
    }

    private func noteText(_ count: Int, _ name: String) -> String {
        let better =
            switch FigureKind.better(name) {
            case .lower: ", lower is better"
            case .higher: ", higher is better"
            case nil: ""
            }
        let n = model.compared.compactMap { model.figure(name, of: $0.name)?.n }.max() ?? 0
        let legend =
            model.compare.showsDeltas
            ? "less \(model.compare.baseline): ✓ better ✗ worse ~ undecided at 95 %"
            : "* best, ± 95 %, ¦ baseline"
        return "\(min(model.compare.row + 1, count))/\(count) n \(n)\(better)  \(legend)"
    }
}

/// One figure of one contender as a cell's text.
struct MetricsCell {
    let figure: Evaluation.Figure?
    let delta: FigureDelta?
    private let showsDelta: Bool

    init(_ name: String, _ contender: Contender, _ model: WorkbenchModel) {
        figure = model.figure(name, of: contender.name)
        let isBaseline = contender.name == model.compare.baseline
        showsDelta = model.compare.showsDeltas && !isBaseline
        delta =
            isBaseline
            ? nil : FigureDelta(figure, to: model.figure(name, of: model.compare.baseline))
    }

    /// As much of value and interval as fits.
    func text(atMost width: Int) -> String {
        choices.first { !TextLayout.exceeds($0, width) } ?? choices.last ?? NumberText.missing
    }

    private var choices: [String] {
        guard let figure, figure.value.isFinite else { return [NumberText.missing] }
        if showsDelta {
            guard let delta else { return [NumberText.missing] }
            let value = NumberText.fixed(delta.value, 3, signed: true)
            let half = delta.half.isFinite ? "±" + NumberText.fixed(delta.half, 3) : ""
            return ["\(value)\(half) \(delta.mark)", "\(value) \(delta.mark)", value]
        }
        let value =
            abs(figure.value) < 100
            ? NumberText.fixed(figure.value, 3) : NumberText.short(figure.value)
        guard figure.low.isFinite, figure.high.isFinite else { return [value] }
        let low = NumberText.fixed(figure.low, 3)
        let high = NumberText.fixed(figure.high, 3)
        let half = NumberText.fixed((figure.high - figure.low) / 2, 3)
        return ["\(value) [\(low), \(high)]", "\(value)±\(half)", value]
    }
}
