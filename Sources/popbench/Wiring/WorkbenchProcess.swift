import BenchProtocol
import EngineLink
import Figures
import Foundation
import MessageBus
import TerminalKit
import TrainingEngine
import Workbench

/// The screen's side of the program: a loop on the initial thread, and a link that feeds its mailbox.
final class WorkbenchProcess {
    private let session: OpenedSession
    private let locations: Locations
    private let files = ScreenFiles()
    private let themes: [Theme]
    private let themeProblems: [ThemeError]
    private let link: EngineConnection
    private let shelf: SessionShelf
    /// What the screen has reported in the session that it shows.
    private let log: Locked<KeptLog>

    init(session: OpenedSession, locations: Locations, theme: String?) throws {
        self.session = session
        self.locations = locations
        (themes, themeProblems) = try files.loadThemes(locations, first: theme)
        log = Locked(KeptLog(folder: session.folder, name: KeptLog.screenName))
        let link = EngineConnection(folder: session.folder, mailbox: try Workbench.Mailbox())
        self.link = link
        shelf = SessionShelf(locations: locations, present: { link.folder }) {
            link.mailbox.post(.sessions($0))
        }
    }

    /// Shows the screen until the person leaves it.
    func run(view: SnapshotView, on terminal: any TerminalBackend) throws {
        let (link, shelf) = (self.link, self.shelf)
        link.connect(starts: session.isNew)
        let (keys, keyProblems) = files.keyTable()
        var model = WorkbenchModel(
            themeNames: themes.map(\.name), now: Date().timeIntervalSince1970, keys: keys)
        model.exportFolder = session.folder + "/exports"
        // The first of a kind last: it is the one that stays on the screen.
        for problem in (themeProblems.map { "\($0)" } + keyProblems.map { "\($0)" }).reversed() {
            _ = update(&model, .note(.warning, problem))
        }
        _ = update(&model, .earlierLog(log.withLock { $0.lines }))
        do {
            try files.rememberShown(session.folder, in: locations.sessions)
        } catch {
            _ = update(&model, .note(.warning, "this session will not be remembered: \(error)"))
        }
        if files.isNewcomer { _ = update(&model, .newcomer) }
        model.pairLaw = { PairLaw(of: $0, offset: $1) }
        model.sessionFolder = session.folder
        model.secondsFromUTC = TimeZone.current.secondsFromGMT()
        if let shown = view.benchView {
            for effect in update(&model, .show(shown)) { carryOut(effect) }
        } else {
            _ = update(&model, .perform(.showHelp))
        }
        let loop = WorkbenchLoop(
            model: model, terminal: terminal, mailbox: link.mailbox, themes: themes,
            outlets: WorkbenchOutlets(
                send: { link.send($0) }, attachAgain: { link.connect(starts: true) },
                writePicture: { try Exports.write($0, $1, session: link.folder) },
                writeFile: { try Exports.write($0, session: link.folder) },
                remember: { [files] in try files.remember($0) },
                sessions: { shelf.take($0) },
                keepLog: { [log] lines in
                    log.withLock { log in lines.forEach { log.append($0) } }
                },
                open: { [log, files, locations] folder, starts, stops, between in
                    link.open(folder, starts: starts, stops: stops) {
                        between()
                        let kept = KeptLog(folder: folder, name: KeptLog.screenName)
                        log.withLock { $0 = kept }
                        link.mailbox.post(.earlierLog(kept.lines))
                    }
                    // That this one was shown is missed by the next start alone.
                    try? files.rememberShown(folder, in: locations.sessions)
                }),
            time: Timekeeper(
                instant: { .now }, timeOfDay: { Date().timeIntervalSince1970 }))
        let errors = try? StandardErrorLog(path: session.folder + "/screen.log")
        let mode: QuitMode
        do {
            mode = try loop.run()
        } catch {
            errors?.restore()
            throw error
        }
        errors?.restore()
        for line in errors?.tail(lines: 5) ?? [] { report(line) }
        link.close()
        let name = link.folder.lastComponent
        switch mode {
        case .stopped: print("saved; \"popbench --session \(name)\" goes on from here")
        case .leaveTraining where isAtWork(link.folder):
            print(
                "\(name) goes on in the background; \"popbench --session \(name)\" shows it again")
        case .leaveTraining, .engineGone: print("the engine of \(name) is not running")
        }
    }

