import ArgumentParser
import BenchProtocol
import Foundation
import TrainingEngine

/// `popbench sessions fork`: a new session from another's checkpoint.
struct SessionForkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fork",
        abstract: "Make a new session that goes on from a checkpoint of another.",
        discussion: """
            Weights, optimiser moments, curves and the session's own populations come along up to \
            that step. With --lane and --set one lane is changed, and goes on beside the lane as it \
            was unless --beside says otherwise. The session may be training meanwhile; what it has \
            not saved yet stays out.
            """)

    /// Which lanes go on beside the changed one.
    enum Beside: String, CaseIterable, ExpressibleByArgument { case original, all, nothing }

    @Argument(help: "The session to fork, by name or folder.")
    var session: String

    @Option(help: "The new session's name; the old one's with -fork when not given.")
    var name: String?

    @Option(help: "The checkpoint's step; 0 is the base model. The newest when not given.")
    var step: Int?

    @Option(help: "The lane to change with --set.")
    var lane: String?

    @Option(
        help: ArgumentHelp(
            "A setting of that lane, as in a recipe: beta=1000. May be repeated.",
            valueName: "key=value"))
    var set: [String] = []

    @Option(help: "What the changed lane is called.")
    var laneName: String?

    @Option(help: "What goes on beside it: original (the lane as it was), all lanes, or nothing.")
    var beside = Beside.original

    @Option(help: "Where the new session ends, in steps.")
    var steps: Int?

    @Flag(help: "Print a JSON object.")
    var json = false

    func validate() throws {
        guard (lane == nil) == set.isEmpty else {
            throw ValidationError("--lane and --set go together")
        }
        for text in set where !text.contains("=") {
            throw ValidationError("--set takes KEY=VALUE, such as beta=1000, not \(text)")
        }
        if laneName != nil, lane == nil { throw ValidationError("--lane-name goes with --lane") }
        if let step, step < 0 { throw ValidationError("--step takes 0 or more") }
    }

    private struct Made: Encodable {
        let name: String
        let path: String
        let step: Int
        let changes: [String]
    }

    func run() throws {
        let locations = Locations.current()
        let source = try SessionStore.open(at: try locations.session(session))
        let old = source.path.lastComponent
        let name = self.name ?? locations.freshSessionName("\(old.prefix(40))-fork")
        try SessionStore.checkName(name, in: locations.sessions)
        // The recipe as it stands: steps may have been raised since the checkpoint.
        var recipe = try source.recipe()
        var origins: [String: String] = [:]
        if let lane { try change(lane, of: &recipe, &origins) }
        let newest = try source.latestCheckpoint().checkpoint?.step ?? 0
        let start = step ?? newest
        if let steps {
            recipe.session.steps = steps
        } else if recipe.session.steps <= start {
            recipe.session.steps += start
        }
        let fork = try source.fork(
            to: "\(locations.sessions)/\(name)",
            plan: ForkPlan(step: start, recipe: recipe, origins: start > 0 ? origins : [:]),
            created: Date().timeIntervalSince1970)
        for remark in fork.remarks { ProgramRun.say("popbench: \(printable(remark))") }
        let lineage = try fork.session.record().lineage
        let changes = lineage?.changes ?? []
        if json {
            return print(
                try jsonText(
                    Made(name: name, path: fork.session.path, step: start, changes: changes)))
        }
        print(
            printable(
                "made \(name), \(lineage?.sentence ?? "new"), to step \(recipe.session.steps)"))
        for change in changes { print(printable("    \(change)")) }
        print("\"popbench --session \(name)\" opens it, and space trains it")
    }

    private func change(
        _ name: String, of recipe: inout Recipe, _ origins: inout [String: String]
    ) throws {
        guard let original = recipe.lanes.first(where: { $0.name == name }) else {
            throw EngineError(
                "there is no lane called \"\(name)\"; there are "
                    + recipe.lanes.map(\.name).joined(separator: ", "))
        }
        let changes = set.map { text -> (key: String, value: String) in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
        var changed = try RecipeLane.applying(changes, to: original)
        let taken = Set(recipe.lanes.map(\.name))
        if let laneName {
            changed.name = laneName
        } else if beside != .nothing, changed.name == name {
            let first = changes[0]
            let value = first.value.filter {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".")
            }
            var (fresh, number) = ("\(name)-\(first.key)-\(value)", 1)
            while taken.contains(fresh) {
                number += 1
                fresh = "\(name)-\(first.key)-\(value)-\(number)"
            }
            changed.name = String(fresh.prefix(48))
        }
        guard beside == .nothing || !taken.contains(changed.name) else {
            throw EngineError("there is a lane called \"\(changed.name)\" already")
        }
        switch beside {
        case .nothing: recipe.lanes = [changed]
        case .original: recipe.lanes = [original, changed]
        case .all: recipe.lanes.append(changed)
        }
        if changed.name != name { origins[changed.name] = name }
    }
}
