import BenchProtocol
import TerminalKit

/// The time, as the loop reads it; tests bring their own.
public struct Timekeeper {
    /// A clock that never jumps: frames and deadlines.
    public var instant: () -> ContinuousClock.Instant
    /// The time of day in seconds since 1970: ages and log lines.
    public var timeOfDay: () -> Double

    /// Makes a timekeeper of two clocks.
    public init(
        instant: @escaping () -> ContinuousClock.Instant, timeOfDay: @escaping () -> Double
    ) {
        self.instant = instant
        self.timeOfDay = timeOfDay
    }
}

/// What the loop reaches outside the screen with.
public struct WorkbenchOutlets {
    /// Tells the engine; must not block.
    public var send: (Command) -> Void
    /// Starts the engine again and joins it; returns at once, and the mailbox gets `attached` or
    /// `engineLost` later.
    public var attachAgain: () -> Void
    /// Writes a frame as a picture and returns its path.
    public var writePicture: (Canvas, Theme) throws -> String
    /// Writes what a view exports and returns the file's path.
    public var writeFile: (ExportedFile) throws -> String
    /// Keeps something for the next time the screen is opened.
    public var remember: (ScreenMemory) throws -> Void
    /// Has something done with sessions; returns at once, and the mailbox gets the news later.
    public var sessions: (SessionRequest) -> Void
    /// Keeps lines that the screen itself has reported, for whoever opens the session next.
    public var keepLog: ([LogLine]) -> Void
    /// Joins another session's engine; returns at once.
    ///
    /// Arguments: the session's folder; whether to start training where the engine has to be
    /// started; whether the present engine is to save and stop; what to call in between, once
    /// nothing more can come from the present engine and before anything can from the other.
    public var open: (String, Bool, Bool, () -> Void) -> Void

    /// Bundles the ways out.
    public init(
        send: @escaping (Command) -> Void, attachAgain: @escaping () -> Void,
        writePicture: @escaping (Canvas, Theme) throws -> String,
        writeFile: @escaping (ExportedFile) throws -> String,
        remember: @escaping (ScreenMemory) throws -> Void = { _ in },
        sessions: @escaping (SessionRequest) -> Void = { _ in },
        keepLog: @escaping ([LogLine]) -> Void = { _ in },
        open: @escaping (String, Bool, Bool, () -> Void) -> Void = { _, _, _, between in between() }
    ) {
        self.send = send
        self.attachAgain = attachAgain
        self.writePicture = writePicture
        self.writeFile = writeFile
        self.remember = remember
        self.sessions = sessions
        self.keepLog = keepLog
        self.open = open
    }
}

/// What is kept from one screen to the next.
public enum ScreenMemory: Sendable, Equatable {
    /// The theme to begin with, by name.
    case theme(String)
    /// The person has been greeted.
    case greeted
}

/// The screen's loop: waits, takes in, draws.
///
/// Runs synchronously on the thread that calls `run`, which must be the initial one, and never
/// awaits. Keys are answered with a frame at once; data is drawn at most 30 times a second; nothing
/// is drawn when nothing changed, and an idle screen does not wake.
public final class WorkbenchLoop {
    /// The time between two frames that only show new data.
    public static let dataFrameInterval: Duration = .milliseconds(33)

    /// The screen as it is now.
    public private(set) var model: WorkbenchModel
    private let terminal: any TerminalBackend
    private let mailbox: Mailbox
    private let themes: [Theme]
    private let outlets: WorkbenchOutlets
    private let time: Timekeeper
    private var theme: Theme
    private var lastFrame: ContinuousClock.Instant?
    /// Why a frame is due; nil when what is on the screen is what the model says.
    private var due: FrameReason? = .input
    private var leaving: QuitMode?
    /// What waited when another session was opened and is not of the old one's engine.
    private var kept: [WorkbenchInput] = []
    /// Counts the sessions opened: what waited for an older one is out of date.
    private var openings = 0

    /// Makes a loop.
    ///
    /// - Parameters:
    ///   - themes: what `t` cycles through; the first is in use. None means the built-in theme.
    public init(
        model: WorkbenchModel, terminal: any TerminalBackend, mailbox: Mailbox, themes: [Theme],
        outlets: WorkbenchOutlets, time: Timekeeper
    ) {
        self.model = model
        self.terminal = terminal
        self.mailbox = mailbox
        self.themes = themes.isEmpty ? [.builtin] : themes
        self.outlets = outlets
        self.time = time
        theme = self.themes[0]
        self.model.themeNames = self.themes.map(\.name)
        self.model.themeIndex = 0
        self.model.chosenTheme = 0
    }

