import BenchProtocol
import Figures
import Foundation
import TerminalKit
import Workbench

/// Gradient fields by formula, and evaluations with figures enough for a comparison.
enum FieldsScript {
    /// m = beta (phi(l1) - phi(l2)), L = softplus(-m), with phi = l or, for `js`, ln sigma(l).
    static func law(_ lane: LaneSettings, _ offset: Double) -> PairLaw? {
        guard lane.objective != "sft" else { return nil }
        let beta = lane.divergence == nil ? 1 : lane.beta
        let isJS = lane.divergence == "js"
        @Sendable func score(_ l: Double) -> Double { isJS ? -log1p(exp(-l)) : l }
        @Sendable func slope(_ l: Double) -> Double { isJS ? 1 / (1 + exp(l)) : 1 }
        @Sendable func pull(_ l1: Double, _ l2: Double) -> Double {
            beta / (1 + exp(beta * (score(l1) - score(l2))))
        }
        return PairLaw(
            reading: { l1, l2 in
                let pull = pull(l1, l2)
                return PairReading(
                    x1: exp(l1), x2: exp(l2),
                    loss: log1p(exp(-beta * (score(l1) - score(l2)))),
                    dX1: -pull * slope(l1) / exp(l1), dX2: pull * slope(l2) / exp(l2),
                    ratio: slope(l1) / slope(l2) * exp(l2 - l1))
            },
            logMagnitudes: { l1, l2 in
                (log(pull(l1, l2) * slope(l1)), log(pull(l1, l2) * slope(l2)))
            })
    }

    static func quarters(_ lane: Int) -> [FieldQuartile] {
        (0..<4).map { quarter in
            var part = FieldQuartile(pairs: quarter == 3 ? 0 : 4)
            guard quarter < 3 else { return part }
            part.shareOnWinner = 0.5 - 0.05 * Double(quarter + lane)
            part.medianRatio = 1 - 0.1 * Double(quarter)
            part.saturated = 0
            part.capped = 0
            part.meanDX = 0.7
            part.meanDY = -0.7
            return part
        }
    }

    static func evaluation(_ name: String, _ place: Int) -> Evaluation {
        func figure(_ name: String, _ value: Double, _ half: Double) -> Evaluation.Figure {
            .init(name: name, value: value, low: value - half, high: value + half, n: 14)
        }
        let d = 0.08 * Double(place)
        return Evaluation(
            lane: name, step: place == 0 ? 0 : 40,
            figures: [
                figure("discrepancy_gender", 0.76 - d, 0.05),
                figure("discrepancy_tone", 0.55 - d / 2, 0.04),
                figure("identity_accuracy", 0.97 - d * d, 0.02),
                figure("vendi_score", 5.2 + (place == 2 ? 0.8 : -0.3 * Double(place)), 0.4),
                .init(
                    name: "discrepancy_gender_fair_floor", value: 0.15, low: .nan, high: .nan,
                    n: 14),
                figure("held_out_discrepancy_gender", 0.74 - 0.9 * d, 0.09),
                figure("held_out_vendi_score", 5.0 - 0.2 * Double(place), 0.5),
            ])
    }

    /// The scripted session with fields, quarters, evaluations and a law.
    static func model(width: Int, height: Int, view: BenchView) -> WorkbenchModel {
        var model = Scripted.model(width: width, height: height)
        model.pairLaw = law
        for lane in Scripted.settings.indices.dropFirst() {
            var field = Scripted.field(lane, step: 41)
            field.quartiles = quarters(lane)
            // Around where log-ratios of some hundredths lie at kappa 1000.
            field.points = (0..<12).map { index in
                .init(
                    x: 8 + 0.3 * Double(index % 4) - Double(lane), y: -26 - 0.4 * Double(index),
                    dx: 0.5, dy: -0.5)
            }
            _ = update(&model, .event(.field(field)))
        }
        for (place, name) in (["base"] + Scripted.settings.map(\.name)).enumerated() {
            _ = update(&model, .event(.evaluation(evaluation(name, place))))
        }
        _ = update(&model, .show(view))
        _ = update(&model, .clock(Scripted.clock + 60))
        return model
    }
}
