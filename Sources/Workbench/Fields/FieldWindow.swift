import Figures
import Foundation

extension FieldPlane {
    /// |ln X| that the cursor and the windows stay within.
    static let farthestLogRatio = 60.0
    /// The narrowest window, in the axes' coordinates.
    static let narrowest = 1e-6

    /// The window shifted by shares of its sides.
    func moved(across: Double, up: Double) -> FieldPlane {
        let dx = across * (x.upperBound - x.lowerBound)
        let dy = up * (y.upperBound - y.lowerBound)
        return FieldPlane(
            scale: scale, x: kept(x.lowerBound + dx, x.upperBound + dx),
            y: kept(y.lowerBound + dy, y.upperBound + dy))
    }

    /// The window made smaller or larger about a place in it; nil beyond the limits.
    func zoomed(by factor: Double, across: Double, up: Double) -> FieldPlane? {
        func scaled(_ range: ClosedRange<Double>, _ share: Double) -> ClosedRange<Double>? {
            let span = range.upperBound - range.lowerBound
            let fixed = range.lowerBound + share * span
            let (low, high) = (fixed - share * span * factor, fixed + (1 - share) * span * factor)
            guard high - low >= Self.narrowest, high - low <= widest else { return nil }
            return kept(low, high)
        }
        guard let x = scaled(x, across), let y = scaled(y, up) else { return nil }
        return FieldPlane(scale: scale, x: x, y: y)
    }

    /// The widest window, in the axes' coordinates.
    private var widest: Double { scale == .log ? 2 * Self.farthestLogRatio : 1e9 }

    /// A range moved to where ratios can be.
    private func kept(_ low: Double, _ high: Double) -> ClosedRange<Double> {
        let limit = scale == .log ? Self.farthestLogRatio : 1e9
        let span = min(high - low, widest)
        let least = scale == .log ? -limit : 0
        let start = min(max(low, least), limit - span)
        return start...(start + max(span, Self.narrowest))
    }

    /// A square window around pairs, with air; nil without any.
    static func fitted(_ pairs: [FieldProbe], scale: Scale) -> FieldPlane? {
        let logs = pairs.filter { abs($0.l1) < farthestLogRatio && abs($0.l2) < farthestLogRatio }
        let xs = logs.map { scale == .log ? $0.l1 : exp($0.l1) }
        let ys = logs.map { scale == .log ? $0.l2 : exp($0.l2) }
        guard let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max()
        else { return nil }
        // Both axes are given the same length, so that an arrow's slope can be compared.
        let side = max(right - left, high - low, 1e-4) * 1.2
        func around(_ a: Double, _ b: Double) -> ClosedRange<Double> {
            let middle = (a + b) / 2
            let start = scale == .linear ? max(0, middle - side / 2) : middle - side / 2
            return start...(start + side)
        }
        return FieldPlane(scale: scale, x: around(left, right), y: around(low, high))
    }

    /// X = 1 in the middle, as far as nine tenths of the batches' ratios reach in round numbers, and
    /// a factor e at least: a pair far out would make the rest a dot.
    static func following(_ pairs: [FieldProbe], scale: Scale) -> FieldPlane {
        let sizes = pairs.flatMap { [abs($0.l1), abs($0.l2)] }.filter(\.isFinite).sorted()
        let farthest = sizes.isEmpty ? 0 : sizes[(sizes.count - 1) * 9 / 10]
        // Round reaches keep the axes still while a batch wobbles.
        let reach = [1, 2, 3, 5, 10, 20, 40].first { $0 >= farthest } ?? farthestLogRatio
        switch scale {
        case .log: return FieldPlane(scale: .log, x: -reach...reach, y: -reach...reach)
        case .linear:
            let top = exp(farthest)
            let high = [2, 5, 10, 20, 50, 100, 1000].first { $0 >= top } ?? 1e4
            return FieldPlane(scale: .linear, x: 0...high, y: 0...high)
        }
    }
}

extension WorkbenchModel {
    /// What all fields are drawn over now.
    package var fieldPlane: FieldPlane {
        fields.window
            ?? FieldPlane.following(
                laneFields.flatMap { $0.batch + [$0.mean].compactMap { $0 } }, scale: fields.scale)
    }

    /// The axes that hold batches and paths; nil where there are none.
    var fittedPlane: FieldPlane? {
        FieldPlane.fitted(
            shownFields.flatMap {
                (fields.showsBatch ? $0.batch : []) + (fields.showsPath ? $0.path : [])
                    + [$0.mean].compactMap { $0 }
            }, scale: fields.scale)
    }
}
