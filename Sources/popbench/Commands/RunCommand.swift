import ArgumentParser
import BenchProtocol
import EngineLink
import Foundation
import MessageBus
import TrainingEngine

/// `popbench run --headless`: trains a session without a screen.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Train a session without a screen, printing every event as a JSON line.",
        discussion: "A session that does not exist yet is made from the recipe.")

    @Flag(help: "Print JSON lines; without it, use the workbench.")
    var headless = false

    @Option(help: "The recipe of a session that does not exist yet.")
    var recipe: String?

    @OptionGroup var target: SessionTarget

    @Option(help: "How many further steps every lane takes; to the recipe's end when not given.")
    var steps: Int?

    @Flag(help: "Evaluate the base and every lane on all prompts when training is done.")
    var evaluate = false

    func validate() throws {
        guard headless else {
            throw ValidationError(
                "run needs --headless; for a screen, call popbench --session NAME")
        }
        if let steps, steps < 0 { throw ValidationError("--steps is at least 0") }
    }

    func run() throws {
        let locations = Locations.current()
        let opened = try OpenedSession(
            session: target.name, recipe: recipe, locations: locations, allowNewest: false)
        let engine = try EngineProcess(
            session: opened.folder, locations: locations, reach: .socket(in: nil))
        let printer = try LinePrinter(engine.events)
        let plan = HeadlessPlan(steps: steps, evaluates: evaluate)
        let watch = try engine.events.mailbox(named: "headless", mode: .complete)
        let commands = engine.commands
        Thread.detachNewThread { plan.carryOut(watch, commands) }
        let status = waitFor { await engine.run() }
        printer.finish(engine.events)
        throw ExitCode(plan.failed ? 1 : status)
    }
}

/// What a headless run does: wait for the session, train, evaluate, stop.
final class HeadlessPlan: Sendable {
    private let steps: Int?
    private let evaluates: Bool
    private let failure = Locked(false)

    init(steps: Int?, evaluates: Bool) {
        self.steps = steps
        self.evaluates = evaluates
    }

    /// Whether anything asked for could not be done, or what was done could not be saved.
    var failed: Bool { failure.withLock { $0 } }

    private enum Stage { case opening, training, evaluating, leaving }

    /// Follows the engine's events until its goodbye.
    ///
    /// A failure alone ends nothing: training goes on when a save fails. An engine that rests short of
    /// the goal after one has given up; without one, somebody who has attached has paused it.
    func carryOut(_ events: MessageBus.Mailbox<Event>, _ commands: Bus<Command>) {
        var (stage, goal) = (Stage.opening, 0)
        var (sawFailure, sawEvaluation) = (false, false)
        var savedStep: Int?
        func stop() {
            stage = .leaving
            commands.publish(.stop)
        }
        func trained() {
            guard evaluates else { return stop() }
            stage = .evaluating
            commands.publish(.evaluate)
        }
        func giveUp() {
            fail()
            stop()
        }
        while let event = events.next() {
            switch event {
            case .failure:
                sawFailure = true
                if stage == .evaluating { giveUp() }
            case .state(let state):
                savedStep = state.savedStep
                sawEvaluation = sawEvaluation || state.phase == .evaluating
                guard [.idle, .paused, .finished].contains(state.phase) else { continue }
                // Lanes that were added late have farther to go.
                let least = state.lanes.map(\.step).min() ?? 0
                switch stage {
                case .opening:
                    goal = min(state.endStep, steps.map { state.step + $0 } ?? state.endStep)
                    guard least < goal, steps != 0 else {
                        trained()
                        continue
                    }
                    stage = .training
                    commands.publish(.step(count: goal - least))
                case .training where least >= goal: trained()
                case .training where sawFailure: giveUp()
                case .evaluating where sawEvaluation: stop()
                default: break
                }
            case .goodbye(let goodbye):
                if goodbye.step > 0, savedStep != goodbye.step { fail() }
                return
            default: break
            }
        }
    }

    private func fail() { failure.withLock { $0 = true } }
}

/// Prints every event as one line on standard output; nothing is coalesced.
final class LinePrinter: Sendable {
    private let done = DispatchSemaphore(value: 0)

    init(_ events: Bus<Event>) throws {
        let mailbox = try events.mailbox(named: "lines", mode: .complete)
        let done = self.done
        Thread.detachNewThread {
            while let event = mailbox.next() {
                let line = EventLine.encode(event)
                // A reader that has gone ends the lines, not the training.
                guard (try? FileHandle.standardOutput.write(contentsOf: Data(line))) != nil else {
                    break
                }
            }
            done.signal()
        }
    }

    /// Ends the lines once everything published so far is out.
    func finish(_ events: Bus<Event>) {
        events.finish()
        done.wait()
    }
}
