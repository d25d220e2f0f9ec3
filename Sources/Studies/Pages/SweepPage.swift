import Alignment
import BenchProtocol

/// The page of a sweep: everything that was tried, sorted, and what its confirmation said.
public struct SweepPage: Sendable {
    /// The second stage as far as it has come.
    public struct Confirmation: Sendable {
        /// The models that were trained again.
        public var finalists: [SweepPlan.Finalist]
        /// What was trained.
        public var plan: StudyPlan
        /// What was found.
        public var records: [EvaluationRecord]

        /// A second stage with every field given.
        public init(
            finalists: [SweepPlan.Finalist], plan: StudyPlan, records: [EvaluationRecord]
        ) {
            self.finalists = finalists
            self.plan = plan
            self.records = records
        }
    }

    private let plan: SweepPlan
    private let parts: PageParts
    private let confirmation: Confirmation?
    private let confirmationParts: PageParts?
    private let runs: [StudyRunRecord]
    /// The trade-off plot of the search; nil before anything was evaluated.
    public let plot: TradeOffPlot?
    /// Whether the finalists beat the rivals; empty without a confirmation.
    public let verdicts: [Verdict]

    /// The plot's file without its ending, beside the page.
    public static let plotName = "trade-off"

    /// Makes a page from records alone.
    public init(
        plan: SweepPlan, records: [EvaluationRecord], confirmation: Confirmation?,
        runs: [StudyRunRecord]
    ) {
        self.plan = plan
        self.confirmation = confirmation
        self.runs = runs
        let figures = StudyFigures(records)
        let parts = PageParts(plan: plan.search, figures: figures, runs: runs)
        self.parts = parts
        let crowd = figures.models.count > 24
        let numbers = Dictionary(
            plan.entries.map { ($0.contender, String($0.contender.prefix(3))) },
            uniquingKeysWith: { first, _ in first })
        let rivals = Set(plan.sweep.rivalNames)
        plot = TradeOffPlot(
            figures, figures.models, x: plan.sweep.front.x, y: plan.sweep.front.y,
            title: plan.sweep.name
        ) { model in
            // Where many stand together, numbers have to do; the table has the names.
            crowd && !rivals.contains(model.contender)
                ? numbers[model.contender] ?? model.contender : parts.label(model)
        }
        if let confirmation, !confirmation.records.isEmpty {
            let again = StudyFigures(confirmation.records)
            confirmationParts = PageParts(plan: confirmation.plan, figures: again, runs: runs)
            verdicts = Verdict.judge(plan.claims(confirmation.finalists), on: again)
        } else {
            confirmationParts = nil
            verdicts = []
        }
    }

    /// The page as Markdown.
    public func markdown() -> String {
        let sweep = plan.sweep
        let lanes = plan.entries.filter { !$0.isRival }.count
        let tried =
            switch sweep.choice {
            case .grid: "\(lanes) combinations, the whole grid"
            case .random(_, let seed):
                "\(lanes) combinations, drawn at random (seed \(seed)) of "
                    + (sweep.combinations == .max ? "very many" : "\(sweep.combinations)")
            }
        var text = "# Sweep: \(sweep.name)\n\n"
        text +=
            "\(tried)\(plan.leftOut > 0 ? "; \(plan.leftOut) more cannot be or are the same as others" : ""). "
        text +=
            """
            Sorted by \(FigureNames.label(sweep.criterion)). A star marks the front of \
            \(FigureNames.label(sweep.front.x)) and \(FigureNames.label(sweep.front.y)): no other model \
            is at least as good on both.


            """
        text += confirmationSection()
        text += "## Everything that was tried\n\n" + table() + "\n"
        if plot != nil {
            text += "![\(sweep.name): trade-off](\(Self.plotName).svg)\n\n"
        }
        text +=
            """
            The best of many by a noisy figure looks better than it is: the search's own figures of its \
            winners are flattered. Only a confirmation on seeds that chose nothing is not.


            """
        text += "## How it was measured\n\n" + parts.method() + "\n"
        text += "## How it was made\n\n" + parts.making() + "\n"
        let notes = parts.deviations() + (confirmationParts?.deviations() ?? [])
        text += "## Deviations\n\n"
        text += notes.isEmpty ? "None.\n" : notes.map { "- \($0)\n" }.joined()
        text +=
            "\nEvery number is in `figures.csv`, `prompts.csv` and `\(StudyTable.fileName)`, from which `popbench sweep FILE --page-only --out DIR` makes this page again.\n"
        return text
    }

    private func table() -> String {
        let front = Set(plot?.front ?? [])
        let keys = settingKeys
        var names = [plan.sweep.criterion, plan.sweep.front.y, plan.sweep.front.x]
        names += ["held_out_discrepancy", "discrepancy", "identity_accuracy"]
        names = names.reduce(into: []) { known, name in
            if !known.contains(name), parts.figures.has(name) { known.append(name) }
        }
        let settings = Dictionary(
            plan.entries.map { entry in
                (
                    entry.contender,
                    Dictionary(
                        entry.settings.map { ($0.key, $0.text.replacing("\"", with: "")) },
                        uniquingKeysWith: { first, _ in first })
                )
            }, uniquingKeysWith: { first, _ in first })
        let models =
            [parts.base].filter { parts.figures.models.contains($0) }
            + plan.ranking(parts.figures, includesRivals: true)
        return markdownTable(
            ["", "lane", "step"] + keys + names.map(FigureNames.label),
            models.map { model in
                [
                    front.contains(model) ? "*" : "", model.contender, "\(model.step)",
                ]
                    + keys.map { settings[model.contender]?[$0] ?? "" }
                    + names.map { interval(parts.figures.estimate($0, model)) }
            }, numbersFrom: 2)
    }

    /// Keys in which contenders differ, in the order of the file.
    private var settingKeys: [String] {
        var keys: [String] = []
        for entry in plan.entries {
            for (key, _) in entry.settings where !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    private func confirmationSection() -> String {
        guard let stage = plan.sweep.confirmation else { return "" }
        let seeds = stage.seeds.map { "\($0)" }.joined(separator: ", ")
        var text = "## Confirmation\n\n"
        text +=
            """
            The search chose on seeds \(plan.sweep.seeds.map { "\($0)" }.joined(separator: ", ")). Its \
            best \(stage.top) and all lanes to beat are trained again on seeds \(seeds), which took no \
            part in the choice, and measured on \(stage.evaluation.pictures) pictures a prompt.


            """
        guard let parts = confirmationParts else {
            return text + "It has not begun: the search comes first.\n\n"
        }
        text += markdownTable(
            ["claim", "verdict", "difference farthest from it [95 % interval]", "p, Holm"],
            verdicts.map { verdict in
                let part = verdict.shownPart
                return [
                    verdict.claim.sentence, "**\(verdict.answer.rawValue)**",
                    part.difference == nil
                        ? verdict.reason ?? "-"
                        : "\(interval(part.difference)) (\(part.comparison.formula))",
                    probability(verdict.adjustedP),
                ]
            }, numbersFrom: 3)
        text += "\nHeld-out professions:\n\n" + parts.figureTable(parts.lastModels, heldOut: true)
        text +=
            "\nProfessions trained on:\n\n" + parts.figureTable(parts.lastModels, heldOut: false)
        return text + "\n"
    }
}
