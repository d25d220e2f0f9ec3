import BenchProtocol
import Foundation

/// Which steps the curves show.
public enum StepWindow: Hashable, Sendable {
    /// Every step there is.
    case all
    /// The newest so many steps; it moves along with training.
    case newest(Int)
    /// From one step to another, wherever training is.
    case between(Int, Int)

    /// The fewest steps that zooming in leaves.
    static let fewest = 4

    /// The steps shown of all there are: never empty, never outside of `whole`.
    public func steps(of whole: ClosedRange<Int>) -> ClosedRange<Int> {
        switch self {
        case .all: return whole
        case .newest(let count):
            let first = whole.upperBound.subtractingReportingOverflow(max(count, 1))
            return max(
                whole.lowerBound, first.overflow ? whole.lowerBound : first.partialValue)...whole
                .upperBound
        case .between(let a, let b):
            let low = min(max(min(a, b), whole.lowerBound), whole.upperBound)
            let high = min(max(max(a, b), low), whole.upperBound)
            if low < high { return low...high }
            // What was chosen is no longer there: its nearest neighbours are.
            return max(
                whole.lowerBound, low - StepWindow.fewest)...min(
                    whole.upperBound, high + StepWindow.fewest)
        }
    }

    /// Shows fewer steps (a factor below 1) or more, the anchor staying where it is on the screen.
    mutating func zoom(
        by factor: Double, at anchor: Int, of whole: ClosedRange<Int>, isLogarithmic: Bool
    ) {
        let now = steps(of: whole)
        let scale = Ruler(isLogarithmic)
        let (low, high) = (scale.place(now.lowerBound), scale.place(now.upperBound))
        let pivot = min(max(scale.place(anchor), low), high)
        set(
            scale.step(pivot - (pivot - low) * factor),
            scale.step(pivot + (high - pivot) * factor), of: whole)
    }

    /// Moves by a share of what is shown: to later steps when positive.
    mutating func pan(by share: Double, of whole: ClosedRange<Int>, isLogarithmic: Bool) {
        let now = steps(of: whole)
        let scale = Ruler(isLogarithmic)
        let (low, high) = (scale.place(now.lowerBound), scale.place(now.upperBound))
        let wanted = (high - low) * share
        let room =
            wanted < 0
            ? max(wanted, scale.place(whole.lowerBound) - low)
            : min(wanted, scale.place(whole.upperBound) - high)
        let first = scale.step(low + room)
        let last =
            isLogarithmic ? scale.step(high + room) : first + (now.upperBound - now.lowerBound)
        set(first, last, of: whole)
    }

    /// Shows the steps from one to another, at least a few.
    mutating func set(_ a: Int, _ b: Int, of whole: ClosedRange<Int>) {
        var low = min(max(min(a, b), whole.lowerBound), whole.upperBound)
        var high = min(max(max(a, b), whole.lowerBound), whole.upperBound)
        if high - low < StepWindow.fewest {
            let middle = low + (high - low) / 2
            low = max(whole.lowerBound, middle - StepWindow.fewest / 2)
            high = min(whole.upperBound, low + StepWindow.fewest)
            low = max(whole.lowerBound, high - StepWindow.fewest)
        }
        if low == whole.lowerBound, high == whole.upperBound {
            self = .all
        } else if high == whole.upperBound {
            // Whoever looks at the newest steps goes on doing so.
            self = .newest(high - low)
        } else {
            self = .between(low, high)
        }
    }

    /// Places of steps along the axis.
    private struct Ruler {
        let isLogarithmic: Bool

        init(_ isLogarithmic: Bool) { self.isLogarithmic = isLogarithmic }

        func place(_ step: Int) -> Double {
            isLogarithmic ? log(Double(max(step, 1))) : Double(step)
        }

        func step(_ place: Double) -> Int {
            let value = isLogarithmic ? exp(place) : place
            guard value.isFinite else { return value < 0 ? .min / 4 : .max / 4 }
            return Int(min(max(value.rounded(), -0x1p60), 0x1p60))
        }
    }
}
