import CTerminal
import Foundation
import Glibc

/// The real terminal, through ncurses.
///
/// Everything runs on the thread that calls it, which should be the initial one. The terminal's modes
/// are restored by `stop`, by `suspend` for its while, and by a handler when the process crashes.
public final class CursesTerminal: TerminalBackend {
    /// The size now, at least 1 x 1.
    public private(set) var size = TerminalSize(width: 80, height: 24)
    /// How many colours are used.
    public private(set) var colorDepth: ColorDepth = .mono
    private let term: String
    private let option: ColorDepth?
    private let environment: [String: String]
    private let usesMouse: Bool
    private var quantizer = ColorQuantizer(depth: .mono)
    private var pairs = ColorPairs(capacity: 1)
    private var shown: Canvas?
    private var keys = KeyDecoder()
    /// When something was read last.
    private var heard = ContinuousClock.now
    private var signals: Int32 = -1
    private var isStarted = false
    /// Signals that came while the process was stopped.
    private var held = 0

    /// Prepares a terminal; nothing happens to the screen before `start`.
    ///
    /// - Parameters:
    ///   - color: the value of `--color`; nil detects.
    ///   - mouse: whether the mouse reports to the program.
    public init(
        color: ColorDepth? = nil, mouse: Bool = false,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        option = color
        usesMouse = mouse
        self.environment = environment
        term = environment["TERM"] ?? ""
    }

    /// Checks that there is a terminal that can be drawn on, and takes over its screen.
    ///
    /// - Throws: `TerminalError`, with the terminal untouched.
    public func start() throws {
        guard !isStarted else { return }
        try CursesTerminal.check(environment: environment)
        // Handlers come before curses, which leaves those alone that are there already.
        signals = ct_watch_signals()
        guard signals >= 0 else { throw TerminalError.system(call: "eventfd", number: errno) }
        // The next program's crash report must not ask for keys; this one's is turned off by the
        // crash guard.
        setenv("SWIFT_BACKTRACE", "interactive=no", 0)
        _ = ct_use_utf8()
        ct_guard_crashes(STDIN_FILENO)
        guard open() else {
            ct_unguard_crashes()
            ct_unwatch_signals()
            throw TerminalError.unknownTerminal(term: term)
        }
        isStarted = true
        updateSize()
    }

    /// Says what is missing for a screen, before anything is changed.
    public static func check(environment: [String: String]) throws(TerminalError) {
        if isatty(STDOUT_FILENO) == 0 { throw .notATerminal(stream: "standard output") }
        if isatty(STDIN_FILENO) == 0 { throw .notATerminal(stream: "standard input") }
        let term = environment["TERM"] ?? ""
        if term.isEmpty || term == "dumb" { throw .dumb(term: term) }
        if ct_terminfo_colors(term, STDOUT_FILENO) < 0 { throw .unknownTerminal(term: term) }
    }

    /// The depth a terminal will be driven at, found without touching it.
    ///
    /// Direct colour needs an entry that `tic` compiles; without it 256 colours are the most.
    public static func probe(
        color: ColorDepth?, environment: [String: String]
    ) -> (depth: ColorDepth, entryFolder: String?) {
        let term = environment["TERM"] ?? ""
        let colors = Int(ct_terminfo_colors(term, STDOUT_FILENO))
        var depth = ColorDepth.detect(
            option: color, environment: environment, terminfoColors: colors)
        // An option may ask for no more than the terminal's entry can say.
        if depth < .direct, depth != .mono {
            let most: ColorDepth =
                colors >= 256
                ? .palette256 : colors >= 16 ? .palette16 : colors >= 8 ? .palette8 : .mono
            depth = min(depth, most)
        }
        guard depth == .direct, colors < 0x1000 else { return (depth, nil) }
        if let folder = DirectColorEntry.compiled(for: term, environment: environment) {
            return (.direct, folder)
        }
        let rest = ColorDepth.detect(
            option: nil, environment: environment.filter { $0.key != "COLORTERM" },
            terminfoColors: colors)
        return (rest, nil)
    }

    private func open() -> Bool {
        let found = CursesTerminal.probe(color: option, environment: environment)
        colorDepth = found.depth
        let usesColor: Int32 = colorDepth == .mono ? 0 : 1
        var isOpen = false
        if let folder = found.entryFolder {
            // Only while curses reads it: programs started from here must not see the entry.
            let before = getenv("TERMINFO").map { String(cString: $0) }
            setenv("TERMINFO", folder, 1)
            isOpen = ct_open(DirectColorEntry.name(for: term), usesColor, usesMouse ? 1 : 0) == 0
            if let before { setenv("TERMINFO", before, 1) } else { unsetenv("TERMINFO") }
            if !isOpen { colorDepth = .palette256 }
        }
        if !isOpen { isOpen = ct_open(term, usesColor, usesMouse ? 1 : 0) == 0 }
        guard isOpen else { return false }
        // What curses says in the end is the truth.
        let colors = Int(ct_color_count())
        if colors < 8 {
            colorDepth = .mono
        } else if colors < 256 {
            colorDepth = min(colorDepth, colors < 16 ? .palette8 : .palette16)
        }
        quantizer = ColorQuantizer(depth: colorDepth)
        pairs = ColorPairs(capacity: min(Int(ct_pair_count()), 65_000))
        return true
    }

