import BenchProtocol
import Figures
import Foundation

/// What is known of one lane's gradient field.
struct LaneField {
    /// The lane's place in the session.
    let index: Int
    let settings: LaneSettings
    /// The newest batch upon the field, as the engine told it.
    let summary: GradientFieldSummary?
    /// The field itself; nil where only the engine's arrows are known, or none exists.
    let law: PairLaw?
    /// kappa times the batch's mean log-ratios, step by step.
    let path: [FieldProbe]
    /// The first and the last step of the path.
    let pathSteps: ClosedRange<Int>?

    /// Whether the lane's objective compares winner and loser at all.
    var exists: Bool { law != nil || summary != nil }

    /// The batch's pairs.
    var batch: [FieldProbe] {
        (summary?.points ?? []).prefix(64).filter { $0.x.isFinite && $0.y.isFinite }
            .map { FieldProbe(l1: $0.x, l2: $0.y) }
    }

    /// Where the batch's mean is now.
    var mean: FieldProbe? {
        let pairs = batch
        guard !pairs.isEmpty else { return path.last }
        let count = Double(pairs.count)
        return FieldProbe(
            l1: pairs.reduce(0) { $0 + $1.l1 } / count, l2: pairs.reduce(0) { $0 + $1.l2 } / count)
    }

    /// The engine's own arrows with what they say about magnitudes, for want of the law.
    var toldArrows: [PulledPair] {
        (summary?.arrows ?? []).prefix(4096).compactMap { arrow in
            guard arrow.x.isFinite, arrow.y.isFinite, arrow.dx > 0, arrow.dy < 0 else { return nil }
            return (arrow.x, arrow.y, (winner: log(arrow.dx), loser: log(-arrow.dy)))
        }
    }

    /// The loss and its derivatives under the cursor.
    func reading(at probe: FieldProbe) -> PairReading? { law?.reading(probe.l1, probe.l2) }
}

extension WorkbenchModel {
    /// What is known of every lane's field, in the session's order.
    var laneFields: [LaneField] { laneStates.indices.map(laneField) }

    /// The lanes that this view shows now: all, or the focused one alone.
    var shownFields: [LaneField] {
        fields.isLarge ? [focusedLaneField].compactMap { $0 } : laneFields
    }

    /// The focused lane's field.
    var focusedLaneField: LaneField? {
        laneStates.indices.contains(focusedLane) ? laneField(focusedLane) : nil
    }

    /// What is known of a lane's field.
    func laneField(_ index: Int) -> LaneField {
        let settings = laneStates[index].settings
        let readings = lanes[settings.name]
        let winners = readings?.histories[.winnerLogRatio]?.buckets ?? []
        let losers = readings?.histories[.loserLogRatio]?.buckets ?? []
        var path: [FieldProbe] = []
        var steps: [Int] = []
        var place = 0
        for winner in winners {
            while place < losers.count, losers[place].step < winner.step { place += 1 }
            guard place < losers.count, losers[place].step == winner.step else { continue }
            let pair = FieldProbe(
                l1: settings.kappa * winner.mean, l2: settings.kappa * losers[place].mean)
            guard pair.l1.isFinite, pair.l2.isFinite else { continue }
            path.append(pair)
            steps.append(winner.step)
        }
        let law = pairLaw(settings, readings?.latest?.offset ?? .nan)
        let exists = law != nil || readings?.field != nil
        return LaneField(
            index: index, settings: settings, summary: readings?.field, law: law,
            path: exists ? path : [],
            pathSteps: exists ? steps.first.flatMap { first in steps.last.map { first...$0 } } : nil
        )
    }
}
