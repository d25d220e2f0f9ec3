#if canImport(Glibc)
    import Glibc
#endif

/// A fixed block of floats with one owner: parameters, gradients, moments.
///
/// Its address never changes, so pointers into it stay valid while it lives.
public final class FloatBlock {
    /// Floats in the block.
    public let count: Int
    /// The first of the `count` floats, 64-byte aligned; valid while the block lives.
    public let pointer: UnsafeMutablePointer<Float>

    /// A block of `count` zeros.
    public init(count: Int) {
        self.count = count
        pointer = LargeMemory.claimZeros(count)
    }

    /// A block that holds a copy of `values`.
    public convenience init(_ values: [Float]) {
        self.init(count: values.count)
        values.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { pointer.update(from: start, count: values.count) }
        }
    }

    deinit { LargeMemory.release(pointer, count: count) }

    /// Takes over another block's values; the counts must agree.
    public func copy(from other: FloatBlock) {
        precondition(count == other.count, "blocks of \(count) and \(other.count) floats")
        pointer.update(from: other.pointer, count: count)
    }

    /// Sets every value to zero.
    public func clear() { memset(pointer, 0, count * MemoryLayout<Float>.stride) }

    /// The values as an array.
    public var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
