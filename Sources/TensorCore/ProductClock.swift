import Glibc
import Synchronization

/// Adds up the time that threads spend in matrix products and convolutions, for benchmarks.
///
/// It stands still unless one asks; then two readings of the clock an operation are what it costs.
public enum ProductClock {
    private static let isRunning = Atomic<Bool>(false)
    private static let nanoseconds = Atomic<Int>(0)

    /// Runs a piece of work and returns the seconds of all threads together that went into products.
    public static func seconds(in work: () -> Void) -> Double {
        nanoseconds.store(0, ordering: .relaxed)
        isRunning.store(true, ordering: .relaxed)
        work()
        isRunning.store(false, ordering: .relaxed)
        return Double(nanoseconds.load(ordering: .relaxed)) * 1e-9
    }

    /// Counts a product's or a convolution's time, while somebody asks for it.
    @inline(__always)
    public static func count<Result>(_ product: () -> Result) -> Result {
        guard isRunning.load(ordering: .relaxed) else { return product() }
        let start = now()
        defer { nanoseconds.wrappingAdd(now() - start, ordering: .relaxed) }
        return product()
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