    /// Takes the screen, runs until the person leaves, gives the screen back.
    ///
    /// Returns how the screen was left. SIGTERM, SIGHUP and SIGINT leave the engine training.
    public func run() throws -> QuitMode {
        try terminal.start()
        defer { terminal.stop() }
        model.colorDepth = terminal.colorDepth
        takeSize()
        while true {
            takeTime()
            repeat { takeWaiting() } while !kept.isEmpty
            if let leaving { return leaving }
            drawIfDue()
            for event in terminal.wait(
                descriptors: [mailbox.fileDescriptor], deadline: nextDeadline)
            {
                switch event {
                case .key(.resize): takeSize()
                case .key(let key): take(.key(key), .input)
                case .terminate: leaving = leaving ?? .leaveTraining
                case .readable, .deadline: break
                }
            }
            if let leaving { return leaving }
        }
    }

    /// When to wake although nothing happens; nil when there is no reason to.
    private var nextDeadline: ContinuousClock.Instant? {
        if due == .data, let lastFrame { return lastFrame + WorkbenchLoop.dataFrameInterval }
        guard let change = model.nextClockChange else { return nil }
        let seconds = min(max(0, change - model.now), 3600)
        return time.instant() + .seconds(seconds)
    }

    private func takeWaiting() {
        let waiting = kept + mailbox.drain()
        kept = []
        let before = openings
        for input in waiting where openings == before || !input.isFromEngine {
            take(input, .data)
        }
    }

    private func takeSize() {
        let size = terminal.size
        take(.resized(width: size.width, height: size.height), .input)
    }

    private func takeTime() {
        let wasShown = model.notice
        let change = model.nextClockChange
        let now = time.timeOfDay()
        if let change, now >= change { due = due ?? .data }
        _ = update(&model, .clock(now))
        if model.notice != wasShown { due = due ?? .data }
    }

    private func take(_ input: WorkbenchInput, _ reason: FrameReason) {
        let before = model.appendedLogLines
        let effects = update(&model, input)
        let own = input.isEvent ? [] : Array(model.log.suffix(model.appendedLogLines - before))
        if reason == .input || due == nil { due = reason }
        for effect in effects { carryOut(effect) }
        // After the effects: what is said of another session being opened belongs to that one.
        if !own.isEmpty { outlets.keepLog(own) }
    }

    private func carryOut(_ effect: WorkbenchEffect) {
        switch effect {
        case .send(let command): outlets.send(command)
        case .quit(let mode): leaving = leaving ?? mode
        case .useTheme(let name): theme = themes.first { $0.name == name } ?? theme
        case .rememberTheme(let name): remember(.theme(name))
        case .rememberGreeting: remember(.greeted)
        case .attachAgain: outlets.attachAgain()
        case .suspend:
            terminal.suspend()
            takeSize()
        case .exportPicture:
            let frame = snapshotFrame(
                model, width: model.width, height: model.height, theme: theme)
            tell { try outlets.writePicture(frame, theme) }
        case .write(let file): tell { try outlets.writeFile(file) }
        case .sessions(let request): outlets.sessions(request)
        case .open(let place, let starts, let stops):
            openings += 1
            outlets.open(place.path, starts, stops) {
                kept += mailbox.drain().filter { !$0.isFromEngine }
            }
        }
    }

    private func remember(_ memory: ScreenMemory) {
        do {
            try outlets.remember(memory)
        } catch {
            take(.note(.warning, "this will not be remembered: \(error)"), .data)
        }
    }

    private func tell(_ write: () throws -> String) {
        do {
            take(.note(.info, "wrote \(try write())"), .data)
        } catch {
            take(.note(.error, "nothing was written: \(error)"), .data)
        }
    }

    private func drawIfDue() {
        guard let reason = due else { return }
        let now = time.instant()
        if reason == .data, let lastFrame, now - lastFrame < WorkbenchLoop.dataFrameInterval {
            return
        }
        var canvas = Canvas(width: model.width, height: model.height, style: theme.base)
        render(model, into: &canvas, theme: theme)
        terminal.draw(canvas, reason: reason)
        _ = update(&model, .drawn(canvas.hitAreas))
        lastFrame = now
        due = nil
    }
}
