/// A terminal in memory: keys come from a list, frames go to an array.
public final class MemoryTerminal: TerminalBackend {
    /// The size the program sees; set through `resize`.
    public private(set) var size: TerminalSize
    /// The depth the program sees.
    public let colorDepth: ColorDepth
    /// Every frame drawn so far, oldest first.
    public private(set) var frames: [Canvas] = []
    /// How often the bell rang.
    public private(set) var bells = 0
    /// How often the program suspended itself.
    public private(set) var suspensions = 0
    /// Whether the screen is taken.
    public private(set) var isStarted = false
    private var pending: [TerminalEvent] = []

    /// Makes a terminal of the given size.
    public init(width: Int, height: Int, colorDepth: ColorDepth = .direct) {
        size = TerminalSize(width: width, height: height)
        self.colorDepth = colorDepth
    }

    /// The newest frame; an empty canvas before the first.
    public var frame: Canvas { frames.last ?? Canvas(width: size.width, height: size.height) }

    /// Queues keys for the next `wait`.
    public func press(_ keys: Key...) { pending += keys.map { .key($0) } }

    /// Queues any event for the next `wait`.
    public func send(_ event: TerminalEvent) { pending.append(event) }

    /// Changes the size and queues the resize.
    public func resize(width: Int, height: Int) {
        size = TerminalSize(width: width, height: height)
        pending.append(.key(.resize))
    }

    /// Takes the screen.
    public func start() { isStarted = true }

    /// Keeps the frame.
    public func draw(_ canvas: Canvas, reason: FrameReason) { frames.append(canvas) }

    /// Hands over what is queued; an empty queue counts as a passed deadline.
    public func wait(
        descriptors: [Int32], deadline: ContinuousClock.Instant?
    ) -> [TerminalEvent] {
        if pending.isEmpty { return [.deadline] }
        defer { pending.removeAll() }
        return pending
    }

    /// Counts the bell.
    public func bell() { bells += 1 }

    /// Counts the suspension.
    public func suspend() { suspensions += 1 }

    /// Gives the screen back.
    public func stop() { isStarted = false }
}
