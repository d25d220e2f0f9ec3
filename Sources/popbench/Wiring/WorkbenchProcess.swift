import BenchProtocol
import EngineLink
import Foundation
import MessageBus
import TerminalKit
import TrainingEngine
import Workbench

/// The screen's side of the program: a loop on the initial thread, and a link that feeds its mailbox.
final class WorkbenchProcess {
    private let session: OpenedSession
    private let locations: Locations
    private let themes: [Theme]
    private let link: EngineConnection

    init(session: OpenedSession, locations: Locations, theme: String?) throws {
        self.session = session
        self.locations = locations
        themes = try Self.themes(locations, first: theme)
        link = EngineConnection(folder: session.folder, mailbox: try Workbench.Mailbox())
    }

    /// Shows the screen until the person leaves it.
    func run(view: SnapshotView, color: String?, mouse: Bool) throws {
        let environment = ProcessInfo.processInfo.environment
        try CursesTerminal.check(environment: environment)
        let terminal = CursesTerminal(
            color: color.flatMap(ColorDepth.init(option:)), mouse: mouse, environment: environment)
        link.connect(starts: session.isNew)
        let link = self.link
        var model = WorkbenchModel(
            themeNames: themes.map(\.name), now: Date().timeIntervalSince1970)
        model.exportFolder = session.folder + "/exports"
        model.secondsFromUTC = TimeZone.current.secondsFromGMT()
        if let shown = view.benchView {
            for effect in update(&model, .show(shown)) {
                if case .send(let command) = effect { link.send(command) }
            }
        } else {
            _ = update(&model, .key(.function(1)))
        }
        let loop = WorkbenchLoop(
            model: model, terminal: terminal, mailbox: link.mailbox, themes: themes,
            outlets: WorkbenchOutlets(
                send: { link.send($0) }, attachAgain: { link.connect(starts: true) },
                writePicture: { [session] in try Exports.write($0, $1, session: session.folder) },
                writeFile: { [session] in try Exports.write($0, session: session.folder) }),
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
        let name = (session.folder as NSString).lastPathComponent
        switch mode {
        case .stopped: print("saved; \"popbench --session \(name)\" goes on from here")
        case .leaveTraining:
            print(
                "\(name) goes on in the background; \"popbench --session \(name)\" shows it again")
        case .engineGone: print("the engine of \(name) is not running")
        }
    }

    /// One frame of the session as it stands, in as many colours as will be seen.
    func snapshot(
        of view: SnapshotView, width: Int, height: Int, colorDepth: ColorDepth
    ) throws -> (canvas: Canvas, theme: Theme) {
        var model = WorkbenchModel(
            themeNames: themes.map(\.name), now: Date().timeIntervalSince1970)
        model.colorDepth = colorDepth
        model.secondsFromUTC = TimeZone.current.secondsFromGMT()
        _ = update(&model, .clock(Date().timeIntervalSince1970))
        _ = update(&model, .resized(width: width, height: height))
        if let shown = view.benchView { _ = update(&model, .show(shown)) }
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
                if settled == true, ContinuousClock.now - quietSince > .milliseconds(700) { break }
                usleep(20_000)
                continue
            }
            quietSince = .now
            for input in inputs {
                if case .engineLost(let reason, let lines) = input {
                    throw EngineError(([reason] + lines).joined(separator: "\n  "))
                }
                if case .event(.curve(let curve)) = input { curves.insert(curve.lane) }
                for effect in update(&model, input) {
                    if case .send(let command) = effect { link.send(command) }
                }
            }
            if let state = model.state, state.phase == .training,
                state.lanes.allSatisfy({ curves.contains($0.settings.name) }),
                ContinuousClock.now > deadline - .seconds(57)
            {
                break
            }
        }
        if view == .help { _ = update(&model, .key(.function(1))) }
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

    private static func themes(_ locations: Locations, first: String?) throws -> [Theme] {
        guard let folder = try? locations.folder(of: .themes) else { return [.builtin] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var known = names.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted()
        let wanted = first ?? "dark"
        known.removeAll { $0 == wanted }
        return try ([wanted] + known).compactMap { name in
            do {
                return try Theme.load(name: name, directories: [folder])
            } catch  where name != first {
                return nil
            }
        }
    }
}
