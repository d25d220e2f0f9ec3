import BenchProtocol
import Figures

/// What is known of a kind of figure by its name: which end is the better one, and in which words.
package enum FigureKind {
    /// Which end is better; nil where neither is, or where nothing is known.
    package static func better(_ name: String) -> ScatterFigure.Better? {
        // Losses of different objectives are different quantities.
        let neutral = ["fair_floor", "planted", "loser_log_ratio", "flag", "fixed_loss"]
        if neutral.contains(where: name.contains) { return nil }
        let lower = ["discrepancy", "kid", "error", "unsure", "repeated"]
        if lower.contains(where: name.contains) { return .lower }
        let higher = [
            "entropy", "accuracy", "vendi", "pairwise_distance", "density", "coverage",
            "precision", "recall", "text_image", "retrieval", "preference", "confidence",
            "agreement", "kappa", "winner_log_ratio",
        ]
        return higher.contains(where: name.contains) ? .higher : nil
    }

    /// `held_out_discrepancy_gender` as `held out discrepancy gender`.
    package static func words(_ name: String) -> String {
        name.split(separator: "_").joined(separator: " ")
    }

    /// The same in fewer letters.
    static func shortWords(_ name: String) -> String {
        name.split(separator: "_").map { word in
            switch word {
            case "held": "h"
            case "out": "o"
            case "discrepancy": "D"
            case "identity": "id"
            case "profession": "prof"
            case "accuracy": "acc"
            case "unbiased": "unb"
            case "square": "sq"
            default: String(word)
            }
        }.joined(separator: " ").replacingHeldOut
    }
}

extension String {
    fileprivate var replacingHeldOut: String { hasPrefix("h o ") ? "h/o " + dropFirst(4) : self }
}

/// A figure's difference to the baseline's, and what its interval says.
package struct FigureDelta: Equatable {
    /// What the interval of the difference says.
    package enum Verdict: Equatable { case better, worse, undecided }

    /// The difference, value less baseline.
    package let value: Double
    /// Half the width of its 95 % interval; NaN where an interval is missing.
    package let half: Double
    /// What follows; undecided where no end is the better one as well.
    package let verdict: Verdict

    /// Takes the difference of two figures as if they were independent: where they rest on the same
    /// draws, that is rather too careful.
    package init?(_ figure: Evaluation.Figure?, to baseline: Evaluation.Figure?) {
        guard let figure, let baseline, figure.value.isFinite, baseline.value.isFinite else {
            return nil
        }
        value = figure.value - baseline.value
        let own = (figure.high - figure.low) / 2
        let other = (baseline.high - baseline.low) / 2
        half = (own * own + other * other).squareRoot()
        guard let better = FigureKind.better(figure.name), half.isFinite, abs(value) > half else {
            verdict = .undecided
            return
        }
        verdict = (value < 0) == (better == .lower) ? .better : .worse
    }

    /// The glyph of the verdict.
    package var mark: String {
        switch verdict {
        case .better: "✓"
        case .worse: "✗"
        case .undecided: "~"
        }
    }
}

extension WorkbenchModel {
    /// Who has the best value of a figure, the base included; nil where nobody is better than all.
    func best(_ name: String) -> String? {
        guard let better = FigureKind.better(name) else { return nil }
        let values = compared.compactMap { contender in
            figure(name, of: contender.name).flatMap {
                $0.value.isFinite ? (contender.name, $0.value) : nil
            }
        }
        guard values.count > 1 else { return nil }
        let best =
            better == .lower
            ? values.min { $0.1 < $1.1 } : values.max { $0.1 < $1.1 }
        guard let best, values.filter({ $0.1 == best.1 }).count == 1 else { return nil }
        return best.0
    }
}
