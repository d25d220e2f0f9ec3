import BenchProtocol
import Foundation

/// Watches what one lane logs at every step, and says when training goes wrong.
///
/// A single step's draw is noisy, so everything but a number that is none is watched as a mean over
/// the last `window` steps. The bounds and their reasons stand in `docs/alignment.md`.
public struct StepDetector: Sendable {
    /// Steps that are averaged over.
    public static let window = 20
    /// The winners' error above the reference's, as a share of it, from which on losers and winners
    /// fall together.
    public static let displacementBound = 0.05
    /// The share of saturated terms.
    public static let saturationBound = 0.5
    /// The share of capped images.
    public static let cappedBound = 0.1
    /// The gradient's norm in multiples of what it was.
    public static let explosionBound = 10.0

    private static let patience = 5
    /// Steps before the newest few that say what the gradient's norm is as a rule.
    private static let ruleSteps = 50
    private static let fewestRuleSteps = 20

    private var displacement: DiagnosticSeries
    private var saturation: DiagnosticSeries
    private var capping: DiagnosticSeries
    private var nonFinite: DiagnosticSeries
    private var explosion: DiagnosticSeries

    private var winners = ReadingWindow(window)
    private var losers = ReadingWindow(window)
    private var references = ReadingWindow(window)
    private var saturated = ReadingWindow(window)
    private var capped = ReadingWindow(window)
    private var newNorms = ReadingWindow(5)
    private var oldNorms = ReadingWindow(ruleSteps)
    private var finiteSteps = 0

    /// A detector that has seen nothing.
    public init(lane: String) {
        displacement = DiagnosticSeries(
            .likelihoodDisplacement, lane: lane,
            alarm: Alarm(
                bound: Self.displacementBound, lowerBound: 0.6 * Self.displacementBound,
                patience: Self.patience),
            form: percentage,
            advice: "lower learning_rate, raise sft_weight or, with an objective of pairs, set"
                + " safeguard = true"
        ) {
            "winners and losers become less likely together, the winners' error is \($0) above the"
                + " reference's (bound \($1))"
        }
        saturation = DiagnosticSeries(
            .saturation, lane: lane,
            alarm: Alarm(
                bound: Self.saturationBound, lowerBound: 0.8 * Self.saturationBound,
                patience: Self.patience),
            form: percentage,
            advice:
                "what is left trains on a few; lower beta, or stop here if the pictures are good"
        ) { "\($0) of the terms are saturated and hardly pull any more (bound \($1))" }
        capping = DiagnosticSeries(
            .capped, lane: lane,
            alarm: Alarm(
                bound: Self.cappedBound, lowerBound: 0.5 * Self.cappedBound,
                patience: Self.patience),
            form: percentage,
            advice: "the loss is no longer the divergence's own; lower kappa or learning_rate"
        ) {
            "\($0) of the images lie where the divergence is continued by a straight line"
                + " (bound \($1))"
        }
        nonFinite = DiagnosticSeries(
            .nonFinite, lane: lane, alarm: Alarm(bound: 0.5, lowerBound: 0.5, patience: 1),
            told: { _ in .nan }, form: { _ in "" },
            advice: "its weights may be ruined; go back to a checkpoint, with a lower learning_rate"
        ) { _, _ in "loss or gradient is not a finite number" }
        explosion = DiagnosticSeries(
            .explodingGradient, lane: lane,
            alarm: Alarm(
                bound: Self.explosionBound, lowerBound: 0.5 * Self.explosionBound, patience: 1),
            form: { String(format: "%.0f", $0) },
            advice: "lower learning_rate or max_grad_norm, or go back to a checkpoint"
        ) {
            "the gradient's norm is \($0) times what it was over the \(Self.ruleSteps) steps before"
                + " (bound \($1))"
        }
    }

    /// Takes a step's metrics; says what begins or is over with it.
    ///
    /// - Parameter metrics: of the lane, steps in ascending order.
    public mutating func observe(_ metrics: StepMetrics) -> [Diagnostic] {
        let step = metrics.step
        var found: [Diagnostic] = []
        func note(_ diagnostic: Diagnostic?) {
            if let diagnostic { found.append(diagnostic) }
        }
        let isFinite = metrics.loss.isFinite && metrics.gradientNorm.isFinite
        finiteSteps = isFinite ? finiteSteps + 1 : 0
        // Over only after a whole window: a lane whose weights are ruined stays so.
        note(
            nonFinite.observe(
                isFinite && (!nonFinite.isRaised || finiteSteps >= Self.window) ? 0 : 1, step: step)
        )
        guard isFinite else { return found }
        note(displacement.observe(displacementReading(metrics), step: step))
        note(saturation.observe(Self.reading(&saturated, metrics.saturated), step: step))
        note(capping.observe(Self.reading(&capped, metrics.capped), step: step))
        note(explosion.observe(explosionReading(metrics.gradientNorm), step: step))
        return found
    }

    /// What has begun and is not over, in a fixed order.
    public var standing: [Diagnostic] {
        [nonFinite, explosion, displacement, saturation, capping].compactMap(\.standing)
    }

    /// The mean once the window is full, else NaN; a value that is no number is passed over.
    private static func reading(_ window: inout ReadingWindow, _ value: Double) -> Double {
        guard value.isFinite else { return .nan }
        window.append(value)
        return window.isFull ? window.mean : .nan
    }

    private mutating func displacementReading(_ metrics: StepMetrics) -> Double {
        let values = [metrics.winnerLogRatio, metrics.loserLogRatio, metrics.referenceError]
        guard values.allSatisfy(\.isFinite) else { return .nan }
        winners.append(values[0])
        losers.append(values[1])
        references.append(values[2])
        guard winners.isFull, references.mean > 0 else { return .nan }
        // Winners that become less likely while losers become likelier are another trouble.
        return losers.mean < 0 ? -winners.mean / references.mean : 0
    }

    /// The newest norms' median in multiples of that of the steps before them.
    private mutating func explosionReading(_ norm: Double) -> Double {
        guard norm > 0 else { return .nan }
        // One odd batch moves no median; and while it explodes, the rule stays as it was.
        if let left = newNorms.append(log(norm)), !explosion.isRaised { oldNorms.append(left) }
        guard newNorms.isFull, oldNorms.values.count >= Self.fewestRuleSteps else { return .nan }
        return exp(newNorms.median - oldNorms.median)
    }
}
