import BenchProtocol
import TerminalKit

/// The shares of one attribute's classes over steps, everybody's in the same bins, and what they are
/// held against.
package struct HistoryTable: Sendable {
    /// One lane's shares, by step.
    package struct LaneShares: Sendable {
        package var contender: Contender
        package var byStep: [Int: PopulationHistory.Point]
    }

    /// The attribute.
    package var attribute: String
    /// Its classes: the bins that everybody shares.
    package var classes: [String] = []
    /// What the base draws; nil where it was not sampled.
    package var base: PopulationHistory.Point?
    /// What the data set plants; nil where it plants nothing or the engine has not said.
    package var planted: [Double]?
    /// Every lane of the session.
    package var lanes: [LaneShares] = []
    /// The steps at which anything was measured in any lane.
    package var steps: [Int] = []

    /// The share of each class if all were as frequent.
    package var uniform: [Double] { classes.map { _ in 1 / Double(max(1, classes.count)) } }

    /// The largest share anywhere, which bars of full length and the hottest colour stand for.
    package var largest: Double {
        let all =
            [base?.shares ?? [], planted ?? [], uniform].flatMap { $0 }
            + lanes.flatMap { $0.byStep.values.flatMap(\.shares) }
        return max(all.max() ?? 1, 0.01)
    }

    /// The references in the order in which they are shown.
    package var references: [(name: String, shares: [Double])] {
        [("planted", planted), ("base", base?.shares), ("uniform", uniform)].compactMap {
            name, shares in shares.map { (name, $0) }
        }
    }

    /// The table of the attribute in question for the shown prompt.
    package init(_ model: WorkbenchModel) {
        attribute = model.galleryAttribute
        classes = model.shownClasses(attribute)
        guard !classes.isEmpty else { return }
        let prompt = model.shownPrompt
        planted = model.populationRecord.planted(
            prompt: prompt, attribute: attribute, classes: classes)
        var steps = Set<Int>()
        for contender in model.contenders {
            var points =
                model.populationRecord.history(
                    lane: contender.name, prompt: prompt, attribute: attribute
                ).flatMap { $0.classes == classes ? $0.points : nil } ?? []
            if points.isEmpty,
                let newest = model.population(lane: contender.name, attribute: attribute),
                newest.classes == classes
            {
                points = [.init(step: newest.step, counts: newest.counts)]
            }
            if contender.index == nil {
                base = points.last
                continue
            }
            var byStep: [Int: PopulationHistory.Point] = [:]
            for point in points { byStep[point.step] = point }
            steps.formUnion(byStep.keys)
            lanes.append(LaneShares(contender: contender, byStep: byStep))
        }
        self.steps = steps.sorted()
    }

    /// At most so many of the steps: the first, the last, the chosen one, and others evenly.
    package func steps(atMost count: Int, with chosen: Int?) -> [Int] {
        guard steps.count > count, count > 0 else { return count > 0 ? steps : [] }
        guard count > 1 else { return [chosen ?? steps[steps.count - 1]] }
        var places = (0..<count).map { $0 * (steps.count - 1) / (count - 1) }
        if let chosen, let place = steps.firstIndex(of: chosen), !places.contains(place) {
            let nearest = places.indices.min { abs(places[$0] - place) < abs(places[$1] - place) }
            if let nearest { places[nearest] = place }
        }
        return places.map { steps[$0] }
    }

    /// How far shares are from others: the Euclidean distance that discrepancies are measured in.
    package static func distance(_ shares: [Double], _ others: [Double]) -> Double {
        zip(shares, others).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    /// The step under the cursor.
    package func chosenStep(_ wanted: Int?) -> Int? {
        guard let wanted else { return steps.last }
        return steps.last { $0 <= wanted } ?? steps.first
    }
}

extension WorkbenchModel {
    /// What the cursor's lane drew at the cursor's step, in as many words as there is room for.
    func historyDetail(_ table: HistoryTable, columns: Int) -> String {
        guard let step = table.chosenStep(gallery.step), let lane = focusedLaneState?.settings.name,
            let shares = table.lanes.first(where: { $0.contender.name == lane })
        else { return "" }
        guard let point = shares.byStep[step] else {
            return "\(lane) was not sampled at step \(step)"
        }
        let head = "\(lane) step \(step) n=\(point.pictures)"
        let distances = table.references.reversed().map { name, reference in
            " \(name) \(NumberText.share(HistoryTable.distance(point.shares, reference)))"
        }.joined()
        func text(_ width: Int) -> String {
            let words = zip(table.classes, point.shares).map {
                " \(RidgelinePage.short($0, width)) \(NumberText.share($1))"
            }.joined()
            return head + words + " off" + distances
        }
        // Classes lose their ends before the distances go.
        return [20, 8, 3].lazy.map(text).first { !TextLayout.exceeds($0, columns) } ?? text(3)
    }

    /// What a page of histograms says where there is nothing to draw.
    func historyMissing(_ table: HistoryTable) -> [String]? {
        if table.classes.isEmpty {
            return [
                "nothing is known yet of who appears for \"\(shownPrompt)\"",
                "g samples pictures, and space trains: histograms are taken as training goes on.",
            ]
        }
        if table.lanes.isEmpty { return ["the session has no lanes yet"] }
        return nil
    }
}
