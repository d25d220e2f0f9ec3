import Dispatch

/// Arenas lent to whichever thread works next, so that as many exist as threads worked at once.
public final class ArenaPool: @unchecked Sendable {
    private let queue = DispatchQueue(label: "popbench.arenas")
    private var idle: [Arena] = []

    /// An empty pool; it makes an arena when none is idle.
    public init() {}

    /// Lends an arena for the body's duration and resets it afterwards.
    public func withArena<Result>(_ body: (Arena) throws -> Result) rethrows -> Result {
        let arena = queue.sync { idle.popLast() } ?? Arena()
        defer {
            arena.reset()
            queue.sync { idle.append(arena) }
        }
        return try body(arena)
    }

    /// Bytes held by idle arenas.
    public var byteCount: Int { queue.sync { idle.reduce(0) { $0 + $1.byteCount } } }
}
