import BenchProtocol
import TerminalKit

/// The curves of all lanes: smoothed lines over faint raw values.
struct CurvesPanel: Drawing {
    let model: WorkbenchModel
    let theme: Theme
    /// The step under the crosshair.
    var cursor: Int?

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let series = self.series
        guard series.contains(where: { !$0.points.isEmpty }) else {
            canvas.put(
                waiting, x: rect.x + 1, y: rect.y, style: theme.style(for: .dim),
                maxWidth: rect.width - 1)
            return
        }
        var chart = BrailleChart(
            series: series, yScale: model.isLogScale ? .logarithmic : .linear, xLabel: "step",
            cursor: cursor.map(Double.init), axisStyle: theme.style(for: .axis))
        chart.xIsWhole = true
        canvas.draw(chart, in: rect)
    }

    private var waiting: String {
        model.laneStates.isEmpty
            ? "no lanes yet" : "no \(model.quantity.title) yet: \(model.firstStepHint)"
    }

    /// One series a lane, the focused one last so that it lies on top.
    private var series: [ChartSeries] {
        let order =
            model.laneStates.indices.filter { $0 != model.focusedLane }
            + (model.focusedLaneState == nil ? [] : [model.focusedLane])
        return order.map { index in
            let style = theme.series(index)
            let history = model.lanes[model.laneStates[index].settings.name]?
                .histories[model.quantity]
            guard let history, let first = history.buckets.first else {
                return ChartSeries(label: "", points: [], style: style)
            }
            let smoothed = history.smoothed(model.smoothing)
            let points = zip(history.buckets, smoothed).map {
                ChartPoint(x: Double($0.step), y: $1)
            }
            var raw: [ChartPoint] = []
            if model.smoothing > 0 || first.minimum != first.maximum {
                // A bucket of several steps shows how far they spread.
                raw.reserveCapacity(history.buckets.count * 2)
                for bucket in history.buckets {
                    raw.append(ChartPoint(x: Double(bucket.step), y: bucket.minimum))
                    if bucket.maximum != bucket.minimum {
                        raw.append(ChartPoint(x: Double(bucket.step), y: bucket.maximum))
                    }
                }
            }
            var series = ChartSeries(
                label: "\(index + 1)", points: points, raw: raw, style: style,
                rawStyle: theme.faint(style), dash: .series(index))
            // Without colours to make them faint, dense raw values would hide the line.
            if model.colorDepth <= .palette16 || theme.series.isEmpty {
                series.rawShape = .envelope
            }
            return series
        }
    }
}

/// The zoomed curves: a large chart, a crosshair, and every lane's values under it.
struct ZoomedCurves: Drawing {
    let model: WorkbenchModel
    let theme: Theme

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let tableHeight = min(model.laneStates.count + 1, max(0, rect.height / 2))
        let (chart, table) = rect.splitBottom(tableHeight)
        let step = model.cursorStep ?? model.curveSpan?.upperBound
        canvas.draw(
            CurvesPanel(model: model, theme: theme, cursor: model.cursorStep), in: chart)
        guard let step, tableHeight > 1 else { return }
        drawTable(at: step, on: &canvas, in: table)
    }

    private func drawTable(at step: Int, on canvas: inout Canvas, in rect: Rect) {
        let columns = [
            TableColumn("lane", minimum: 10, isFlexible: true, priority: 9),
            TableColumn("at step \(step)", alignment: .right, minimum: 9, priority: 8),
            TableColumn("raw", alignment: .right, minimum: 8, priority: 5),
            TableColumn("vs lane 1", alignment: .right, minimum: 9, priority: 4),
            TableColumn("newest", alignment: .right, minimum: 8, priority: 3),
            TableColumn("lowest", alignment: .right, minimum: 8, priority: 2),
            TableColumn("highest", alignment: .right, minimum: 8, priority: 1),
        ]
        let readings = model.laneStates.map { reading(of: $0.settings.name, at: step) }
        let rows = model.laneStates.indices.map { index -> [TableCell] in
            let lane = Contender(name: model.laneStates[index].settings.name, index: index)
            guard let values = readings[index] else {
                return [
                    TableCell(
                        "\(LaneMark.text(lane)) \(lane.name)", style: theme.series(index))
                ]
            }
            let against = readings[0].map { values.smooth - $0.smooth } ?? .nan
            return [
                TableCell("\(LaneMark.text(lane)) \(lane.name)", style: theme.series(index)),
                TableCell(NumberText.short(values.smooth)), TableCell(NumberText.short(values.raw)),
                TableCell(index == 0 ? "" : NumberText.short(against, signed: true)),
                TableCell(NumberText.short(values.newest)),
                TableCell(NumberText.short(values.lowest)),
                TableCell(NumberText.short(values.highest)),
            ]
        }
        canvas.draw(
            TableView(
                columns: columns, rows: rows, selected: model.focusedLane,
                style: theme.style(for: .text), headerStyle: theme.style(for: .header),
                selectionStyle: theme.style(for: .selection)), in: rect)
    }

    private struct Reading {
        var smooth: Double
        var raw: Double
        var newest: Double
        var lowest: Double
        var highest: Double
    }

    private func reading(of lane: String, at step: Int) -> Reading? {
        guard let history = model.lanes[lane]?.histories[model.quantity],
            let index = history.nearest(to: step)
        else { return nil }
        let finite = history.buckets.filter { $0.mean.isFinite }
        return Reading(
            smooth: history.smoothed(model.smoothing)[index], raw: history.buckets[index].mean,
            newest: finite.last?.mean ?? .nan, lowest: finite.map(\.minimum).min() ?? .nan,
            highest: finite.map(\.maximum).max() ?? .nan)
    }
}