    /// Shows a frame; cells equal to the frame before are left alone.
    public func draw(_ canvas: Canvas, reason: FrameReason) {
        guard isStarted else { return }
        if (pairs.needsReset && reason == .data) || mayExhaustPairs(canvas) {
            ct_reset_pairs()
            pairs.reset()
            shown = nil
            ct_invalidate()
        }
        let width = min(canvas.width, size.width)
        let height = min(canvas.height, size.height)
        let old = shown.flatMap {
            $0.width == canvas.width && $0.height == canvas.height ? $0 : nil
        }
        for y in 0..<height {
            let row = canvas.row(y)
            let before = old?.row(y)
            for x in 0..<width {
                let cell = row[row.startIndex + x]
                if let before, before[before.startIndex + x] == cell { continue }
                if cell.isContinuation { continue }
                put(cell, x: x, y: y, room: width - x)
            }
        }
        shown = canvas
        ct_flush()
    }

    /// Whether a frame could ask for more pairs than are left: it would then show wrong colours.
    private func mayExhaustPairs(_ canvas: Canvas) -> Bool {
        let left = pairs.capacity - 1 - pairs.count
        guard pairs.count > 0, left < canvas.width * canvas.height else { return false }
        guard let shown, shown.width == canvas.width, shown.height == canvas.height else {
            return true
        }
        // Every cell that changes may need a pair of its own.
        var changed = 0
        for y in 0..<canvas.height {
            changed += zip(canvas.row(y), shown.row(y)).count { $0 != $1 }
            if changed > left { return true }
        }
        return false
    }

    private func put(_ cell: Cell, x: Int, y: Int, room: Int) {
        var foreground = cell.style.foreground
        var background = cell.style.background
        if CursesTerminal.isPicture(cell) {
            foreground = foreground.map(ColorQuantizer.coarse)
            background = background.map(ColorQuantizer.coarse)
        }
        let isText = !CursesTerminal.isPicture(cell)
        let (ink, ground) =
            isText
            ? quantizer.indices(of: foreground, on: background)
            : (quantizer.index(of: foreground), quantizer.index(of: background))
        let pair = pairs.number(foreground: ink, background: ground)
        if pair.isNew { ct_define_pair(Int32(pair.number), ink, ground) }
        var scalars = cell.glyph.unicodeScalars.map(\.value)
        var columns = GlyphWidth.columns(of: cell.glyph)
        if columns > room {
            scalars = [0x20]
            columns = 1
        }
        ct_put(
            Int32(y), Int32(x), &scalars, Int32(scalars.count), Int32(columns),
            Int32(cell.style.attributes.rawValue), Int32(pair.number))
    }

    /// Whether a cell is part of a picture: a block glyph in two colours of its own.
    private static func isPicture(_ cell: Cell) -> Bool {
        guard cell.style.background != nil, cell.style.foreground != nil,
            let scalar = cell.glyph.unicodeScalars.first
        else { return false }
        return (0x2580...0x259F).contains(scalar.value)
    }

    /// Waits for keys, descriptors, signals or the deadline, whichever is first.
    public func wait(
        descriptors: [Int32], deadline: ContinuousClock.Instant?
    ) -> [TerminalEvent] {
        guard isStarted else { return [.terminate(signal: SIGHUP)] }
        while true {
            // What curses has read ahead is not seen by poll.
            let early = readKeys()
            if !early.isEmpty { return early }
            var polled = [STDIN_FILENO, signals].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            polled += descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            // What came while the process was stopped is told without anything to wait for.
            let longest = held == 0 ? timeout(until: deadline) : 0
            let ready = poll(&polled, nfds_t(polled.count), longest)
            var events = signalEvents()
            if ready > 0 {
                let lost = Int16(POLLHUP | POLLERR | POLLNVAL)
                // Readable without a byte to read is the end of the input.
                var isLost = polled[0].revents & lost != 0
                if polled[0].revents & Int16(POLLIN) != 0 {
                    isLost = isLost || ct_input_bytes() == 0
                    events += readKeys()
                }
                if isLost { events.append(.terminate(signal: SIGHUP)) }
                for one in polled.dropFirst(2) where one.revents != 0 {
                    events.append(.readable(one.fd))
                }
            }
            if !events.isEmpty { return events }
            // A deadline of the program's own is no silence of the person's.
            if keys.isPasting, ContinuousClock.now - heard >= CursesTerminal.silence,
                let key = keys.endPaste()
            {
                return [.key(key)]
            }
            if let deadline, ContinuousClock.now >= deadline { return [.deadline] }
        }
    }

