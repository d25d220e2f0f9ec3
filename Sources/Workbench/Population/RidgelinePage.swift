import BenchProtocol
import TerminalKit

/// Histograms below each other, a row a step: every lane in the same bins, under what the data set
/// plants, what the base draws, and the uniform distribution.
struct RidgelinePage: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    private static let gutter = 9

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let table = HistoryTable(model)
        if let missing = model.historyMissing(table) {
            return PopulationView.say(missing, theme: theme, on: &canvas, in: rect)
        }
        let (body, detail) = rect.splitBottom(1)
        let bins = table.classes.count
        let room = body.width - Self.gutter
        let lanes = shownLanes(table, atMost: max(1, room / (3 * bins + 2)))
        let panel = min(room / max(1, lanes.count), 12 * bins + 1)
        let band = max(1, (panel - 1) / bins)
        guard band > 0, body.height >= 5 else { return }
        // Every histogram is as high as lets all steps be seen, up to three rows.
        let references = table.references
        let lines = body.height - 2
        let wanted = references.count + max(1, table.steps.count)
        let ridge = max(1, min(3, lines / wanted))
        let chosen = table.chosenStep(model.gallery.step)
        let steps = table.steps(atMost: max(1, lines / ridge - references.count), with: chosen)
        drawHeads(lanes, panel, on: &canvas, in: body)
        var y = body.y + 1
        for (name, shares) in references where y + ridge <= body.maxY - 1 {
            canvas.put(
                name, rightAlignedTo: body.x + Self.gutter - 1, y: y + ridge - 1,
                style: theme.style(for: .dim), maxWidth: Self.gutter - 1)
            for place in lanes.indices {
                bars(
                    shares, table, reference(name), band, ridge, on: &canvas,
                    x: body.x + Self.gutter + place * panel, y: y)
            }
            y += ridge
        }
        for step in steps where y + ridge <= body.maxY - 1 {
            drawStep(step, step == chosen, lanes, table, panel, band, ridge, &canvas, body, y)
            y += ridge
        }
        drawBins(table, lanes.count, panel, band, on: &canvas, in: body, y: y)
        if steps.isEmpty, y + 1 < body.maxY {
            canvas.put(
                "no lane was sampled for this prompt yet: space trains, g samples", x: body.x,
                y: y + 1, style: theme.style(for: .dim), maxWidth: body.width)
        }
        canvas.put(
            model.historyDetail(table, columns: detail.width), x: detail.x, y: detail.y,
            style: theme.style(for: .text), maxWidth: detail.width)
    }

    /// As many lanes as fit, the focused one among them.
    private func shownLanes(
        _ table: HistoryTable, atMost count: Int
    ) -> ArraySlice<HistoryTable.LaneShares> {
        let first = min(max(0, model.focusedLane - count / 2), max(0, table.lanes.count - count))
        let shown = table.lanes[first..<min(table.lanes.count, first + count)]
        return ArraySlice(Array(shown))
    }

    private func reference(_ name: String) -> Style {
        switch name {
        case "base": theme.style(for: .base)
        case "uniform": theme.style(for: .marker)
        default: theme.style(for: .accent)
        }
    }

    private func drawHeads(
        _ lanes: ArraySlice<HistoryTable.LaneShares>, _ panel: Int, on canvas: inout Canvas,
        in body: Rect
    ) {
        canvas.put(
            model.galleryAttribute, x: body.x, y: body.y, style: theme.style(for: .header),
            maxWidth: Self.gutter - 1)
        for (place, lane) in lanes.enumerated() {
            let isFocused = lane.contender.index == model.focusedLane
            canvas.put(
                (isFocused ? "▸" : "")
                    + model.label(of: lane.contender, atMost: panel - (isFocused ? 2 : 1)),
                x: body.x + Self.gutter + place * panel, y: body.y,
                style: isFocused
                    ? theme.style(for: .selection)
                    : LaneMark.style(lane.contender, theme).with(.bold), maxWidth: panel - 1)
        }
    }

    private func drawStep(
        _ step: Int, _ isChosen: Bool, _ lanes: ArraySlice<HistoryTable.LaneShares>,
        _ table: HistoryTable, _ panel: Int, _ band: Int, _ ridge: Int, _ canvas: inout Canvas,
        _ body: Rect, _ y: Int
    ) {
        let label = TextLayout.padded(
            (isChosen ? "▸" : "") + "\(step)", to: Self.gutter - 1, alignment: .right)
        canvas.put(
            label, x: body.x, y: y + ridge - 1,
            style: theme.style(for: isChosen ? .selection : .dim), maxWidth: Self.gutter - 1)
        if let place = table.steps.firstIndex(of: step) {
            canvas.mark(
                Rect(x: body.x, y: y, width: body.width, height: ridge),
                MouseTarget.item(.population, GallerySpot(.step, item: place).number))
        }
        for (place, lane) in lanes.enumerated() {
            guard let point = lane.byStep[step] else { continue }
            bars(
                point.shares, table, LaneMark.style(lane.contender, theme), band, ridge,
                on: &canvas, x: body.x + Self.gutter + place * panel, y: y)
        }
    }

    /// One histogram: bars of eighths of a row on a common ground line.
    private func bars(
        _ shares: [Double], _ table: HistoryTable, _ style: Style, _ band: Int, _ ridge: Int,
        on canvas: inout Canvas, x: Int, y: Int
    ) {
        let glyphs: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        let whole = table.largest
        for (bin, share) in shares.enumerated() {
            var eighths = Int((share / whole * Double(ridge * 8)).rounded())
            // What was seen at all leaves a trace.
            if share > 0 { eighths = max(1, eighths) }
            for row in 0..<ridge {
                let level = min(8, max(0, eighths - 8 * row))
                let glyph = level == 0 && row == 0 ? Character("_") : glyphs[level]
                let rest = level == 0 && row == 0 ? theme.style(for: .axis) : style
                for column in 0..<max(1, band - (band > 2 ? 1 : 0)) {
                    canvas[x + bin * band + column, y + ridge - 1 - row] = Cell(glyph, style: rest)
                }
            }
        }
    }

    private func drawBins(
        _ table: HistoryTable, _ lanes: Int, _ panel: Int, _ band: Int, on canvas: inout Canvas,
        in body: Rect, y: Int
    ) {
        guard y < body.maxY else { return }
        for place in 0..<lanes {
            for (bin, name) in table.classes.enumerated() {
                canvas.put(
                    Self.short(name, band > 2 ? band - 1 : band),
                    x: body.x + Self.gutter + place * panel + bin * band, y: y,
                    style: theme.style(for: .dim), maxWidth: band)
            }
        }
    }

    /// A class's name in so many columns: whole, or its initials.
    static func short(_ name: String, _ width: Int) -> String {
        guard TextLayout.exceeds(name, width) else { return name }
        let shorter = name.hasPrefix("medium-") ? "m-" + name.dropFirst(7) : name
        guard TextLayout.exceeds(shorter, width) else { return shorter }
        let initials = PictureLabel.initials(name)
        return String(name.contains("-") ? initials : String(name.prefix(max(1, width))))
    }
}
