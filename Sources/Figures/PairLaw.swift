import Foundation

/// What a loss does to a pair of a winner and a loser, as functions of (ln X1, ln X2).
///
/// Whoever knows the objective hands the functions over, so that drawing needs no mathematics of
/// alignment; X is the ratio p_theta / p_ref.
public struct PairLaw: Sendable {
    /// The loss and its partial derivatives at (ln X1, ln X2).
    public let reading: @Sendable (Double, Double) -> PairReading
    /// ln |dL/d ln X1| and ln |dL/d ln X2|, which exist where the gradient itself underflows.
    public let logMagnitudes: @Sendable (Double, Double) -> (winner: Double, loser: Double)

    /// Takes the two functions.
    public init(
        reading: @escaping @Sendable (Double, Double) -> PairReading,
        logMagnitudes: @escaping @Sendable (Double, Double) -> (winner: Double, loser: Double)
    ) {
        self.reading = reading
        self.logMagnitudes = logMagnitudes
    }
}

/// The loss of one pair and how it pulls.
public struct PairReading: Hashable, Sendable {
    /// The winner's ratio, X1.
    public var x1: Double
    /// The loser's ratio, X2.
    public var x2: Double
    /// The pair's loss.
    public var loss: Double
    /// dL/dX1, never positive.
    public var dX1: Double
    /// dL/dX2, never negative.
    public var dX2: Double
    /// |dX1/dX2|.
    public var ratio: Double

    /// A reading with every number given.
    public init(x1: Double, x2: Double, loss: Double, dX1: Double, dX2: Double, ratio: Double) {
        self.x1 = x1
        self.x2 = x2
        self.loss = loss
        self.dX1 = dX1
        self.dX2 = dX2
        self.ratio = ratio
    }

    /// Names and values, in the order in which they are printed.
    public var values: [(name: String, value: Double)] {
        [
            ("x1", x1), ("x2", x2), ("loss", loss), ("d_x1", dX1), ("d_x2", dX2), ("ratio", ratio),
        ]
    }

    /// One JSON object on one line; what is not finite is null.
    public var json: String {
        let fields = values.map { name, value in
            "\"\(name)\":\(value.isFinite ? "\(value)" : "null")"
        }
        return "{" + fields.joined(separator: ",") + "}"
    }
}
