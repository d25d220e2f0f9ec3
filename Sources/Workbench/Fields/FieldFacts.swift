import BenchProtocol
import Figures
import Foundation
import TerminalKit

/// A field in numbers: what the batch feels, quarter by quarter, and what lies under the cursor.
struct FieldFacts {
    let field: LaneField
    let state: FieldsState

    /// A line of names and values; a heading has no value.
    typealias Line = (name: String, value: String)

    /// Everything, headings included.
    var all: [Line] {
        settings + [("", "")] + [("the batch", "")] + summary + [("", "")] + quarters + [("", "")]
            + [("under the cursor", "")] + probe
    }

    /// What makes the field.
    var settings: [Line] {
        [
            ("objective", field.settings.objective),
            ("divergence", LaneTable.divergence(field.settings)),
            ("beta", NumberText.constant(field.settings.beta)),
        ]
    }

    /// What the newest batch feels.
    var summary: [Line] {
        guard let summary = field.summary else {
            return [("no batch yet", ". takes a step")]
        }
        var lines: [Line] = [
            ("step", "\(summary.step)"),
            ("push on winners", NumberText.percent(summary.shareOnWinner)),
            ("on losers", NumberText.percent(1 - summary.shareOnWinner)),
            ("median |dX1/dX2|", NumberText.short(summary.medianRatio)),
            ("saturated", NumberText.percent(summary.saturated)),
            ("capped", NumberText.percent(summary.capped)),
            ("mean direction", FieldFacts.direction(summary.meanDX, summary.meanDY)),
            ("pairs", "\(summary.points.count)"),
        ]
        if let mean = field.mean {
            lines.append(
                (
                    "mean X1, X2",
                    "\(NumberText.short(exp(mean.l1))), \(NumberText.short(exp(mean.l2)))"
                ))
        }
        if let steps = field.pathSteps {
            lines.append(("path, steps", "\(steps.lowerBound)…\(steps.upperBound)"))
        }
        return lines
    }

    /// The same by quarter of the timesteps, one line each.
    var quarters: [Line] {
        let quarters = field.summary?.quartiles ?? []
        guard !quarters.isEmpty else { return [("no timestep quarters told", "")] }
        return [("by timestep, least noise first", ""), ("quarter", "win|lose ratio  sat")]
            + quarters.prefix(8).enumerated().map { index, quarter in
                let name = "\(index + 1)/\(quarters.count) \(quarter.pairs) pairs"
                guard quarter.pairs > 0 else { return (name, NumberText.missing) }
                let share = NumberText.fixed(quarter.shareOnWinner * 100, 0)
                let other = NumberText.fixed((1 - quarter.shareOnWinner) * 100, 0)
                return (
                    name,
                    TextLayout.padded("\(share)|\(other)%", to: 7, alignment: .right)
                        + TextLayout.padded(
                            NumberText.short(quarter.medianRatio), to: 7, alignment: .right)
                        + TextLayout.padded(
                            NumberText.percent(quarter.saturated), to: 5, alignment: .right)
                )
            }
    }

    /// The loss and its derivatives under the cursor.
    var probe: [Line] {
        guard let probe = state.probe else { return [("arrow keys set the cursor", "")] }
        var lines: [Line] = [
            ("X1, winner", NumberText.short(exp(probe.l1))),
            ("X2, loser", NumberText.short(exp(probe.l2))),
        ]
        guard let reading = field.reading(at: probe) else {
            return lines + [("no formula for this objective", "")]
        }
        lines += [
            ("loss", NumberText.short(reading.loss)),
            ("dL/dX1", NumberText.short(reading.dX1, signed: true)),
            ("dL/dX2", NumberText.short(reading.dX2, signed: true)),
            ("|dX1/dX2|", NumberText.short(reading.ratio)),
        ]
        if let magnitudes = field.law?.logMagnitudes(probe.l1, probe.l2) {
            let balance = magnitudes.winner - magnitudes.loser
            let times = NumberText.short(exp(abs(balance)))
            lines.append(
                abs(balance) < 0.01
                    ? ("pull and push alike", "log X")
                    : balance > 0
                        ? ("winner's pull larger", "\(times)x")
                        : ("loser's push larger", "\(times)x"))
        }
        return lines
    }

    /// `0.71, -0.70 ↘`.
    static func direction(_ dx: Double, _ dy: Double) -> String {
        guard dx.isFinite, dy.isFinite else { return NumberText.missing }
        let arrow = ArrowField.arrow(dx: dx, dy: dy).map { " \($0)" } ?? ""
        return "\(NumberText.fixed(dx, 2)), \(NumberText.fixed(dy, 2))\(arrow)"
    }

    /// The page that was chosen, in one line of words for each line there is room for.
    func brief(_ page: FieldsState.Page) -> [String] {
        switch page {
        case .summary:
            guard let summary = field.summary else { return ["no batch yet: . takes a step"] }
            let winner = NumberText.fixed(summary.shareOnWinner * 100, 0)
            let loser = NumberText.percent(1 - summary.shareOnWinner)
            return [
                "push \(winner)|\(loser)  ratio \(NumberText.short(summary.medianRatio))",
                "sat \(NumberText.percent(summary.saturated)) cap "
                    + "\(NumberText.percent(summary.capped))  mean "
                    + (ArrowField.arrow(dx: summary.meanDX, dy: summary.meanDY).map(String.init)
                        ?? NumberText.missing),
            ]
        case .quarters:
            let quarters = field.summary?.quartiles ?? []
            guard !quarters.isEmpty else { return ["no timestep quarters told"] }
            let shares = quarters.prefix(8).map {
                $0.pairs > 0 ? NumberText.fixed($0.shareOnWinner * 100, 0) : NumberText.missing
            }
            let ratios = quarters.prefix(8).map {
                $0.pairs > 0 ? NumberText.short($0.medianRatio) : NumberText.missing
            }
            return [
                "win% by noise \(shares.joined(separator: " "))",
                "ratio \(ratios.joined(separator: " "))",
            ]
        case .probe:
            guard let probe = state.probe else { return ["arrow keys set the cursor"] }
            let place =
                "X1 \(NumberText.short(exp(probe.l1))) X2 \(NumberText.short(exp(probe.l2)))"
            guard let reading = field.reading(at: probe) else { return [place, "no formula"] }
            return [
                "\(place)  loss \(NumberText.short(reading.loss))",
                "d \(NumberText.short(reading.dX1, signed: true)) "
                    + "\(NumberText.short(reading.dX2, signed: true))  ratio "
                    + NumberText.short(reading.ratio),
            ]
        }
    }
}
