import BenchProtocol
import Foundation

/// An evaluation as text for a person: figures in groups, professions trained on beside held-out ones.
struct EvaluationTable {
    private let figures: [String: Evaluation.Figure]
    private let order: [String]
    private static let heldOut = "held_out_"

    init(_ figures: [Evaluation.Figure]) {
        self.figures = Dictionary(figures.map { ($0.name, $0) }) { first, _ in first }
        var seen = Set<String>()
        order = figures.map { Self.common($0.name) }.filter { seen.insert($0).inserted }
    }

    /// The lines of the table.
    var lines: [String] {
        let groups = Dictionary(grouping: order.filter { !$0.hasSuffix("unsure_flag") }) {
            Self.group(of: $0)
        }
        let columns = ["", Self.heldOut].filter { prefix in
            order.contains { figures[prefix + $0] != nil }
        }
        let titles = columns.map { $0.isEmpty ? "trained on" : "held out" }
        return Self.groups.flatMap { group -> [String] in
            guard let names = groups[group], !names.isEmpty else { return [] }
            let head = Self.row(group.uppercased(), titles)
            return ["", head]
                + names.map { name in
                    Self.row("  " + name, columns.map { cell(figures[$0 + name], flag($0 + name)) })
                }
        }.dropFirst().map { $0 }
    }

    /// Whether the evaluator was unsure of too many pictures, for the line that says how many.
    private func flag(_ name: String) -> Bool {
        name.hasSuffix("unsure_share")
            && figures[name.replacingOccurrences(of: "unsure_share", with: "unsure_flag")]?.value
                == 1
    }

    private func cell(_ figure: Evaluation.Figure?, _ isFlagged: Bool) -> String {
        guard let figure else { return "" }
        guard figure.value.isFinite else { return "  no value  n \(figure.n)" }
        let interval =
            figure.low.isFinite && figure.high.isFinite
            ? String(format: " [%.3f, %.3f]", figure.low, figure.high) : ""
        return String(format: "%7.3f", figure.value) + interval + " n \(figure.n)"
            + (isFlagged ? " !" : "")
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        let padded = ([name] + cells).map { $0.padding(toLength: 36, withPad: " ", startingAt: 0) }
        return padded.joined(separator: " ").replacingOccurrences(
            of: " +$", with: "", options: .regularExpression)
    }

    private static func common(_ name: String) -> String {
        name.hasPrefix(heldOut) ? String(name.dropFirst(heldOut.count)) : name
    }

    private static let groups = [
        "fairness", "match", "preference", "quality", "diversity", "judge", "other",
    ]

    private static func group(of name: String) -> String {
        let bare = name.hasPrefix("identity_") ? String(name.dropFirst(9)) : name
        let begins: [(String, [String])] = [
            ("fairness", ["discrepancy_", "entropy_", "planted_distance_"]),
            ("quality", ["kid", "density", "precision"]),
            ("diversity", ["vendi_score", "pairwise_distance", "coverage", "recall"]),
            ("judge", ["evaluator_", "unsure_", "agreement_", "kappa_"]),
            ("match", ["text_image_"]), ("preference", ["preference_"]),
        ]
        if let match = begins.first(where: { $0.1.contains { bare.hasPrefix($0) } }) {
            return match.0
        }
        return name.hasSuffix("accuracy") ? "match" : "other"
    }
}
