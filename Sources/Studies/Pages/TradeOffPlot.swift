import Alignment
import Figures
import Foundation
import TerminalKit

/// Two figures of every model against each other, with the front that nothing dominates.
public struct TradeOffPlot: Sendable {
    /// The plot.
    public let plot: ScatterPlot
    /// The models on the front, best on the horizontal axis first.
    public let front: [StudyFigures.Model]

    /// Draws models of a study.
    ///
    /// - Parameters:
    ///   - x: the horizontal figure.
    ///   - y: the vertical figure.
    ///   - label: a model's name in the plot.
    /// - Returns: nil where no model has both figures.
    init?(
        _ figures: StudyFigures, _ models: [StudyFigures.Model], x: String, y: String,
        title: String, label: (StudyFigures.Model) -> String
    ) {
        let measured = models.filter { model in
            [x, y].allSatisfy { figures.estimate($0, model)?.value.isFinite == true }
        }
        guard !measured.isEmpty else { return nil }
        let points = measured.map { model in
            (figures.estimate(x, model)!, figures.estimate(y, model)!)
        }
        let indices = ParetoFront.indices(
            of: points.map { ($0.0.value, $0.1.value) },
            isLowerBetter: (FigureNames.isLowerBetter(x), FigureNames.isLowerBetter(y)))
        front = indices.map { measured[$0] }
        var families: [String] = []
        let marks = zip(measured, points).enumerated().map { index, item in
            let (model, (a, b)) = item
            let isBase = model.contender == EvaluationRecord.baseName
            let family = model.contender
            if !families.contains(family), !isBase { families.append(family) }
            let place = families.firstIndex(of: family) ?? 0
            func range(_ low: Double, _ high: Double) -> ClosedRange<Double>? {
                low.isFinite && high.isFinite && low <= high ? low...high : nil
            }
            return ScatterPlot.Point(
                label: label(model), x: a.value, y: b.value, xInterval: range(a.low, a.high),
                yInterval: range(b.low, b.high),
                color: isBase
                    ? .init(hex: 0x4A5568) : ScatterPlot.palette[place % ScatterPlot.palette.count],
                isReference: isBase)
        }
        func axis(_ name: String) -> String {
            FigureNames.label(name)
                + (FigureNames.isLowerBetter(name) ? " (less is better)" : " (more is better)")
        }
        plot = ScatterPlot(
            title: title, xLabel: axis(x), yLabel: axis(y), points: marks,
            front: indices.map { (points[$0].0.value, points[$0].1.value) },
            note: "lines: 95 % intervals over seeds and prompts; dashed: what nothing dominates")
    }
}
