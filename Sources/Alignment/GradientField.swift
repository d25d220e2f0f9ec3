import Foundation

/// How an objective pulls on a pair, over (l1, l2) = (ln X1, ln X2), X the ratio p_theta / p_ref.
///
/// With m = beta (phi(l1) - phi(l2)) and L = -ln sigma(m):
///
///     dL/dX1 = -beta sigma(-m) f''(X1)      dL/dX2 = +beta sigma(-m) f''(X2)
///
/// In log space, which the network feels, f''(X) becomes phi'(l) = X f''(X). Magnitudes are kept as
/// logarithms, so that ratios and directions exist where the gradient itself underflows. Scores are
/// continued linearly above `Divergence.cap` as in the loss.
///
/// Reference: arXiv 2409.09774; the log-space form is popbench's own.
public struct GradientField: Sendable, Equatable {
    /// How the margins of a pair come about.
    public enum Law: Sendable, Equatable {
        /// One margin for both, from the divergence's scores.
        case paired(Divergence)
        /// PopAlign's: each image against a fixed offset, given in units of the score.
        case centred(Divergence, offset: Double)
        /// Diffusion-KTO's: each image's utility against a fixed reference point, in units of l.
        case utility(reference: Double)
    }

    /// How the margins of a pair come about.
    public let law: Law
    /// The outer scale of the margin, in units of the score.
    public let beta: Double

    /// Takes the law and its scale.
    public init(law: Law, beta: Double) {
        self.law = law
        self.beta = beta
    }

    /// The arguments of the log-sigmoid at the winner and at the loser; equal for a paired law.
    public func margins(_ l1: Double, _ l2: Double) -> (winner: Double, loser: Double) {
        switch law {
        case .paired(let divergence):
            let margin = beta * (divergence.score(l1) - divergence.score(l2))
            return (margin, margin)
        case .centred(let divergence, let offset):
            return (beta * (divergence.score(l1) - offset), -beta * (divergence.score(l2) - offset))
        case .utility(let reference):
            return (beta * (l1 - reference), -beta * (l2 - reference))
        }
    }

    /// The divergence whose scores the margins are made of.
    public var divergence: Divergence {
        switch law {
        case .paired(let divergence), .centred(let divergence, _): divergence
        case .utility: .reverseKL
        }
    }

    /// What becomes of a margin.
    var shape: MarginLoss {
        switch law {
        case .paired, .centred: .logistic
        case .utility: .sigmoid
        }
    }

    /// The pair's loss, of which everything here is a derivative.
    public func loss(_ l1: Double, _ l2: Double) -> Double {
        let m = margins(l1, l2)
        return (shape.loss(m.winner) + shape.loss(m.loser)) / 2
    }

    /// ln |dL/dl1| and ln |dL/dl2|, which exist where the gradient itself underflows.
    public func logMagnitudes(_ l1: Double, _ l2: Double) -> (winner: Double, loser: Double) {
        let m = margins(l1, l2)
        // The one margin of a paired law moves with both of its images.
        let isPaired = if case .paired = law { true } else { false }
        let scale = log(isPaired ? beta : beta / 2)
        return (
            scale + shape.logPull(m.winner) + divergence.logScoreDerivative(l1),
            scale + shape.logPull(m.loser) + divergence.logScoreDerivative(l2)
        )
    }

    /// (dL/dl1, dL/dl2): never positive for the winner, never negative for the loser.
    public func logGradient(_ l1: Double, _ l2: Double) -> (winner: Double, loser: Double) {
        let size = logMagnitudes(l1, l2)
        return (-exp(size.winner), exp(size.loser))
    }

    /// (dL/dX1, dL/dX2) at X = exp(l).
    public func gradient(_ l1: Double, _ l2: Double) -> (winner: Double, loser: Double) {
        let size = logMagnitudes(l1, l2)
        return (-exp(size.winner - l1), exp(size.loser - l2))
    }

    /// |dL/dl1| / |dL/dl2|, the balance that the network feels.
    public func logRatio(_ l1: Double, _ l2: Double) -> Double {
        let size = logMagnitudes(l1, l2)
        return exp(size.winner - size.loser)
    }

    /// |dL/dX1| / |dL/dX2|, for a paired law f''(X1) / f''(X2).
    public func ratio(_ l1: Double, _ l2: Double) -> Double {
        let size = logMagnitudes(l1, l2)
        return exp(size.winner - size.loser + l2 - l1)
    }

    /// The unit vector of descent in log space: winners up, losers down.
    public func direction(_ l1: Double, _ l2: Double) -> (dx: Double, dy: Double) {
        let size = logMagnitudes(l1, l2)
        // Scaled by the larger of the two, so that the squares neither overflow nor both vanish.
        let largest = max(size.winner, size.loser)
        let dx = exp(size.winner - largest)
        let dy = -exp(size.loser - largest)
        let length = (dx * dx + dy * dy).squareRoot()
        return (dx / length, dy / length)
    }
}

/// One arrow of a field, or one pair upon it, in log space.
public struct FieldArrow: Sendable, Equatable {
    /// ln X1, the winner's.
    public let x: Double
    /// ln X2, the loser's.
    public let y: Double
    /// The winner's component of descent, 0...1.
    public let dx: Double
    /// The loser's component of descent, -1...0.
    public let dy: Double
}

extension GradientField {
    /// The analytic field on a square grid of `side` x `side` points over -extent...extent, in row
    /// order, lowest y first; lengths are relative to the longest arrow.
    ///
    /// - Precondition: `side` is at least 2 and `extent` positive.
    public func arrows(extent: Double, side: Int) -> [FieldArrow] {
        precondition(side >= 2 && extent > 0, "a grid has two points a side at least")
        let ticks = (0..<side).map { extent * Double(2 * $0 - side + 1) / Double(side - 1) }
        return arrows(at: ticks.flatMap { y in ticks.map { x in (x, y) } })
    }

    /// The arrows at pairs of log-ratios (l1, l2); lengths are relative to the longest among them.
    public func arrows(at pairs: [(l1: Double, l2: Double)]) -> [FieldArrow] {
        let sizes = pairs.map { pair in
            let size = logMagnitudes(pair.l1, pair.l2)
            let largest = max(size.winner, size.loser)
            let smallest = min(size.winner, size.loser)
            return largest + log1p(exp(2 * (smallest - largest))) / 2
        }
        let longest = sizes.max() ?? 0
        return zip(pairs, sizes).map { pair, size in
            let unit = direction(pair.l1, pair.l2)
            let length = exp(size - longest)
            return FieldArrow(x: pair.l1, y: pair.l2, dx: length * unit.dx, dy: length * unit.dy)
        }
    }
}
