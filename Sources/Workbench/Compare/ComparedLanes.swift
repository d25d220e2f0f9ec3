import BenchProtocol
import Figures

extension WorkbenchModel {
    /// Lanes compared at a time, at most.
    static let mostCompared = 8

    /// The lanes that take part in the comparison, in the session's order.
    package var comparedLanes: [Contender] {
        let visible = contenders.filter { $0.index != nil && !compare.hidden.contains($0.name) }
        guard visible.count > Self.mostCompared else { return visible }
        // A window of eight that holds the focused one.
        let focus = visible.firstIndex { $0.index == focusedLane } ?? 0
        let first = min(max(0, focus - Self.mostCompared / 2), visible.count - Self.mostCompared)
        return Array(visible[first..<(first + Self.mostCompared)])
    }

    /// The base and the lanes compared: everyone who has figures and pictures.
    package var compared: [Contender] { contenders.prefix(1) + comparedLanes }

    /// As many of those as fit, the base and the focused lane before others.
    func compared(atMost count: Int) -> [Contender] {
        let all = compared
        guard count < all.count else { return all }
        guard count > 1 else { return Array(all.prefix(max(0, count))) }
        let window = count - 1
        let focus = (all.firstIndex { $0.index == focusedLane && $0.index != nil } ?? 1) - 1
        let first = min(max(0, focus - window / 2), all.count - 1 - window)
        return [all[0]] + all[(first + 1)...(first + window)]
    }

    /// The newest figure of that name of a lane or the base.
    func figure(_ name: String, of contender: String) -> Evaluation.Figure? {
        evaluations[contender]?.figures.first { $0.name == name }
    }

    /// The names of the figures that the metrics list, in the order in which they are told.
    package var comparedFigures: [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for contender in compared {
            for figure in evaluations[contender.name]?.figures ?? []
            where compare.group.holds(figure.name) && names.count < 512 {
                if seen.insert(figure.name).inserted { names.append(figure.name) }
            }
        }
        return names
    }

    /// The figures that may stand on the trade-off's axes: those that two contenders have.
    var tradeoffFigures: [String] {
        comparedFigures.filter { name in
            compared.filter { figure(name, of: $0.name)?.value.isFinite == true }.count > 1
        }
    }

    /// The figures on the trade-off's axes: alignment upwards against diversity, as far as told.
    package var tradeoffAxes: (x: String, y: String)? {
        let names = tradeoffFigures
        guard names.count > 1 else { return nil }
        func first(_ wanted: [String], but taken: String?) -> String {
            for word in wanted {
                for prefix in ["held_out_", ""] where prefix + word != taken {
                    if names.contains(prefix + word) { return prefix + word }
                }
            }
            let free = names.filter { $0 != taken }
            return free.first { FigureKind.better($0) != nil } ?? free.first ?? names[0]
        }
        let chosen = (
            x: compare.xFigure.flatMap { names.contains($0) ? $0 : nil },
            y: compare.yFigure.flatMap { names.contains($0) ? $0 : nil }
        )
        let y =
            chosen.y ?? first(["discrepancy_gender", "discrepancy_tone"], but: chosen.x)
        let diversity = [
            "vendi_score", "pairwise_distance", "coverage", "identity_accuracy",
            "profession_accuracy", "entropy_tone",
        ]
        return (chosen.x ?? first(diversity, but: y), y)
    }

    /// How many noises there are pictures from for the shown prompt.
    var comparedPictures: Int {
        compared.compactMap { sheets.sheet(lane: $0.name, prompt: shownPrompt)?.pictures.count }
            .max() ?? 0
    }

    /// The lanes' settings that are not alike, and those that are.
    package var recipeDifference: RecipeDifference {
        RecipeDifference(comparedLanes.compactMap { $0.index.map { laneStates[$0].settings } })
    }
}

/// What tells the recipes of lanes apart.
package struct RecipeDifference {
    /// One setting: its name and its text for each lane.
    package struct Setting: Equatable {
        package let name: String
        package let values: [String]
    }

    /// The settings that differ, in the order of a recipe.
    package let differing: [Setting]
    /// The settings that all lanes share.
    package let alike: [Setting]

    /// Compares settings, whatever fields there are; a setting of no effect in a lane has no value.
    package init(_ lanes: [LaneSettings]) {
        var settings: [Setting] = []
        let names = lanes.first.map { Mirror(reflecting: $0).children.compactMap(\.label) } ?? []
        for name in names where name != "name" {
            let values = lanes.map { lane -> String in
                guard RecipeDifference.matters(name, in: lane),
                    let value = Mirror(reflecting: lane).children.first(where: { $0.label == name })
                else { return NumberText.missing }
                return RecipeDifference.text(value.value)
            }
            settings.append(Setting(name: RecipeDifference.words(name), values: values))
        }
        differing = settings.filter { Set($0.values).count > 1 }
        alike = settings.filter { Set($0.values).count == 1 && $0.values[0] != NumberText.missing }
    }

    /// Whether a setting has any effect on a lane.
    private static func matters(_ name: String, in lane: LaneSettings) -> Bool {
        let compares = lane.objective != "sft"
        return switch name {
        case "beta", "sftWeight": compares
        case "kappa": lane.divergence != nil
        default: true
        }
    }

    private static func text(_ value: Any) -> String {
        switch value {
        case let number as Double: NumberText.constant(number)
        case let flag as Bool: flag ? "yes" : "no"
        case let optional as any OptionalValue: optional.inner.map(text) ?? NumberText.missing
        default: "\(value)"
        }
    }

    /// `learningRate` as `learning rate`.
    static func words(_ name: String) -> String {
        name.reduce(into: "") { words, letter in
            words += letter.isUppercase ? " " + letter.lowercased() : String(letter)
        }.replacingSFT
    }
}

extension String {
    fileprivate var replacingSFT: String { hasPrefix("sft ") ? "SFT " + dropFirst(4) : self }
}

/// An optional whose type is not known, as reflection finds it.
private protocol OptionalValue {
    var inner: Any? { get }
}

extension Optional: OptionalValue {
    fileprivate var inner: Any? { self }
}
