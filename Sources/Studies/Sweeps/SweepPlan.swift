import BenchProtocol
import PlainTOML
import TensorCore
import TrainingEngine

/// What a sweep trains: its combinations as lanes with numbers, and the rivals under their names.
public struct SweepPlan: Sendable {
    /// A contender of the search and the settings that set it apart.
    public struct Entry: Sendable {
        /// The lane's name.
        public var contender: String
        /// The settings that it was given, as a recipe writes them.
        public var settings: [(key: String, text: String)]
        /// Whether it is one of those to beat.
        public var isRival: Bool
        /// The recipe with this one lane.
        var recipe: Recipe
    }

    /// The sweep.
    public let sweep: Sweep
    /// Every contender, rivals last.
    public let entries: [Entry]
    /// Combinations that cannot be trained or that came twice.
    public let leftOut: Int
    /// The first stage.
    public let search: StudyPlan

    /// The most lanes of one unit: they share its passes over the reference, and its checkpoint.
    static let lanesOfUnit = 8
    /// The most combinations that a grid may have; each of them is at least checked.
    static let mostCombinations = 4096

    /// Resolves a sweep.
    ///
    /// - Throws: ``SweepError`` for a value that recipes refuse, ``StudyError`` for a grid that is too
    ///   large or that leaves nothing to train.
    public init(_ sweep: Sweep) throws {
        self.sweep = sweep
        var entries: [Entry] = []
        var known: [Recipe] = []
        var skipped = 0
        for settings in try Self.choices(of: sweep) {
            let made = try SweepCombination(
                sweep.fixed + settings, name: "lane", base: sweep.recipe, file: sweep.file,
                section: "vary")
            guard let made, !known.contains(made.recipe) else {
                skipped += 1
                continue
            }
            if case .random(let count, _) = sweep.choice, entries.count == count { break }
            known.append(made.recipe)
            let number = entries.count + 1
            let lane = made.recipe.lanes[0]
            let words = [lane.objective, lane.divergence].compactMap { $0 }.joined(separator: "-")
            let digits = String(repeating: "0", count: max(0, 3 - "\(number)".count)) + "\(number)"
            entries.append(
                Self.entry(made, contender: "\(digits)-\(words)", isRival: false))
        }
        guard !entries.isEmpty else {
            throw StudyError("\(sweep.file): no combination of its lists can be trained")
        }
        for rival in sweep.rivals {
            guard
                let made = try SweepCombination(
                    rival.settings, name: rival.name, base: sweep.recipe, file: sweep.file,
                    section: "rival")
            else { continue }
            entries.append(Self.entry(made, contender: rival.name, isRival: true))
        }
        self.entries = entries
        leftOut = skipped
        search = try StudyPlan(
            name: sweep.name,
            arms: Self.arms(entries) { entry in entry.isRival ? [] : sweep.evaluatedSteps },
            seeds: sweep.seeds, evaluation: sweep.evaluation)
    }

    private static func entry(
        _ made: SweepCombination, contender: String, isRival: Bool
    ) -> Entry {
        var recipe = made.recipe
        recipe.lanes[0].name = contender
        return Entry(
            contender: contender, settings: made.settings, isRival: isRival, recipe: recipe)
    }

    /// Lanes of equal training settings share units.
    private static func arms(
        _ entries: [Entry], evaluatedSteps: (Entry) -> [Int]
    ) -> [StudyArm] {
        var arms: [StudyArm] = []
        for entry in entries {
            let steps = StudyArm(
                name: "", recipe: entry.recipe, evaluatedSteps: evaluatedSteps(entry)
            ).evaluatedSteps
            let index = arms.firstIndex { arm in
                var (a, b) = (arm.recipe, entry.recipe)
                (a.lanes, b.lanes) = ([], [])
                return a == b && arm.evaluatedSteps == steps
                    && arm.recipe.lanes.count < lanesOfUnit
            }
            if let index {
                arms[index].recipe.lanes += entry.recipe.lanes
            } else {
                arms.append(
                    StudyArm(name: "", recipe: entry.recipe, evaluatedSteps: steps))
            }
        }
        return arms
    }

