import Alignment
import BenchProtocol
import Foundation
import TrainingEngine

/// The sections that pages of studies share, as Markdown.
struct PageParts {
    let plan: StudyPlan
    let figures: StudyFigures
    let runs: [StudyRunRecord]

    /// The base, as the model that others are compared with.
    var base: StudyFigures.Model {
        StudyFigures.Model(contender: EvaluationRecord.baseName, step: 0)
    }

    /// The base and every contender after its last recorded step.
    var lastModels: [StudyFigures.Model] {
        ([EvaluationRecord.baseName] + plan.contenders).compactMap { figures.last($0) }
    }

    /// The headline figures that were measured, of the professions trained on or of those held out.
    func headline(heldOut: Bool) -> [String] {
        FigureNames.headline.map { heldOut ? FigureNames.heldOutPrefix + $0 : $0 }
            .filter(figures.has)
    }

    /// Models down, figures across, means with intervals.
    func figureTable(_ models: [StudyFigures.Model], heldOut: Bool) -> String {
        let names = headline(heldOut: heldOut)
        let header =
            ["", "seeds"] + names.map { FigureNames.label(FigureNames.split($0).base) + arrow($0) }
        return markdownTable(
            header,
            models.map { model in
                [label(model), "\(figures.records(of: model).count)"]
                    + names.map { interval(figures.estimate($0, model)) }
            })
    }

    /// Differences of models from one of them, prompt by prompt and seed by seed.
    func differenceTable(
        _ models: [StudyFigures.Model], minus other: StudyFigures.Model, heldOut: Bool
    ) -> String {
        let names = headline(heldOut: heldOut)
        let header =
            ["minus \(label(other))"]
            + names.map { FigureNames.label(FigureNames.split($0).base) + arrow($0) }
        return markdownTable(
            header,
            models.filter { $0 != other }.map { model in
                [label(model)]
                    + names.map { interval(figures.difference($0, model, minus: other)?.estimate) }
            })
    }

    /// The mean over prompts in every seed, so that a reader sees whether seeds agree.
    func seedTable(_ models: [StudyFigures.Model], _ names: [String]) -> String {
        let names = names.filter(figures.has)
        let header = [""] + plan.seeds.flatMap { seed in names.map { "\($0), seed \(seed)" } }
        guard plan.seeds.count > 1, !names.isEmpty, plan.seeds.count * names.count <= 12 else {
            return ""
        }
        return markdownTable(
            header.map { $0.split(separator: "_").joined(separator: " ") },
            models.map { model in
                let bySeed = names.map { name in
                    Dictionary(
                        uniqueKeysWithValues: figures.perSeed(name, model).map {
                            ($0.seed, $0.value)
                        })
                }
                return [label(model)]
                    + plan.seeds.flatMap { seed in
                        bySeed.map { decimal($0[seed] ?? .nan, 3) }
                    }
            })
    }

    /// Every lane's settings.
    func settingsTable() -> String {
        markdownTable(
            [
                "lane", "objective", "beta", "kappa", "weight of SFT", "learning rate", "steps",
                "identity captions", "averaging", "schedule",
            ],
            plan.arms.flatMap { arm in
                arm.recipe.lanes.map { lane in
                    let training = arm.recipe.training
                    let isFineTuning = lane.objective == "sft"
                    return [
                        arm.contender(lane.name), Self.objective(lane),
                        isFineTuning ? "-" : setting(lane.beta),
                        isFineTuning ? "-" : setting(lane.kappa),
                        isFineTuning ? "-" : setting(lane.sftWeight), setting(lane.learningRate),
                        arm.evaluatedSteps.map(String.init).joined(separator: ", "),
                        setting(training.identityCaptions), setting(training.policyEMA),
                        training.schedule.rawValue,
                    ]
                }
            }, numbersFrom: 2)
    }

    /// An objective with its divergence.
    static func objective(_ lane: LaneSettings) -> String {
        var words = lane.objective
        if let divergence = lane.divergence { words += ", \(divergence)" }
        if let alpha = lane.alpha { words += " \(setting(alpha))" }
        return words
    }