    /// Milliseconds for poll, rounded up so as not to wake too early; -1 waits for ever.
    private func timeout(until deadline: ContinuousClock.Instant?) -> Int32 {
        // A paste whose end does not come is ended after half a second of silence.
        let longest: Int32 = keys.isPasting ? 500 : -1
        guard let deadline else { return longest }
        let left = ContinuousClock.now.duration(to: deadline).components
        if left.seconds < 0 || left.attoseconds < 0 { return 0 }
        if left.seconds > 3600 { return longest < 0 ? 3_600_000 : longest }
        let milliseconds = Int32(
            left.seconds * 1000 + (left.attoseconds + 999_999_999_999_999)
                / 1_000_000_000_000_000)
        return longest < 0 ? milliseconds : min(longest, milliseconds)
    }

    private func readKeys() -> [TerminalEvent] {
        var isHeard = false
        let decoded = keys.decode {
            var value: Int32 = 0
            switch Int(ct_read_key(&value)) {
            case CT_CHARACTER:
                isHeard = true
                return .scalar(UInt32(bitPattern: value))
            case CT_KEY:
                isHeard = true
                return CursesTerminal.rawKey(Int(value))
            default: return nil
            }
        }
        if isHeard { heard = .now }
        return decoded.map { .key($0) }
    }

    /// After so long without a byte a paste whose end does not come is over.
    private static let silence = Duration.milliseconds(500)

    private static func rawKey(_ code: Int) -> RawKey {
        let known: [Int: Key] = [
            CT_KEY_UP: .up, CT_KEY_DOWN: .down, CT_KEY_LEFT: .left, CT_KEY_RIGHT: .right,
            CT_KEY_HOME: .home, CT_KEY_END: .end, CT_KEY_PAGE_UP: .pageUp,
            CT_KEY_PAGE_DOWN: .pageDown, CT_KEY_INSERT: .insert, CT_KEY_DELETE: .delete,
            CT_KEY_ENTER: .enter, CT_KEY_BACKSPACE: .backspace, CT_KEY_BACK_TAB: .backTab,
        ]
        if let key = known[code] { return .key(key) }
        if code > CT_KEY_FUNCTION { return .key(.function(code - CT_KEY_FUNCTION)) }
        if code == CT_KEY_PASTE_BEGIN { return .pasteBegin }
        if code == CT_KEY_PASTE_END { return .pasteEnd }
        if code == CT_KEY_MOUSE, let event = mouseEvent() { return .key(.mouse(event)) }
        return .ignored
    }

    private static func mouseEvent() -> MouseEvent? {
        var action: Int32 = 0
        var button: Int32 = 0
        var x: Int32 = 0
        var y: Int32 = 0
        guard ct_read_mouse(&action, &button, &x, &y) == 0 else { return nil }
        let what: MouseEvent.Action
        switch action {
        case 0: what = .press(button: Int(button))
        case 1: what = .release(button: Int(button))
        case 2: what = .scrollUp
        default: what = .scrollDown
        }
        return MouseEvent(what, x: Int(x), y: Int(y))
    }

    private func signalEvents() -> [TerminalEvent] {
        let noted = Int(ct_take_signals()) | held
        held = 0
        guard noted != 0 else { return [] }
        var events: [TerminalEvent] = []
        if noted & CT_SIGNAL_TSTP != 0 {
            suspend()
            events.append(.key(.resize))
        } else if noted & CT_SIGNAL_CONT != 0 {
            // Stopped by SIGSTOP: the shell may have changed the modes meanwhile, and of another
            // size only those in the foreground were told.
            ct_leave()
            ct_enter()
            shown = nil
            updateSize()
            events.append(.key(.resize))
        }
        if noted & CT_SIGNAL_WINCH != 0 {
            // A size that is the known one again was another in between, which has cost cells.
            shown = nil
            updateSize()
            events.append(.key(.resize))
        }
        for (bit, number) in [
            (CT_SIGNAL_TERM, SIGTERM), (CT_SIGNAL_HUP, SIGHUP), (CT_SIGNAL_INT, SIGINT),
            (CT_SIGNAL_QUIT, SIGQUIT),
        ] where noted & bit != 0 {
            events.append(.terminate(signal: number))
        }
        return events
    }

    private func updateSize() {
        var width: Int32 = 80
        var height: Int32 = 24
        guard ct_window_size(&width, &height) == 0 else { return }
        let new = TerminalSize(
            width: min(max(Int(width), 1), 1000), height: min(max(Int(height), 1), 500))
        guard new != size || shown == nil else { return }
        size = new
        ct_resize(Int32(new.width), Int32(new.height))
        shown = nil
    }

    /// Rings the bell.
    public func bell() { if isStarted { ct_bell() } }

    /// Gives the screen back, stops the process, and takes the screen again when it goes on.
    ///
    /// The next frame is painted whole.
    public func suspend() {
        guard isStarted else { return }
        ct_leave()
        ct_stop_process()
        held |= Int(ct_take_signals()) & ~(CT_SIGNAL_CONT | CT_SIGNAL_TSTP)
        ct_enter()
        shown = nil
        updateSize()
    }

    /// Gives the screen back and leaves everything as it was found.
    public func stop() {
        guard isStarted else { return }
        isStarted = false
        ct_close()
        ct_unguard_crashes()
        ct_unwatch_signals()
        shown = nil
    }

    deinit { stop() }
}
