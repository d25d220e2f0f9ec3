import ArgumentParser
import Foundation
import Studies
import TrainingEngine

/// `popbench reproduce`: asks a paper's question again, with seeds, intervals and verdicts.
struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Ask a paper's question again: train, evaluate, and judge its claims.",
        discussion: """
            popalign: is preference between populations fairer than SFT, Diffusion-DPO and \
            Diffusion-KTO on the same data? (arXiv 2406.19668) divergences: which f-divergence has the \
            best trade-off? (arXiv 2409.09774)

            Ends in a page with intervals, paired differences, a verdict per claim and a plot. \
            Everything finished is on the disk at once: the same command goes on where an \
            interrupted one stopped.
            """)

    @Argument(help: "popalign or divergences.")
    var question: String

    @Option(help: "How many seeds.")
    var seeds = PublishedStudy.usualSeeds

    @Option(help: "The first seed; others follow it.")
    var firstSeed = 1

    @Flag(help: "Few pictures and steps: done in minutes, and underpowered.")
    var quick = false

    @OptionGroup var options: StudyOptions

    func validate() throws {
        guard PublishedStudy.all.contains(where: { $0.name == question }) else {
            let known = PublishedStudy.all.map(\.name).joined(separator: " and ")
            throw ValidationError("there are \(known) to reproduce, not \(question)")
        }
        guard (1...100).contains(seeds) else {
            throw ValidationError("--seeds is 1 to 100")
        }
        guard (0...1_000_000_000).contains(firstSeed) else {
            throw ValidationError("--first-seed is 0 to 1000000000")
        }
    }

    func run() throws {
        guard let study = PublishedStudy.all.first(where: { $0.name == question }) else { return }
        let locations = Locations.current()
        let plan = try study.plan(
            seeds: (0..<seeds).map { UInt64(firstSeed + $0) }, isQuick: quick
        ) { name in
            try Recipe.read(path: try locations.path(of: name + ".toml", in: .sessions))
        }
        let session = try StudySession(
            options, folder: options.out ?? "results/\(plan.name)",
            sharedRecipe: plan.sharedRecipe, locations)
        let isComplete = try session.carryOut(plan) { records in
            let page = StudyPage(
                study: study, plan: plan, records: records, runs: session.runs, isQuick: quick)
            try StudyFolder.write(
                page: page.markdown(), records: records, plot: page.plot?.plot,
                plotName: StudyPage.plotName, to: session.folder)
            let caution = page.isUnderpowered ? [StudyConsole.Line.underpowered] : []
            return page.verdicts.map(StudyConsole.Line.init) + caution
        }
        if !isComplete { throw ExitCode(StudySession.interruptedStatus) }
    }
}
