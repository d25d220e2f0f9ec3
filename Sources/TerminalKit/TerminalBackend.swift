/// The width and height of a terminal in cells.
public struct TerminalSize: Hashable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int

    /// Makes a size.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// Why `wait` came back.
public enum TerminalEvent: Hashable, Sendable {
    /// A key, a mouse action, a paste or a resize.
    case key(Key)
    /// A file descriptor of the caller's has something to read (or was closed by its other end).
    case readable(Int32)
    /// The deadline passed.
    case deadline
    /// The process was asked to end: SIGTERM, SIGINT or SIGHUP, as the number says.
    case terminate(signal: Int32)
}

/// What a frame is drawn for, which decides when costly repairs may be made.
public enum FrameReason: Hashable, Sendable {
    /// An answer to a key: must be quick.
    case input
    /// New data: may take longer once in a while.
    case data
}

/// A screen to draw on and a keyboard to read from.
///
/// Used by one thread only: the initial one, in a synchronous loop.
public protocol TerminalBackend: AnyObject {
    /// The size now.
    var size: TerminalSize { get }
    /// How many colours are used.
    var colorDepth: ColorDepth { get }
    /// Takes over the screen.
    func start() throws
    /// Shows a frame; only what differs from the frame before is written.
    func draw(_ canvas: Canvas, reason: FrameReason)
    /// Waits for keys, descriptors, signals or the deadline, whichever is first; nil waits for ever.
    func wait(descriptors: [Int32], deadline: ContinuousClock.Instant?) -> [TerminalEvent]
    /// Rings the bell.
    func bell()
    /// Gives the screen back, stops the process as Ctrl-Z does, and takes the screen again after.
    func suspend()
    /// Gives the screen back; harmless when not started.
    func stop()
}