    /// The combinations to look at, in order: all of a grid, or draws of a random search.
    private static func choices(of sweep: Sweep) throws -> [[Sweep.Setting]] {
        func setting(_ variation: Sweep.Variation, _ index: Int) -> Sweep.Setting {
            .init(key: variation.key, line: variation.line, value: variation.values[index])
        }
        switch sweep.choice {
        case .grid:
            guard sweep.combinations <= mostCombinations else {
                let count = sweep.combinations == .max ? "far too many" : "\(sweep.combinations)"
                throw StudyError(
                    "\(sweep.file): its lists make \(count) combinations, more than "
                        + "\(mostCombinations): shorten them, or say random = 40"
                )
            }
            return sweep.variations.reduce([[]]) { combinations, variation in
                combinations.flatMap { combination in
                    variation.values.indices.map { combination + [setting(variation, $0)] }
                }
            }
        case .random(let count, let seed):
            // Some come twice or cannot be, so more are drawn than are wanted.
            return (0..<(count * 40)).map { draw in
                var random = Philox(seed: seed, purpose: .evaluation, step: draw)
                return sweep.variations.map {
                    setting($0, random.index(below: $0.values.count))
                }
            }
        }
    }

    // MARK: Confirmation

    /// A model of the search that is trained again.
    public struct Finalist: Sendable, Equatable {
        /// Its name in the search and in the confirmation.
        public var contender: String
        /// The step that it is stopped at.
        public var step: Int

        /// A model by its name and step.
        public init(contender: String, step: Int) {
            self.contender = contender
            self.step = step
        }
    }

    /// The models of a finished search in the order of the criterion, best first.
    ///
    /// - Parameter includesRivals: whether lanes to beat are among them.
    public func ranking(
        _ figures: StudyFigures, includesRivals: Bool
    ) -> [StudyFigures.Model] {
        let rivals = Set(entries.filter(\.isRival).map(\.contender))
        let sign = FigureNames.isLowerBetter(sweep.criterion) ? 1.0 : -1.0
        return figures.models
            .filter { $0.contender != EvaluationRecord.baseName }
            .filter { includesRivals || !rivals.contains($0.contender) }
            .map { model in
                (model, figures.mean(sweep.criterion, model).map { sign * $0.value } ?? .infinity)
            }
            .map { ($0.0, $0.1.isNaN ? .infinity : $0.1) }
            .sorted { ($0.1, $0.0.contender, $0.0.step) < ($1.1, $1.0.contender, $1.0.step) }
            .map(\.0)
    }

    /// The best models of a finished search, one of each contender.
    public func finalists(_ figures: StudyFigures) -> [Finalist] {
        var chosen: [Finalist] = []
        for model in ranking(figures, includesRivals: false)
        where chosen.count < sweep.confirmation?.top ?? 0
            && figures.mean(sweep.criterion, model)?.value.isFinite == true
            && !chosen.contains(where: { $0.contender == model.contender })
        {
            chosen.append(Finalist(contender: model.contender, step: model.step))
        }
        return chosen
    }

    /// The second stage: finalists and rivals on the confirmation's seeds.
    ///
    /// - Returns: nil where the sweep has none, or the search found nothing to confirm.
    public func confirmation(_ finalists: [Finalist]) throws -> StudyPlan? {
        guard let confirmation = sweep.confirmation, !finalists.isEmpty else { return nil }
        var arms: [StudyArm] = []
        for entry in entries {
            if let finalist = finalists.first(where: { $0.contender == entry.contender }) {
                var arm = StudyArm(name: "", recipe: entry.recipe)
                // The schedule's end stays where it was; training stops at the step.
                arm.evaluatedSteps = [finalist.step]
                arms.append(arm)
            }
        }
        arms += Self.arms(entries.filter(\.isRival)) { _ in [] }
        return try StudyPlan(
            name: sweep.name + "-confirm", arms: arms, seeds: confirmation.seeds,
            evaluation: confirmation.evaluation)
    }

    /// What the confirmation is to decide: whether each finalist beats each rival on both axes.
    public func claims(_ finalists: [Finalist]) -> [Claim] {
        let rivals = entries.filter(\.isRival).map(\.contender)
        func direction(_ figure: String) -> Claim.Comparison.Direction {
            FigureNames.isLowerBetter(figure) ? .lower : .higher
        }
        return finalists.flatMap { finalist in
            rivals.map { rival in
                Claim(
                    family: "confirmation",
                    "\(finalist.contender) beats \(rival) on \(FigureNames.label(sweep.front.y)) "
                        + "and on \(FigureNames.label(sweep.front.x)).",
                    source: .expectation(
                        "found by the search; these seeds took no part in choosing it"),
                    [sweep.front.y, sweep.front.x].map {
                        .init($0, finalist.contender, against: rival, direction($0))
                    })
            }
        }
    }

    /// Lanes times seeds of the search, and the hours that they take on two cores, roughly.
    public var size: (lanes: Int, hours: Double) {
        let lanes = search.contenders.count * search.seeds.count
        return (lanes, StudyClock.seconds(of: search) / 3600)
    }
}
