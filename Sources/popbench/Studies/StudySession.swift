import ArgumentParser
import Dispatch
import Foundation
import Studies
import TensorCore
import TrainingEngine

/// One run of a study's command: models and table are opened, work is done, pages are written.
final class StudySession {
    /// The exit status after Ctrl-C, as shells have it.
    static let interruptedStatus: Int32 = 130

    /// The study's folder.
    let folder: String
    private let options: StudyOptions
    private let bench: StudyBench
    private let table: StudyTable
    private let console: StudyConsole
    private let isStopped = Locked(false)
    private var signals: [any DispatchSourceSignal] = []
    private var isRecorded = false

    /// Opens models and table.
    ///
    /// - Throws: `StudyError`, `SessionError` or `ModelStoreError`.
    init(
        _ options: StudyOptions, folder: String, sharedRecipe: Recipe, _ locations: Locations
    ) throws {
        self.options = options
        self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        console = StudyConsole(printsLines: options.json)
        // The table first: a folder that is in use is said before models are read.
        table =
            try options.pageOnly
            ? StudyTable(reading: self.folder) : StudyTable(folder: self.folder)
        MatrixKernel.open()
        bench = try StudyBench(recipe: sharedRecipe, locations: locations)
        for note in table.notes + bench.remarks { console.say(note) }
    }

    /// The commands that filled the table.
    var runs: [StudyRunRecord] { table.runs }

    /// Does what is left of a plan, unless a page is all that was asked for, and publishes it.
    ///
    /// - Parameters:
    ///   - mayBeEmpty: whether a plan of which nothing is recorded is no error when only pages are made.
    ///   - publish: writes what can be said of the plan's records, and returns it as lines.
    /// - Returns: false when it was interrupted.
    func carryOut(
        _ plan: StudyPlan, mayBeEmpty: Bool = false,
        publish: ([EvaluationRecord]) throws -> [StudyConsole.Line]
    ) throws -> Bool {
        let (isStopped, console) = (self.isStopped, self.console)
        let runner = StudyRunner(
            plan: plan, bench: bench, table: table, folder: folder, version: Version.current,
            keepsModels: options.keepModels, isStopped: { isStopped.withLock { $0 } },
            tell: { console.show($0) })
        var isComplete = true
        if options.pageOnly {
            guard !runner.records().isEmpty || mayBeEmpty else {
                throw StudyError(
                    "nothing in \(table.path) is of this study with these seeds, settings and models"
                )
            }
        } else {
            let (done, total) = runner.progress
            console.say("\(plan.name): \(done) of \(total) evaluations are done in \(folder)")
            if done < total {
                try recordRun()
                watchSignals()
                isComplete = try runner.run()
                console.endProgress()
            }
        }
        let records = runner.records()
        if !records.isEmpty {
            for line in try publish(records) { console.print(line) }
            console.say("wrote \(folder)/\(StudyFolder.pageName)")
        }
        if !isComplete {
            let (done, total) = runner.progress
            console.say(
                "stopped with \(done) of \(total) evaluations done; the same command goes on from here"
            )
        }
        return isComplete
    }

    private func recordRun() throws {
        guard !isRecorded else { return }
        isRecorded = true
        let words = ["popbench"] + CommandLine.arguments.dropFirst().map(Self.shellWord)
        try table.append(
            .run(
                StudyRunRecord(
                    command: words.joined(separator: " "), version: Version.current,
                    commit: options.commit, machine: "\(Self.processor()), \(Shards.cores) cores",
                    kernel: MatrixKernel.name, started: StudyRunRecord.timestamp(Date()))))
    }

    /// A word as a shell would have to be given it.
    private static func shellWord(_ word: String) -> String {
        let plain = word.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=,:".contains($0))
        }
        return plain && !word.isEmpty
            ? word : "'" + printable(word).replacing("'", with: "'\\''") + "'"
    }

    /// What the kernel calls the processor.
    private static func processor() -> String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":", maxSplits: 1).last.map(String.init) ?? ""
        let trimmed = name.trimmingCharacters(in: .whitespaces)
        return trimmed.isEmpty ? "unknown processor" : printable(trimmed)
    }

    /// The first SIGINT or SIGTERM stops in good order, a second one at once.
    private func watchSignals() {
        guard signals.isEmpty else { return }
        let (isStopped, console) = (self.isStopped, self.console)
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isSecond = isStopped.withLock { stopped in
                    defer { stopped = true }
                    return stopped
                }
                if isSecond { exit(StudySession.interruptedStatus) }
                console.say("stopping: what is trained is saved; once more to leave at once")
            }
            source.resume()
            signals.append(source)
        }
    }
}
