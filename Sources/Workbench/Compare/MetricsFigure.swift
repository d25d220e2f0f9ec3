import BenchProtocol
import Figures
import TerminalKit

extension WorkbenchModel {
    /// The metrics as a drawing: the list, and below it the chosen figure in full, as on the screen.
    var metricsFigure: Figure {
        let list = metricsTable.drawn()
        guard !comparedFigures.isEmpty else { return list }
        let chosen = comparedFigures[min(compare.row, comparedFigures.count - 1)]
        let pitch = 26.0
        var figure = Figure(
            width: max(list.width, 900),
            height: list.height + 84 + Int(pitch) * compared.count,
            background: list.background)
        figure.add(list)
        drawIntervals(of: chosen, from: Double(list.height), pitch: pitch, on: &figure)
        return figure
    }

    private var metricsTable: TableFigure {
        let rows = comparedFigures.map { name in
            let best = best(name)
            return [TableFigure.Cell(FigureKind.words(name))]
                + compared.map { contender in
                    let text = MetricsCell(name, contender, self).plainText
                    return TableFigure.Cell(
                        best == contender.name ? text + " *" : text,
                        isMarked: best == contender.name)
                }
        }
        let what =
            compare.showsDeltas
            ? "differences to \(compare.baseline), + better, - worse, ~ undecided"
            : "values with 95 % intervals"
        let group = compare.group == .all ? "" : ", \(compare.group.rawValue)"
        return TableFigure(
            title: "\(state?.session ?? "")\(group): \(what)",
            columns: ["figure"] + compared.map(\.name), rows: rows,
            notes: [
                "* best of its row; intervals of differences take the two as independent"
            ])
    }

    /// The chosen figure of everyone: name, value, difference, and the intervals on one scale.
    private func drawIntervals(
        of name: String, from top: Double, pitch: Double, on figure: inout Figure
    ) {
        let ink = Color(hex: 0x1A202C)
        let left = 32.0
        let (values, bars) = (left + 190, left + 590)
        let right = Double(figure.width) - 40
        figure.words(
            "\(FigureKind.words(name)), less \(compare.baseline)",
            at: FigurePoint(x: left, y: top + 26), size: 16, color: ink)
        figure.words(
            FigureMeaning.sentence(name) ?? "", at: FigurePoint(x: left, y: top + 48), size: 14,
            color: ink)
        let all = compared.compactMap { self.figure(name, of: $0.name) }
        let range = ScatterFigure.range(
            all.map(\.value), all.map { $0.low <= $0.high ? $0.low...$0.high : nil })
        let span = range.upperBound - range.lowerBound
        func place(_ value: Double) -> Double {
            span > 0 ? bars + (value - range.lowerBound) / span * (right - bars) : bars
        }
        for (row, contender) in compared.enumerated() {
            let y = top + 76 + pitch * Double(row)
            let color = contender.index.map(Self.printColor) ?? Color(hex: 0x4A5568)
            func words(_ text: String, _ x: Double) {
                figure.words(text, at: FigurePoint(x: x, y: y), size: 15, color: color)
            }
            words(label(of: contender, atMost: 18, mark: \.mark), left)
            words(MetricsCell(name, contender, self, showsDelta: false).plainText, values)
            words(
                contender.name == compare.baseline
                    ? "baseline"
                    : MetricsCell(name, contender, self, showsDelta: true).plainText, values + 210)
            guard let own = self.figure(name, of: contender.name), own.value.isFinite else {
                continue
            }
            let line = y - 5
            if own.low.isFinite, own.high.isFinite, own.low <= own.high {
                let ends = (place(own.low), place(own.high))
                figure.line(
                    FigurePoint(x: ends.0, y: line), FigurePoint(x: ends.1, y: line), width: 1.5,
                    color: color)
                for x in [ends.0, ends.1] {
                    figure.line(
                        FigurePoint(x: x, y: line - 5), FigurePoint(x: x, y: line + 5), width: 1.5,
                        color: color)
                }
            }
            figure.disc(FigurePoint(x: place(own.value), y: line), radius: 5, color: color)
        }
    }
}
