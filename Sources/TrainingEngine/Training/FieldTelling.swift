import Alignment
import BenchProtocol

extension GradientFieldSummary {
    /// Arrows of the analytic field around the batch, and the batch upon it; nil without a field.
    init?(_ result: LockstepTrainer.StepResult) {
        guard let field = result.field, !result.ratios.isEmpty else { return nil }
        let summary = field.summary(of: result.ratios)
        // The grid reaches as far as the batch does, and at least a factor e each way.
        let farthest = result.ratios.reduce(1.0) { max($0, abs($1.l1), abs($1.l2)) }
        let extent = min(20, farthest.isFinite ? farthest : 20)
        self.init(
            lane: result.metrics.lane, step: result.metrics.step,
            shareOnWinner: summary.shareOnWinners, medianRatio: summary.medianRatio,
            saturated: summary.saturated, capped: summary.capped, meanDX: summary.meanDX,
            meanDY: summary.meanDY,
            arrows: field.arrows(extent: extent, side: 7).map {
                Arrow(x: $0.x, y: $0.y, dx: $0.dx, dy: $0.dy)
            },
            points: field.arrows(at: Array(result.ratios.prefix(64))).map {
                Arrow(x: $0.x, y: $0.y, dx: $0.dx, dy: $0.dy)
            },
            quartiles: field.summaries(of: result.ratios, groups: result.quarters, count: 4).map {
                FieldQuartile(pairs: $0.pairs, $0.summary)
            })
    }
}

extension FieldQuartile {
    /// A quarter's summary as a message.
    init(pairs: Int, _ summary: FieldSummary?) {
        self.init(pairs: pairs)
        guard let summary else { return }
        shareOnWinner = summary.shareOnWinners
        medianRatio = summary.medianRatio
        saturated = summary.saturated
        capped = summary.capped
        meanDX = summary.meanDX
        meanDY = summary.meanDY
    }
}
