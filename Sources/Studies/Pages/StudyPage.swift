import Alignment
import BenchProtocol
import TrainingEngine

/// The page of a published study: verdicts first, then figures, differences and how it was made.
public struct StudyPage: Sendable {
    private let study: PublishedStudy
    private let parts: PageParts
    private let isQuick: Bool
    /// The verdicts on the study's claims, in their order.
    public let verdicts: [Verdict]
    /// The trade-off plot; nil before anything was evaluated.
    public let plot: TradeOffPlot?

    /// The plot's file without its ending, beside the page.
    public static let plotName = "trade-off"

    /// Makes a page from records alone.
    public init(
        study: PublishedStudy, plan: StudyPlan, records: [EvaluationRecord],
        runs: [StudyRunRecord], isQuick: Bool
    ) {
        self.study = study
        self.isQuick = isQuick
        let figures = StudyFigures(records)
        let parts = PageParts(plan: plan, figures: figures, runs: runs)
        self.parts = parts
        verdicts = Verdict.judge(study.claims(plan.arms.map(\.name)), on: figures)
        let x = study.axes.x.first(where: figures.has) ?? study.axes.x[0]
        plot = TradeOffPlot(
            figures, parts.lastModels, x: x, y: study.axes.y, title: study.name,
            label: parts.label)
    }

    /// Whether too few seeds or pictures stand behind it to lean on its verdicts.
    public var isUnderpowered: Bool {
        isQuick || parts.plan.seeds.count < PublishedStudy.usualSeeds
    }

    /// The page as Markdown.
    public func markdown() -> String {
        var text = "# \(study.title)\n\n"
        text += study.introduction.joined(separator: "\n\n") + "\n\n"
        if isUnderpowered {
            let reason =
                isQuick
                ? "This is the quick form: few pictures, few steps."
                : "Fewer than \(PublishedStudy.usualSeeds) seeds."
            text += """
                > **Underpowered.** \(reason) \
                It shows that everything works and which way figures lean; do not lean on its verdicts.


                """
        }
        text += "## Verdicts\n\n" + verdictTables() + "\n" + verdictNotes() + "\n"
        if let plot {
            text += """
                ## Trade-off

                ![\(study.name): trade-off](\(Self.plotName).svg)

                On the front, which no other model dominates on both axes: \
                \(plot.front.map(parts.label).joined(separator: ", ")).


                """
        }
        text += figuresSection()
        text += "## Differences\n\n" + differences()
        text += "## Settings\n\n" + parts.settingsTable() + "\n"
        text += "## How it was measured\n\n" + parts.method() + "\n"
        text += "## How it was made\n\n" + parts.making() + "\n"
        let deviations = parts.deviations()
        text += "## Deviations\n\n"
        text +=
            deviations.isEmpty
            ? "None from the plan above.\n" : deviations.map { "- \($0)\n" }.joined()
        text += """

            Every number is in `figures.csv` (a figure of an evaluation a line), `prompts.csv` (a prompt a \
            line) and `\(StudyTable.fileName)`, from which \
            `\(remaking)` makes this page again.

            """
        return text
    }

    /// The command that makes the page from the table beside it.
    private var remaking: String {
        let seeds = parts.plan.seeds
        return
            "popbench reproduce \(study.name)\(isQuick ? " --quick" : "") --seeds \(seeds.count) "
            + "--first-seed \(seeds.min() ?? 1) --page-only --out DIR"
    }

    /// A table a family of claims, which have the same sentences for other lanes.
    private func verdictTables() -> String {
        var families: [String] = []
        for verdict in verdicts where !families.contains(verdict.claim.family) {
            families.append(verdict.claim.family)
        }
        guard families.count > 1 else { return verdictTable(verdicts) }
        return families.map { family in
            "### \(family)\n\n" + verdictTable(verdicts.filter { $0.claim.family == family })
        }.joined(separator: "\n")
    }

