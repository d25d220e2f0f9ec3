import BenchProtocol
import TerminalKit

/// All lanes in few rows, for a small terminal: a sparkline and the numbers that matter.
struct NumbersPane: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !model.laneStates.isEmpty else {
            canvas.put(
                "no lanes yet", x: rect.x, y: rect.y, style: theme.style(for: .dim),
                maxWidth: rect.width)
            return
        }
        let numbers = 18
        // A sparkline tells something from eight columns on; what is left over is the names'.
        let names = min(
            model.longestLabel(model.contenders, upTo: 24), max(4, rect.width - numbers - 8))
        let spark = max(0, rect.width - names - numbers - 1)
        let head = theme.style(for: .header)
        canvas.put("lane", x: rect.x, y: rect.y, style: head, maxWidth: names)
        let titles = [shortTitle, "D gen", "tone"]
        drawNumbers(titles, style: head, on: &canvas, endingAt: rect.maxX, y: rect.y)

        // The base's row is the last, and as many lanes stand above it as there is room for.
        let shown = model.contenders(atMost: max(2, rect.height - 1))
        let order = shown.dropFirst() + shown.prefix(1)
        for (row, contender) in order.enumerated() where row + 1 < rect.height {
            let y = rect.y + 1 + row
            let style = LaneMark.style(contender, theme)
            let focused = contender.index == model.focusedLane && contender.index != nil
            canvas.put(
                model.label(of: contender, atMost: names), x: rect.x, y: y,
                style: focused ? style.with(.bold) : style,
                maxWidth: names)
            var value = ""
            if contender.index != nil {
                let history = model.lanes[contender.name]?.histories[model.quantity]
                let smoothed = history?.smoothed(model.smoothing) ?? []
                canvas.draw(
                    Sparkline(smoothed, style: style),
                    in: Rect(x: rect.x + names + 1, y: y, width: spark, height: 1))
                value = smoothed.last.map { NumberText.short($0) } ?? NumberText.missing
            }
            let shares = ["gender", "tone"].map { attribute in
                model.population(lane: contender.name, attribute: attribute)
                    .map { NumberText.share($0.discrepancy) } ?? NumberText.missing
            }
            drawNumbers(
                [value] + shares, style: theme.style(for: .text), on: &canvas,
                endingAt: rect.maxX, y: y)
        }
        let used = min(rect.height, order.count + 2)
        drawFacts(on: &canvas, in: rect.splitTop(used).1)
    }

    /// What else there is to say about the focused lane, as far as there are rows left.
    private func drawFacts(on canvas: inout Canvas, in rect: Rect) {
        guard let lane = model.focusedLaneState,
            let latest = model.lanes[lane.settings.name]?.latest
        else { return }
        var facts = [
            "lane \(model.focusedLane + 1): accuracy \(NumberText.share(latest.implicitAccuracy))",
            "winner g \(NumberText.short(latest.winnerLogRatio, signed: true))"
                + "  loser g \(NumberText.short(latest.loserLogRatio, signed: true))",
        ]
        if let field = model.lanes[lane.settings.name]?.field {
            facts.append("push on winners \(NumberText.percent(field.shareOnWinner))")
        }
        facts.append("prompt \"\(model.shownPrompt)\"")
        for (row, fact) in facts.prefix(rect.height).enumerated() {
            canvas.put(
                fact, x: rect.x, y: rect.y + row, style: theme.style(for: .dim),
                maxWidth: rect.width)
        }
    }

    /// The quantity's name where there is room for six letters.
    private var shortTitle: String {
        TextLayout.clipped(model.quantity.title, to: 7)
    }

    private func drawNumbers(
        _ texts: [String], style: Style, on canvas: inout Canvas, endingAt maxX: Int, y: Int
    ) {
        var end = maxX
        for (text, width) in zip(texts.reversed(), [4, 5, 7]) {
            canvas.put(text, rightAlignedTo: end, y: y, style: style, maxWidth: width)
            end -= width + 1
        }
    }
}
