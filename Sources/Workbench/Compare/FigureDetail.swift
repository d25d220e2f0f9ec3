import BenchProtocol
import Figures
import TerminalKit

/// One figure of everyone compared: value, interval, difference to the baseline, and the intervals
/// drawn below each other on one scale.
struct FigureDetail: Drawing {
    let name: String
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let (head, body) = rect.splitTop(1)
        canvas.fill(head, "─", theme.style(for: .border))
        canvas.put(
            " \(FigureKind.words(name)), less \(model.compare.baseline) ", x: head.x + 1, y: head.y,
            style: theme.style(for: .accent), maxWidth: head.width - 1)
        let rows = model.compared.map { contender in
            (
                contender: contender,
                value: MetricsCell(name, contender, model, showsDelta: false).text(atMost: 24),
                delta: contender.name == model.compare.baseline
                    ? "baseline"
                    : MetricsCell(name, contender, model, showsDelta: true).text(atMost: 24)
            )
        }
        let names = min(model.longestLabel(model.compared, upTo: 48), rect.width / 4)
        let values = rows.map { TextLayout.columns($0.value) }.max() ?? 0
        let deltas = rows.map { TextLayout.columns($0.delta) }.max() ?? 0
        // A drawing needs some columns to tell anything; differences come before it.
        let left = names + values + deltas + 4
        let hasDeltas = left <= rect.width
        let room = hasDeltas ? rect.width - left - 1 : rect.width - names - values - 3
        for (line, row) in rows.enumerated() where line < body.height {
            let y = body.y + line
            var x = rect.x
            let style = LaneMark.style(row.contender, theme)
            canvas.put(
                model.label(of: row.contender, atMost: names), x: x, y: y, style: style,
                maxWidth: names)
            x += names + 1 + values
            canvas.put(
                row.value, rightAlignedTo: x, y: y, style: theme.style(for: .text),
                maxWidth: min(values, rect.maxX - rect.x - names - 1))
            if hasDeltas {
                x += 2 + deltas
                canvas.put(
                    row.delta, rightAlignedTo: x, y: y, style: deltaStyle(row.contender),
                    maxWidth: deltas)
            }
            guard room >= 10 else { continue }
            drawInterval(
                row.contender, style, on: &canvas,
                in: Rect(x: x + 2, y: y, width: rect.maxX - x - 2, height: 1))
        }
    }

    private func deltaStyle(_ contender: Contender) -> Style {
        switch MetricsCell(name, contender, model, showsDelta: true).delta?.verdict {
        case .better: theme.style(for: .ok)
        case .worse: theme.style(for: .error)
        case .undecided, nil: theme.style(for: .dim)
        }
    }

    private func drawInterval(
        _ contender: Contender, _ style: Style, on canvas: inout Canvas, in rect: Rect
    ) {
        guard let figure = model.figure(name, of: contender.name), figure.value.isFinite,
            rect.width > 1
        else { return }
        let all = model.compared.compactMap { model.figure(name, of: $0.name) }
        let range = ScatterFigure.range(
            all.map(\.value), all.map { $0.low <= $0.high ? $0.low...$0.high : nil })
        func column(_ value: Double) -> Int {
            let span = range.upperBound - range.lowerBound
            guard span > 0, value.isFinite else { return rect.x }
            let share = min(max((value - range.lowerBound) / span, 0), 1)
            return rect.x + Int(share * Double(rect.width - 1))
        }
        if figure.low.isFinite, figure.high.isFinite, figure.low <= figure.high {
            let (low, high) = (column(figure.low), column(figure.high))
            for x in low...max(low, high) { canvas[x, rect.y] = Cell("─", style: style) }
            canvas[low, rect.y] = Cell("├", style: style)
            canvas[high, rect.y] = Cell("┤", style: style)
        }
        let glyph = contender.index.map(LaneMark.glyph) ?? "◇"
        canvas[column(figure.value), rect.y] = Cell(glyph, style: style.with(.bold))
    }
}