    /// How models were measured, and what an interval means.
    func method() -> String {
        let evaluation = plan.evaluation
        let seeds = plan.seeds.count
        let trained = plan.sharedRecipe.populations.professions.count
        let model =
            seeds == 1
            ? """
            With one seed the 95 % intervals are over prompts alone: they say nothing of what another \
            seed would have given.
            """
            : """
            Intervals are 95 % for a mean over *both* prompts and seeds, as crossed random effects: \
            Student's t on the variance `(MS seeds + MS prompts - MS rest) / n` at Satterthwaite's \
            degrees of freedom. (A bootstrap over \(seeds) seeds would make them far too short.) \
            Figures of a whole evaluation, without prompts, have intervals over seeds. A share has at \
            least the error that two wrong pictures more would make.
            """
        let derived = DerivedFigure.all.filter { figures.has($0.name) }
            .map { "*\(FigureNames.label($0.name))* is \($0.formula)" }.joined(separator: "; ")
        return """
            Each model draws \(evaluation.pictures) pictures for the neutral prompt of each of 20 professions \
            and as many for identity prompts, in \(evaluation.inferenceSteps) steps under guidance \
            \(setting(evaluation.guidanceScale)). \(trained) professions were trained on, the others held \
            out. A seed draws the batches and noise of training and the starting noise of the evaluation; \
            in one seed all models, the base among them, start from the same noise, so differences are \
            paired by prompt and seed. The populations are the same in every seed.

            \(model)

            \(derived). Formulas of the measured figures are in docs/alignment.md and docs/metrics.md. A \
            perfectly fair model does not show a discrepancy of 0: at \(evaluation.pictures) pictures \
            chance gives \(decimal((2.0 / 3 / Double(evaluation.pictures)).squareRoot(), 2)) for gender \
            and \(decimal((0.8 / Double(evaluation.pictures)).squareRoot(), 2)) for tone.

            """
    }

    /// How the study was made: commands, version, machine, seeds, time.
    func making() -> String {
        let records = figures.records
        let training = records.reduce(0) { $0 + $1.trainingSeconds }
        let evaluation = records.reduce(0) { $0 + $1.evaluationSeconds }
        func unique(_ values: [String]) -> String {
            var known = Set<String>()
            return values.filter { known.insert($0).inserted }.joined(separator: "; ")
        }
        let commits = unique(runs.compactMap(\.commit))
        var rows = [
            ["command", unique(runs.map { "`\($0.command)`" })],
            [
                "popbench",
                unique(runs.map(\.version)) + (commits.isEmpty ? "" : ", commit \(commits)"),
            ],
            ["seeds", plan.seeds.map { "\($0)" }.joined(separator: ", ")],
            ["machine", unique(runs.map(\.machine))],
            ["kernel", unique(records.map(\.kernel))],
            [
                "time",
                "\(durationText(training)) of training and \(durationText(evaluation)) of evaluation",
            ],
        ]
        if let first = runs.map(\.started).min(), let last = records.map(\.recorded).max() {
            rows.append(["from, to", "\(first), \(last)"])
        }
        return markdownTable(["", ""], rows, numbersFrom: 2)
    }

    /// What is missing or not as it should be, a sentence each.
    func deviations() -> [String] {
        var notes: [String] = []
        let wanted = plan.seeds.count
        for model in lastModels {
            let records = figures.records(of: model)
            if records.count < wanted {
                notes.append(
                    "\(label(model)) was evaluated in \(records.count) of \(wanted) seeds.")
            }
            for record in records {
                if let problem = record.problem {
                    notes.append("\(label(model)), seed \(record.seed): \(problem).")
                }
            }
        }
        for (warning, count) in warnings() {
            notes.append("\(warning) (\(count) of \(figures.records.count) evaluations).")
        }
        let missing = (["base"] + plan.contenders).filter { figures.last($0) == nil }
        if !missing.isEmpty {
            notes.append("Not evaluated yet: \(missing.joined(separator: ", ")).")
        }
        if Set(figures.records.map(\.kernel)).count > 1 {
            notes.append(
                "The matrix kernel changed on the way, which changes results in their last bits.")
        }
        if Set(figures.records.map(\.version)).count > 1 {
            notes.append("The version of popbench changed on the way.")
        }
        return notes
    }

    /// What evaluations warn of, and how many of them do, in the order in which it first came up.
    private func warnings() -> [(String, Int)] {
        var (order, counts) = ([String](), [String: Int]())
        for warning in figures.records.flatMap({ $0.warnings ?? [] }) {
            if counts[warning] == nil { order.append(warning) }
            counts[warning, default: 0] += 1
        }
        return order.map { ($0, counts[$0] ?? 0) }
    }

    /// A model as tables call it: with its steps where it was evaluated more than once.
    func label(_ model: StudyFigures.Model) -> String {
        let steps = figures.models.filter { $0.contender == model.contender }.count
        return steps > 1 ? "\(model.contender), step \(model.step)" : model.contender
    }

    private func arrow(_ name: String) -> String {
        FigureNames.isLowerBetter(name) ? " (less is better)" : ""
    }
}
