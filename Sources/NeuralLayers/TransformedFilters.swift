import CKernels
import TensorCore

/// The 3x3 filters of a network in the shape that Winograd's algorithm multiplies with, made once a step
/// for all shards: 36 matrices [in, out] a layer, and for a backward pass 36 more [out, in].
///
/// They are four times as large as the filters and pass through the caches once a shard, so each lies in
/// the order in which products read it.
public final class TransformedFilters: @unchecked Sendable {
    /// One layer's filters: where they come from and where their transforms lie.
    public struct Entry: Sendable, Hashable {
        /// The first float of the weight, ordered [3, 3, in, out], in the parameters' block.
        let source: Int
        /// The first float of the transforms.
        let place: Int
        let inputs: Int
        let outputs: Int

        /// Floats of one of the 36 matrices.
        var plane: Int { inputs * outputs }
        var end: Int { place + 36 * plane }
    }

    private let entries: [Entry]
    private let forward: FloatBlock
    // Only a pass that is trained needs them.
    private var backward: FloatBlock?

    /// Room for the transforms of a network's filters.
    public init(layout: ParameterLayout) {
        entries = layout.transformedFilters
        forward = FloatBlock(count: entries.last?.end ?? 0)
    }

    /// Bytes held.
    public var byteCount: Int { (forward.count + (backward?.count ?? 0)) * 4 }

    /// Transforms the filters anew, several layers at once on the machine's cores.
    ///
    /// No pass that uses them may be under way.
    ///
    /// - Parameter trains: whether a backward pass will follow.
    public func update(from parameters: FloatBlock, trains: Bool) {
        if trains, backward == nil { backward = FloatBlock(count: forward.count) }
        let work = Confined((entries, forward, trains ? backward : nil, parameters))
        Shards.concurrently(entries.count) { index in
            let (entries, forward, backward, parameters) = work.value
            let entry = entries[index]
            let source = UnsafePointer(parameters.pointer + entry.source)
            ProductClock.count {
                Self.transform(entry, source, forward.pointer + entry.place)
                if let backward {
                    Self.transformTransposed(entry, source, backward.pointer + entry.place)
                }
            }
        }
    }

    /// The 36 matrices [in, out] of a layer.
    func matrices(of entry: Entry) -> UnsafePointer<Float> {
        UnsafePointer(forward.pointer + entry.place)
    }

    /// The 36 matrices [out, in] of a layer; only after an update that said it trains.
    func transposedMatrices(of entry: Entry) -> UnsafePointer<Float> {
        guard let backward else { preconditionFailure("filters were transformed for no backward") }
        return UnsafePointer(backward.pointer + entry.place)
    }

    static func transform(
        _ entry: Entry, _ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
    ) {
        pb_winograd_filters(Int32(entry.inputs), Int32(entry.outputs), source, out)
    }

    static func transformTransposed(
        _ entry: Entry, _ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
    ) {
        let turned = UnsafeMutablePointer<Float>.allocate(capacity: 9 * entry.plane)
        defer { turned.deallocate() }
        for tap in 0..<9 {
            pb_transpose(
                source + tap * entry.plane, Int32(entry.inputs), Int32(entry.outputs),
                turned + tap * entry.plane)
        }
        pb_winograd_filters(Int32(entry.outputs), Int32(entry.inputs), turned, out)
    }
}