    private func verdictTable(_ verdicts: [Verdict]) -> String {
        markdownTable(
            ["claim", "verdict", "difference [95 % interval]", "p", "p, Holm"],
            verdicts.map { verdict in
                let worst = verdict.shownPart
                return [
                    verdict.claim.sentence + " " + mark(verdict.claim.source),
                    "**\(verdict.answer.rawValue)**",
                    worst.difference == nil
                        ? verdict.reason ?? "-"
                        : interval(worst.difference) + " (\(worst.comparison.formula))",
                    probability(verdict.p), probability(verdict.adjustedP),
                ]
            }, numbersFrom: 3)
    }

    /// The sources in the order in which claims name them first.
    private var sources: [Claim.Source] {
        verdicts.map(\.claim.source).reduce(into: []) { known, source in
            if !known.contains(source) { known.append(source) }
        }
    }

    private func mark(_ source: Claim.Source) -> String {
        "(\((sources.firstIndex(of: source) ?? 0) + 1))"
    }

    private func verdictNotes() -> String {
        let notes = sources.enumerated().map { index, source in
            switch source {
            case .paper(let number, let says):
                "(\(index + 1)) [arXiv \(number)](https://arxiv.org/abs/\(number)): \(says)."
            case .expectation(let reason): "(\(index + 1)) popbench's own: \(reason)."
            }
        }
        let counts = Dictionary(grouping: verdicts, by: \.claim.family).mapValues(\.count)
        let families = counts.sorted { $0.key < $1.key }
            .map { "\($0.value) of \"\($0.key)\"" }.joined(separator: ", ")
        return """
            \(notes.joined(separator: "  \n"))

            A verdict holds at a family-wise error of 5 %: p values are corrected by Holm's procedure for \
            the number of claims (\(families)). A claim of several comparisons is supported where all of \
            them are; the table shows the one that is farthest from it. Intervals are not corrected.


            """
    }

    private func figuresSection() -> String {
        let models = parts.lastModels
        var text = "## Figures\n\nProfessions that were trained on:\n\n"
        text += parts.figureTable(models, heldOut: false)
        let heldOut = parts.figureTable(models, heldOut: true)
        if !heldOut.isEmpty { text += "\nHeld-out professions:\n\n" + heldOut }
        let bySeed = parts.seedTable(models, [study.axes.y, "held_out_identity_accuracy"])
        if !bySeed.isEmpty { text += "\nSeed by seed:\n\n" + bySeed }
        return text + "\n"
    }

    private func differences() -> String {
        let models = parts.lastModels
        var text = ""
        let focus = parts.plan.arms.flatMap { arm in
            study.focus.compactMap { name in
                arm.recipe.lanes.contains { $0.name == name }
                    ? parts.figures.last(arm.contender(name)) : nil
            }
        }
        for other in [parts.base] + focus where models.contains(other) {
            let arm = other.contender.split(separator: "/").first.map { "\($0)/" } ?? ""
            let compared = models.filter { model in
                other == parts.base || !other.contender.contains("/")
                    ? model != parts.base || other == parts.base
                    : model.contender.hasPrefix(arm)
            }
            for heldOut in [false, true] {
                let table = parts.differenceTable(compared, minus: other, heldOut: heldOut)
                guard !table.isEmpty else { continue }
                text += heldOut ? "Held-out professions:\n\n" : "Professions trained on:\n\n"
                text += table + "\n"
            }
        }
        return text
    }
}

extension Verdict {
    /// The comparison that is farthest from supporting the claim; of a claim of any difference, the
    /// one that is farthest from none.
    var shownPart: Part {
        switch claim.logic {
        case .all: parts.max { weight($0.tails.claim) < weight($1.tails.claim) }!
        case .anyDifference:
            parts.min {
                weight(min($0.tails.claim, $0.tails.other))
                    < weight(min($1.tails.claim, $1.tails.other))
            }!
        }
    }

    private func weight(_ p: Double) -> Double { p.isNaN ? .infinity : p }
}
