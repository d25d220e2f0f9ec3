import BenchProtocol
import TerminalKit

/// The view of the curves: a line of settings, the charts, and the values under the crosshair.
struct CurvesView: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        let gathered = CurveSet(model)
        let arrangement = model.curves.arrangement(of: model)
        let charts = arrangement == .grid ? gathered.quantities.count : 1
        let layout = CurvesLayout(
            rect, model: model, charts: charts, focused: model.curves.focused)
        canvas.draw(
            CurvesHeader(
                gathered: gathered, theme: theme, arrangement: arrangement,
                hidden: layout.hiddenCells),
            in: layout.header)
        for (index, cell) in layout.cells {
            draw(
                arrangement == .overlay ? Array(gathered.quantities.indices) : [index], as: index,
                of: gathered,
                isAlone: charts == 1, on: &canvas, in: cell)
        }
        guard !layout.table.isEmpty else { return }
        canvas.draw(CurvesTable(gathered: gathered, theme: theme), in: layout.table)
    }

    private func draw(
        _ indices: [Int], as index: Int, of gathered: CurveSet, isAlone: Bool,
        on canvas: inout Canvas, in cell: Rect
    ) {
        let isFocused = !isAlone && index == model.curves.focused
        // Without room for a frame its title says what the line of settings cannot.
        let inner = cell.width >= 20 && cell.height >= 6 ? cell.inset(by: 1) : cell.splitTop(1).1
        if !isAlone { canvas.mark(cell, MouseTarget.item(.curves, index)) }
        let title = title(of: indices, in: gathered)
        if inner.x > cell.x {
            canvas.box(
                cell, title: title, titleRight: reading(of: indices, in: gathered),
                style: theme.style(for: isFocused ? .borderFocus : .border),
                titleStyle: theme.style(for: .title))
        } else {
            canvas.put(
                title, x: cell.x + 1, y: cell.y, style: theme.style(for: .title),
                maxWidth: cell.width - 1)
        }
        guard !inner.isEmpty else { return }
        let chart = gathered.chart(indices, theme: theme)
        if let missing = gathered.missing(indices, in: chart) {
            let lines = TextLayout.wrapped(missing, to: max(1, inner.width - 2))
            let top = inner.y + max(0, (inner.height - lines.count) / 2)
            for (row, line) in lines.enumerated() where top + row < inner.maxY {
                canvas.put(
                    line, x: inner.x + 1, y: top + row, style: theme.style(for: .dim),
                    maxWidth: inner.width - 1)
            }
            return
        }
        guard let geometry = chart.place(on: &canvas, in: inner), !geometry.plot.isEmpty else {
            return
        }
        func target(_ part: PlotTarget.Part) -> MouseTarget {
            .plot(PlotTarget(view: .curves, index: index, part: part, geometry: geometry))
        }
        canvas.mark(geometry.plot, target(.lines))
        canvas.mark(
            Rect(
                x: cell.x, y: geometry.plot.y, width: geometry.plot.x - cell.x,
                height: geometry.plot.height), target(.verticalAxis))
    }

    private func title(of indices: [Int], in gathered: CurveSet) -> String {
        let names = indices.map { index in
            let name = gathered.quantities[index].title
            return indices.count > 1 ? "\(CurveSet.letter(index)) \(name)" : name
        }
        var title = names.joined(separator: ", ")
        if model.curves.showsDelta, let baseline = model.baselineLane {
            title += " − lane \(baseline + 1)"
        }
        let scale = gathered.scale(of: indices)
        if scale != .linear { title += " ─ \(scale.rawValue)" }
        return title
    }

    /// The focused lane's value under the crosshair.
    private func reading(of indices: [Int], in gathered: CurveSet) -> String {
        guard indices.count == 1, let index = indices.first,
            let curve = gathered.curves[index].first(where: { $0.index == model.focusedLane }),
            let reading = curve.reading(at: gathered.readStep), reading.smooth.isFinite
        else { return "" }
        let mark = "\(model.focusedLane + 1)\(LaneMark.glyph(model.focusedLane))"
        return "\(mark) \(NumberText.short(reading.smooth, signed: curve.isDelta))"
    }
}

extension CurveSet {
    /// What is missing where a chart has nothing to draw, and which key helps; nil when it has.
    func missing(_ indices: [Int], in chart: BrailleChart) -> String? {
        let hasPoint = chart.series.contains { series in
            series.label != "base" && series.points.contains { $0.x.isFinite && $0.y.isFinite }
        }
        if hasPoint { return nil }
        guard model.state != nil else { return "waiting for the engine" }
        if model.laneStates.isEmpty { return "this session has no lanes yet" }
        if model.shownLanes.isEmpty { return "every lane is hidden: O shows them again" }
        guard let index = indices.first else { return "nothing is chosen: f chooses quantities" }
        let quantity = quantities[index]
        let logged = curves[index].contains { !$0.buckets.isEmpty }
        if logged, axis.unit != .step, xRange == nil {
            return model.isAttached
                ? "fetching the times of the steps …" : "no times are known: u counts steps"
        }
        if logged {
            return model.curves.showsDelta
                ? "no step here has both a lane and the baseline: d draws the values"
                : "no shown lane has a value of \(quantity.title) in these steps: r shows all"
        }
        if case .figure(let name) = quantity {
            return name.hasPrefix("fixed_")
                ? "not measured yet: figures on fixed draws come while it trains"
                : "not measured yet: e evaluates the base and every lane"
        }
        let waits = model.laneStates.contains { $0.step > 0 } && model.isAttached
        return waits
            ? "fetching \(quantity.title) …" : "no \(quantity.title) yet: \(model.firstStepHint)"
    }
}
