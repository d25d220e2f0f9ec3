/// A bump allocator of floats: memory is claimed while a pass runs and given back all at once, or piece by
/// piece for the next claim of the same size, which then finds it in the caches.
///
/// The first pass of a shape grows it; every later one allocates nothing. It is confined to one
/// shard's thread at a time, so it is not Sendable.
public final class Arena {
    private var blocks: [UnsafeMutableBufferPointer<Float>] = []
    private var block = 0
    private var used = 0
    /// Pieces given back since the last reset, by rounded size.
    private var returned: [Int: [UnsafeMutablePointer<Float>]] = [:]
    /// Counts resets, by which a piece of an earlier pass is told from one of this.
    public private(set) var generation = 0
    private let blockSize: Int
    private var workspaces: [FloatBlock?] = []

    /// Makes an empty arena that grows by blocks of at least `blockSize` floats.
    public init(blockSize: Int = 4 << 20) {
        self.blockSize = blockSize
    }

    deinit {
        for block in blocks {
            LargeMemory.release(block.baseAddress!, count: block.count)
        }
    }

    /// Memory for `count` floats, uninitialised, 64-byte aligned, valid until it is recycled or the next
    /// `reset`.
    public func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        let needed = (count + 15) & ~15
        if let piece = returned[needed]?.popLast() { return piece }
        while block < blocks.count, used + needed > blocks[block].count {
            block += 1
            used = 0
        }
        if block == blocks.count {
            let size = max(blockSize, needed)
            blocks.append(UnsafeMutableBufferPointer(start: LargeMemory.claim(size), count: size))
            used = 0
        }
        defer { used += needed }
        return blocks[block].baseAddress! + used
    }

    /// Gives back what `allocate` lent for the same count.
    ///
    /// - Parameter generation: the arena's when the piece was lent; pieces of an earlier one were given back
    ///   by a reset and are left alone.
    public func recycle(_ piece: UnsafeMutablePointer<Float>, count: Int, generation: Int) {
        guard generation == self.generation else { return }
        returned[(count + 15) & ~15, default: []].append(piece)
    }

    /// Memory for `count` zeros, valid until the next `reset`.
    public func allocateZeros(_ count: Int) -> UnsafeMutablePointer<Float> {
        let pointer = allocate(count)
        pointer.update(repeating: 0, count: count)
        return pointer
    }

    /// Buffer number `slot`, of at least `count` floats, for what one kernel writes and the next reads.
    ///
    /// The buffers outlive resets and hold nothing for long; a larger request moves the buffer.
    public func workspace(_ count: Int, slot: Int = 0) -> UnsafeMutablePointer<Float> {
        while workspaces.count <= slot { workspaces.append(nil) }
        if let held = workspaces[slot], held.count >= count { return held.pointer }
        let grown = FloatBlock(count: count)
        workspaces[slot] = grown
        return grown.pointer
    }

    /// Forgets everything allocated so far and keeps the memory for the next pass.
    public func reset() {
        block = 0
        used = 0
        generation += 1
        for size in returned.keys { returned[size]?.removeAll(keepingCapacity: true) }
    }

    /// Bytes held, used or not.
    public var byteCount: Int {
        blocks.reduce(0) { $0 + $1.count * 4 }
            + workspaces.reduce(0) { $0 + ($1?.count ?? 0) * 4 }
    }
}
