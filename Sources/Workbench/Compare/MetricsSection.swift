import BenchProtocol
import Figures
import TerminalKit

/// The evaluations' figures: a row a figure, a column a contender, with intervals or differences.
struct MetricsSection: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let names = model.comparedFigures
        guard model.compare.group != .all || !names.allSatisfy({ $0.hasPrefix("fixed_") }) else {
            // Figures on fixed draws come by themselves and say nothing of who appears.
            let key = model.keys.keyName(for: .evaluate, in: .compare)
            let text =
                "Fairness, accuracy and diversity are not measured yet: \(key) measures them."
            let lines = TextLayout.wrapped(text, to: rect.width)
            let (above, below) = rect.splitBottom(min(lines.count, rect.height))
            for (row, line) in lines.prefix(below.height).enumerated() {
                canvas.put(
                    line, x: below.x, y: below.y + row, style: theme.style(for: .accent))
            }
            if !names.isEmpty { drawFigures(names, on: &canvas, in: above) }
            return
        }
        guard !names.isEmpty else {
            let text =
                "No figures of this kind (\(model.compare.group.rawValue)): v lists others."
            for (row, line) in TextLayout.wrapped(text, to: rect.width).prefix(rect.height)
                .enumerated()
            {
                canvas.put(line, x: rect.x, y: rect.y + row, style: theme.style(for: .dim))
            }
            return
        }
        drawFigures(names, on: &canvas, in: rect)
    }

    private func drawFigures(_ names: [String], on canvas: inout Canvas, in rect: Rect) {
        let nameWidth = min(
            names.map { TextLayout.columns(label($0, in: rect)) }.max() ?? 0,
            max(11, rect.width * 2 / 5))
        let room = rect.width - nameWidth - 1
        let wanted = 8
        let shown = model.compared(atMost: max(2, room / wanted))
        let cell = min(24, room / max(1, shown.count))
        guard cell > 2, rect.height > 1 else { return }
        drawHead(shown, cell, from: rect.x + nameWidth + 1, on: &canvas, in: rect)
        let chosen = names[min(model.compare.row, names.count - 1)]
        // Below the list: what the chosen figure is, where the list keeps some rows, and the legend.
        let sentence = TextLayout.wrapped(FigureMeaning.sentence(chosen) ?? "", to: rect.width)
        let told = rect.height >= 10 ? min(sentence.count, 2) : 0
        let (above, note) = rect.splitTop(1).1.splitBottom(rect.height > 5 ? 1 + told : 0)
        // The chosen figure is told in full where that leaves room for a list.
        let whole = model.compared.count + 1
        let (body, detail) = above.splitBottom(above.height >= whole + 6 ? whole : 0)
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
        if !detail.isEmpty {
            canvas.draw(
                FigureDetail(
                    name: chosen, model: model, theme: theme), in: detail)
        }
        for (row, line) in sentence.prefix(told).enumerated() {
            let isCut = row == told - 1 && sentence.count > told
            canvas.put(
                isCut ? line + " …" : line, x: note.x, y: note.y + row,
                style: theme.style(for: .text), maxWidth: note.width)
        }
        canvas.put(
            noteText(names.count, chosen, width: note.width), x: note.x, y: note.y + told,
            style: theme.style(for: .dim), maxWidth: note.width)
    }

    private func drawHead(
        _ shown: [Contender], _ cell: Int, from x: Int, on canvas: inout Canvas, in rect: Rect
    ) {
        for (column, contender) in shown.enumerated() {
            let mark = contender.name == model.compare.baseline ? "¦" : ""
            let name = model.label(of: contender, atMost: cell - 1 - mark.count)
            let focused = contender.index == model.focusedLane && contender.index != nil
            canvas.put(
                mark + name, rightAlignedTo: x + (column + 1) * cell - 1, y: rect.y,
                style: LaneMark.style(contender, theme).with(
                    focused ? [.bold, .underline] : .bold),
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

    private func noteText(_ count: Int, _ name: String, width: Int) -> String {
        let better =
            switch FigureKind.better(name) {
            case .lower: ", lower is better"
            case .higher: ", higher is better"
            case nil: ""
            }
        let n = model.compared.compactMap { model.figure(name, of: $0.name)?.n }.max() ?? 0
        let counted = FigureMeaning.count(n, of: name)
        // The title names the baseline; where there is room, so does the legend.
        let legends =
            model.compare.showsDeltas
            ? [
                "less \(model.compare.baseline): ✓ better ✗ worse ~ undecided at 95 %",
                "✓ better ✗ worse ~ undecided", "✓ better ✗ worse ~ unclear",
            ] : ["* best, ± 95 %, ¦ baseline", "* best, ¦ baseline"]
        let place = "\(min(model.compare.row + 1, count))/\(count) \(counted)\(better)  "
        return place
            + (legends.first { !TextLayout.exceeds(place + $0, width) } ?? legends.last ?? "")
    }
}
