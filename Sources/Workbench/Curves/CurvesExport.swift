import BenchProtocol
import Figures
import Foundation
import TerminalKit

/// What the view of the curves writes to files: all that was fetched of the steps shown.
extension WorkbenchModel {
    /// The formats this view can be written in.
    var curvesExportFormats: [ExportFormat] {
        laneStates.isEmpty ? [] : ExportFormat.allCases
    }

    /// What this view shows, for a file; nil when there is nothing to write.
    func curvesExport(_ format: ExportFormat) -> ExportedFile? {
        let gathered = CurveSet(self)
        guard gathered.curves.contains(where: { $0.contains { !$0.buckets.isEmpty } }) else {
            return nil
        }
        let content: ExportedFile.Content
        switch format {
        case .csv: content = .text(CurvesTextExport(gathered).csv())
        case .json: content = .text(CurvesTextExport(gathered).json())
        case .svg, .png: content = .figure(CurvesFigure(gathered).drawn())
        }
        let names =
            gathered.quantities.count == 1
            ? gathered.quantities[0].name : "\(gathered.quantities.count)-quantities"
        return ExportedFile(
            name: "\(state?.session ?? "session")-\(names)-steps-\(gathered.steps.lowerBound)-"
                + "\(gathered.steps.upperBound)", format: format, content: content)
    }
}

/// The curves as rows of numbers.
struct CurvesTextExport {
    private let gathered: CurveSet
    private let baselines: [LaneCurve?]

    /// One point of one curve.
    private struct Row {
        var step: Int
        var time: Double
        var bucket: CurveHistory.Bucket
        var smoothed: Double
        var difference: Double
    }

    init(_ source: CurveSet) {
        // The values themselves; the differences stand beside them.
        gathered = CurveSet(source.model, quantities: source.quantities, isDelta: false)
        baselines = gathered.curves.map { curves in
            curves.first { $0.index == source.model.baselineLane }
        }
    }

    func csv() -> String {
        var text = "lane,quantity,step,\(timeName),minimum,maximum,mean,smoothed,minus_baseline\n"
        forEachCurve { curve, rows in
            let head = "\(FileText.csv(curve.lane)),\(FileText.csv(curve.quantity.name))"
            for row in rows {
                let numbers = [
                    row.time, row.bucket.minimum, row.bucket.maximum, row.bucket.mean, row.smoothed,
                    row.difference,
                ]
                let texts = numbers.map { $0.isFinite ? "\($0)" : "" }
                text += "\(head),\(row.step),\(texts.joined(separator: ","))\n"
            }
        }
        return text
    }

    func json() -> String {
        let model = gathered.model
        var series: [String] = []
        forEachCurve { curve, rows in
            let points = rows.map { row in
                FileText.object([
                    ("step", "\(row.step)"), (timeName, FileText.jsonNumber(row.time)),
                    ("minimum", FileText.jsonNumber(row.bucket.minimum)),
                    ("maximum", FileText.jsonNumber(row.bucket.maximum)),
                    ("mean", FileText.jsonNumber(row.bucket.mean)),
                    ("smoothed", FileText.jsonNumber(row.smoothed)),
                    ("minus_baseline", FileText.jsonNumber(row.difference)),
                ])
            }
            let settings = curve.index.map { model.laneStates[$0].settings }
            series.append(
                "    "
                    + FileText.object([
                        ("lane", FileText.json(curve.lane)),
                        ("objective", FileText.json(settings?.objective ?? "")),
                        ("quantity", FileText.json(curve.quantity.name)),
                        ("points", "[\n      " + points.joined(separator: ",\n      ") + "\n    ]"),
                    ]))
        }
        return """
            {
              "session": \(FileText.json(model.state?.session ?? "")),
              "first_step": \(gathered.steps.lowerBound),
              "last_step": \(gathered.steps.upperBound),
              "smoothing": \(FileText.jsonNumber(model.smoothing)),
              "baseline": \(model.curves.baseline.map(FileText.json) ?? "null"),
              "series": [
            \(series.joined(separator: ",\n"))
              ]
            }

            """
    }

    /// What the axis shows beside the step, as a name of a column.
    private var timeName: String {
        gathered.axis.unit == .relative ? "seconds_since_start" : "time"
    }

