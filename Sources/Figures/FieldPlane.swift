import Foundation
import TerminalKit

/// The part of the plane of (X1, X2) that a gradient field is drawn over, on log or linear axes.
public struct FieldPlane: Hashable, Sendable {
    /// What the axes measure.
    public enum Scale: String, Hashable, Sendable {
        /// ln X, in which the network feels the gradient.
        case log
        /// X itself.
        case linear
    }

    /// What the axes measure.
    public let scale: Scale
    /// The winner's axis: ln X1 or X1.
    public let x: ClosedRange<Double>
    /// The loser's axis: ln X2 or X2.
    public let y: ClosedRange<Double>

    /// Takes ranges in the axes' own coordinates.
    ///
    /// - Precondition: neither range is empty of width.
    public init(scale: Scale, x: ClosedRange<Double>, y: ClosedRange<Double>) {
        precondition(
            x.lowerBound < x.upperBound && y.lowerBound < y.upperBound, "a plane has two sides")
        self.scale = scale
        self.x = x
        self.y = y
    }

    /// Log axes with two decades either way, and as many more as the points need.
    public init(decadesAround points: [(l1: Double, l2: Double)]) {
        let farthest = points.flatMap { [abs($0.l1), abs($0.l2)] }.max() ?? 0
        let reach = max(2, (farthest / Foundation.log(10)).rounded(.up)) * Foundation.log(10)
        self.init(scale: .log, x: -reach...reach, y: -reach...reach)
    }

    /// The axes' coordinate of ln X.
    public func coordinate(_ logRatio: Double) -> Double {
        scale == .log ? logRatio : exp(logRatio)
    }

    /// ln X of an axes' coordinate; of what no ratio can be, that of a very small one.
    public func logRatio(_ coordinate: Double) -> Double {
        scale == .log ? coordinate : Foundation.log(max(coordinate, 1e-12))
    }

    /// Where ln X1 stands on its axis, 0 (left) to 1 (right) within the plane.
    public func across(_ l1: Double) -> Double {
        (coordinate(l1) - x.lowerBound) / (x.upperBound - x.lowerBound)
    }

    /// Where ln X2 stands on its axis, 0 (bottom) to 1 (top) within the plane.
    public func up(_ l2: Double) -> Double {
        (coordinate(l2) - y.lowerBound) / (y.upperBound - y.lowerBound)
    }

    /// The pair of log-ratios at a place of the plane.
    public func pair(across: Double, up: Double) -> (l1: Double, l2: Double) {
        (
            logRatio(x.lowerBound + across * (x.upperBound - x.lowerBound)),
            logRatio(y.lowerBound + up * (y.upperBound - y.lowerBound))
        )
    }

    /// Round values of X on an axis, as log-ratios with their texts.
    public func ticks(
        of axis: ClosedRange<Double>, atMost count: Int
    ) -> [(logRatio: Double, label: String)] {
        switch scale {
        case .log:
            let low = exp(max(axis.lowerBound, -600)) * 0.999
            let high = exp(min(axis.upperBound, 600)) * 1.001
            let ticks = AxisTicks.logarithmic(low...high, atMost: count)
            return zip(ticks.values, ticks.labels).map { (Foundation.log($0), $1) }
        case .linear:
            let ticks = AxisTicks.linear(axis, atMost: count)
            return zip(ticks.values, ticks.labels).map { (logRatio($0), $1) }
        }
    }
}

/// One arrow of a field on a plane.
public struct PlaneArrow: Hashable, Sendable {
    /// Where it stands across, 0 to 1.
    public var across: Double
    /// Where it stands upwards, 0 to 1.
    public var up: Double
    /// The winner's component of the unit vector of descent, 0 to 1.
    public var dx: Double
    /// The loser's component, -1 to 0.
    public var dy: Double
    /// Its length relative to the longest of the plane, 0 to 1.
    public var size: Double

    /// Who is moved more.
    public enum Balance: Hashable, Sendable { case winner, loser, alike }

    /// Who is moved more, within one per cent.
    public var balance: Balance {
        let ratio = dx / -dy
        if abs(ratio - 1) < 0.01 { return .alike }
        return ratio > 1 ? .winner : .loser
    }
}

/// A pair with the logarithms of what pulls on it.
public typealias PulledPair = (l1: Double, l2: Double, magnitudes: (winner: Double, loser: Double))

extension FieldPlane {
    /// A grid of the field's arrows of descent, row by row from the bottom.
    public func arrows(of law: PairLaw, columns: Int, rows: Int) -> [PlaneArrow] {
        guard columns > 0, rows > 0 else { return [] }
        let places = (0..<rows).flatMap { row in
            (0..<columns).map { column in
                (
                    (Double(column) + 0.5) / Double(columns),
                    (Double(row) + 0.5) / Double(rows)
                )
            }
        }
        return arrows(
            at: places.map { place in
                let pair = pair(across: place.0, up: place.1)
                return (pair.l1, pair.l2, law.logMagnitudes(pair.l1, pair.l2))
            })
    }

    /// The arrows at pairs; those without a direction are left out.
    public func arrows(at pairs: [PulledPair]) -> [PlaneArrow] {
        let sized = pairs.compactMap { pair -> (arrow: PlaneArrow, size: Double)? in
            // On linear axes dL/dX = dL/dlnX / X.
            let winner = pair.magnitudes.winner - (scale == .log ? 0 : pair.l1)
            let loser = pair.magnitudes.loser - (scale == .log ? 0 : pair.l2)
            let largest = max(winner, loser)
            guard largest.isFinite, !winner.isNaN, !loser.isNaN else { return nil }
            // Scaled by the larger, so that the squares neither overflow nor both vanish.
            let (dx, dy) = (exp(winner - largest), exp(loser - largest))
            let length = (dx * dx + dy * dy).squareRoot()
            return (
                PlaneArrow(
                    across: across(pair.l1), up: up(pair.l2), dx: dx / length, dy: -dy / length,
                    size: 0),
                largest + Foundation.log(length)
            )
        }
        let longest = sized.map(\.size).max() ?? 0
        return sized.map { entry in
            var arrow = entry.arrow
            arrow.size = exp(entry.size - longest)
            return arrow
        }
    }
}