    /// Whether a session has an engine, or is about to.
    private func isAtWork(_ folder: String) -> Bool {
        switch SessionStatus.inspect(folder) {
        case .running, .starting: true
        case .idle, .stale: false
        }
    }

    /// Lets a journey sit at the screen.
    ///
    /// - Parameters:
    ///   - stage: where it is watched; nil plays in memory.
    ///   - pictures: the folder for the screens that the journey keeps, as SVG.
    /// - Throws: `JourneyTerminal.Failure` where a screen did not come.
    func play(
        _ journey: Journey, view: SnapshotView, stage: (any TerminalBackend)?, pictures: String
    ) throws {
        var writing: (any Error)?
        let terminal = JourneyTerminal(journey, width: 120, height: 40, stage: stage) {
            [theme = themes[0]] name, canvas in
            do {
                try FileManager.default.createDirectory(
                    atPath: pictures, withIntermediateDirectories: true)
                try Data(canvas.svg(theme: theme).utf8).write(
                    to: URL(fileURLWithPath: "\(pictures)/\(name).svg"), options: .atomic)
            } catch { writing = error }
        }
        try run(view: view, on: terminal)
        if let failure = terminal.failure { throw failure }
        if let writing { throw writing }
    }

    /// Does what needs neither a terminal nor a file.
    private func carryOut(_ effect: WorkbenchEffect) {
        switch effect {
        case .send(let command): link.send(command)
        case .sessions(let request): shelf.take(request)
        default: break
        }
    }

    /// One frame of the session as it stands, in as many colours as will be seen.
    func snapshot(
        of view: SnapshotView, width: Int, height: Int, colorDepth: ColorDepth
    ) throws -> (canvas: Canvas, theme: Theme) {
        var model = WorkbenchModel(
            themeNames: themes.map(\.name), now: Date().timeIntervalSince1970,
            keys: files.keyTable().table)
        model.pairLaw = { PairLaw(of: $0, offset: $1) }
        model.colorDepth = colorDepth
        model.secondsFromUTC = TimeZone.current.secondsFromGMT()
        _ = update(&model, .clock(Date().timeIntervalSince1970))
        _ = update(&model, .resized(width: width, height: height))
        model.sessionFolder = session.folder
        _ = update(&model, .earlierLog(log.withLock { $0.lines }))
        if let shown = view.benchView {
            for effect in update(&model, .show(shown)) { carryOut(effect) }
        }
        link.connect(starts: false)
        let deadline = ContinuousClock.now + .seconds(60)
        var quietSince = ContinuousClock.now
        // The histories of all lanes; an engine that trains answers between two steps.
        var curves = Set<String>()
        while ContinuousClock.now < deadline {
            let inputs = link.mailbox.drain()
            if inputs.isEmpty {
                let settled = model.state.map { state in
                    ![.preparing, .sampling, .collecting].contains(state.phase)
                        && state.lanes.allSatisfy { curves.contains($0.settings.name) }
                        && !model.awaitsCurves
                }
                let isListed = view != .sessions || model.shelf.contents != nil
                if settled == true, isListed, ContinuousClock.now - quietSince > .milliseconds(700)
                {
                    break
                }
                usleep(20_000)
                continue
            }
            quietSince = .now
            for input in inputs {
                if case .engineLost(let reason, let lines) = input {
                    throw EngineError(([reason] + lines).joined(separator: "\n  "))
                }
                if case .event(.curve(let curve)) = input { curves.insert(curve.lane) }
                for effect in update(&model, input) { carryOut(effect) }
            }
            if let state = model.state, state.phase == .training,
                state.lanes.allSatisfy({ curves.contains($0.settings.name) }),
                ContinuousClock.now > deadline - .seconds(57)
            {
                break
            }
        }
        if view == .help { _ = update(&model, .perform(.showHelp)) }
        if link.launchedEngine { link.send(.stop) }
        link.close()
        if link.launchedEngine { waitForRelease() }
        return (snapshotFrame(model, width: width, height: height, theme: themes[0]), themes[0])
    }

    /// Waits until the next command could have the session.
    private func waitForRelease() {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            switch SessionStatus.inspect(session.folder) {
            case .idle, .stale: return
            // The system offers nothing to wait on for another process's lock.
            case .starting, .running: usleep(20_000)
            }
        }
    }
}
