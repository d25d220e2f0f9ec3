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
            let value = number(delta.value, signed: true)
            let half = delta.half.isFinite ? "±" + number(delta.half) : ""
            return ["\(value)\(half) \(delta.mark)", "\(value) \(delta.mark)", value]
        }
        let value = number(figure.value)
        guard figure.low.isFinite, figure.high.isFinite else { return [value] }
        let (low, high) = (number(figure.low), number(figure.high))
        let half = number((figure.high - figure.low) / 2)
        return ["\(value) [\(low), \(high)]", "\(value)±\(half)", value]
    }

    /// Three decimals, so that columns stay still; more digits where those would all be noughts.
    private func number(_ value: Double, signed: Bool = false) -> String {
        value == 0 || (0.01..<100).contains(abs(value))
            ? NumberText.fixed(value, 3, signed: signed) : NumberText.short(value, signed: signed)
    }
}
