import ArgumentParser
import Foundation
import Studies
import TrainingEngine

/// `popbench sweep`: trains the combinations that a file lists, and confirms the best of them.
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Train many settings, measure them all, and keep the table.",
        discussion: """
            The file names a recipe and lists of values per key; docs/results/README.md describes it. \
            Ends in a table sorted by a figure, with the Pareto front marked, and a plot. Everything \
            finished is on the disk at once: the same command goes on where an interrupted one \
            stopped.
            """)

    /// Lanes times seeds that are trained without being asked twice.
    static let mostLanes = 48

    @Argument(help: "The sweep's file, or the name of a shipped one.")
    var file: String

    @Flag(help: "Train even a sweep of very many lanes.")
    var all = false

    @Flag(help: "Say what would be trained, and how long it would take, and end.")
    var dryRun = false

    @OptionGroup var options: StudyOptions

    func run() throws {
        let locations = Locations.current()
        let plan = try SweepPlan(try Self.read(file, locations))
        let size = plan.size
        let summary =
            "\(plan.sweep.name): \(plan.search.contenders.count) lanes, \(plan.search.seeds.count) seeds, about \(durationText(size.hours * 3600)) on two cores"
        if dryRun {
            for entry in plan.entries {
                let settings = entry.settings.map { "\($0.key) = \($0.text)" }
                print("\(entry.contender)  \(settings.joined(separator: "  "))")
            }
            return print(summary)
        }
        guard size.lanes <= Self.mostLanes || all || options.pageOnly else {
            throw StudyError(
                "\(summary): more than \(Self.mostLanes) trainings; shorten its lists, say random = 20 in it, or give --all"
            )
        }
        let session = try StudySession(
            options, folder: options.out ?? "results/\(plan.sweep.name)",
            sharedRecipe: plan.search.sharedRecipe, locations)
        ProgramRun.say(summary)
        if try !carryOut(plan, session) { throw ExitCode(StudySession.interruptedStatus) }
    }

    private func carryOut(_ plan: SweepPlan, _ session: StudySession) throws -> Bool {
        var searched: [EvaluationRecord] = []
        func write(_ confirmation: SweepPage.Confirmation?) throws -> SweepPage {
            let page = SweepPage(
                plan: plan, records: searched, confirmation: confirmation, runs: session.runs)
            try StudyFolder.write(
                page: page.markdown(), records: searched + (confirmation?.records ?? []),
                plot: page.plot?.plot, plotName: SweepPage.plotName, to: session.folder)
            return page
        }
        guard
            try session.carryOut(
                plan.search,
                publish: { records in
                    searched = records
                    _ = try write(nil)
                    return []
                })
        else { return false }
        let finalists = plan.finalists(StudyFigures(searched))
        guard let second = try plan.confirmation(finalists) else { return true }
        return try session.carryOut(
            second, mayBeEmpty: options.pageOnly,
            publish: { records in
                let page = try write(.init(finalists: finalists, plan: second, records: records))
                return page.verdicts.map(StudyConsole.Line.init)
            })
    }

    /// Reads a sweep by path, or by a shipped name with or without its ending.
    static func read(_ file: String, _ locations: Locations) throws -> Sweep {
        let name = file.hasSuffix(".toml") ? file : file + ".toml"
        let path =
            FileManager.default.fileExists(atPath: file)
            ? URL(fileURLWithPath: file).path
            : try locations.path(of: "studies/" + name, in: .sessions)
        let text = try Self.text(of: path)
        let folder = (path as NSString).deletingLastPathComponent
        return try Sweep.parse(text, file: file) { recipe in
            // A recipe beside the file comes before a shipped one.
            let beside = "\(folder)/\(recipe.hasSuffix(".toml") ? recipe : recipe + ".toml")"
            return try Recipe.read(
                path: FileManager.default.fileExists(atPath: beside)
                    ? beside : try locations.recipe(recipe))
        }
    }

    private static func text(of path: String) throws -> String {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw StudyError("\(path) cannot be read: \(error.localizedDescription)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw StudyError("\(path) is not UTF-8 text")
        }
        return text
    }
}
