import CKernels

/// How a batch is cut for several cores: always into the same pieces, summed in the same order, so
/// that the number of cores changes the time and never a bit of the result.
public enum Shards {
    /// How many pieces a batch is cut into, whatever the number of cores.
    public static let count = 4

    /// The images of piece `index` of a batch.
    public static func range(_ index: Int, of batch: Int) -> Range<Int> {
        (index * batch / count)..<((index + 1) * batch / count)
    }

    /// How many cores work on the pieces: all that the process may use, or `POPBENCH_THREADS`.
    public static var cores: Int { Int(pb_core_count()) }

    /// Runs the body for every index at once on the machine's cores and waits for all of them.
    ///
    /// The body may share unsafe buffers: each index must write to its own memory only.
    public static func concurrently(_ count: Int = Shards.count, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { escaping in
            let box = Box(escaping)
            withExtendedLifetime(box) {
                pb_parallel(
                    Int32(count),
                    { context, index in
                        Unmanaged<Box>.fromOpaque(context!).takeUnretainedValue().body(Int(index))
                    }, Unmanaged.passUnretained(box).toOpaque())
            }
        }
    }

    private final class Box {
        let body: (Int) -> Void
        init(_ body: @escaping (Int) -> Void) { self.body = body }
    }
}

/// Carries a value into concurrent shards; whoever makes one promises that they touch disjoint parts.
public struct Confined<Value>: @unchecked Sendable {
    /// The value, which each shard may use for its own part only.
    public let value: Value
    /// Wraps a value that concurrent shards will use on disjoint parts.
    public init(_ value: Value) { self.value = value }
}