    private func forEachCurve(_ body: (LaneCurve, [Row]) -> Void) {
        for (curves, baseline) in zip(gathered.curves, baselines) {
            for curve in curves {
                let difference = baseline.map { curve.difference(to: $0) }
                let rows = gathered.model.indices(of: curve.buckets, in: gathered.steps).map {
                    place in
                    let step = curve.buckets[place].step
                    return Row(
                        step: step,
                        time: gathered.axis.unit == .step
                            ? .nan : gathered.axis.place(step, of: curve.lane),
                        bucket: curve.buckets[place], smoothed: curve.smoothed[place],
                        difference: difference?.smoothed[place] ?? .nan)
                }
                body(curve, rows)
            }
        }
    }
}

/// The curves as a figure for papers.
struct CurvesFigure {
    private let gathered: CurveSet
    private let chartOf: (ChartAxes) -> LineFigure

    /// What the screen's chart of some quantities shows.
    private struct ChartAxes {
        let indices: [Int]
        let x: ChartScale
        let y: ChartScale
    }

    init(_ gathered: CurveSet) {
        self.gathered = gathered
        chartOf = { axes in CurvesFigure.figure(of: axes, gathered) }
    }

    func drawn() -> Figure {
        let arrangement = gathered.model.curves.arrangement(of: gathered.model)
        let all = Array(gathered.quantities.indices)
        let groups = arrangement == .overlay ? [all] : all.map { [$0] }
        let panels = groups.map { indices in
            let scales = gathered.chart(indices, theme: .builtin).scales
            return chartOf(ChartAxes(indices: indices, x: scales.x, y: scales.y))
        }
        let session = gathered.model.state?.session ?? ""
        guard panels.count > 1 else {
            var only = panels[0]
            only.title = "\(only.title) - \(session)"
            return only.drawn()
        }
        let columns = panels.count <= 4 ? 2 : 3
        return LineFigure.grid(panels, title: session, columns: columns)
    }

    private static func figure(of axes: ChartAxes, _ gathered: CurveSet) -> LineFigure {
        let model = gathered.model
        let isOverlay = axes.indices.count > 1
        var series: [LineFigure.Series] = []
        for (position, index) in axes.indices.enumerated() {
            for curve in gathered.curves[index] {
                let place = curve.index ?? 0
                let places = model.indices(of: curve.buckets, in: gathered.steps)
                var points: [ChartPoint] = []
                var band: [LineFigure.Interval] = []
                for bucket in places {
                    let x = gathered.axis.place(curve.buckets[bucket].step, of: curve.lane)
                    points.append(ChartPoint(x: x, y: curve.smoothed[bucket]))
                    guard !curve.isDelta, model.curves.raw != .none else { continue }
                    band.append(
                        LineFigure.Interval(
                            x: x, low: curve.buckets[bucket].minimum,
                            high: curve.buckets[bucket].maximum))
                }
                let name = "\(place + 1) \(curve.lane)"
                series.append(
                    LineFigure.Series(
                        label: isOverlay ? "\(name): \(curve.quantity.title)" : name,
                        points: points, band: band, color: LineFigure.color(place),
                        dash: LineFigure.dash(isOverlay ? position : place),
                        isMarked: curve.quantity.isSparse))
            }
        }
        let names = axes.indices.map { gathered.quantities[$0].title }.joined(separator: ", ")
        var notes: [String] = []
        if model.smoothing > 0, !axes.indices.allSatisfy({ gathered.quantities[$0].isSparse }) {
            notes.append("EMA \(NumberText.constant(model.smoothing))")
        }
        if model.curves.showsDelta, let baseline = model.curves.baseline {
            notes.append("minus \(baseline)")
        }
        let note = notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"
        var figure = LineFigure(
            title: names + note, xLabel: gathered.label, yLabel: isOverlay ? "value" : names,
            series: series)
        figure.xRange = axes.x.range
        figure.yRange = axes.y.range
        figure.xScale = axes.x.kind
        figure.yScale = axes.y.kind
        figure.xUnit = gathered.unit
        if model.curves.showsDelta { figure.level = 0 }
        return figure
    }
}
