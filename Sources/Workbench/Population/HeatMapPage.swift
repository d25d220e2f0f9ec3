import BenchProtocol
import TerminalKit

/// Who appears over steps as colour: a column a step, a row a class, the same rows and the same scale
/// for every lane, beside what the data set plants, what the base draws, and the uniform share.
struct HeatMapPage: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let table = HistoryTable(model)
        if let missing = model.historyMissing(table) {
            return PopulationView.say(missing, theme: theme, on: &canvas, in: rect)
        }
        let (body, detail) = rect.splitBottom(1)
        let block = table.classes.count + 1
        let longest = table.classes.map { TextLayout.columns($0, upTo: 13) }.max() ?? 4
        let names = rect.width >= 70 ? longest + 1 : min(longest, 7) + 1
        let references = table.references
        let referenceWidth = rect.width >= 70 ? 8 : 4
        let left = names + references.count * referenceWidth + 1
        let room = body.width - left
        guard room > 0, body.height >= block else { return }
        let cell = [5, 4, 3, 2].first { $0 * table.steps.count <= room } ?? 1
        let chosen = table.chosenStep(model.gallery.step)
        let steps = table.steps(atMost: room / cell, with: chosen)
        let count = max(1, (body.height - 1) / block)
        let first = min(max(0, model.focusedLane - count / 2), max(0, table.lanes.count - count))
        drawHead(table, steps, chosen, names, referenceWidth, left, cell, on: &canvas, in: body)
        for (place, lane) in table.lanes.dropFirst(first).prefix(count).enumerated() {
            let y = body.y + 1 + place * block
            guard y + block <= body.maxY else { break }
            drawLane(
                lane, table, steps, chosen, names, referenceWidth, left, cell, on: &canvas,
                in: Rect(x: body.x, y: y, width: body.width, height: block))
        }
        if steps.isEmpty {
            canvas.put(
                "no lane was sampled yet: space trains, g samples", x: body.x + left, y: body.y + 1,
                style: theme.style(for: .dim), maxWidth: room)
        }
        canvas.put(
            model.historyDetail(table, columns: detail.width), x: detail.x, y: detail.y,
            style: theme.style(for: .text), maxWidth: detail.width)
    }

    private func drawHead(
        _ table: HistoryTable, _ steps: [Int], _ chosen: Int?, _ names: Int, _ reference: Int,
        _ left: Int, _ cell: Int, on canvas: inout Canvas, in body: Rect
    ) {
        canvas.put(
            names >= 9 ? "share, %" : "%", x: body.x, y: body.y, style: theme.style(for: .dim),
            maxWidth: names)
        for (place, entry) in table.references.enumerated() {
            canvas.put(
                reference >= 8 ? entry.name : String(entry.name.prefix(3)),
                x: body.x + names + place * reference, y: body.y, style: theme.style(for: .dim),
                maxWidth: reference - 1)
        }
        // Labels as far apart as the widest is, the chosen one over whatever is in its way.
        let widest = (steps.last.map { "\($0)".count } ?? 1) + 2
        let apart = max(1, (widest + cell - 1) / cell)
        for (place, step) in steps.enumerated() {
            let x = body.x + left + place * cell
            if place % apart == 0, x + widest <= body.maxX {
                canvas.put("\(step)", x: x, y: body.y, style: theme.style(for: .axis))
            }
            if let index = table.steps.firstIndex(of: step) {
                canvas.mark(
                    Rect(x: x, y: body.y, width: cell, height: body.height),
                    MouseTarget.item(.population, GallerySpot(.step, item: index).number))
            }
        }
        guard let chosen, let place = steps.firstIndex(of: chosen) else { return }
        let text = "▾\(chosen)"
        let x = min(body.x + left + place * cell, body.maxX - text.count)
        canvas.put(text, x: x, y: body.y, style: theme.style(for: .selection))
    }

    private func drawLane(
        _ lane: HistoryTable.LaneShares, _ table: HistoryTable, _ steps: [Int], _ chosen: Int?,
        _ names: Int, _ reference: Int, _ left: Int, _ cell: Int, on canvas: inout Canvas,
        in rect: Rect
    ) {
        let isFocused = lane.contender.index == model.focusedLane
        canvas.put(
            (isFocused ? "▸" : "")
                + model.label(of: lane.contender, atMost: left - (isFocused ? 2 : 1)),
            x: rect.x, y: rect.y,
            style: isFocused
                ? theme.style(for: .selection)
                : LaneMark.style(lane.contender, theme).with(.bold), maxWidth: left - 1)
        if isFocused, let chosen, let place = steps.firstIndex(of: chosen) {
            canvas.put(
                "▾", x: rect.x + left + place * cell, y: rect.y, style: theme.style(for: .key))
        }
        for (bin, name) in table.classes.enumerated() {
            let y = rect.y + 1 + bin
            canvas.put(
                RidgelinePage.short(name, names - 1), x: rect.x, y: y,
                style: theme.style(for: .dim), maxWidth: names - 1)
            for (place, entry) in table.references.enumerated() {
                draw(
                    entry.shares[bin], table.largest, on: &canvas,
                    in: Rect(
                        x: rect.x + names + place * reference, y: y,
                        width: min(4, reference - 1), height: 1))
            }
            for (place, step) in steps.enumerated() {
                guard let point = lane.byStep[step] else { continue }
                draw(
                    point.shares[bin], table.largest, on: &canvas,
                    in: Rect(x: rect.x + left + place * cell, y: y, width: cell, height: 1))
            }
        }
    }

    /// A share as a coloured field with its percentage, or as a shade where there is neither room
    /// nor colour.
    private func draw(_ share: Double, _ largest: Double, on canvas: inout Canvas, in rect: Rect) {
        let level = share / largest
        let background = model.colorDepth == .mono ? nil : theme.rampColor(level)
        var style = theme.base
        if let background {
            let ink = background.luminance > 128 ? Color(hex: 0x000000) : Color(hex: 0xFFFFFF)
            style = Style(foreground: ink, background: background)
        }
        canvas.fill(rect, style)
        if rect.width >= 3 {
            canvas.put(
                NumberText.fixed(share * 100, 0),
                rightAlignedTo: rect.maxX - (rect.width > 3 ? 1 : 0),
                y: rect.y, style: style, maxWidth: rect.width)
        } else if background == nil {
            let shades: [Character] = [" ", "░", "▒", "▓", "█"]
            canvas.fill(rect, shades[min(4, max(0, Int((level * 4).rounded())))], style)
        }
    }
}
