import ArgumentParser
import Foundation
import TerminalKit
import TrainingEngine
import Workbench

/// `popbench` alone: the workbench, or one frame of it.
struct WorkbenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workbench",
        abstract: "Open the workbench (the default).",
        discussion: "Without a name: on the session shown last, on the newest, or on a new one.")

    @OptionGroup var target: SessionTarget

    @Option(help: "Make a new session from this recipe: a file, or a starter recipe's name.")
    var recipe: String?

    @Option(help: "Print one frame of this size, such as 120x40, instead of opening the screen.")
    var snapshot: String?

    @Option(
        help: "The view to begin with: \(SnapshotView.names).")
    var view = SnapshotView.dashboard

    @Option(help: "With --snapshot: write the frame as an SVG picture (or text) to this file.")
    var output: String?

    @Option(help: "The theme to begin with; t shows all of them.")
    var theme: String?

    @Option(help: "Colours: auto, direct, 256, 16, 8 or mono.")
    var color: String?

    @Flag(inversion: .prefixedNo, help: "Whether the mouse is used; all it does, keys do too.")
    var mouse = true

    @Option(
        help: ArgumentHelp(
            "Play a journey: keys from a file, and the screens that they must lead to.",
            valueName: "file"))
    var play: String?

    @Flag(help: "With --play: watch it on this terminal, slowly.")
    var watch = false

    @Option(help: "With --play: the folder for the pictures that the journey takes.")
    var pictures = "."

    func validate() throws {
        if let snapshot, Self.size(snapshot) == nil {
            throw ValidationError("--snapshot takes WIDTHxHEIGHT, such as 120x40, not \(snapshot)")
        }
        if let color, color != "auto", ColorDepth(option: color) == nil {
            throw ValidationError("--color takes auto, direct, 256, 16, 8 or mono, not \(color)")
        }
    }

    func run() throws {
        let locations = Locations.current()
        let environment = ProcessInfo.processInfo.environment
        let journey = try play.map { try Self.journey(at: $0) }
        let needsTerminal = snapshot == nil && (journey == nil || watch)
        if needsTerminal { try CursesTerminal.check(environment: environment) }
        let opened = try OpenedSession(
            session: target.name, recipe: recipe, locations: locations, allowNewest: true,
            shown: ScreenFiles().shown(in: locations.sessions))
        let process = try WorkbenchProcess(session: opened, locations: locations, theme: theme)
        if let snapshot, let size = Self.size(snapshot) {
            return try printFrame(of: process, width: size.0, height: size.1)
        }
        let depth = color == "auto" ? nil : color.flatMap(ColorDepth.init(option:))
        func terminal() -> CursesTerminal {
            CursesTerminal(color: depth, mouse: mouse, environment: environment)
        }
        if let journey {
            try process.play(
                journey, view: view, stage: watch ? terminal() : nil, pictures: pictures)
        } else {
            try process.run(view: view, on: terminal())
        }
    }

    private func printFrame(of process: WorkbenchProcess, width: Int, height: Int) throws {
        let isPicture = output?.hasSuffix(".svg") == true
        let (canvas, theme) = try process.snapshot(
            of: view, width: width, height: height, colorDepth: isPicture ? .direct : .mono)
        guard let output else { return print(canvas.plainText(), terminator: "") }
        let text = isPicture ? canvas.svg(theme: theme) : canvas.plainText()
        try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
    }

    private static func journey(at path: String) throws -> Journey {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw EngineError("the journey \(path) cannot be read: \(error.localizedDescription)")
        }
        do {
            return try Journey(text)
        } catch {
            throw EngineError("\(path), \(error)")
        }
    }

    static func size(_ text: String) -> (Int, Int)? {
        let parts = text.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, parts.allSatisfy({ (1...1000).contains($0) }) else { return nil }
        return (parts[0], parts[1])
    }
}

/// What can be looked at from the start: a view, or the help.
enum SnapshotView: String, CaseIterable, ExpressibleByArgument {
    case dashboard, curves, compare, fields, population, sessions, log, help

    /// The view; nil for help, which lies over one.
    var benchView: BenchView? { BenchView(rawValue: rawValue) }

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
