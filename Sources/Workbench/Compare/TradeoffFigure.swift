import BenchProtocol
import Figures
import TerminalKit

extension WorkbenchModel {
    /// The contenders that have both figures, in the order of the trade-off's points.
    var tradeoffContenders: [Contender] {
        guard let axes = tradeoffAxes else { return [] }
        return compared.filter {
            figure(axes.x, of: $0.name)?.value.isFinite == true
                && figure(axes.y, of: $0.name)?.value.isFinite == true
        }
    }

    /// The trade-off as a figure; nil where two figures of two contenders are wanting.
    var tradeoff: ScatterFigure? {
        guard let axes = tradeoffAxes, tradeoffContenders.count > 1 else { return nil }
        let points = tradeoffContenders.map { contender -> ScatterFigure.Point in
            let x = figure(axes.x, of: contender.name)
            let y = figure(axes.y, of: contender.name)
            var point = ScatterFigure.Point(
                label: contender.index == nil
                    ? contender.name : "\(contender.mark) \(contender.name)",
                x: x?.value ?? .nan, y: y?.value ?? .nan,
                color: contender.index.map(Self.printColor) ?? Color(hex: 0x4A5568),
                shape: contender.index)
            point.xInterval = x.flatMap(Self.interval)
            point.yInterval = y.flatMap(Self.interval)
            return point
        }
        return ScatterFigure(
            title: "\(state?.session ?? ""), step \(state?.step ?? 0)",
            xAxis: .init(label: FigureKind.words(axes.x), better: FigureKind.better(axes.x)),
            yAxis: .init(label: FigureKind.words(axes.y), better: FigureKind.better(axes.y)),
            points: points,
            notes: ["bars: 95 % intervals; dashes and *: beaten by no other in both"])
    }

    private static func interval(_ figure: Evaluation.Figure) -> ClosedRange<Double>? {
        guard figure.low.isFinite, figure.high.isFinite, figure.low <= figure.high else {
            return nil
        }
        return figure.low...figure.high
    }

    /// A lane's colour on paper.
    static func printColor(_ index: Int) -> Color {
        let colors: [UInt32] = [
            0x2B6CB0, 0xC05621, 0x2F855A, 0x805AD5, 0xC53030, 0x0987A0, 0x975A16, 0x4A5568,
        ]
        return Color(hex: colors[index % colors.count])
    }
}
