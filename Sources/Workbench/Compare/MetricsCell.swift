import BenchProtocol
import TerminalKit

/// One figure of one contender as a cell's text.
struct MetricsCell {
    let figure: Evaluation.Figure?
    let delta: FigureDelta?
    private let showsDelta: Bool

    init(
        _ name: String, _ contender: Contender, _ model: WorkbenchModel, showsDelta: Bool? = nil
    ) {
        figure = model.figure(name, of: contender.name)
        let isBaseline = contender.name == model.compare.baseline
        self.showsDelta = (showsDelta ?? model.compare.showsDeltas) && !isBaseline
        delta =
            isBaseline
            ? nil : FigureDelta(figure, to: model.figure(name, of: model.compare.baseline))
    }

    /// As much of value and interval as fits.
    func text(atMost width: Int) -> String {
        choices.first { !TextLayout.exceeds($0, width) } ?? choices.last ?? NumberText.missing
    }

    private var choices: [String] {
        guard let figure, figure.value.isFinite else { return [NumberText.missing] }
        if showsDelta {
            guard let delta else { return [NumberText.missing] }
            let value = NumberText.fixed(delta.value, 3, signed: true)
            let half = delta.half.isFinite ? "±" + NumberText.fixed(delta.half, 3) : ""
            return ["\(value)\(half) \(delta.mark)", "\(value) \(delta.mark)", value]
        }
        let value =
            abs(figure.value) < 100
            ? NumberText.fixed(figure.value, 3) : NumberText.short(figure.value)
        guard figure.low.isFinite, figure.high.isFinite else { return [value] }
        let low = NumberText.fixed(figure.low, 3)
        let high = NumberText.fixed(figure.high, 3)
        let half = NumberText.fixed((figure.high - figure.low) / 2, 3)
        return ["\(value) [\(low), \(high)]", "\(value)±\(half)", value]
    }
}
