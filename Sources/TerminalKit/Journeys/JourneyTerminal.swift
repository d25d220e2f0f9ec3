import Glibc

/// A terminal at which a journey sits in the place of a person.
///
/// In memory it goes as fast as the program answers. Over another terminal it can be watched: frames
/// appear there, and every key is preceded by a pause.
public final class JourneyTerminal: TerminalBackend {
    /// Why a journey did not reach its end.
    public struct Failure: Error, CustomStringConvertible {
        /// The journey's line.
        public let line: Int
        /// What was waited for in vain.
        public let problem: String
        /// The last screen as text.
        public let screen: String

        /// The line, the problem and the screen.
        public var description: String { "line \(line): \(problem)\n\(screen)" }
    }

    /// The size the program sees.
    public private(set) var size: TerminalSize
    /// The depth the program sees.
    public let colorDepth: ColorDepth
    /// What went wrong; nil when all steps were taken, or are still being taken.
    public private(set) var failure: Failure?
    /// Whether every step was taken.
    public var isFinished: Bool { next == journey.steps.count }
    private let journey: Journey
    private let stage: (any TerminalBackend)?
    private let keep: (String, Canvas) -> Void
    private var frame: Canvas
    private var next = 0
    private var waitingSince: ContinuousClock.Instant?

    /// Seats a journey at a terminal.
    ///
    /// - Parameters:
    ///   - stage: where it can be watched; nil plays in memory.
    ///   - keep: takes the screens that the journey keeps, with their names.
    public init(
        _ journey: Journey, width: Int, height: Int, colorDepth: ColorDepth = .direct,
        stage: (any TerminalBackend)? = nil, keep: @escaping (String, Canvas) -> Void
    ) {
        self.journey = journey
        self.stage = stage
        self.keep = keep
        self.colorDepth = stage?.colorDepth ?? colorDepth
        size = TerminalSize(width: width, height: height)
        frame = Canvas(width: width, height: height)
    }

    /// Takes the screen, if there is one to be watched on.
    public func start() throws {
        try stage?.start()
        if let stage { size = stage.size }
    }

    /// Shows a frame and remembers it.
    public func draw(_ canvas: Canvas, reason: FrameReason) {
        frame = canvas
        stage?.draw(canvas, reason: reason)
    }

    /// Takes the journey's next step, or waits for the program to come to the screen it wants.
    ///
    /// At the journey's end, and when it fails, it asks the program to end as a signal does.
    public func wait(
        descriptors: [Int32], deadline: ContinuousClock.Instant?
    ) -> [TerminalEvent] {
        while next < journey.steps.count {
            let (line, step) = journey.steps[next]
            switch step {
            case .press(let key):
                guard let events = pause() else { return stopped }
                next += 1
                return events + [.key(key)]
            case .click(let text):
                guard let place = place(of: text) else {
                    return fail(line, "there is no \"\(text)\" to click")
                }
                guard let events = pause() else { return stopped }
                next += 1
                return events + [
                    .key(.mouse(MouseEvent(.press(button: 1), x: place.x, y: place.y))),
                    .key(.mouse(MouseEvent(.release(button: 1), x: place.x, y: place.y))),
                ]
            case .resize(let width, let height):
                next += 1
                // A real terminal keeps the size that its window has.
                guard stage == nil else { continue }
                size = TerminalSize(width: width, height: height)
                return [.key(.resize)]
            case .picture(let name):
                keep(name, frame)
                next += 1
            case .see(let text, let seconds), .unseen(let text, let seconds):
                let wanted: Bool
                if case .see = step { wanted = true } else { wanted = false }
                if frame.plainText().contains(text) == wanted {
                    waitingSince = nil
                    next += 1
                    continue
                }
                let since = waitingSince ?? .now
                waitingSince = since
                let end = since + .seconds(seconds)
                guard ContinuousClock.now < end else {
                    return fail(
                        line,
                        "the screen \(wanted ? "never showed" : "still shows") \"\(text)\" after "
                            + "\(seconds) s")
                }
                return rest(descriptors, until: deadline.map { min($0, end) } ?? end)
            }
        }
        return stopped
    }

    /// Rings the bell on the stage.
    public func bell() { stage?.bell() }

    /// Does nothing: nobody could continue the program.
    public func suspend() {}

    /// Gives the screen back.
    public func stop() { stage?.stop() }

    private var stopped: [TerminalEvent] { [.terminate(signal: SIGTERM)] }

    private func fail(_ line: Int, _ problem: String) -> [TerminalEvent] {
        failure = Failure(line: line, problem: problem, screen: frame.plainText())
        next = journey.steps.count + 1
        return stopped
    }

    /// Lets a person see what stands on the stage; nil when they end the program.
    private func pause() -> [TerminalEvent]? {
        guard let stage else { return [] }
        let events = stage.wait(descriptors: [], deadline: .now + .milliseconds(700))
        for event in events {
            if case .terminate = event { return nil }
            if event == .key(.control("c")) { return nil }
        }
        size = stage.size
        return events.filter { $0 == .key(.resize) }
    }

    private func place(of text: String) -> (x: Int, y: Int)? {
        for y in 0..<frame.height {
            let glyphs = frame.row(y).map(\.glyph)
            let wanted = Array(text)
            guard glyphs.count >= wanted.count else { continue }
            for x in 0...(glyphs.count - wanted.count)
            where glyphs[x..<(x + wanted.count)].elementsEqual(wanted) {
                return (x, y)
            }
        }
        return nil
    }

    private func rest(
        _ descriptors: [Int32], until end: ContinuousClock.Instant
    ) -> [TerminalEvent] {
        if let stage {
            return stage.wait(descriptors: descriptors, deadline: end)
        }
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
        _ = poll(&polled, nfds_t(polled.count), Int32(min(max(left, 0) + 1, 3_600_000)))
        let ready = polled.filter { $0.revents != 0 }.map { TerminalEvent.readable($0.fd) }
        return ready.isEmpty ? [.deadline] : ready
    }
}
